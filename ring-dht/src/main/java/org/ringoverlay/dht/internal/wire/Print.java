package org.ringoverlay.dht.internal.wire;

/**
 * A register without what it holds, to be compared with those of other nodes.
 *
 * @param key the full key, with its namespace
 * @param version the register's version
 * @param content of all that it holds
 */
public record Print(String key, long version, Fingerprint content) {
  private static final int FIELDS_BYTES_MAX = 128;

  /** What a peer left out is nothing. */
  public Print {
    content = content == null ? Fingerprint.NOTHING : content;
  }

  /** How many bytes it takes on the wire at most. */
  public long sizeBytesMax() {
    return FIELDS_BYTES_MAX + Head.textBytesMax(key);
  }
}
