package org.ringoverlay;

import org.ringoverlay.id.Id;

/**
 * A reply and where it came from.
 *
 * @param value the reply
 * @param node the node that answered
 * @param hops how many nodes the request passed on its way there, 0 when a node answered itself
 */
public record Answer<R>(R value, Id node, int hops) {}
