package org.ringoverlay.dht;

import java.util.concurrent.CompletionStage;
import org.ringoverlay.error.RingException;

/**
 * Hears what becomes of the records whose keys begin with a prefix. On the node's loop, so it must
 * not block; what it throws ends the watch.
 */
public interface PrefixListener {
  /**
   * A change that a majority of the copies holds. Of one key each is of a higher version than those
   * before; only when the key's daddy has changed may the one that was told last come once more,
   * with the same version. Changes of different keys come in no order.
   *
   * @param bookmark from which the watch can be resumed after this change, at any node; a text of
   *     at most 2,048 characters
   * @return completes, on any thread, when the next change may be told. Who is slow is waited for,
   *     and what came meanwhile is kept for a while, and then is a gap. If it fails the watch ends
   */
  CompletionStage<?> changed(KeyChange change, String bookmark);

  /**
   * Changes are missing. What was told before is void: all values that there are follow, and then
   * what changes.
   *
   * @param bookmark takes the place of the one before, from which the watch cannot be resumed any
   *     more by whoever has forgotten what it was told
   */
  void gap(String bookmark);

  /** The watch has ended without being closed; it may be resumed. */
  void ended(RingException why);
}
