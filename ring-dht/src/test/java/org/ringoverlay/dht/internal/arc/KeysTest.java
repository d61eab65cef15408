package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

class KeysTest {
  @Test
  void theTagIsTheFirstTextInBraces() {
    assertThat(Keys.tag("a{b}c{d}")).isEqualTo("b");
    assertThat(Keys.tag("a{}c{d}")).isEqualTo("a{}c{d}");
    assertThat(Keys.tag("a}b{c")).isEqualTo("a}b{c");
    assertThat(Keys.tag("{a{b}")).isEqualTo("a{b");
  }

  @Test
  void aFullNameLiesWhereItsKeyLies() {
    assertThat(Keys.idOfFull(Keys.full("default", "k"))).isEqualTo(Id.of("k"));
    assertThat(Keys.idOfFull(Keys.full("ns", "k{t}"))).isEqualTo(Keys.id("ns", "{t}"));
    assertThat(Keys.id("ns", "k")).isNotEqualTo(Keys.id("default", "k"));
  }

  @Test
  void whatIsNoFullNameIsRefused() {
    for (String broken : new String[] {"", "key", "\0key", "ns\0", "n\ns\0key"}) {
      assertThatThrownBy(() -> Keys.idOfFull(broken))
          .as(broken)
          .isInstanceOf(RingException.InvalidInput.class);
    }
  }

  @Test
  void aKeyOfTwoNamespacesIsTwoRegisters() {
    assertThat(Keys.full("a", "b")).isNotEqualTo(Keys.full("a\u0001", "b"));
    assertThat(Keys.full("default", "a\0b")).isNotEqualTo(Keys.full("a", "b"));
  }
}
