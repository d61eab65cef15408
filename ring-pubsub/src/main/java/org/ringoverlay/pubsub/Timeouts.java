package org.ringoverlay.pubsub;

import java.time.Duration;

/** The rule for every timeout that a caller may choose. */
final class Timeouts {
  private static final Duration LONGEST = Duration.ofHours(1);

  private Timeouts() {}

  static Duration check(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a timeout is positive and at most one hour: " + timeout);
    }
    return timeout;
  }
}
