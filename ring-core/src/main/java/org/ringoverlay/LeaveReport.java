package org.ringoverlay;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a leaving node handed over.
 *
 * @param handedOver how many things each service handed over, by the service's name
 * @param unfinished why a service did not finish, by the service's name; empty when all went well.
 *     What such a service keeps, others may not have: if the node has a data directory, keep that,
 *     start the node again with it, and leave again when the ring is well. Without one, what the
 *     node alone kept is gone. The node says so in its log, too
 * @param took how long it took
 */
public record LeaveReport(
    Map<String, Long> handedOver, Map<String, String> unfinished, Duration took) {
  /** Copies the maps. */
  public LeaveReport {
    handedOver = Collections.unmodifiableMap(new TreeMap<>(handedOver));
    unfinished = Collections.unmodifiableMap(new TreeMap<>(unfinished));
  }
}
