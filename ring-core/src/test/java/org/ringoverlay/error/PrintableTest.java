package org.ringoverlay.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {

  private static final long SEED = 20_260_305L;

  @Test
  void plainTextStaysTheSame() {
    String text = "Grüße aus Zürich, 東京 \ud83d\ude00";
    assertThat(Printable.text(text, 100)).isEqualTo(text);
    String ascii = "nothing to do";
    assertThat(Printable.text(ascii, 13)).isSameAs(ascii);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a\\r\\nERROR b|a  ERROR b",
        "a\\tb|a b",
        "\\u001b[31;1mred\\u001b[0m|red",
        "\\u009b31mred|red",
        "\\u001b]0;title\\u0007x|]0;titlex",
        "\\u202egnp.exe|gnp.exe",
        "\\u2066a\\u2069|a",
        "a\\u200bb\\ufeff|ab",
        "a\\u2028b|a b",
        "a\\u0000b\\u007fc|abc",
        "a\\ud800b\\udc00|ab",
        "a\\u00a0b|a b"
      })
  void whatATerminalOrALogCouldObeyIsGone(String escaped, String expected) {
    assertThat(Printable.text(unescape(escaped), 100)).isEqualTo(expected);
  }

  @Test
  void longTextIsCutWithoutSplittingACharacter() {
    assertThat(Printable.text("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Printable.text("abcdefg", 6)).isEqualTo("abcde…");
    assertThat(Printable.text("ab\ud83d\ude00cd", 4)).isEqualTo("ab…");
    assertThat(Printable.text("abc", 1)).isEqualTo("…");
    assertThatIllegalArgumentException().isThrownBy(() -> Printable.text("", 0));
  }

  @Test
  void anyTextBecomesBoundedAndHarmless() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 5_000; round++) {
      char[] chars = new char[random.nextInt(60)];
      for (int i = 0; i < chars.length; i++) {
        chars[i] = (char) (random.nextBoolean() ? random.nextInt(0xa0) : random.nextInt(0x10000));
      }
      int max = 1 + random.nextInt(40);
      String text = Printable.text(new String(chars), max);
      String replay = "seed " + SEED + ", round " + round;
      assertThat(text.length()).as(replay).isLessThanOrEqualTo(max);
      assertThat(Printable.text(text, max)).as(replay).isEqualTo(text);
      assertThat(
              text.codePoints()
                  .noneMatch(
                      point ->
                          Character.isISOControl(point)
                              || Character.getType(point) == Character.FORMAT
                              || Character.getType(point) == Character.SURROGATE))
          .as(replay)
          .isTrue();
    }
  }

  /**
   * Java's own translation knows no four-digit escapes, and an annotation cannot hold a lone
   * surrogate.
   */
  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && text.charAt(i + 1) == 'u') {
        plain.append((char) Integer.parseInt(text, i + 2, i + 6, 16));
        i += 5;
      } else if (text.charAt(i) == '\\') {
        plain.append(text.substring(i, i + 2).translateEscapes());
        i++;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }
}
