package org.ringoverlay.dht;

import java.time.Duration;

/**
 * How to read.
 *
 * @param stale whether an old value will do: one that this node keeps itself, or the daddy without
 *     asking the copies
 * @param timeout how long to try altogether
 */
public record ReadOptions(boolean stale, Duration timeout) {
  private static final ReadOptions DEFAULTS = new ReadOptions(false, WriteOptions.TIMEOUT);

  /** Checks the timeout. */
  public ReadOptions {
    WriteOptions.checkTimeout(timeout);
  }

  /** The newest value, within five seconds. */
  public static ReadOptions defaults() {
    return DEFAULTS;
  }

  /** The same, where an old value will do. */
  public ReadOptions allowingStale() {
    return new ReadOptions(true, timeout);
  }

  /** The same with another timeout. */
  public ReadOptions within(Duration newTimeout) {
    return new ReadOptions(stale, newTimeout);
  }
}
