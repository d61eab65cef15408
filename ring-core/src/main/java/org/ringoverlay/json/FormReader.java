package org.ringoverlay.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A place in JSON bytes that {@link Grammar} has accepted, moved on by whoever reads.
 *
 * <p>Because the bytes are valid, what is read is only looked at as far as its kind is in question.
 * Whatever is not of the expected kind, or not in its plainest form, ends with {@link Form.GaveUp}.
 */
final class FormReader {
  /** The most digits that a long has. */
  private static final int DIGITS_MAX = 19;

  private static final byte[] TYPE_FIRST = Form.ascii("\"" + Family.TYPE + "\":");

  private final byte[] array;
  private int at;

  FormReader(byte[] array, int offset) {
    this.array = array;
    this.at = Slice.blanks(array, offset);
  }

  /** The byte here. */
  byte peek() {
    return array[at];
  }

  boolean isNull() {
    return array[at] == 'n';
  }

  void skipNull() {
    at += 4;
  }

  /** Goes to the value that follows, or past the end of what held it. */
  private void skipBlanks() {
    if (at < array.length && array[at] <= ' ' && array[at] >= 0) {
      at = Slice.blanks(array, at);
    }
  }

  /** Steps into an object or an array. */
  void enter(char bracket) {
    if (array[at] != bracket) {
      throw new Form.GaveUp();
    }
    at++;
    skipBlanks();
  }

  /**
   * Whether there is one more field or element, at whose first byte it stands then. Steps out if
   * there is none.
   */
  boolean hasMore(char bracket) {
    skipBlanks();
    if (array[at] == bracket) {
      at++;
      return false;
    }
    if (array[at] == ',') {
      at++;
      skipBlanks();
    }
    return true;
  }

  /** Whether the field here has this name, given with its quotes; goes to its value if so. */
  boolean isField(byte[] quoted) {
    if (!isTextAt(at, quoted)) {
      return false;
    }
    at += quoted.length;
    skipColon();
    return true;
  }

  private void skipColon() {
    skipBlanks();
    at++;
    skipBlanks();
  }

  /** Goes over a field that nobody wants. A name with escapes may be that of one that is wanted. */
  void skipField() {
    int end = at + 1;
    while (array[end] != '"') {
      if (array[end] == '\\') {
        throw new Form.GaveUp();
      }
      end++;
    }
    at = end + 1;
    skipColon();
    skipValue();
  }

  void skipValue() {
    at = Slice.at(array, at).end();
  }

  /** Where the value of the object's field {@code type} begins, which need not come first. */
  int typeAt() {
    if (array[at] != '{') {
      throw new Form.GaveUp();
    }
    if (isTextAt(at + 1, TYPE_FIRST)) {
      return at + 1 + TYPE_FIRST.length;
    }
    Slice found = new Slice(array, at, array.length).field(Family.TYPE);
    if (found == null) {
      throw new Form.GaveUp();
    }
    return found.start();
  }

  /** Whether these bytes are what stands there. */
  boolean isTextAt(int start, byte[] bytes) {
    int end = start + bytes.length;
    return end <= array.length && Arrays.equals(array, start, end, bytes, 0, bytes.length);
  }

  /** Goes over the text here if it is written as this one is, and leaves the value if not. */
  void passText(byte[] quoted) {
    if (!isTextAt(at, quoted)) {
      throw new Form.GaveUp();
    }
    at += quoted.length;
  }

  String text() {
    if (array[at] != '"') {
      throw new Form.GaveUp();
    }
    int start = at + 1;
    int end = start;
    boolean plain = true;
    while (array[end] != '"') {
      if (array[end] == '\\') {
        plain = false;
        end++;
      }
      end++;
    }
    at = end + 1;
    return plain
        ? new String(array, start, end - start, StandardCharsets.UTF_8)
        : Slice.unescape(array, start, end);
  }

  long number() {
    boolean negative = array[at] == '-';
    int start = negative ? at + 1 : at;
    int end = start;
    // Negative, because that reaches one further; a sum of 19 digits that wraps is positive.
    long number = 0;
    while (end < array.length && array[end] >= '0' && array[end] <= '9') {
      number = 10 * number - (array[end] - '0');
      end++;
    }
    boolean whole =
        end == array.length || (array[end] != '.' && array[end] != 'e' && array[end] != 'E');
    boolean fits =
        end - start <= DIGITS_MAX && number <= 0 && (negative || number != Long.MIN_VALUE);
    if (end == start || !whole || !fits) {
      throw new Form.GaveUp();
    }
    at = end;
    return negative ? number : -number;
  }

  boolean truth() {
    boolean yes = array[at] == 't';
    if (!yes && array[at] != 'f') {
      throw new Form.GaveUp();
    }
    at += yes ? 4 : 5;
    return yes;
  }

  Json json() {
    Slice value = Slice.at(array, at);
    if ((value.isObject() || value.isArray()) && value.depth() > Json.DEPTH_MAX) {
      throw new Form.GaveUp();
    }
    at = value.end();
    return Json.trusted(value.copy(), JsonBinding.standard());
  }
}
