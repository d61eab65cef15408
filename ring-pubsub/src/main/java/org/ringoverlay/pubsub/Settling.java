package org.ringoverlay.pubsub;

import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;

/**
 * The ranges that this node became root of a moment ago, whose subscribers are still on their way
 * to it.
 *
 * <p>Plain state, no IO.
 */
final class Settling {
  private record Gain(IdRange range, long endNanos) {}

  private final long settleNanos;
  private final List<Gain> gains = new ArrayList<>();

  Settling(long settleNanos) {
    this.settleNanos = settleNanos;
  }

  void gained(IdRange range, long nowNanos) {
    forget(nowNanos);
    gains.add(new Gain(range, nowNanos + settleNanos));
  }

  /** How long requests for an ID are to be held still; 0 if not at all. */
  long leftNanos(Id id, long nowNanos) {
    forget(nowNanos);
    long left = 0;
    for (Gain gain : gains) {
      if (gain.range().contains(id)) {
        left = Math.max(left, gain.endNanos() - nowNanos);
      }
    }
    return left;
  }

  private void forget(long nowNanos) {
    gains.removeIf(gain -> gain.endNanos() - nowNanos <= 0);
  }
}
