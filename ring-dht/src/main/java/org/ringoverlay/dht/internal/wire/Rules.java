package org.ringoverlay.dht.internal.wire;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/**
 * What holds for the records of one namespace.
 *
 * @param ttlMillis after how many milliseconds a value vanishes whose put named no time, 0 for
 *     never
 * @param valueBytesMax the most bytes of a value, 0 for no bound beside that of the nodes
 */
public record Rules(long ttlMillis, long valueBytesMax) {
  /** What holds where nothing was said. */
  public static final Rules NONE = new Rules(0, 0);

  /**
   * Checks them.
   *
   * @throws RingException.InvalidInput if a number is none that it may be
   */
  void check() {
    if (ttlMillis < 0 || ttlMillis > Request.Put.TTL_MILLIS_MAX) {
      throw new RingException.InvalidInput("A namespace's time to live is 1 ms to 100 years.");
    }
    if (valueBytesMax < 0) {
      throw new RingException.InvalidInput("A namespace's values have 1 byte or more.");
    }
  }

  /** What another version of this program wrote and this one cannot obey counts as not said. */
  static Rules obeyed(@Nullable Rules said) {
    if (said == null) {
      return NONE;
    }
    boolean vanishes = said.ttlMillis > 0 && said.ttlMillis <= Request.Put.TTL_MILLIS_MAX;
    return new Rules(vanishes ? said.ttlMillis : 0, Math.max(0, said.valueBytesMax));
  }
}
