package org.ringoverlay.dht;

import java.time.Duration;

/**
 * Which keys to list.
 *
 * @param prefix what they begin with; empty for all
 * @param after the position after which to begin: what the page before gave as the next, any key,
 *     or empty for the first page
 * @param limit how many keys a page has at most, 1 to {@link #LIMIT_MAX}
 * @param timeout how long to try altogether
 */
public record ListOptions(String prefix, String after, int limit, Duration timeout) {
  /** The most keys of a page. */
  public static final int LIMIT_MAX = 1_000;

  private static final int LIMIT = 100;

  /** Checks the limit and the timeout. */
  public ListOptions {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new IllegalArgumentException("a page has 1 to " + LIMIT_MAX + " keys, not " + limit);
    }
    WriteOptions.checkTimeout(timeout);
  }

  /** The first hundred keys that begin so, within five seconds. */
  public static ListOptions of(String prefix) {
    return new ListOptions(prefix, "", LIMIT, WriteOptions.TIMEOUT);
  }

  /** The same, after a position. */
  public ListOptions after(String position) {
    return new ListOptions(prefix, position, limit, timeout);
  }

  /** The same with another number of keys. */
  public ListOptions upTo(int newLimit) {
    return new ListOptions(prefix, after, newLimit, timeout);
  }

  /** The same with another timeout. */
  public ListOptions within(Duration newTimeout) {
    return new ListOptions(prefix, after, limit, newTimeout);
  }
}
