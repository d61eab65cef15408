package org.ringoverlay.dht.internal.arc;

import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;

/** What becomes of a change, given the register that it meets. */
sealed interface Decision {
  /** The prefix of the operation IDs that callers chose themselves, which alone can be reused. */
  String CALLERS_OPERATION = "k:";

  /** A new register is to be kept. */
  record Apply(Register next, Operation operation) implements Decision {}

  /** The operation was seen before; this is what came of it. */
  record Repeat(Operation first) implements Decision {}

  /** There is nothing to delete. */
  record Nothing() implements Decision {}

  /** It must not be made. Tells of the current value, so it is to be confirmed like a read. */
  record Reject(RingException reason) implements Decision {}

  /**
   * Decides.
   *
   * @param current what the key holds, null if it never held anything
   * @param version the version that the change would make
   */
  static Decision on(@Nullable Register current, Request.Change change, long version) {
    long fingerprint = fingerprint(change);
    Operation seen = current == null ? null : current.operations().find(change.operation());
    if (seen != null) {
      return seen.fingerprint() == fingerprint
          ? new Repeat(seen)
          : new Reject(
              RingException.InvalidInput.keyReused(
                  "The idempotency key was used for another change of this record."));
    }
    boolean existed = Register.present(current);
    if (!holds(change.condition(), existed, Register.versionOf(current))) {
      return new Reject(conflict(change, current));
    }
    var operation = new Operation(change.operation(), version, existed, fingerprint);
    OperationWindow window =
        (current == null ? OperationWindow.EMPTY : current.operations()).plus(operation);
    if (change instanceof Request.Put put) {
      return new Apply(new Register(version, false, put.value(), window), operation);
    }
    return existed
        ? new Apply(new Register(version, true, Register.NOTHING, window), operation)
        : new Nothing();
  }

  private static boolean holds(Condition condition, boolean existed, long version) {
    return switch (condition.kind()) {
      case NONE -> true;
      case VERSION -> existed && condition.version() == version;
      case ABSENT -> !existed;
      case EXISTS -> existed;
    };
  }

  private static RingException conflict(Request.Change change, @Nullable Register current) {
    boolean existed = Register.present(current);
    return new RingException.Conflict(
        change.key(),
        change.condition().kind() == Condition.Kind.ABSENT
            ? OptionalLong.empty()
            : OptionalLong.of(change.condition().version()),
        existed ? OptionalLong.of(Register.versionOf(current)) : OptionalLong.empty(),
        null,
        existed && current != null ? current.value().toString() : null);
  }

  /**
   * Tells apart what one idempotency key was used for. Computed only where a caller chose the key:
   * the library's own are never used for two changes.
   */
  private static long fingerprint(Request.Change change) {
    if (!change.operation().startsWith(CALLERS_OPERATION)) {
      return 0;
    }
    long hash = change instanceof Request.Put put ? Arrays.hashCode(put.value().bytes()) : 1;
    hash = 31 * hash + change.condition().kind().name().hashCode();
    hash = 31 * hash + change.condition().version();
    return hash * 2 + (change instanceof Request.Put ? 1 : 0);
  }
}
