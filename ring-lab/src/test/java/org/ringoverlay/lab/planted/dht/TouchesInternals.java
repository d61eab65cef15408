package org.ringoverlay.lab.planted.dht;

import org.ringoverlay.lab.planted.internal.link.Inside;

/** Reaches behind the exported packages. */
public final class TouchesInternals {
  private TouchesInternals() {}

  static Class<?> inside() {
    return Inside.class;
  }
}
