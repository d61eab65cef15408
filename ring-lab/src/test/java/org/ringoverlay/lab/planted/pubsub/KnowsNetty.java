package org.ringoverlay.lab.planted.pubsub;

import io.netty.buffer.Unpooled;

/** A library of another module. */
public final class KnowsNetty {
  private KnowsNetty() {}

  static int bytes() {
    return Unpooled.EMPTY_BUFFER.readableBytes();
  }
}
