package org.ringoverlay.json;

import org.jspecify.annotations.Nullable;

/** JSON Pointer (RFC 6901) over valid bytes. */
final class Pointer {

  // More digits than any index within the size limit needs.
  private static final int INDEX_DIGITS_MAX = 9;

  private Pointer() {}

  /** The part that a pointer other than the empty one names, or null. */
  static @Nullable Slice find(Slice root, String pointer) {
    if (pointer.charAt(0) != '/') {
      throw new IllegalArgumentException("a JSON Pointer is empty or begins with a slash");
    }
    Slice at = root;
    int from = 1;
    while (true) {
      int slash = pointer.indexOf('/', from);
      String token = decode(pointer.substring(from, slash < 0 ? pointer.length() : slash));
      if (at != null) {
        at = step(at, token);
      }
      if (slash < 0) {
        return at;
      }
      from = slash + 1;
    }
  }

  private static @Nullable Slice step(Slice at, String token) {
    if (at.isObject()) {
      return at.field(token);
    }
    int index = at.isArray() ? index(token) : -1;
    return index < 0 ? null : at.element(index);
  }

  /** The index a token names, or −1: digits without a leading zero (RFC 6901, section 4). */
  private static int index(String token) {
    if (token.isEmpty()
        || token.length() > INDEX_DIGITS_MAX
        || (token.length() > 1 && token.charAt(0) == '0')) {
      return -1;
    }
    int index = 0;
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      index = 10 * index + (c - '0');
    }
    return index;
  }

  private static String decode(String token) {
    if (token.indexOf('~') < 0) {
      return token;
    }
    StringBuilder plain = new StringBuilder(token.length());
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c == '~') {
        i++;
        char kind = i < token.length() ? token.charAt(i) : ' ';
        if (kind != '0' && kind != '1') {
          throw new IllegalArgumentException("in a JSON Pointer each ~ is followed by 0 or 1");
        }
        c = kind == '0' ? '~' : '/';
      }
      plain.append(c);
    }
    return plain.toString();
  }
}
