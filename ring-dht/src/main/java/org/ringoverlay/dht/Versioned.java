package org.ringoverlay.dht;

import java.util.Optional;
import org.ringoverlay.dht.internal.arc.Versions;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/**
 * A record as it was read, or its absence.
 *
 * @param key the key
 * @param value the value, empty if there is no record
 * @param version the value's version, which only ever grows; 0 if there is no record
 * @param daddy the node that answered
 * @param copies how many live members keep the arc's copies; fewer than {@code wanted} in a small
 *     ring
 * @param wanted how many copies the ring wants
 * @param hops how many nodes the request passed
 */
public record Versioned(
    String key, Optional<Json> value, long version, Id daddy, int copies, int wanted, int hops) {
  /** The largest version there can be: JSON carries it unharmed. */
  public static final long VERSION_MAX = Versions.MAX;

  /** Whether there is a record. */
  public boolean isPresent() {
    return value.isPresent();
  }

  /** The value as it was written, or {@code absent}, and the version. */
  @Override
  public String toString() {
    return value.map(json -> json + " (version " + version + ")").orElse("absent");
  }
}
