package org.ringoverlay.dht.internal.arc;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * Where a watch of a prefix stands, as a short text from which it can be resumed at any node: after
 * which version it was told all of each arc that holds, or held, a key of the prefix.
 *
 * <p>A prefix whose keys lie in more than {@link #ARCS_MAX} arcs has a bookmark that says so alone:
 * whoever resumes there begins anew, and is told that. The text begins with a digest of what it is
 * of, so that the bookmark of another prefix, or of another ring, is not taken for this one's.
 */
final class Bookmark {
  /** Of that many arcs the text has at most some 1,500 characters, which any HTTP header takes. */
  static final int ARCS_MAX = 128;

  private static final int CHARS_MAX = 2_048;
  private static final int DIGEST_BYTES = 8;
  private static final int COUNTER_BITS = 26;

  private final byte[] digest;
  private final int arcs;

  /**
   * That of a prefix.
   *
   * @param arcs how many arcs there are
   */
  Bookmark(String ringIdentity, String space, String prefix, int arcs) {
    this.arcs = arcs;
    byte[] whole = new byte[Id.BYTES];
    Id.of(ringIdentity + '\0' + Keys.full(space, prefix)).write(whole, 0);
    this.digest = Arrays.copyOf(whole, DIGEST_BYTES);
  }

  /** The text of these positions, which are above 0. */
  String text(SortedMap<Integer, Long> positions) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(digest);
    if (positions.size() > ARCS_MAX) {
      return text(bytes);
    }
    bytes.write(1);
    int next = 0;
    for (Map.Entry<Integer, Long> each : positions.entrySet()) {
      write(bytes, each.getKey() - next);
      write(bytes, each.getValue() >>> COUNTER_BITS);
      write(bytes, each.getValue() & ((1L << COUNTER_BITS) - 1));
      next = each.getKey() + 1;
    }
    return text(bytes);
  }

  /** The text of positions that are not known, so that whoever resumes there begins anew. */
  String textOfNone() {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(digest);
    return text(bytes);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  private static void write(ByteArrayOutputStream bytes, long number) {
    long left = number;
    while (left > 0x7f) {
      bytes.write((int) (0x80 | (left & 0x7f)));
      left >>>= 7;
    }
    bytes.write((int) left);
  }

  /**
   * The positions of a text, null if they are not known, or are of something else.
   *
   * @throws RingException.InvalidInput if it is no bookmark
   */
  @Nullable SortedMap<Integer, Long> positions(String text) {
    byte[] bytes;
    try {
      bytes = text.length() > CHARS_MAX ? new byte[0] : Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException other) {
      throw unsound();
    }
    if (bytes.length < DIGEST_BYTES) {
      throw unsound();
    }
    for (int at = 0; at < DIGEST_BYTES; at++) {
      if (bytes[at] != digest[at]) {
        return null;
      }
    }
    if (bytes.length == DIGEST_BYTES) {
      return null;
    }
    var reader = new Reader(bytes);
    if (reader.next(1) != 1) {
      throw unsound();
    }
    var positions = new TreeMap<Integer, Long>();
    long next = 0;
    while (reader.at < bytes.length) {
      long arc = next + reader.next(arcs);
      long round = reader.next(Versions.round(Versions.MAX));
      long version = round << COUNTER_BITS | reader.next((1L << COUNTER_BITS) - 1);
      if (arc >= arcs || positions.size() == ARCS_MAX) {
        throw unsound();
      }
      positions.put((int) arc, version);
      next = arc + 1;
    }
    return positions;
  }

  private static RingException unsound() {
    return new RingException.InvalidInput(
        "A watch of a prefix is resumed after the id of one of its events, as it came.");
  }

  /** Reads numbers. */
  private static final class Reader {
    private final byte[] bytes;
    private int at = DIGEST_BYTES;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    long next(long max) {
      long number = 0;
      for (int shift = 0; shift < Long.SIZE - 8; shift += 7) {
        if (at == bytes.length) {
          throw unsound();
        }
        int part = bytes[at++];
        number |= (long) (part & 0x7f) << shift;
        if (part >= 0) {
          if (number > max) {
            throw unsound();
          }
          return number;
        }
      }
      throw unsound();
    }
  }
}
