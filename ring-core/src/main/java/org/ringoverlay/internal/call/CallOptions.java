package org.ringoverlay.internal.call;

/**
 * How to call.
 *
 * @param timeoutNanos how long altogether
 * @param direct only the node whose ID is the target may answer
 * @param readOnly an unanswered call changed nothing
 * @param likely a node that is not surely the root may answer too
 */
public record CallOptions(long timeoutNanos, boolean direct, boolean readOnly, boolean likely) {}
