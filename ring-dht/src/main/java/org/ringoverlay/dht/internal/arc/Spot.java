package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;

/**
 * What a node shares with others that would go down with it.
 *
 * @param host of the address at which peers reach it; empty if that is not known
 * @param zone its label {@code zone}; empty if it has none, and then it shares it with nobody
 */
record Spot(String host, String zone) {
  /** Where a node is of which nothing is known: it shares nothing with anybody. */
  static final Spot UNKNOWN = new Spot("", "");

  static Spot of(Member member) {
    String address = member.address();
    int colon = address.lastIndexOf(':');
    return new Spot(
        colon < 0 ? address : address.substring(0, colon),
        member.labels().getOrDefault("zone", ""));
  }

  /**
   * Whether it matters which of some nodes are taken: not if all are on one host, or each on its
   * own, and there are no two zones.
   */
  static boolean differ(Collection<Spot> spots) {
    var hosts = new TreeSet<String>();
    var zones = new TreeSet<String>();
    for (Spot spot : spots) {
      hosts.add(spot.host);
      if (!spot.zone.isEmpty()) {
        zones.add(spot.zone);
      }
    }
    return zones.size() > 1 || (hosts.size() > 1 && hosts.size() < spots.size());
  }

  /**
   * Takes the nearest node, and then again and again the nearest of those that share a host with
   * the fewest that were taken, and among these a zone with the fewest. The nearest is always
   * taken, and whoever is of the nearest in its zone stays so whoever joins another zone; so a
   * change of the ring moves no more than it must.
   *
   * @param nodes the closest first
   * @return so many of them, the closest first
   */
  static List<Id> spread(List<Id> nodes, Map<Id, Spot> spots, int count) {
    if (spots.isEmpty() || nodes.size() <= count) {
      return new ArrayList<>(nodes.subList(0, Math.min(count, nodes.size())));
    }
    var left = new ArrayList<>(nodes);
    var taken = new ArrayList<Id>();
    var hosts = new TreeMap<String, Integer>();
    var zones = new TreeMap<String, Integer>();
    while (taken.size() < count) {
      int best = 0;
      long least = Long.MAX_VALUE;
      for (int at = 0; at < left.size(); at++) {
        Spot spot = spots.getOrDefault(left.get(at), UNKNOWN);
        long shared = ((long) shared(hosts, spot.host) << Integer.SIZE) + shared(zones, spot.zone);
        if (shared < least) {
          least = shared;
          best = at;
        }
      }
      Id next = left.remove(best);
      Spot spot = spots.getOrDefault(next, UNKNOWN);
      hosts.merge(spot.host, 1, Integer::sum);
      zones.merge(spot.zone, 1, Integer::sum);
      taken.add(next);
    }
    var inOrder = new ArrayList<>(nodes);
    inOrder.retainAll(taken);
    return inOrder;
  }

  private static int shared(Map<String, Integer> counts, String name) {
    return name.isEmpty() ? 0 : counts.getOrDefault(name, 0);
  }
}
