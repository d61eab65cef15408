package org.ringoverlay.error;

/**
 * Makes text of unknown origin fit for a log line, a terminal or a message.
 *
 * <p>Thread-safe; the work is linear in the text that is looked at, and the result is bounded.
 */
public final class Printable {

  private static final int ESCAPE = 0x1b;
  private static final int CONTROL_SEQUENCE = 0x9b;

  private Printable() {}

  /**
   * The text on one line, without anything that a terminal or a log could obey.
   *
   * <p>Line ends, tabs and every other blank become one plain space each; terminal sequences, other
   * control characters, invisible format characters (among them all that turn the writing
   * direction), lone surrogates and characters without a meaning are left out. What is longer than
   * {@code maxChars} is cut and ends in {@code …}.
   *
   * @param maxChars the most UTF-16 units the result may have, at least 1
   * @throws IllegalArgumentException if {@code maxChars} is below 1
   */
  public static String text(String text, int maxChars) {
    if (maxChars < 1) {
      throw new IllegalArgumentException("maxChars must be at least 1, not " + maxChars);
    }
    if (text.length() <= maxChars && isPlain(text)) {
      return text;
    }
    StringBuilder kept = new StringBuilder(Math.min(text.length(), maxChars));
    int i = 0;
    while (i < text.length()) {
      int point = text.codePointAt(i);
      if (point == ESCAPE || point == CONTROL_SEQUENCE) {
        i = afterSequence(text, i, point);
        continue;
      }
      i += Character.charCount(point);
      int shown = shown(point);
      if (shown < 0) {
        continue;
      }
      if (kept.length() + Character.charCount(shown) > maxChars) {
        return cut(kept, maxChars);
      }
      kept.appendCodePoint(shown);
    }
    return kept.toString();
  }

  private static String cut(StringBuilder kept, int maxChars) {
    int end = Math.min(kept.length(), maxChars - 1);
    if (end > 0 && Character.isHighSurrogate(kept.charAt(end - 1))) {
      end--;
    }
    kept.setLength(end);
    return kept.append('…').toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  /** The code point to show for this one, or −1 for none. */
  private static int shown(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL ->
          point == '\n' || point == '\r' || point == '\t' || point == 0x85 ? ' ' : -1;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR ->
          ' ';
      case Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE -> -1;
      default -> point;
    };
  }

  /**
   * Skips a terminal's control sequence (ECMA-48, 5.4): parameters and intermediates, then one
   * final character. Other sequences lose only their escape, which makes them harmless text.
   */
  private static int afterSequence(String text, int start, int first) {
    int i = start + 1;
    if (first == ESCAPE) {
      if (i >= text.length() || text.charAt(i) != '[') {
        return i;
      }
      i++;
    }
    while (i < text.length() && text.charAt(i) >= 0x20 && text.charAt(i) <= 0x3f) {
      i++;
    }
    boolean complete = i < text.length() && text.charAt(i) >= 0x40 && text.charAt(i) <= 0x7e;
    return complete ? i + 1 : i;
  }
}
