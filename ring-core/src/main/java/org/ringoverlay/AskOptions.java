package org.ringoverlay;

import java.time.Duration;

/**
 * How to ask.
 *
 * @param timeout how long to try and wait altogether
 * @param direct whether only the node whose ID is the target may answer; if it is not in the ring
 *     the request fails with {@code NoRoute} instead of going to a neighbour
 * @param readOnly whether the request changes nothing, so that an unanswered one is a {@code
 *     Timeout} and not an {@code OutcomeUnknown}
 * @param likely whether a node may answer that is the root as far as it knows, although a closer
 *     one may only be silent; for services that decide by other means who may act, as records do by
 *     majorities. Otherwise such a request waits until the silent one is dead or has spoken
 */
public record AskOptions(Duration timeout, boolean direct, boolean readOnly, boolean likely) {
  private static final AskOptions DEFAULTS =
      new AskOptions(Duration.ofSeconds(5), false, false, false);

  /** Checks the timeout: positive, and at most an hour. */
  public AskOptions {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("a timeout is positive and at most one hour: " + timeout);
    }
  }

  /** Five seconds, to whoever is root, may change something. */
  public static AskOptions defaults() {
    return DEFAULTS;
  }

  /** The same with another timeout. */
  public AskOptions within(Duration newTimeout) {
    return new AskOptions(newTimeout, direct, readOnly, likely);
  }

  /** The same, to exactly the node whose ID is the target. */
  public AskOptions directly() {
    return new AskOptions(timeout, true, readOnly, likely);
  }

  /** The same for a request that changes nothing. */
  public AskOptions reading() {
    return new AskOptions(timeout, direct, true, likely);
  }

  /** The same, answered by a likely root too. */
  public AskOptions atLikelyRoot() {
    return new AskOptions(timeout, direct, readOnly, true);
  }
}
