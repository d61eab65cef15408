package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/**
 * Who should keep an arc, in one node's view of the ring. A wish: who does keep it is decided by
 * the arc's configuration.
 *
 * @param centre the arc's centre
 * @param near the present members that are nearest to it and do not leave, the closest first: at
 *     least as many as the ring wants copies, and more where it matters which are taken
 * @param young those of them that joined lately
 * @param gone members of which nothing will be heard again
 * @param leaving members that are about to leave
 * @param wanted how many copies the ring wants
 * @param spots where those nodes are, empty where it does not matter which are taken
 */
record Place(
    Id centre,
    List<Id> near,
    List<Id> young,
    List<Id> gone,
    List<Id> leaving,
    int wanted,
    Map<Id, Spot> spots) {
  Place {
    near = List.copyOf(near);
    young = List.copyOf(young);
    gone = List.copyOf(gone);
    leaving = List.copyOf(leaving);
    spots = Collections.unmodifiableMap(new TreeMap<>(spots));
  }

  /** One where it does not matter which of the nearest are taken. */
  Place(Id centre, List<Id> near, List<Id> young, List<Id> gone, List<Id> leaving, int wanted) {
    this(centre, near, young, gone, leaving, wanted, Collections.emptyMap());
  }

  /**
   * Who should keep the arc, given who does.
   *
   * <p>The nearest, of hosts and zones of their own where there is a choice. A member that died
   * lately may come back and keeps its place until it is gone. A death never makes the members
   * fewer: without another in its stead even a gone one stays, so that no majority is counted
   * without it. And whoever joined lately moves in only where members lack.
   */
  List<Id> nodes(List<Voter> members) {
    var candidates = new ArrayList<Id>();
    for (Voter member : members) {
      Id node = member.node();
      if (!gone.contains(node) && !leaving.contains(node) && !candidates.contains(node)) {
        candidates.add(node);
      }
    }
    boolean lacks = candidates.size() < wanted;
    for (Id node : near) {
      if (!candidates.contains(node) && (lacks || !young.contains(node))) {
        candidates.add(node);
      }
    }
    candidates.sort((one, other) -> Id.compareDistance(centre, one, other));
    List<Id> nodes = Spot.spread(candidates, spots, wanted);
    for (Voter member : members) {
      Id node = member.node();
      if (nodes.size() < Math.min(wanted, members.size())
          && gone.contains(node)
          && !leaving.contains(node)
          && !nodes.contains(node)) {
        nodes.add(node);
      }
    }
    return nodes;
  }
}
