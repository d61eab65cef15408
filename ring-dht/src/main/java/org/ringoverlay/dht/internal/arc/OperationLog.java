package org.ringoverlay.dht.internal.arc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Operation;

/**
 * Operations that are only ever added to. On the loop.
 *
 * <p>A node remembers hundreds of thousands of them for a long time, so that they are kept as
 * numbers and not as objects: a collector of garbage that moves what is young and looks through
 * what is old finds nothing in them.
 */
final class OperationLog {
  private static final int EXISTED = 1;
  private static final int CONFLICT = 2;
  private static final int NOTHING = 4;
  private static final int KIND_BITS = 8;
  private static final int KINDS = EXISTED | CONFLICT | NOTHING;
  private static final int ID_BYTES = 32;

  /** The IDs, one behind the other. */
  private byte[] ids;

  /** Of the IDs, so that a search comes by without looking at each. */
  private int[] hashes;

  /** Where each ID ends, and in the lower bits whether a value existed and what came of it. */
  private int[] shapes;

  /** The version that was made and the one that was met, of each. */
  private long[] versions;

  /** Fingerprints of what was asked, null while all are 0. */
  private long @Nullable [] fingerprints;

  private int size;

  /** An empty one with room for so many. */
  OperationLog(int room) {
    ids = new byte[ID_BYTES * room];
    hashes = new int[room];
    shapes = new int[room];
    versions = new long[2 * room];
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** One that begins with those of this one from a place up to before another. */
  OperationLog copy(int from, int to, int room) {
    var copy = new OperationLog(0);
    int firstByte = begin(from);
    copy.ids = Arrays.copyOfRange(ids, firstByte, begin(to) + ID_BYTES * (room - (to - from)));
    copy.hashes = Arrays.copyOfRange(hashes, from, from + room);
    copy.shapes = Arrays.copyOfRange(shapes, from, from + room);
    copy.versions = Arrays.copyOfRange(versions, 2 * from, 2 * (from + room));
    if (fingerprints != null) {
      copy.fingerprints = Arrays.copyOfRange(fingerprints, from, from + room);
    }
    copy.size = to - from;
    for (int at = 0; at < copy.size; at++) {
      copy.shapes[at] -= firstByte << KIND_BITS;
    }
    return copy;
  }

  /**
   * Adds one.
   *
   * @param roomMax how many there may ever be, more than there are
   * @throws IllegalArgumentException if its ID is not of ASCII; nothing was added then
   */
  void add(Operation operation, int roomMax) {
    String id = operation.id();
    int begin = begin(size);
    int end = begin + id.length();
    if (end > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(end, Math.min(2 * ids.length, ID_BYTES * roomMax)));
    }
    for (int i = 0; i < id.length(); i++) {
      char each = id.charAt(i);
      if (each > '~') {
        throw new IllegalArgumentException("an operation's ID is of ASCII: " + id);
      }
      ids[begin + i] = (byte) each;
    }
    if (size == hashes.length) {
      int room = Math.min(roomMax, Math.max(1, 2 * size));
      hashes = Arrays.copyOf(hashes, room);
      shapes = Arrays.copyOf(shapes, room);
      versions = Arrays.copyOf(versions, 2 * room);
      fingerprints = fingerprints == null ? null : Arrays.copyOf(fingerprints, room);
    }
    hashes[size] = id.hashCode();
    shapes[size] = end << KIND_BITS | kind(operation);
    versions[2 * size] = operation.version();
    versions[2 * size + 1] = operation.found();
    if (operation.fingerprint() != 0 && fingerprints == null) {
      fingerprints = new long[hashes.length];
    }
    if (fingerprints != null) {
      fingerprints[size] = operation.fingerprint();
    }
    size++;
  }

  private static int kind(Operation operation) {
    int outcome =
        switch (operation.result()) {
          case MADE -> 0;
          case CONFLICT -> CONFLICT;
          case NOTHING -> NOTHING;
        };
    return outcome | (operation.existed() ? EXISTED : 0);
  }

  private static Operation.Outcome outcome(int kind) {
    if ((kind & CONFLICT) != 0) {
      return Operation.Outcome.CONFLICT;
    }
    return (kind & NOTHING) != 0 ? Operation.Outcome.NOTHING : Operation.Outcome.MADE;
  }

  private int begin(int at) {
    return at == 0 ? 0 : shapes[at - 1] >> KIND_BITS;
  }

  /** The one at a place. */
  @SuppressWarnings("deprecation") // of ASCII each byte is a character
  Operation get(int at) {
    int begin = begin(at);
    int kind = shapes[at];
    return new Operation(
        new String(ids, 0, begin, (shapes[at] >> KIND_BITS) - begin),
        version(at),
        (kind & EXISTED) != 0,
        fingerprints == null ? 0 : fingerprints[at],
        outcome(kind),
        versions[2 * at + 1]);
  }

  /** The version of the one at a place. */
  long version(int at) {
    return versions[2 * at];
  }

  /** Those from a place up to before another. */
  Operation[] range(int from, int to) {
    var range = new Operation[to - from];
    for (int at = from; at < to; at++) {
      range[at - from] = get(at);
    }
    return range;
  }

  /** The last one with this ID from a place up to before another, null if there is none. */
  @Nullable Operation find(String id, int from, int to) {
    int hash = id.hashCode();
    for (int at = to - 1; at >= from; at--) {
      if (hashes[at] == hash && hasId(at, id)) {
        return get(at);
      }
    }
    return null;
  }

  /** Whether the one at a place is this one. */
  boolean isAt(int at, Operation operation) {
    return version(at) == operation.version()
        && versions[2 * at + 1] == operation.found()
        && (shapes[at] & KINDS) == kind(operation)
        && (fingerprints == null ? 0 : fingerprints[at]) == operation.fingerprint()
        && hasId(at, operation.id());
  }

  private boolean hasId(int at, String id) {
    int begin = begin(at);
    if ((shapes[at] >> KIND_BITS) - begin != id.length()) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      if (ids[begin + i] != id.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
