package org.ringoverlay.pubsub;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to subscribe.
 *
 * @param onGap told of each stretch that the subscription missed, in its place among the events, on
 *     the loop; null means that a warning is logged
 * @param from the sequence to begin at; empty means with what is published from now on. A sequence
 *     needs a topic that keeps its messages, which this build does not have: {@code not-built}
 * @param timeout how long to try to become grafted
 */
public record SubscribeOptions(
    @Nullable Consumer<? super Gap> onGap, OptionalLong from, Duration timeout) {
  private static final SubscribeOptions DEFAULTS =
      new SubscribeOptions(null, OptionalLong.empty(), Duration.ofSeconds(5));

  /** Checks the timeout: positive, and at most an hour. */
  public SubscribeOptions {
    Objects.requireNonNull(from);
    Timeouts.check(timeout);
  }

  /** From now on, gaps logged, five seconds. */
  public static SubscribeOptions defaults() {
    return DEFAULTS;
  }

  /** The same, with somebody to tell of gaps. */
  public SubscribeOptions tellingGaps(Consumer<? super Gap> teller) {
    return new SubscribeOptions(Objects.requireNonNull(teller), from, timeout);
  }

  /** The same, from a sequence on. */
  public SubscribeOptions startingAt(long sequence) {
    return new SubscribeOptions(onGap, OptionalLong.of(sequence), timeout);
  }

  /** The same with another timeout. */
  public SubscribeOptions within(Duration newTimeout) {
    return new SubscribeOptions(onGap, from, newTimeout);
  }
}
