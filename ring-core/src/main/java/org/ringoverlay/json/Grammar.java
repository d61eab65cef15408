package org.ringoverlay.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/**
 * Decides whether bytes are JSON as this project wants it: RFC 8259 in strict UTF-8 (RFC 3629,
 * section 3), without byte order mark, trailing data, duplicate names or lone surrogates, within
 * the limits of {@link Json}.
 *
 * <p>RFC 8259 leaves duplicate names and lone surrogates (section 8.2) to the reader, and readers
 * differ: what one component checks another might then read as something else. So they are refused
 * here, before anybody interprets them.
 *
 * <p>One pass from left to right, linear in the length; the limit on depth bounds the stack. No
 * message repeats any of the input.
 */
final class Grammar {

  // Up to here comparing with each earlier name of the object is cheaper than a set.
  private static final int NAMES_COMPARED_MAX = 24;
  // What a thread keeps for its next document is not larger.
  private static final int NAMES_KEPT_MAX = 3 * 4 * NAMES_COMPARED_MAX;
  private static final ThreadLocal<int[]> OWN_NAMES =
      ThreadLocal.withInitial(() -> new int[3 * NAMES_COMPARED_MAX]);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long TOPS = 0x8080_8080_8080_8080L;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final long BLANKS = ' ' * ONES;

  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private final byte[] array;
  private final int offset;
  private final int end;
  private final int depthMax;
  private int at;

  // Start, end and hash of each name of the objects that are open, innermost last.
  private int[] names = OWN_NAMES.get();
  private int namesEnd;
  // Of the name that was scanned last.
  private int nameHash;
  private boolean namePlain;

  private Grammar(byte[] array, int offset, int length, int depthMax) {
    this.depthMax = depthMax;
    this.array = array;
    this.offset = offset;
    this.end = offset + length;
    this.at = offset;
  }

  /**
   * Returns if these bytes are one valid value.
   *
   * @throws RingException.InvalidInput if not
   */
  static void check(byte[] array, int offset, int length) {
    check(array, offset, length, Json.DEPTH_MAX);
  }

  /** As above, nested at most {@code depthMax} deep. */
  static void check(byte[] array, int offset, int length, int depthMax) {
    checkSize(length);
    new Grammar(array, offset, length, depthMax).document();
  }

  /**
   * Whether somewhere a surrogate is escaped, alone or in a pair. A writer that escapes only what
   * it must does so for lone ones, and telling this is much cheaper than checking it all.
   */
  static boolean escapesSurrogate(byte[] array) {
    int at = 0;
    while (at < array.length - 2) {
      if (array.length - at >= Long.BYTES) {
        long backslash = ((long) LONG.get(array, at) ^ BACKSLASHES);
        long marked = (backslash - ONES) & ~backslash & TOPS;
        at += Long.numberOfTrailingZeros(marked) >>> 3;
        if (marked == 0) {
          continue;
        }
      }
      if (array[at] != '\\') {
        at++;
      } else if (array[at + 1] == 'u' && (array[at + 2] | 0x20) == 'd') {
        return true;
      } else {
        at += 2;
      }
    }
    return false;
  }

  static void checkSize(int length) {
    if (length > Json.SIZE_BYTES_MAX) {
      throw RingException.InvalidInput.tooLarge(
          "JSON of " + length + " bytes exceeds the limit of " + Json.SIZE_BYTES_MAX);
    }
  }

  /** The text in UTF-8; a lone surrogate has no such form and must not turn into something else. */
  static byte[] utf8(String text) {
    checkSize(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        int point = text.codePointAt(i);
        if (!Character.isSupplementaryCodePoint(point)) {
          throw new RingException.InvalidInput("not valid JSON: a surrogate stands alone");
        }
        i++;
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void document() {
    if (end - offset >= 3
        && array[offset] == (byte) 0xef
        && array[offset + 1] == (byte) 0xbb
        && array[offset + 2] == (byte) 0xbf) {
      throw fail("it begins with a byte order mark");
    }
    blanks();
    value(0);
    blanks();
    if (at < end) {
      throw fail("something follows the value");
    }
  }

  private void blanks() {
    while (at < end) {
      byte b = array[at];
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return;
      }
      at++;
    }
  }

  private void value(int depth) {
    if (at == end) {
      throw fail("it ends where a value is expected");
    }
    switch (array[at]) {
      case '{' -> object(deeper(depth));
      case '[' -> elements(deeper(depth));
      case '"' -> string();
      case 't' -> word(TRUE);
      case 'f' -> word(FALSE);
      case 'n' -> word(NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw fail("a value is expected");
    }
  }

  private int deeper(int depth) {
    if (depth == depthMax) {
      throw fail("it is nested deeper than " + depthMax);
    }
    return depth + 1;
  }

  private void word(byte[] word) {
    if (end - at < word.length
        || !Arrays.equals(array, at, at + word.length, word, 0, word.length)) {
      throw fail("a value is expected");
    }
    at += word.length;
  }

  private void elements(int depth) {
    at++;
    blanks();
    if (at < end && array[at] == ']') {
      at++;
      return;
    }
    while (true) {
      value(depth);
      if (separator(']', "a comma or ] is expected")) {
        return;
      }
    }
  }

  private void object(int depth) {
    int first = namesEnd;
    @Nullable Set<String> many = null;
    at++;
    blanks();
    if (at < end && array[at] == '}') {
      at++;
      return;
    }
    while (true) {
      if (at == end || array[at] != '"') {
        throw fail("a name in quotes is expected");
      }
      int nameStart = at + 1;
      name();
      int nameEnd = at - 1;
      if (nameEnd - nameStart > Json.NAME_BYTES_MAX) {
        throw fail(nameStart, "a name is longer than " + Json.NAME_BYTES_MAX + " bytes");
      }
      if (many == null && namePlain && namesEnd - first < 3 * NAMES_COMPARED_MAX) {
        compare(first, nameStart, nameEnd);
      } else {
        many = many == null ? names(first) : many;
        // Strings that collide in their hash are kept in a tree by the set, so this stays cheap for
        // hostile names.
        if (!many.add(Slice.unescape(array, nameStart, nameEnd))) {
          throw fail(nameStart, "a name occurs twice in one object");
        }
      }
      blanks();
      if (at == end || array[at] != ':') {
        throw fail("a colon is expected");
      }
      at++;
      blanks();
      value(depth);
      if (separator('}', "a comma or } is expected")) {
        namesEnd = first;
        return;
      }
    }
  }

  /** Whether the array or object ends here; otherwise a comma was passed. */
  private boolean separator(char close, String expectation) {
    blanks();
    if (at == end) {
      throw fail("it ends within an array or object");
    }
    byte b = array[at];
    if (b != close && b != ',') {
      throw fail(expectation);
    }
    at++;
    if (b == close) {
      return true;
    }
    blanks();
    return false;
  }

  private void compare(int first, int nameStart, int nameEnd) {
    for (int i = first; i < namesEnd; i += 3) {
      if (names[i + 2] == nameHash
          && Arrays.equals(array, names[i], names[i + 1], array, nameStart, nameEnd)) {
        throw fail(nameStart, "a name occurs twice in one object");
      }
    }
    if (namesEnd == names.length) {
      names = Arrays.copyOf(names, 2 * namesEnd);
      if (names.length <= NAMES_KEPT_MAX) {
        OWN_NAMES.set(names);
      }
    }
    names[namesEnd] = nameStart;
    names[namesEnd + 1] = nameEnd;
    names[namesEnd + 2] = nameHash;
    namesEnd += 3;
  }

  private Set<String> names(int first) {
    Set<String> all = new HashSet<>();
    for (int i = first; i < namesEnd; i += 3) {
      all.add(Slice.unescape(array, names[i], names[i + 1]));
    }
    return all;
  }

  private void name() {
    int hash = 0;
    for (int i = at + 1; i < end; i++) {
      byte b = array[i];
      if (b == '"') {
        at = i + 1;
        nameHash = hash;
        namePlain = true;
        return;
      }
      if (b < ' ' || b == '\\') {
        break;
      }
      hash = 31 * hash + b;
    }
    // Something else than plain ASCII: take the way that knows all of it. The set then tells names
    // apart.
    namePlain = false;
    string();
  }

  private void string() {
    int i = at + 1;
    while (i < end) {
      if (end - i >= Long.BYTES) {
        int plain = plainBytes((long) LONG.get(array, i));
        i += plain;
        if (plain == Long.BYTES) {
          continue;
        }
      }
      byte b = array[i];
      if (b == '"') {
        at = i + 1;
        return;
      }
      if (b >= ' ' && b != '\\') {
        i++;
      } else {
        at = i;
        if (b == '\\') {
          escape();
        } else if (b >= 0) {
          throw fail("a control character must be escaped");
        } else {
          multibyte(b & 0xff);
        }
        i = at;
      }
    }
    at = end;
    throw fail("it ends within a string");
  }

  /**
   * How many of eight bytes, from the first on, are plain: neither quote, backslash, control
   * character nor part of a longer character. Each term sets the top bit of the bytes it looks for;
   * a borrow can only mark a later byte wrongly, and of the marked ones only the first counts.
   */
  private static int plainBytes(long eight) {
    long quote = (eight ^ QUOTES) - ONES;
    long backslash = (eight ^ BACKSLASHES) - ONES;
    long control = eight - BLANKS;
    long marked = (quote | backslash | control | eight) & TOPS;
    return Long.numberOfTrailingZeros(marked) >>> 3;
  }

  private void escape() {
    byte kind = at + 1 < end ? array[at + 1] : 0;
    switch (kind) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at += 2;
      case 'u' -> {
        int unit = unit(at + 2);
        if (Character.isLowSurrogate((char) unit)) {
          throw fail("a surrogate stands alone");
        }
        if (Character.isHighSurrogate((char) unit)) {
          boolean paired =
              end - at >= 12
                  && array[at + 6] == '\\'
                  && array[at + 7] == 'u'
                  && Character.isLowSurrogate((char) unit(at + 8));
          if (!paired) {
            throw fail("a surrogate stands alone");
          }
          at += 6;
        }
        at += 6;
      }
      default -> throw fail("no such escape");
    }
  }

  private int unit(int from) {
    if (end - from < 4) {
      throw fail("four hexadecimal digits are expected");
    }
    int unit = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = array[i] < 0 ? -1 : Character.digit(array[i], 16);
      if (digit < 0) {
        throw fail("four hexadecimal digits are expected");
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  /**
   * Passes one character of two to four bytes. The bounds of the second byte keep out what has a
   * shorter form, the surrogates and what lies past the last code point (RFC 3629, section 4).
   */
  private void multibyte(int lead) {
    int more = lead >= 0xc2 && lead <= 0xdf ? 1 : lead >> 4 == 0xe ? 2 : 3;
    int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    boolean valid = lead >= 0xc2 && lead <= 0xf4 && end - at > more;
    for (int i = 1; valid && i <= more; i++) {
      int b = array[at + i] & 0xff;
      valid = b >= low && b <= high;
      low = 0x80;
      high = 0xbf;
    }
    if (!valid) {
      throw fail("it is not UTF-8");
    }
    at += 1 + more;
  }

  private void number() {
    int start = at;
    if (array[at] == '-') {
      at++;
    }
    if (at < end && array[at] == '0') {
      at++;
    } else {
      digits();
    }
    if (at < end && array[at] == '.') {
      at++;
      digits();
    }
    if (at < end && (array[at] == 'e' || array[at] == 'E')) {
      at++;
      if (at < end && (array[at] == '+' || array[at] == '-')) {
        at++;
      }
      digits();
    }
    if (at - start > Json.NUMBER_CHARS_MAX) {
      throw fail(start, "a number is longer than " + Json.NUMBER_CHARS_MAX + " characters");
    }
  }

  private void digits() {
    int start = at;
    while (at < end && array[at] >= '0' && array[at] <= '9') {
      at++;
    }
    if (at == start) {
      throw fail("a digit is expected");
    }
  }

  private RingException.InvalidInput fail(String reason) {
    return fail(at, reason);
  }

  private RingException.InvalidInput fail(int place, String reason) {
    int line = 1;
    int column = 1;
    for (int i = offset; i < place; i++) {
      if (array[i] == '\n') {
        line++;
        column = 1;
      } else if ((array[i] & 0xc0) != 0x80) {
        column++;
      }
    }
    return new RingException.InvalidInput(
        "not valid JSON at line " + line + ", column " + column + ": " + reason);
  }
}
