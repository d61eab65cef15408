package org.ringoverlay.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value inside JSON bytes that {@link Grammar} has accepted: from its first byte to the one after
 * its last.
 *
 * <p>Because the bytes are valid, walking over them checks nothing; the depth of recursion is
 * bounded by the grammar.
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one walk over bytes that nobody changes
record Slice(byte[] array, int start, int end) {

  /** The value that fills the array, without the blanks around it. */
  static Slice of(byte[] array) {
    return at(array, blanks(array, 0));
  }

  /** The value whose first byte stands at {@code start}. */
  static Slice at(byte[] array, int start) {
    return new Slice(array, start, afterValue(array, start));
  }

  byte first() {
    return array[start];
  }

  boolean isObject() {
    return first() == '{';
  }

  boolean isArray() {
    return first() == '[';
  }

  byte[] copy() {
    return Arrays.copyOfRange(array, start, end);
  }

  boolean sameBytes(Slice other) {
    return Arrays.equals(array, start, end, other.array, other.start, other.end);
  }

  /** The fields of an object by their decoded names, in their order. */
  Map<String, Field> fields() {
    Map<String, Field> fields = new LinkedHashMap<>();
    int at = blanks(array, start + 1);
    while (array[at] != '}') {
      int nameEnd = afterString(array, at);
      Slice name = new Slice(array, at, nameEnd);
      int value = blanks(array, blanks(array, nameEnd) + 1);
      int valueEnd = afterValue(array, value);
      fields.put(name.text(), new Field(name, new Slice(array, value, valueEnd)));
      at = afterSeparator(valueEnd);
    }
    return fields;
  }

  /** The elements of an array. */
  List<Slice> elements() {
    List<Slice> elements = new ArrayList<>();
    int at = blanks(array, start + 1);
    while (array[at] != ']') {
      int valueEnd = afterValue(array, at);
      elements.add(new Slice(array, at, valueEnd));
      at = afterSeparator(valueEnd);
    }
    return elements;
  }

  /** The value of the object's field with this decoded name, or null. */
  @Nullable Slice field(String name) {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    int at = blanks(array, start + 1);
    while (array[at] != '}') {
      int nameEnd = afterString(array, at);
      int value = blanks(array, blanks(array, nameEnd) + 1);
      int valueEnd = afterValue(array, value);
      // Most names hold no escape and can be compared as they stand.
      if (Arrays.equals(array, at + 1, nameEnd - 1, wanted, 0, wanted.length)
          ? name.indexOf('\\') < 0
          : contains(at, nameEnd) && new Slice(array, at, nameEnd).text().equals(name)) {
        return new Slice(array, value, valueEnd);
      }
      at = afterSeparator(valueEnd);
    }
    return null;
  }

  /** The element of the array at this index, or null. */
  @Nullable Slice element(int index) {
    int at = blanks(array, start + 1);
    for (int i = 0; array[at] != ']'; i++) {
      int valueEnd = afterValue(array, at);
      if (i == index) {
        return new Slice(array, at, valueEnd);
      }
      at = afterSeparator(valueEnd);
    }
    return null;
  }

  /** How deep the value is nested; 0 for one that is neither array nor object. */
  int depth() {
    int depth = 0;
    int deepest = 0;
    int i = start;
    while (i < end) {
      byte b = array[i];
      if (b == '"') {
        i = afterString(array, i);
        continue;
      }
      if (b == '{' || b == '[') {
        depth++;
        deepest = Math.max(deepest, depth);
      } else if (b == '}' || b == ']') {
        depth--;
      }
      i++;
    }
    return deepest;
  }

  /** The characters that a string stands for. */
  String text() {
    return unescape(array, start + 1, end - 1);
  }

  private int afterSeparator(int valueEnd) {
    int at = blanks(array, valueEnd);
    return array[at] == ',' ? blanks(array, at + 1) : at;
  }

  private boolean contains(int from, int to) {
    for (int i = from; i < to; i++) {
      if (array[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  /** The first place at or after this one that is no blank. */
  static int blanks(byte[] array, int from) {
    int at = from;
    while (at < array.length && array[at] <= ' ' && array[at] >= 0) {
      at++;
    }
    return at;
  }

  static String unescape(byte[] array, int from, int to) {
    int plain = from;
    while (plain < to && array[plain] != '\\') {
      plain++;
    }
    String ascii = plain == to ? null : unescapeAscii(array, from, to);
    if (ascii != null) {
      return ascii;
    }
    String text = new String(array, from, to - from, StandardCharsets.UTF_8);
    return plain == to ? text : unescape(text);
  }

  /** The same if it is of ASCII alone, as most are; null if not. */
  private static @Nullable String unescapeAscii(byte[] array, int from, int to) {
    byte[] plain = new byte[to - from];
    int size = 0;
    int at = from;
    while (at < to) {
      byte b = array[at++];
      if (b == '\\') {
        b = array[at++];
        switch (b) {
          case 'n' -> b = '\n';
          case 't' -> b = '\t';
          case 'r' -> b = '\r';
          case 'b' -> b = '\b';
          case 'f' -> b = '\f';
          case 'u' -> {
            if (array[at] != '0' || array[at + 1] != '0') {
              return null;
            }
            b =
                (byte)
                    (Character.digit(array[at + 2], 16) << 4 | Character.digit(array[at + 3], 16));
            at += 4;
          }
          default -> {}
        }
      }
      if (b < 0) {
        return null;
      }
      plain[size++] = b;
    }
    return new String(plain, 0, size, StandardCharsets.US_ASCII);
  }

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i++);
      if (c != '\\') {
        plain.append(c);
        continue;
      }
      char kind = text.charAt(i++);
      switch (kind) {
        case 'n' -> plain.append('\n');
        case 't' -> plain.append('\t');
        case 'r' -> plain.append('\r');
        case 'b' -> plain.append('\b');
        case 'f' -> plain.append('\f');
        case 'u' -> {
          plain.append((char) Integer.parseInt(text, i, i + 4, 16));
          i += 4;
        }
        default -> plain.append(kind);
      }
    }
    return plain.toString();
  }

  private static int afterString(byte[] array, int from) {
    int at = from + 1;
    while (array[at] != '"') {
      at += array[at] == '\\' ? 2 : 1;
    }
    return at + 1;
  }

  private static int afterValue(byte[] array, int from) {
    switch (array[from]) {
      case '"' -> {
        return afterString(array, from);
      }
      case '{', '[' -> {
        int depth = 0;
        int at = from;
        do {
          byte b = array[at];
          if (b == '"') {
            at = afterString(array, at);
            continue;
          }
          if (b == '{' || b == '[') {
            depth++;
          } else if (b == '}' || b == ']') {
            depth--;
          }
          at++;
        } while (depth > 0);
        return at;
      }
      default -> {
        int at = from;
        while (at < array.length && isScalar(array[at])) {
          at++;
        }
        return at;
      }
    }
  }

  private static boolean isScalar(byte b) {
    return b > ' ' && b != ',' && b != ']' && b != '}';
  }

  /** A field of an object: its name as it was written, with quotes, and its value. */
  record Field(Slice name, Slice value) {}
}
