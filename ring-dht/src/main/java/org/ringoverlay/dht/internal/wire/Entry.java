package org.ringoverlay.dht.internal.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.json.Json;
import org.ringoverlay.json.Sparse;

/**
 * A register on its way to another node.
 *
 * @param key the full key, with its namespace
 * @param version the register's version
 * @param age how many versions ago its value was written, 0 if with this one; the version itself if
 *     none ever was
 * @param deleted whether it is a tombstone
 * @param value the value, JSON's null for a tombstone
 * @param base the version to which {@code operations} is to be added (0 for none at all), or {@link
 *     #WHOLE} if {@code operations} is the whole window
 * @param operations the operations that the register remembers, the oldest first
 * @param forgotten the version of the newest operation that it has forgotten, 0 if none; for a
 *     whole register alone
 * @param ttlMillis after how many milliseconds the value is to vanish, 0 for never
 */
@Sparse
public record Entry(
    String key,
    long version,
    long age,
    boolean deleted,
    Json value,
    long base,
    List<Operation> operations,
    long forgotten,
    long ttlMillis) {
  /** A base that says that nothing need be there already. */
  public static final long WHOLE = -1;

  private static final int FIELDS_BYTES_MAX = 256;

  /** Copies the list. */
  public Entry {
    operations = orEmpty(operations);
  }

  /** A register whose last operation wrote or deleted, and which has forgotten none. */
  public static Entry made(
      String key,
      long version,
      boolean deleted,
      Json value,
      long base,
      List<Operation> operations) {
    return new Entry(key, version, 0, deleted, value, base, operations, 0, 0);
  }

  /** The version under which its value was written, 0 if none ever was. */
  public long written() {
    return version - age;
  }

  /** How many bytes it takes on the wire at most. */
  public long sizeBytesMax() {
    long bytes = FIELDS_BYTES_MAX + Head.textBytesMax(key) + value.size();
    for (Operation operation : operations) {
      bytes += FIELDS_BYTES_MAX + Head.textBytesMax(operation.id());
    }
    return bytes;
  }

  static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }
}
