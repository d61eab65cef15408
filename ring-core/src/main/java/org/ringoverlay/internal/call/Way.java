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

  /**
   * Another node on the way to a next hop to which messages seem to be lost; the hop itself where
   * there is none, or where each hop acknowledges what it takes.
   *
   * @param turn a number that differs from one call to the next, and so does the node
   */
  Id around(Id nextHop, long turn);

  /** Hands a message to the next hop, which is another node. */
  Connection.Sent send(Id nextHop, Envelope envelope);

  /** Delivers a message to this very node, later on this loop. */
  void deliverHere(Envelope envelope);
}
