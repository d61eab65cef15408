package org.ringoverlay.pubsub;

import java.time.Duration;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.id.Id;

/**
 * What a willing handler knows of a job: who wants it done, rather than the root that passes it on.
 */
record JobContext(Context delivered, Id target, Id origin, String requestId) implements Context {
  @Override
  public Ring ring() {
    return delivered.ring();
  }

  @Override
  public Duration timeLeft() {
    return delivered.timeLeft();
  }

  @Override
  public int hops() {
    return delivered.hops();
  }
}
