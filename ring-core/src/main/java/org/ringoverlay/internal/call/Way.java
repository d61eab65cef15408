package org.ringoverlay.internal.call;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.spi.Connection;

/** The way out of this node, as calls and services see it. On the loop. */
public interface Way {
  /**
   * The node that a message goes to next, this node itself when it is for us.
   *
   * @return null if there is none
   */
  @Nullable Id nextHop(Id target, boolean direct);

  /** Hands a message to the next hop, which is another node. */
  Connection.Sent send(Id nextHop, Envelope envelope);

  /** Delivers a message to this very node, later on this loop. */
  void deliverHere(Envelope envelope);
}
