package org.ringoverlay.lab.planted.dht;

import org.ringoverlay.id.Id;
import org.ringoverlay.lab.planted.dht.internal.Hidden;
import org.ringoverlay.settings.Setting;

/** Breaks no rule: a sibling in one's own module may be known. */
public class Face {
  private final Object inside = new Hidden();

  /** An exported type. */
  public Id id() {
    return inside.hashCode() == 0 ? Id.ZERO : Id.MAX;
  }

  /** Another. */
  public Setting<Long> setting() {
    return Setting.size("ring.planted", "1", "Planted.");
  }
}
