package org.ringoverlay.internal.wire;

import org.jspecify.annotations.Nullable;

/** What a frame is, its second byte. */
public enum Kind {
  /** A message between two connected nodes: handshake, membership. JSON after two bytes. */
  LINK(1),
  /** A request on its way to the root of its target. */
  REQUEST(2),
  /** A reply on its way back to the node that asked. */
  REPLY(3),
  /** An error of the family, in place of a reply. */
  FAILURE(4),
  /** A travelling message whose sender wants to know that the next hop took it. */
  HOP(5),
  /** Travelling messages that a hop took. */
  ACKS(6);

  private final byte code;

  Kind(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static @Nullable Kind of(byte code) {
    return switch (code) {
      case 1 -> LINK;
      case 2 -> REQUEST;
      case 3 -> REPLY;
      case 4 -> FAILURE;
      case 5 -> HOP;
      case 6 -> ACKS;
      default -> null;
    };
  }
}
