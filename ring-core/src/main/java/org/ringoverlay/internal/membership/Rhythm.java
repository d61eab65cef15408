package org.ringoverlay.internal.membership;

/**
 * How regularly something comes: the longest gap lately between two of its beats.
 *
 * <p>The longest and not the mean, as an accrual detector would take it (Hayashibara, Défago,
 * Yared, Katayama, SRDS 2004): who becomes slow shows it by a single gap, and its neighbours have
 * to spare it from the next beat on. It is forgotten in the course of {@value #MEMORY_BEATS} beats,
 * so that one hiccup does not cover a death for long. Plain state; time is an argument.
 */
final class Rhythm {
  private static final int MEMORY_BEATS = 16;

  /** The same for the pace, which two have to find again after a lull. */
  private static final int PACE_BEATS = 2;

  /** Intervals of the longest gap that counts: who is slower than that is as good as silent. */
  private static final int GAP_INTERVALS_MAX = 8;

  private final long intervalNanos;
  private long gapNanos;
  private long paceNanos;
  private long lastAt;

  /** Begins to listen: the first beat is awaited as the others are. */
  Rhythm(long intervalNanos, long now) {
    this.lastAt = now;
    this.intervalNanos = intervalNanos;
    this.gapNanos = intervalNanos;
    this.paceNanos = intervalNanos;
  }

  /** One more beat. */
  void beat(long now) {
    if (lastAt != Long.MIN_VALUE) {
      long gap = bounded(now - lastAt);
      gapNanos = Math.max(gap, gapNanos - (gapNanos - gap) / MEMORY_BEATS);
      paceNanos = Math.max(gap, paceNanos - (paceNanos - gap) / PACE_BEATS);
    }
    lastAt = now;
  }

  /** The next gap says nothing: whoever listens was away itself. */
  void interrupted() {
    lastAt = Long.MIN_VALUE;
  }

  /** The longest gap lately, from one interval to {@value #GAP_INTERVALS_MAX}. */
  long gapNanos() {
    return gapNanos;
  }

  /** The longest gap very lately: a lull shows at once, and is soon over when it is. */
  long paceNanos() {
    return paceNanos;
  }

  /** A time as a gap would be counted. */
  long bounded(long nanos) {
    return Math.max(intervalNanos, Math.min(GAP_INTERVALS_MAX * intervalNanos, nanos));
  }

  /** How much longer the gaps are than one lost beat makes them. */
  long excessNanos() {
    return Math.max(0, gapNanos - 2 * intervalNanos);
  }
}
