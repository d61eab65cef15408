package org.ringoverlay.dht.internal.arc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.json.Json;

/**
 * A key's value, or the tombstone that a delete left so that the versions go on growing.
 *
 * @param version made by one ballot alone; two registers of a key with one version are equal
 * @param written the version under which the value was written, which is the one that users see: an
 *     outcome that changed nothing and is remembered makes a new version, but no new value
 * @param deleted whether this is a tombstone
 * @param value the value, JSON's null for a tombstone
 * @param operations what it remembers of the operations that made it
 * @param ttlMillis after how many milliseconds the value is to vanish, 0 for never
 * @param accepted the round of the ballot under which it was accepted here, 0 while it is not
 */
record Register(
    long version,
    long written,
    boolean deleted,
    Json value,
    OperationWindow operations,
    long ttlMillis,
    long accepted) {
  static final Json NOTHING = Json.of(null);

  /** The register of a change that was made. */
  static Register made(long version, boolean deleted, Json value, OperationWindow operations) {
    return new Register(version, version, deleted, value, operations, 0, 0);
  }

  /** The same, to vanish after a time. */
  Register expiringAfter(long newTtlMillis) {
    return new Register(version, written, deleted, value, operations, newTtlMillis, accepted);
  }

  static boolean present(@Nullable Register register) {
    return register != null && !register.deleted;
  }

  /** The version of the value, 0 if there is none. */
  static long valueVersionOf(@Nullable Register register) {
    return register == null || register.deleted ? 0 : register.written;
  }

  /** The same, accepted under a round. */
  Register acceptedUnder(long round) {
    return new Register(version, written, deleted, value, operations, ttlMillis, round);
  }

  /** The same, under a new version that whoever saw the register before has not seen. */
  Register again(long newVersion) {
    return new Register(newVersion, newVersion, deleted, value, operations, ttlMillis, accepted);
  }

  static long versionOf(@Nullable Register register) {
    return register == null ? 0 : register.version;
  }

  /** The register as it is sent to a node of which nothing is known. */
  Entry whole(String key) {
    return new Entry(
        key,
        version,
        version - written,
        deleted,
        value,
        Entry.WHOLE,
        operations.list(),
        operations.forgotten(),
        ttlMillis);
  }

  /**
   * The register as it is sent to a node that should hold {@code base}.
   *
   * @param since the operations that made of the one the other
   */
  Entry step(String key, @Nullable Register base, List<Operation> since) {
    return new Entry(
        key, version, version - written, deleted, value, versionOf(base), since, 0, ttlMillis);
  }

  /**
   * The register as it is sent to a node that should hold it already, to accept it under another
   * ballot: without what it holds, which a node that does not have it says it is behind with.
   */
  Entry stamp(String key) {
    return new Entry(
        key, version, version - written, deleted, NOTHING, version, List.of(), 0, ttlMillis);
  }

  /** What a node that holds {@code base}, as the entry says, makes of it. */
  static Register of(Entry entry, @Nullable Register base) {
    OperationWindow window;
    if (entry.base() == Entry.WHOLE) {
      window = OperationWindow.of(entry.operations(), entry.forgotten());
    } else {
      window = base == null ? OperationWindow.EMPTY : base.operations;
      for (Operation operation : entry.operations()) {
        window = window.plus(operation);
      }
    }
    return new Register(
        entry.version(),
        entry.written(),
        entry.deleted(),
        entry.value(),
        window,
        entry.ttlMillis(),
        0);
  }
}
