package org.ringoverlay.testkit;

import java.time.Duration;

/** How far apart hosts are: what the way between two takes beyond the delay of every link. */
@FunctionalInterface
public interface Distances {
  /** The time for one direction, in nanoseconds, not negative; the same whenever it is asked. */
  long nanos(Host from, Host to);

  /**
   * Hosts spread evenly over a square whose opposite edges meet, so that none is at the rim, at
   * places drawn from the seed. The distance is that of a straight line.
   *
   * @param farthest how far apart two can be
   */
  static Distances plane(long seed, Duration farthest) {
    return new Plane(seed, farthest.toNanos());
  }
}
