package org.ringoverlay.pubsub;

/**
 * What became of a publish.
 *
 * @param seq the message's place in the topic, below 2⁵³; 0 at level {@code SENT}, where nobody
 *     waits for it
 * @param reached at {@code SEQUENCED} the subscriptions that it is on its way to; at {@code
 *     DELIVERED} those that confirmed; 0 at {@code SENT}, where nobody counts
 * @param missing the subscriptions, of those that stood when it was sequenced, that it will not
 *     reach ({@code SEQUENCED}: their windows were full, they are told of the gap) or that did not
 *     confirm in time ({@code DELIVERED})
 */
public record Published(long seq, int reached, int missing) {}
