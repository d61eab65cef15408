package org.ringoverlay.dht.internal.arc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Operation;

/** The last operations that a register has seen, the oldest first. Immutable. */
final class OperationWindow {
  static final int OPERATIONS_MAX = 128;
  static final OperationWindow EMPTY = new OperationWindow(new Operation[0]);

  private final Operation[] operations;

  private OperationWindow(Operation[] operations) {
    this.operations = operations;
  }

  /** The window of these operations; of too many the oldest are left out. */
  static OperationWindow of(List<Operation> operations) {
    int from = Math.max(0, operations.size() - OPERATIONS_MAX);
    return new OperationWindow(
        operations.subList(from, operations.size()).toArray(Operation[]::new));
  }

  /** The window with one more operation, and without its oldest if it was full. */
  OperationWindow plus(Operation operation) {
    int kept = Math.min(operations.length, OPERATIONS_MAX - 1);
    var next = new Operation[kept + 1];
    System.arraycopy(operations, operations.length - kept, next, 0, kept);
    next[kept] = operation;
    return new OperationWindow(next);
  }

  /** The operation with this ID, if it is remembered. The newest is looked at first. */
  @Nullable Operation find(String id) {
    for (int at = operations.length - 1; at >= 0; at--) {
      if (operations[at].id().equals(id)) {
        return operations[at];
      }
    }
    return null;
  }

  List<Operation> list() {
    return List.of(operations);
  }
}
