package org.ringoverlay.dht.internal.arc;

import java.util.TreeSet;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.spi.Timer;

/**
 * When which values of an arc are to vanish: one time for a key at most, and one alarm for all of
 * them. On the loop.
 */
final class Expiries {
  /** How long an expiry is tried, and when it is tried again. */
  static final long AGAIN_NANOS = 1_000_000_000;

  /** What names the delete that an expiry is, with the version of the value. */
  private static final String OPERATION = "t:";

  private final Outbox out;
  private final ObjLongConsumer<String> due;
  private final TreeSet<Expiry> expiries = new TreeSet<>();
  private @Nullable Timer alarm;
  private long alarmAtNanos;

  /**
   * When a key's value is to vanish.
   *
   * @param atNanos the time
   * @param key the full key
   */
  record Expiry(long atNanos, String key) implements Comparable<Expiry> {
    @Override
    public int compareTo(Expiry other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : key.compareTo(other.key);
    }
  }

  /**
   * Makes one.
   *
   * @param due told of each key whose time has come, with the time
   */
  Expiries(Outbox out, ObjLongConsumer<String> due) {
    this.out = out;
    this.due = due;
  }

  /** A key's time comes after so many nanoseconds, and at no other; never if there are none. */
  void set(Cell cell, long nanos) {
    Expiry former = cell.expiry;
    if (former != null) {
      expiries.remove(former);
      cell.expiry = null;
    }
    if (nanos > 0) {
      var next = new Expiry(out.now() + nanos, cell.key);
      cell.expiry = next;
      expiries.add(next);
      arm();
    }
  }

  /** The delete of a value, unless it was written anew. */
  static Pending delete(String fullKey, long written, long nowNanos) {
    var delete =
        new Request.Delete(
            Keys.spaceOf(fullKey),
            Keys.keyOf(fullKey),
            new Condition(Condition.Kind.VERSION, written),
            Acknowledge.MAJORITY,
            OPERATION + written,
            Versions.MAX,
            false);
    return new Pending(delete, fullKey, nowNanos + AGAIN_NANOS);
  }

  private void arm() {
    if (expiries.isEmpty()) {
      return;
    }
    long first = expiries.first().atNanos();
    Timer present = alarm;
    if (present != null && alarmAtNanos <= first) {
      return;
    }
    if (present != null) {
      present.cancel();
    }
    alarmAtNanos = first;
    alarm = out.later(Math.max(0, first - out.now()), this::tell);
  }

  private void tell(long nowNanos) {
    alarm = null;
    Expiry first = expiries.isEmpty() ? null : expiries.first();
    while (first != null && first.atNanos() <= nowNanos) {
      expiries.remove(first);
      due.accept(first.key(), nowNanos);
      first = expiries.isEmpty() ? null : expiries.first();
    }
    arm();
  }

  /** Nothing vanishes here any more. */
  void end() {
    expiries.clear();
    Timer present = alarm;
    if (present != null) {
      present.cancel();
      alarm = null;
    }
  }
}
