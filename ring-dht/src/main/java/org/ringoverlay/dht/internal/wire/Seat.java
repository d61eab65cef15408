package org.ringoverlay.dht.internal.wire;

import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.id.Id;

/**
 * The reply to {@link Request.Where}.
 *
 * @param replicas the members that keep copies, the daddy first
 * @param epoch grows whenever the arc's members change
 */
public record Seat(List<Id> replicas, long epoch) {
  /** Copies the list. */
  public Seat {
    replicas = Entry.orEmpty(replicas);
  }

  /** That of a daddy under a configuration. */
  public static Seat of(Id daddy, Configuration configuration) {
    var replicas = new ArrayList<Id>();
    replicas.add(daddy);
    for (Voter voter : configuration.members()) {
      if (!voter.node().equals(daddy)) {
        replicas.add(voter.node());
      }
    }
    return new Seat(replicas, configuration.epoch());
  }
}
