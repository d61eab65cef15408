package org.ringoverlay.internal.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;

/** What a node that left handed over; see the public report. */
public record Left(Map<String, Long> handedOver, Map<String, String> unfinished, Duration took) {
  boolean isUnfinished() {
    return !unfinished.isEmpty();
  }

  /**
   * What a person should know of it: which services did not finish, why, and what to do.
   *
   * @param durable whether what the node keeps is still there when it starts again
   */
  String warning(boolean forGood, boolean durable) {
    var services = new ArrayList<String>();
    unfinished.forEach((service, why) -> services.add(service + " (" + why + ")"));
    return (forGood ? "left" : "stopped")
        + " without handing over everything: "
        + String.join(", ", services)
        + ". "
        + (!durable
            ? "What it alone kept in memory is gone."
            : "Start it again with its data directory, so that others can take over what it keeps"
                + (forGood ? ", then have it leave again." : "."));
  }
}
