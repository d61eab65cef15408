package org.ringoverlay.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What happened: a running hash of everything, the last entries in full, and on request every entry
 * as a line of text.
 *
 * <p>The hash is FNV-1a over 64-bit words instead of bytes, with the high half folded into the low
 * one after each word, because multiplication alone never carries high bits down. An entry feeds
 * its time, its kind, its host, the host it came from, its size and the digest of its first {@value
 * #DIGEST_BYTES_MAX} bytes. Names enter by their characters; nothing of one JVM alone does.
 */
final class Trace {
  /** What an entry tells of. */
  enum Kind {
    TASK,
    TIMER,
    FRAME,
    LOST,
    OPENED,
    CLOSED,
    STORED,
    FAULT,
    TEST,
    NOTE;

    private final long digest = Trace.digest(name());
  }

  static final int DIGEST_BYTES_MAX = 64;
  private static final int TAIL_ENTRIES = 256;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long[] times = new long[TAIL_ENTRIES];
  private final Kind[] kinds = new Kind[TAIL_ENTRIES];
  private final @Nullable Host[] hosts = new @Nullable Host[TAIL_ENTRIES];
  private final @Nullable Host[] origins = new @Nullable Host[TAIL_ENTRIES];
  private final int[] sizes = new int[TAIL_ENTRIES];
  private final long[] digests = new long[TAIL_ENTRIES];
  private final @Nullable Object[] texts = new @Nullable Object[TAIL_ENTRIES];
  private @Nullable Appendable copy;
  private long entries;
  private long hash = FNV_OFFSET;

  void copyTo(@Nullable Appendable lines) {
    copy = lines;
  }

  long hash() {
    return hash;
  }

  /**
   * Adds an entry.
   *
   * @param digest what of the text or the bytes enters the hash
   * @param text for the reader, made a string when it is read; enters no hash
   */
  void add(
      long at,
      Kind kind,
      @Nullable Host host,
      @Nullable Host origin,
      int sizeBytes,
      long digest,
      @Nullable Object text) {
    int index = (int) (entries++ & (TAIL_ENTRIES - 1));
    times[index] = at;
    kinds[index] = kind;
    hosts[index] = host;
    origins[index] = origin;
    sizes[index] = sizeBytes;
    digests[index] = digest;
    texts[index] = text;
    long mixed = feed(hash, at);
    mixed = feed(mixed, kind.digest);
    mixed = feed(mixed, host == null ? 0 : host.nameDigest);
    mixed = feed(mixed, origin == null ? 0 : origin.nameDigest);
    mixed = feed(mixed, sizeBytes);
    hash = feed(mixed, digest);
    if (copy != null) {
      write(copy, index);
    }
  }

  /** The last entries, oldest first, a line each. */
  String tail() {
    var text = new StringBuilder();
    for (long entry = Math.max(0, entries - TAIL_ENTRIES); entry < entries; entry++) {
      write(text, (int) (entry & (TAIL_ENTRIES - 1)));
    }
    return text.toString();
  }

  private void write(Appendable target, int index) {
    try {
      target.append(seconds(times[index])).append(' ');
      target.append(kinds[index].name().toLowerCase(Locale.ROOT));
      Host host = hosts[index];
      if (host != null) {
        target.append(' ').append(host.name());
      }
      Host origin = origins[index];
      if (origin != null) {
        target.append(" from ").append(origin.name());
      }
      if (sizes[index] != 0) {
        target.append(' ').append(Integer.toString(sizes[index])).append(" B ");
        target.append(Long.toHexString(digests[index]));
      }
      Object text = texts[index];
      if (text != null) {
        target.append(' ').append(text.toString());
      }
      target.append('\n');
    } catch (IOException failed) {
      throw new UncheckedIOException("The trace could not be written.", failed);
    }
  }

  /** Virtual time as seconds with nine digits after the point, alike in every locale. */
  static String seconds(long nanos) {
    String fraction = Long.toString(nanos % 1_000_000_000L + 1_000_000_000L);
    return nanos / 1_000_000_000L + "." + fraction.substring(1);
  }

  static long digest(String text) {
    long mixed = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      mixed = feed(mixed, text.charAt(i));
    }
    return mixed;
  }

  static long digest(byte[] bytes) {
    int length = Math.min(bytes.length, DIGEST_BYTES_MAX);
    long mixed = FNV_OFFSET;
    int at = 0;
    for (; at + Long.BYTES <= length; at += Long.BYTES) {
      mixed = feed(mixed, (long) LONGS.get(bytes, at));
    }
    for (; at < length; at++) {
      mixed = feed(mixed, bytes[at]);
    }
    return mixed;
  }

  private static long feed(long hash, long word) {
    long mixed = (hash ^ word) * FNV_PRIME;
    return mixed ^ (mixed >>> 32);
  }
}
