package org.ringoverlay.pubsub;

import java.time.Duration;
import java.util.Objects;

/**
 * How to publish.
 *
 * @param level how far the message must have come before the publisher is told
 * @param timeout how long to try and wait altogether
 */
public record PublishOptions(Level level, Duration timeout) {
  private static final PublishOptions DEFAULTS =
      new PublishOptions(Level.SEQUENCED, Duration.ofSeconds(5));

  /** Checks the timeout: positive, and at most an hour. */
  public PublishOptions {
    Objects.requireNonNull(level);
    Timeouts.check(timeout);
  }

  /** {@code SEQUENCED}, within five seconds. */
  public static PublishOptions defaults() {
    return DEFAULTS;
  }

  /** The same at another level. */
  public PublishOptions at(Level newLevel) {
    return new PublishOptions(newLevel, timeout);
  }

  /** The same with another timeout. */
  public PublishOptions within(Duration newTimeout) {
    return new PublishOptions(level, newTimeout);
  }
}
