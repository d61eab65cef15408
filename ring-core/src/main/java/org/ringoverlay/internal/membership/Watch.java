package org.ringoverlay.internal.membership;

/** What a node notes of a neighbour that it watches. Plain state; time is an argument. */
final class Watch {
  final Rhythm rhythm;
  boolean probing;
  private final long intervalNanos;
  private long since;
  private long indirectlyHeardAt = Long.MIN_VALUE;
  private long sentAt = Long.MIN_VALUE;

  Watch(long intervalNanos, long now) {
    this.rhythm = new Rhythm(intervalNanos, now);
    this.intervalNanos = intervalNanos;
    this.since = now;
  }

  /**
   * The watcher itself was away: a fresh start, but for what it knows of the neighbour's rhythm.
   */
  void restart(long now) {
    since = now;
    indirectlyHeardAt = Long.MIN_VALUE;
    sentAt = Long.MIN_VALUE;
    probing = false;
    rhythm.interrupted();
  }

  /** Another node heard the neighbour. */
  void heardByAnother(long now) {
    indirectlyHeardAt = now;
    probing = false;
  }

  /**
   * How long the neighbour has been silent.
   *
   * @param heardAt when a frame last came from it; one from the future, by a clock that went back
   *     since, says nothing
   */
  long silenceNanos(long now, long heardAt) {
    long last = Math.max(since, indirectlyHeardAt);
    if (heardAt != Long.MIN_VALUE && heardAt - now <= 0) {
      last = Math.max(last, heardAt);
    }
    return now - last;
  }

  /**
   * Whether the neighbour is to get a beat now; then it counts as sent.
   *
   * <p>No faster than the neighbour's own beats come, so that one that can hardly keep up is not
   * buried in what its neighbours send. But by an interval and a quarter faster than that: so two
   * that waited for each other quicken each other again, and one lost beat slows nobody.
   */
  boolean isDue(long now, long silenceNanos) {
    long gap = Math.max(rhythm.paceNanos(), rhythm.bounded(silenceNanos));
    if (sentAt != Long.MIN_VALUE && now - sentAt < gap - intervalNanos - intervalNanos / 4) {
      return false;
    }
    sentAt = now;
    return true;
  }
}
