package org.ringoverlay.dht.internal.wire;

/**
 * A register without what it holds.
 *
 * @param key the full key, with its namespace
 * @param version the register's version
 * @param accepted the round of the ballot under which its holder accepted it
 */
public record Head(String key, long version, long accepted) {
  private static final int FIELDS_BYTES_MAX = 64;
  private static final int ESCAPED_CHAR_BYTES_MAX = 6;

  /** How many bytes it takes on the wire at most. */
  public long sizeBytesMax() {
    return FIELDS_BYTES_MAX + textBytesMax(key);
  }

  /** How many bytes a text takes in JSON at most, were all of its characters escaped. */
  public static long textBytesMax(String text) {
    return (long) ESCAPED_CHAR_BYTES_MAX * text.length();
  }
}
