package org.ringoverlay;

import org.ringoverlay.id.Id;

/**
 * A reply and where it came from.
 *
 * @param value the reply
 * @param node the node that answered
 * @param hops how many nodes the request passed on its way there, 0 when a node answered itself
 * @param conclusive whether every attempt of the request has been spoken for; false while one is
 *     silent that another node may yet run, or has run. A reply that says what was done holds
 *     either way; one that says that there was nothing to do may not, by the time that other node
 *     is done
 */
public record Answer<R>(R value, Id node, int hops, boolean conclusive) {
  /** An answer to the only attempt that was made. */
  public Answer(R value, Id node, int hops) {
    this(value, node, hops, true);
  }
}
