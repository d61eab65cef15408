package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Rules;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/** What becomes of a change, given the register that it meets. */
sealed interface Decision {
  /** The prefix of the operation IDs that callers chose themselves, which alone can be reused. */
  String CALLERS_OPERATION = "k:";

  long FNV_OFFSET = 0xcbf29ce484222325L;
  long FNV_PRIME = 0x100000001b3L;

  /** A new register is to be kept. */
  record Apply(Register next, Operation operation) implements Decision {}

  /** The operation was seen before; this is what came of it. */
  record Repeat(Operation first) implements Decision {}

  /** Nobody can tell whether the operation was seen before, so nothing is done. */
  record Forgotten(long version) implements Decision {}

  /** There is nothing to delete. */
  record Nothing() implements Decision {}

  /** It must not be made. Tells of the current value, so it is to be confirmed like a read. */
  record Reject(RingException reason) implements Decision {}

  /**
   * Decides.
   *
   * @param current what the key holds, null if it never held anything
   * @param version the version that the change would make
   * @param floor the version up to which what the key held may have been collected
   * @param rules what holds in the record's namespace
   */
  static Decision on(
      @Nullable Register current, Request.Change change, long version, long floor, Rules rules) {
    OperationWindow window =
        current == null ? OperationWindow.of(List.of(), floor) : current.operations();
    Operation seen = window.find(change.operation());
    long fingerprint = fingerprint(change);
    if (seen != null) {
      return seen.fingerprint() == fingerprint
          ? new Repeat(seen)
          : new Reject(
              RingException.InvalidInput.keyReused(
                  "The idempotency key was used for another change of this record."));
    }
    if (window.forgotten() > change.seen()) {
      return new Forgotten(window.forgotten());
    }
    if (change instanceof Request.Put put && isTooLarge(put, rules)) {
      return new Reject(tooLarge(put, rules));
    }
    long found = Register.valueVersionOf(current);
    boolean existed = found > 0;
    boolean holds = holds(change.condition(), found);
    Operation.Outcome outcome =
        !holds
            ? Operation.Outcome.CONFLICT
            : change instanceof Request.Delete && !existed
                ? Operation.Outcome.NOTHING
                : Operation.Outcome.MADE;
    var operation =
        new Operation(change.operation(), version, existed, fingerprint, outcome, found);
    if (outcome != Operation.Outcome.MADE) {
      if (isToBeRemembered(change)) {
        return new Apply(remembering(current, version, window.plus(operation)), operation);
      }
      return holds ? new Nothing() : new Reject(conflict(change, current, found));
    }
    return new Apply(
        change instanceof Request.Put put
            ? Register.made(version, false, put.value(), window.plus(operation))
                .expiringAfter(put.ttlMillis() == 0 ? rules.ttlMillis() : put.ttlMillis())
            : Register.made(version, true, Register.NOTHING, window.plus(operation)),
        operation);
  }

  private static boolean isTooLarge(Request.Put put, Rules rules) {
    return rules.valueBytesMax() > 0 && put.value().size() > rules.valueBytesMax();
  }

  /**
   * Nothing was changed; but of a repeat the first sending may be on its way to a daddy that has
   * not heard of the bound.
   */
  private static RingException tooLarge(Request.Put put, Rules rules) {
    String why =
        "A value of the namespace '"
            + Printable.text(put.space(), 128)
            + "' has at most "
            + rules.valueBytesMax()
            + " bytes, this one has "
            + put.value().size()
            + ".";
    return put.repeated()
        ? new RingException.OutcomeUnknown(why + " It may have been written before.", true)
        : RingException.InvalidInput.tooLarge(why);
  }

  /**
   * An outcome that changes nothing costs a write if it is to be remembered. So it is only where
   * the operation may come again: its caller named it, or an attempt before this one was lost and
   * may still be on its way.
   */
  private static boolean isToBeRemembered(Request.Change change) {
    return change.repeated() || change.operation().startsWith(CALLERS_OPERATION);
  }

  private static Register remembering(
      @Nullable Register current, long version, OperationWindow window) {
    return current == null
        ? new Register(version, 0, true, Register.NOTHING, window, 0, 0)
        : new Register(
            version,
            current.written(),
            current.deleted(),
            current.value(),
            window,
            current.ttlMillis(),
            0);
  }

  private static boolean holds(Condition condition, long found) {
    return switch (condition.kind()) {
      case NONE -> true;
      case VERSION -> found > 0 && condition.version() == found;
      case ABSENT -> found == 0;
      case EXISTS -> found > 0;
    };
  }

  /**
   * The conflict of a change with what it met.
   *
   * @param current what the key holds now; its value is told if it is still the one that was met
   * @param found the version that was met, 0 if there was no value
   */
  static RingException conflict(Request.Change change, @Nullable Register current, long found) {
    boolean same = current != null && found > 0 && Register.valueVersionOf(current) == found;
    OptionalLong met = found > 0 ? OptionalLong.of(found) : OptionalLong.empty();
    String value = same && current != null ? current.value().toString() : null;
    return switch (change.condition().kind()) {
      case EXISTS -> RingException.Conflict.mustExist(change.key(), null);
      case VERSION ->
          new RingException.Conflict(
              change.key(), OptionalLong.of(change.condition().version()), met, null, value);
      case ABSENT, NONE ->
          new RingException.Conflict(change.key(), OptionalLong.empty(), met, null, value);
    };
  }

  /**
   * Tells apart what one idempotency key was used for (FNV-1a). Computed only where a caller chose
   * the key: the library's own are never used for two changes.
   */
  private static long fingerprint(Request.Change change) {
    if (!change.operation().startsWith(CALLERS_OPERATION)) {
      return 0;
    }
    long hash = mixed(FNV_OFFSET, change instanceof Request.Put ? 1 : 2);
    for (char each : change.condition().kind().name().toCharArray()) {
      hash = mixed(hash, each);
    }
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      hash = mixed(hash, (int) (change.condition().version() >>> shift));
    }
    if (change instanceof Request.Put put) {
      for (byte each : put.value().bytes()) {
        hash = mixed(hash, each);
      }
      if (put.ttlMillis() != 0) {
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
          hash = mixed(hash, (int) (put.ttlMillis() >>> shift));
        }
      }
    }
    return hash;
  }

  private static long mixed(long hash, int octet) {
    return (hash ^ (octet & 0xff)) * FNV_PRIME;
  }
}
