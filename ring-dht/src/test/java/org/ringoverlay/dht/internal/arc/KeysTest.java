package org.ringoverlay.dht.internal.arc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

  @ParameterizedTest
  @ValueSource(strings = {"a", "\u007f", "\u0080", "\u07ff", "\u0800", "\uffff", "\ud83d\ude00"})
  void aKeyIsBoundedInBytesOfUtf8(String character) {
    int bytes = character.getBytes(UTF_8).length;
    String longest = character.repeat(Keys.KEY_BYTES_MAX / bytes);
    String filled = longest + "x".repeat(Keys.KEY_BYTES_MAX % bytes);
    Keys.checkKey(filled);
    assertThatThrownBy(() -> Keys.checkKey(filled + "x"))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("this one has " + (Keys.KEY_BYTES_MAX + 1));
  }

  @Test
  void keysAreInTheOrderOfTheirUtf8() {
    var chance = new java.util.Random(7);
    int[] points = {'a', 'b', 0, 0x7f, 0xe9, 0x7ff, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff};
    for (int times = 0; times < 20_000; times++) {
      String one = text(chance, points);
      String other = text(chance, points);
      int byBytes = Arrays.compareUnsigned(one.getBytes(UTF_8), other.getBytes(UTF_8));
      assertThat(Integer.signum(Keys.compare(one, other)))
          .as("%s against %s", one, other)
          .isEqualTo(Integer.signum(byBytes));
    }
  }

  private static String text(java.util.Random chance, int[] points) {
    var text = new StringBuilder();
    for (int length = chance.nextInt(4); length > 0; length--) {
      text.appendCodePoint(points[chance.nextInt(points.length)]);
    }
    return text.toString();
  }
}
