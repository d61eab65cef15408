package org.ringoverlay.transport.netty;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a frame looks like on the wire: its length as four big-endian bytes, then that many bytes.
 */
final class Wire {
  static final int PREFIX_BYTES = 4;

  /**
   * What an HTTP request can begin with. No legal length looks like any of these: the smallest is a
   * gigabyte.
   */
  private static final List<String> HTTP_BEGINNINGS =
      List.of("GET ", "HEAD", "POST", "PUT ", "DELE", "CONN", "OPTI", "TRAC", "PATC", "PRI ");

  private Wire() {}

  /** Why a length prefix is refused, or null if it is fine. */
  static @Nullable String refusal(int length, int frameBytesMax) {
    if (length >= 1 && length <= frameBytesMax) {
      return null;
    }
    String stranger = stranger(length);
    if (stranger != null) {
      return stranger + " on the ring's port";
    }
    if (length == 0) {
      return "a frame of length 0";
    }
    return "a frame of "
        + Integer.toUnsignedString(length)
        + " bytes, where at most "
        + frameBytesMax
        + " are allowed";
  }

  /** A protocol that is not ours, told by its first four bytes. */
  private static @Nullable String stranger(int first) {
    if (first >>> 16 == 0x1603) { // RFC 8446, 5.1: a handshake record of TLS 1.x.
      return "TLS";
    }
    var text = new char[PREFIX_BYTES];
    for (int i = 0; i < PREFIX_BYTES; i++) {
      text[i] = (char) ((first >>> (24 - 8 * i)) & 0xff);
    }
    String beginning = String.valueOf(text);
    if (HTTP_BEGINNINGS.contains(beginning)) {
      return "HTTP";
    }
    return beginning.equals("SSH-") ? "SSH" : null;
  }
}
