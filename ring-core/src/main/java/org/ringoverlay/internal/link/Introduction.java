package org.ringoverlay.internal.link;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.json.Json;

/**
 * What this node says of itself in a handshake, and what it demands of the other.
 *
 * <p>On the loop. The ring's identity is empty until the node has joined or founded.
 */
public final class Introduction {
  /** The lowest version of the protocol that this code speaks. */
  public static final int PROTOCOL_MIN = 1;

  /** The highest version of the protocol that this code speaks. */
  public static final int PROTOCOL_MAX = 1;

  /** What this code can do beyond the protocol's version; a peer ignores what it does not know. */
  static final List<String> FEATURES = List.of();

  private final Id self;
  private final String ring;
  private String ringIdentity;
  private final long frameBytesMax;
  private Json card;

  /**
   * Introduces a node of a ring.
   *
   * @param frameBytesMax the longest frame that it takes
   */
  public Introduction(Id self, String ring, String ringIdentity, Json card, long frameBytesMax) {
    this.self = self;
    this.ring = ring;
    this.ringIdentity = ringIdentity;
    this.card = card;
    this.frameBytesMax = frameBytesMax;
  }

  /** The node. */
  Id self() {
    return self;
  }

  /** The node's own card changed. */
  public void card(Json newCard) {
    this.card = newCard;
  }

  /** The node joined or founded a ring. */
  public void ringIdentity(String identity) {
    this.ringIdentity = identity;
  }

  /** The ring's identity, empty before the node has one. */
  public String ringIdentity() {
    return ringIdentity;
  }

  /** The ring's name. */
  public String ring() {
    return ring;
  }

  LinkMessage.Hello hello() {
    return new LinkMessage.Hello(
        PROTOCOL_MIN, PROTOCOL_MAX, FEATURES, ring, ringIdentity, card, frameBytesMax);
  }

  LinkMessage.Welcome welcome(int protocol) {
    return new LinkMessage.Welcome(protocol, FEATURES, ring, ringIdentity, card, frameBytesMax);
  }

  /** Why a node that says hello is not let in; null if it is. */
  @Nullable RingException objection(LinkMessage.Hello hello, Id theirs) {
    if (hello.protocolMin() > PROTOCOL_MAX || hello.protocolMax() < PROTOCOL_MIN) {
      return new RingException.Incompatible(
          "This node speaks protocol "
              + PROTOCOL_MIN
              + " to "
              + PROTOCOL_MAX
              + ", the other "
              + hello.protocolMin()
              + " to "
              + hello.protocolMax()
              + ".");
    }
    return objection(hello.ring(), hello.ringIdentity(), theirs);
  }

  /** Why a node that says welcome is not talked to; null if it is. */
  @Nullable RingException objection(LinkMessage.Welcome welcome, Id theirs) {
    if (welcome.protocol() < PROTOCOL_MIN || welcome.protocol() > PROTOCOL_MAX) {
      return new RingException.Incompatible(
          "The other chose protocol " + welcome.protocol() + ", which this node does not speak.");
    }
    return objection(welcome.ring(), welcome.ringIdentity(), theirs);
  }

  /** Why a node is not let in of which another process is connected. */
  static RingException twice(Id node) {
    return new RingException.Incompatible(
        "Another process with the ID "
            + node
            + " is connected, and it did not start earlier. Two processes have one identity, as"
            + " when a data directory was copied or an ID was chosen twice.");
  }

  private @Nullable RingException objection(
      @Nullable String theirRing, @Nullable String theirIdentity, Id theirs) {
    if (!ring.equals(theirRing)) {
      return new RingException.Incompatible(
          "This node is of ring '"
              + Printable.text(ring, 128)
              + "', the other of ring '"
              + Printable.text(Objects.toString(theirRing), 128)
              + "'.");
    }
    if (theirIdentity == null) {
      return new RingException.Incompatible("The other does not say its ring's identity.");
    }
    if (!ringIdentity.isEmpty()
        && !theirIdentity.isEmpty()
        && !ringIdentity.equals(theirIdentity)) {
      return new RingException.Incompatible(
          "Two rings are named '"
              + Printable.text(ring, 128)
              + "': identity "
              + ringIdentity
              + " and "
              + Printable.text(theirIdentity, 32)
              + ". They were founded apart and never merge.");
    }
    if (theirs.equals(self)) {
      return new RingException.Incompatible("Both nodes have the ID " + self + ".");
    }
    return null;
  }
}
