package org.ringoverlay.internal.link;

import java.util.List;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Card;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.json.Json;

/** What the node hears from its links. On the loop. */
public interface LinkEvents {
  /**
   * A handshake with a node was agreed on.
   *
   * @param card what it says of itself
   */
  void linked(Card card);

  /** A message between neighbours came from a node. */
  void linkMessage(Id from, LinkMessage message);

  /**
   * A message to an ID came from a node.
   *
   * @param hopNumber by what number to acknowledge it, 0 if that is not wanted
   */
  void travelling(Id from, Envelope envelope, int hopNumber);

  /** A node took these messages that were handed to it. */
  void acknowledged(Id from, List<Integer> numbers);

  /**
   * There is no connection to a node any more, or none could be made.
   *
   * @param refused whether nobody listens there: the process is gone, or not yet there
   */
  void unlinked(Id node, String reason, boolean refused);

  /**
   * A node rejects this one, since it is connected to another process that has this node's ID, and
   * said this of itself.
   */
  void rival(Json card, RingException why);

  /** The node at an address that was dialled by address alone cannot be talked to. */
  void seedFailed(String address, RingException why);

  /** The node at an address that was dialled by address alone answered. */
  void seedLinked(String address, Card card);
}
