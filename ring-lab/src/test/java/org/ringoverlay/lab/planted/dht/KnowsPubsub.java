package org.ringoverlay.lab.planted.dht;

import org.ringoverlay.lab.planted.pubsub.Innocent;

/** A sibling that must not be known. */
public final class KnowsPubsub {
  private KnowsPubsub() {}

  static Object sibling() {
    return new Innocent();
  }
}
