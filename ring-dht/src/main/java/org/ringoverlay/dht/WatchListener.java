package org.ringoverlay.dht;

import org.ringoverlay.error.RingException;

/**
 * Hears what becomes of a record that is watched. On the node's loop, so it must not block; what it
 * throws ends the watch.
 */
public interface WatchListener {
  /**
   * A change that a majority of the copies holds. Each is of a higher version than those before.
   */
  void changed(KeyChange change);

  /**
   * Changes are missing that were made between those told before and after this.
   *
   * @param from the lowest version that one of them may have
   * @param to the highest
   */
  void gap(long from, long to);

  /** The watch has ended without being closed; it may be begun again after its position. */
  void ended(RingException why);
}
