package org.ringoverlay.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;

class RequestPathTest {
  private static String key(String target) {
    return RequestPath.parse(target).rest(2);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/dht/a, a",
    "/v1/dht/a+b, a+b",
    "/v1/dht/a%2Bb, a+b",
    "/v1/dht/a%20b, 'a b'",
    "/v1/dht/a%2520b, a%20b",
    "/v1/dht//a, /a",
    "/v1/dht/a//b, a//b",
    "/v1/dht/a/, a/",
    "/v1/dht/../etc/passwd, ../etc/passwd",
    "/v1/dht/./a/.., ./a/..",
    "/v1/dht/%2e%2e/a, ../a",
    "/v1/dht/a%2fb, a/b",
    "/v1/dht/%C3%A9, é",
    "/v1/dht/%F0%9F%92%8D, 💍",
    "/v1/dht/a%3Fb, a?b",
    "/v1/dht/%2A, *",
    "/v1/dht/?ns=x, ''",
  })
  void aKeyIsTheWholeRestOfThePathDecodedOnce(String target, String key) {
    assertThat(key(target)).isEqualTo(key);
  }

  @Test
  void aPathWithoutARestHasNone() {
    assertThat(key("/v1/dht")).isNull();
    assertThat(RequestPath.parse("/v1/dht").segment(1)).isEqualTo("dht");
    assertThat(RequestPath.parse("/v1/services/echo").segment(3)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/dht/%",
        "/v1/dht/%4",
        "/v1/dht/%zz",
        "/v1/dht/%-1",
        "/v1/dht/%C3",
        "/v1/dht/%C3%28",
        "/v1/dht/%ED%A0%80",
        "/v1/dht/%C0%AF",
        "/v1/dht/a b",
        "/v1/dht/é",
        "/v1/dht/a\u007f"
      })
  void whatIsNoUtf8InPercentSignsIsRefused(String target) {
    assertThatThrownBy(() -> key(target)).isInstanceOf(RingException.InvalidInput.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "v1/dht/a", "example.org:80", "https://127.0.0.1/v1/dht/a"})
  void aTargetIsAPath(String target) {
    assertThatThrownBy(() -> RequestPath.parse(target))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void parametersAreDecodedAndAPlusSignIsOne() {
    var path = RequestPath.parse("/v1/dht/a?ns=x+y%26&consistency=stale&flag");
    assertThat(path.parameter("ns")).contains("x+y&");
    assertThat(path.parameter("consistency")).contains("stale");
    assertThat(path.parameter("flag")).contains("");
    assertThat(path.parameter("other")).isEmpty();
  }

  @Test
  void aParameterThatNobodyReadsOrThatStandsTwiceIsRefused() {
    assertThatThrownBy(() -> RequestPath.parse("/a?ns=1&ns=2")).hasMessageContaining("twice");
    assertThatThrownBy(
            () -> RequestPath.parse("/a?consistancy=stale").allowOnly(Set.of("consistency")))
        .hasMessageContaining("consistancy");
    assertThatThrownBy(() -> RequestPath.parse("/a?" + "x&".repeat(1).concat(many())))
        .hasMessageContaining("too many");
  }

  private static String many() {
    var query = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      query.append("p").append(i).append("=1&");
    }
    return query.toString();
  }

  @Test
  void emptyParametersDoNotRunTheLastOnesTogether() {
    var query = RequestPath.parse("/v1/dht/k?" + "&".repeat(40) + "ns=a&ack=all").query();
    assertThat(query).containsExactly(Map.entry("ns", "a"), Map.entry("ack", "all"));
  }
}
