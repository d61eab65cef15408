package org.ringoverlay.dht.internal.arc;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.id.Id;

/**
 * How much of what can wait may be under way: as much as does not wait in queues. The shortest of
 * the last answers of a node shows how long one takes that waits for nothing; while answers take
 * little longer more is begun, and less when they take much longer, for then the callers' requests
 * wait in the same queues. Where one at a time is too much there are pauses in between, up to as
 * long as each took: copies have to get whole, too. On the loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6817">RFC 6817, Low Extra Delay Background
 *     Transport, section 2.4.2</a>
 */
final class Pace {
  /** For how long the shortest answer counts: a way may become longer. */
  private static final long BASE_NANOS = 10_000_000_000L;

  /** How much of the allowance one answer takes away at most. */
  private static final double CUT_MAX = 0.5;

  /** Less than one at a time: the way is theirs for half of the time at least. */
  private static final double ALLOWED_MIN = 0.5;

  /** A node that gives no answer is not waited for twice. */
  private static final long PAUSE_NANOS_MAX = 50_000_000;

  private final int max;
  private final double targetNanos;
  private final int counted;
  private final Map<Id, Base> bases = new TreeMap<>();
  private double allowed;

  private static final class Base {
    long nanos = Long.MAX_VALUE;
    long nextNanos = Long.MAX_VALUE;
    long sinceNanos;

    /** The last answers, in a circle. */
    final long[] last;

    private int place;

    Base(int counted) {
      last = new long[counted];
      Arrays.fill(last, Long.MAX_VALUE);
    }

    /** One more answer; tells the shortest of the last ones. */
    long shortestWith(long nanos) {
      last[place] = nanos;
      place = (place + 1) % last.length;
      return Arrays.stream(last).min().orElse(nanos);
    }
  }

  /**
   * Allows up to so many.
   *
   * @param first what is allowed before there are answers
   * @param max at least 1
   * @param targetNanos how long may be waited in queues
   * @param counted of how many answers of a node in a row the shortest counts: one that was late by
   *     chance is no queue
   */
  Pace(int first, int max, long targetNanos, int counted) {
    this.allowed = first;
    this.max = max;
    this.targetNanos = targetNanos;
    this.counted = counted;
  }

  /** How many may be under way, at least 1. */
  int allowed() {
    return (int) Math.max(1, Math.min(max, allowed));
  }

  /** How long to wait before the next one after one that took so long. */
  long pauseNanos(long tookNanos) {
    return allowed >= 1 ? 0 : (long) Math.min(PAUSE_NANOS_MAX, tookNanos * (1 / allowed - 1));
  }

  /** A node has answered, or not, after so long. */
  void ended(Id node, long tookNanos, long nowNanos) {
    Base base = bases.computeIfAbsent(node, unused -> new Base(counted));
    if (nowNanos - base.sinceNanos >= BASE_NANOS) {
      base.nanos = base.nextNanos;
      base.nextNanos = Long.MAX_VALUE;
      base.sinceNanos = nowNanos;
      // What was quick in former times says nothing of now.
      Arrays.fill(base.last, Long.MAX_VALUE);
      bases.values().removeIf(each -> nowNanos - each.sinceNanos >= 2 * BASE_NANOS);
    }
    base.nextNanos = Math.min(base.nextNanos, tookNanos);
    base.nanos = Math.min(base.nanos, tookNanos);
    double off = (targetNanos - (base.shortestWith(tookNanos) - base.nanos)) / targetNanos;
    double change = Math.max(Math.min(1, off) / Math.max(1, allowed), -CUT_MAX * allowed);
    allowed = Math.max(ALLOWED_MIN, Math.min(max, allowed + change));
  }
}
