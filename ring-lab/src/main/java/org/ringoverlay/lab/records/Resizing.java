package org.ringoverlay.lab.records;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;

/**
 * In one ring of three, changes of how many copies it keeps while everything else befalls it; and
 * whether in the end each arc has as many members as the ring wants, or as it has nodes.
 */
final class Resizing {
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final long LATEST_MILLIS = 45_000;

  /** By then every node has heard of the last change, and every arc has obeyed. */
  private static final Duration OBEYED = Duration.ofSeconds(40);

  private static final Duration LOOK = Duration.ofSeconds(2);

  private final Randomness chance;
  private final Tally tally;
  private final int first;
  private final List<Integer> then;

  /**
   * Draws what will be.
   *
   * @param fragile whether a store may be lost, which one copy would not survive
   */
  Resizing(Simulation world, Tally tally, boolean fragile) {
    this.tally = tally;
    this.chance = Simulation.chance(world.seed(), "copies");
    List<List<Integer>> courses =
        List.of(List.of(3, 5, 3), List.of(1, 3), List.of(3, 1, 5), List.of(3, 7, 3));
    List<Integer> course =
        chance.below(3) != 0 ? List.of(3) : courses.get((int) chance.below(courses.size()));
    if (fragile && course.contains(1)) {
      course = List.of(3, 5, 3);
    }
    this.first = course.get(0);
    this.then = course.subList(1, course.size());
  }

  /** How many copies the ring is founded with. */
  int first() {
    return first;
  }

  /** Whether there is one copy alone for a while. */
  boolean thins() {
    return first == 1 || then.contains(1);
  }

  /** Has nodes change the number, each at some time. */
  void begin(SimRing ring) {
    long span = then.isEmpty() ? 0 : LATEST_MILLIS / then.size();
    for (int change = 0; change < then.size(); change++) {
      int copies = then.get(change);
      ring.simulation()
          .after(FIRST.plusMillis(change * span + chance.below(span)), () -> change(ring, copies));
    }
  }

  private void change(SimRing ring, int copies) {
    List<Integer> up =
        ring.running().stream()
            .filter(node -> ring.isReady(node) && !ring.host(node).isFrozen())
            .toList();
    if (up.isEmpty()) {
      return;
    }
    Dht dht = Dht.on(ring.node(up.get((int) chance.below(up.size()))));
    var unused =
        dht.settings()
            .changeCopies(copies)
            .whenComplete(
                (wanted, failed) ->
                    tally.incidents.merge(
                        failed == null ? "CopiesChanged" : "CopiesPerhapsChanged", 1L, Long::sum));
  }

  /** What is wrong with the members of the arcs, or null: once all are up, and have had time. */
  @Nullable String flaw(SimRing ring) {
    Dht dht = Dht.on(ring.node(ring.running().get(0)));
    int wanted = wanted(ring);
    String wrong = wrong(ring, dht, wanted);
    for (Duration waited = Duration.ZERO;
        wrong != null && waited.compareTo(OBEYED) < 0;
        waited = waited.plus(LOOK)) {
      ring.run(LOOK);
      wrong = wrong(ring, dht, wanted);
    }
    return wrong;
  }

  /** How many copies the ring wants. */
  private static int wanted(SimRing ring) {
    return ring.await(Dht.on(ring.node(ring.running().get(0))).settings().copies());
  }

  /**
   * Whether members that are gone keep their places: where all nodes together are fewer than the
   * copies that are wanted nobody is left to take them.
   */
  static boolean keepsTheGone(SimRing ring) {
    return ring.running().size() < wanted(ring);
  }

  private static @Nullable String wrong(SimRing ring, Dht dht, int wanted) {
    int nodes = ring.running().size();
    Arcs arcs = ring.node(ring.running().get(0)).view().arcs();
    for (int arc = 0; arc < arcs.count(); arc++) {
      List<Id> members = ring.await(dht.owner(arcs.centre(arc))).replicas();
      long there = members.stream().filter(member -> ring.indexOf(member) >= 0).count();
      if (there != Math.min(wanted, nodes) || (there < members.size() && !keepsTheGone(ring))) {
        return "Arc %d has %d members, %d of them in the ring of %d nodes that wants %d copies"
            .formatted(arc, members.size(), there, nodes, wanted);
      }
    }
    return null;
  }
}
