package org.ringoverlay.dht.internal.arc;

import java.util.List;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.id.Id;

/** A message that brings copies level, to be sent in the background. */
sealed interface Repair {
  /** To whom. */
  Id node();

  /** Registers for a node that lacks them. */
  record Push(Id node, CopyRequest.Accept message, List<Head> heads) implements Repair {}

  /** A question for registers that this node lacks. */
  record Pull(Id node, CopyRequest.Fetch message) implements Repair {}
}
