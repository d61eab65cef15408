package org.ringoverlay.internal.call;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

/**
 * How to call.
 *
 * @param timeoutNanos how long altogether
 * @param direct only the node whose ID is the target may answer
 * @param readOnly an unanswered call changed nothing
 * @param likely a node that is not surely the root may answer too
 * @param first the node that the first attempt is handed to, null for the way to the root
 */
public record CallOptions(
    long timeoutNanos, boolean direct, boolean readOnly, boolean likely, @Nullable Id first) {
  /** Without a node to try first. */
  public CallOptions(long timeoutNanos, boolean direct, boolean readOnly, boolean likely) {
    this(timeoutNanos, direct, readOnly, likely, null);
  }
}
