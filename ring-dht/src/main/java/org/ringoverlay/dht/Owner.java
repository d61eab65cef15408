package org.ringoverlay.dht;

import java.util.List;
import org.ringoverlay.id.Id;

/**
 * Who answers for a key.
 *
 * @param key the key
 * @param id where it lies on the circle
 * @param daddy the node that makes its changes
 * @param replicas the members that keep its copies, the daddy first
 * @param epoch grows whenever the members of the key's arc change
 */
public record Owner(String key, Id id, Id daddy, List<Id> replicas, long epoch) {
  /** Copies the list. */
  public Owner {
    replicas = List.copyOf(replicas);
  }
}
