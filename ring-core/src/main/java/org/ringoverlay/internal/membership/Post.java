package org.ringoverlay.internal.membership;

import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.LinkMessage;

/** Takes messages to neighbours. On the loop; what cannot be sent is repaired by later rounds. */
public interface Post {
  /** Sends a message to a node, connecting to it if need be. */
  void send(Id to, LinkMessage message);

  /** Whether a node is connected, so that a message to it needs no handshake. */
  boolean isLinked(Id node);
}
