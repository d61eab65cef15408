package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:7400, 127.0.0.1:7400",
    "localhost:1, 127.0.0.1:1",
    "127.9.9.9:65535, 127.9.9.9:65535",
    "[::1]:7400, [::1]:7400",
    "[0:0:0:0:0:0:0:1]:7400, [::1]:7400",
  })
  void readsLoopbackAddresses(String text, String canonical) {
    assertThat(Address.format(Address.toConnect(text, ChannelSecurity.PLAIN))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "127.0.0.1",
        "127.0.0.1:",
        ":7400",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:+80",
        "127.0.0.1:0x1",
        "127.0.0.1:٣",
        "::1:7400",
        "[::1:7400",
        "[]:7400",
        "[127.0.0.1]:7400",
        "[::1%lo]:7400",
        "1.2.3:7400",
        "256.1.1.1:7400",
        "127.0.0.1:999999"
      })
  void refusesWhatIsNoAddress(String text) {
    assertThatThrownBy(() -> Address.toListen(text, ChannelSecurity.PLAIN))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageStartingWith("An address is host:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:7400", "[::]:7400", "ring.example:7400"})
  void refusesToListenBeyondLoopback(String text) {
    assertThatThrownBy(() -> Address.toListen(text, ChannelSecurity.PLAIN))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageStartingWith("Only loopback addresses are served until TLS is configured");
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1:7400", "[2001:db8::1]:7400", "ring.example:7400"})
  void refusesToConnectBeyondLoopback(String text) {
    assertThatThrownBy(() -> Address.toConnect(text, ChannelSecurity.PLAIN))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageStartingWith("Only loopback addresses are served until TLS is configured");
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1:7400", "[2001:db8::1]:7400"})
  void refusesToListenAtAnAddressThatIsNotOurs(String text) {
    assertThatThrownBy(() -> Address.toListen(text, ChannelSecurity.PLAIN))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("this machine has no such address");
  }

  @Test
  void connectsToNobodyAtPortZero() {
    assertThatThrownBy(() -> Address.toConnect("127.0.0.1:0", ChannelSecurity.PLAIN))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThat(Address.toListen("127.0.0.1:0", ChannelSecurity.PLAIN).getPort()).isZero();
  }

  @Test
  void showsForeignTextOnlyInPrintableForm() {
    assertThatThrownBy(() -> Address.toConnect("a\r\nERROR\u001b[31m:1", ChannelSecurity.PLAIN))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageNotContainingAny("\r", "\n", "\u001b");
  }
}
