package org.ringoverlay.dht.internal.arc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Operation;

/** The last operations that a register has seen, the oldest first. Immutable. */
final class OperationWindow {
  static final int OPERATIONS_MAX = 128;

  /** The most characters of an operation's ID, all of them printable ASCII. */
  static final int ID_CHARS_MAX = 130;

  static final OperationWindow EMPTY = new OperationWindow(new Operation[0], new int[0], 0);

  private final Operation[] operations;

  /** Of their IDs, so that a search comes by without looking at each. */
  private final int[] hashes;

  private final long forgotten;

  private OperationWindow(Operation[] operations, int[] hashes, long forgotten) {
    this.operations = operations;
    this.hashes = hashes;
    this.forgotten = forgotten;
  }

  /**
   * The window of these operations; of too many the oldest are left out.
   *
   * @param forgotten the version of the newest operation that was left out before, 0 if none was
   */
  static OperationWindow of(List<Operation> operations, long forgotten) {
    int from = Math.max(0, operations.size() - OPERATIONS_MAX);
    long newest = from == 0 ? forgotten : operations.get(from - 1).version();
    Operation[] kept = operations.subList(from, operations.size()).toArray(Operation[]::new);
    var hashes = new int[kept.length];
    for (int at = 0; at < kept.length; at++) {
      hashes[at] = kept[at].id().hashCode();
    }
    return new OperationWindow(kept, hashes, Math.max(forgotten, newest));
  }

  /** The window with one more operation, and without its oldest if it was full. */
  OperationWindow plus(Operation operation) {
    int kept = Math.min(operations.length, OPERATIONS_MAX - 1);
    int left = operations.length - kept;
    var next = new Operation[kept + 1];
    System.arraycopy(operations, left, next, 0, kept);
    next[kept] = operation;
    var nextHashes = new int[kept + 1];
    System.arraycopy(hashes, left, nextHashes, 0, kept);
    nextHashes[kept] = operation.id().hashCode();
    return new OperationWindow(
        next,
        nextHashes,
        left == 0 ? forgotten : Math.max(forgotten, operations[left - 1].version()));
  }

  /** The operation with this ID, if it is remembered. The newest is looked at first. */
  @Nullable Operation find(String id) {
    int hash = id.hashCode();
    for (int at = hashes.length - 1; at >= 0; at--) {
      if (hashes[at] == hash && operations[at].id().equals(id)) {
        return operations[at];
      }
    }
    return null;
  }

  /** The version of the newest operation that is remembered no more, 0 if all are. */
  long forgotten() {
    return forgotten;
  }

  List<Operation> list() {
    return List.of(operations);
  }
}
