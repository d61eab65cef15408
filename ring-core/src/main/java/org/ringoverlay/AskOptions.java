package org.ringoverlay;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

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
 * @param first the node to which the first attempt is handed, and a second one if it is silent, and
 *     which answers whether it is the root or not; null for the root. A hint: it is passed over
 *     where that node is not in the ring or not one hop away. Every further attempt goes to the
 *     root, which has not seen the others and may run the request once more: for services that know
 *     repeats by other means, as records do. Of no effect on a direct request
 */
public record AskOptions(
    Duration timeout, boolean direct, boolean readOnly, boolean likely, @Nullable Id first) {
  private static final AskOptions DEFAULTS =
      new AskOptions(Duration.ofSeconds(5), false, false, false, null);

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
    return new AskOptions(newTimeout, direct, readOnly, likely, first);
  }

  /** The same, to exactly the node whose ID is the target. */
  public AskOptions directly() {
    return new AskOptions(timeout, true, readOnly, likely, first);
  }

  /** The same for a request that changes nothing. */
  public AskOptions reading() {
    return new AskOptions(timeout, direct, true, likely, first);
  }

  /** The same, answered by a likely root too. */
  public AskOptions atLikelyRoot() {
    return new AskOptions(timeout, direct, readOnly, true, first);
  }

  /** The same, with the first attempt handed to a node that is thought to know the answer. */
  public AskOptions firstTo(@Nullable Id node) {
    return new AskOptions(timeout, direct, readOnly, likely, node);
  }
}
