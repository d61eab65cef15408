package org.ringoverlay.lab.planted.examples;

import org.ringoverlay.lab.planted.dht.internal.Hidden;

/** Reaches behind another module's exported packages. */
public final class TouchesInternalsOfDht {
  private TouchesInternalsOfDht() {}

  static Object hidden() {
    return new Hidden();
  }
}
