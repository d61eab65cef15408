package org.ringoverlay.lab.planted.internal.link;

import org.ringoverlay.lab.planted.dht.Face;

/** The core knows who stands on it. */
public final class KnowsDht {
  private KnowsDht() {}

  static Object above() {
    return new Face();
  }
}
