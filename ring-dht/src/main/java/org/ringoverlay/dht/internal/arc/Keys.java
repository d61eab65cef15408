package org.ringoverlay.dht.internal.arc;

import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/** The rules for keys and namespaces, and where a key lies on the circle. */
public final class Keys {
  /** The most bytes of a key in UTF-8. */
  public static final int KEY_BYTES_MAX = 512;

  /** The most bytes of a namespace in UTF-8. */
  public static final int SPACE_BYTES_MAX = 128;

  /** The namespace of those who name none. */
  public static final String DEFAULT_SPACE = "default";

  /**
   * The namespace of the ring's own records. No caller can name it, for the names that they give
   * have no control characters.
   */
  public static final String RING_SPACE = "\u0001ring";

  /** Stands between a namespace, which cannot hold it, and a key. */
  private static final char SEPARATOR = '\0';

  private Keys() {}

  /** Checks a key: 1 to {@link #KEY_BYTES_MAX} bytes. */
  public static void checkKey(String key) {
    int bytes = utf8Bytes(key, "A key");
    if (bytes < 1 || bytes > KEY_BYTES_MAX) {
      throw new RingException.InvalidInput(
          "A key has 1 to " + KEY_BYTES_MAX + " bytes of UTF-8, this one has " + bytes + ".");
    }
  }

  /** Checks what keys may begin with, or lie after: a key, or nothing. */
  public static void checkPosition(String position) {
    int bytes = utf8Bytes(position, "A prefix or a position");
    if (bytes > KEY_BYTES_MAX) {
      throw new RingException.InvalidInput(
          "A prefix or a position has at most "
              + KEY_BYTES_MAX
              + " bytes of UTF-8, this one has "
              + bytes
              + ".");
    }
  }

  /** Checks a namespace: 1 to {@link #SPACE_BYTES_MAX} bytes without control characters. */
  public static void checkSpace(String space) {
    if (space.equals(DEFAULT_SPACE)) {
      return;
    }
    int bytes = utf8Bytes(space, "A namespace");
    if (bytes < 1 || bytes > SPACE_BYTES_MAX) {
      throw new RingException.InvalidInput(
          "A namespace has 1 to "
              + SPACE_BYTES_MAX
              + " bytes of UTF-8, this one has "
              + bytes
              + ".");
    }
    for (int at = 0; at < space.length(); at++) {
      if (Character.isISOControl(space.charAt(at))) {
        throw new RingException.InvalidInput(
            "A namespace has no control characters: '" + Printable.text(space, 80) + "'.");
      }
    }
  }

  private static int utf8Bytes(String text, String what) {
    int bytes = text.length();
    for (int at = 0; at < text.length(); at++) {
      char unit = text.charAt(at);
      if (unit < 0x80) {
        continue;
      }
      bytes += unit < 0x800 ? 1 : 2;
      if (Character.isHighSurrogate(unit)
          && at + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(at + 1))) {
        // Two units are four bytes.
        at++;
      } else if (Character.isSurrogate(unit)) {
        throw new RingException.InvalidInput(
            what + " is valid Unicode; this one has a lone surrogate.");
      }
    }
    return bytes;
  }

  /**
   * The order of texts by the bytes of their UTF-8, which is that of their code points: what Java
   * compares are units of UTF-16, of which those of the highest code points are not the highest.
   */
  static int compare(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int at = 0; at < length; at++) {
      char unit = one.charAt(at);
      char against = other.charAt(at);
      if (unit != against) {
        return rank(unit) - rank(against);
      }
    }
    return one.length() - other.length();
  }

  private static int rank(char unit) {
    return Character.isSurrogate(unit) ? unit + Character.MAX_VALUE : unit;
  }

  /** The key with its namespace, as registers are named. */
  static String full(String space, String key) {
    return space + SEPARATOR + key;
  }

  /** The namespace of a register's name. */
  static String spaceOf(String fullKey) {
    return fullKey.substring(0, fullKey.indexOf(SEPARATOR));
  }

  /** The key of a register's name. */
  static String keyOf(String fullKey) {
    return fullKey.substring(fullKey.indexOf(SEPARATOR) + 1);
  }

  /** Where a key lies: by its {@code {tag}} if it has one, else by all of it. */
  public static Id id(String space, String key) {
    String placed = tag(key);
    return Id.of(space.equals(DEFAULT_SPACE) ? placed : full(space, placed));
  }

  /** Where what is asked for lies. */
  public static Id id(Request request) {
    return request instanceof Request.Keyed keyed
        ? id(keyed.space(), keyed.key())
        : ((Request.Where) request).id();
  }

  /** Where a register lies. */
  static Id idOfFull(String fullKey) {
    int end = fullKey.indexOf(SEPARATOR);
    if (end < 1 || end == fullKey.length() - 1) {
      throw new RingException.InvalidInput("A register's name is a namespace and a key.");
    }
    String space = fullKey.substring(0, end);
    String key = fullKey.substring(end + 1);
    if (!space.equals(RING_SPACE)) {
      checkSpace(space);
    }
    checkKey(key);
    return id(space, key);
  }

  /** What stands between the first brace that opens and the next that closes, if anything does. */
  static String tag(String key) {
    int open = key.indexOf('{');
    int close = open < 0 ? -1 : key.indexOf('}', open);
    return close > open + 1 ? key.substring(open + 1, close) : key;
  }
}
