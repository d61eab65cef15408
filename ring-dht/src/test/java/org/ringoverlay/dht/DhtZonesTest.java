package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** Where copies are when nodes say in which zone they are. */
class DhtZonesTest {
  @RingTest(seeds = 3)
  void eachArcHasACopyInEachOfThreeZones(Simulation simulation) {
    SimRing ring = simulation.ring(9, DhtSetup.with(DhtZonesTest::inThreeZones));
    DhtSetup.settle(ring);
    ring.run(Duration.ofSeconds(10));

    assertEachArcIsInThreeZones(ring);
    for (int node : ring.running()) {
      ring.await(Dht.on(ring.node(node)).put("key", Json.of(node)));
    }
  }

  @RingTest(seeds = 3)
  void aDeadMembersPlaceIsTakenByOneOfItsZone(Simulation simulation) {
    SimRing ring = simulation.ring(9, DhtSetup.with(DhtZonesTest::inThreeZones));
    DhtSetup.settle(ring);
    ring.run(Duration.ofSeconds(10));
    ring.kill(4);
    DhtSetup.heal(ring);
    ring.run(Duration.ofSeconds(10));

    assertEachArcIsInThreeZones(ring);
  }

  private static void inThreeZones(org.ringoverlay.testkit.NodePlan plan) {
    plan.builder().label("zone", "zone " + plan.index() % 3);
  }

  private static void assertEachArcIsInThreeZones(SimRing ring) {
    Arcs arcs = ring.node(0).view().arcs();
    for (int arc = 0; arc < arcs.count(); arc++) {
      Owner owner = ring.await(Dht.on(ring.node(0)).owner(arcs.centre(arc)));
      Set<String> zones = new TreeSet<>();
      for (Id replica : owner.replicas()) {
        zones.add(
            ring.node(0).view().find(replica).orElseThrow().labels().getOrDefault("zone", "none"));
      }
      assertThat(zones).as("arc " + arc).containsExactly("zone 0", "zone 1", "zone 2");
      assertThat(owner.replicas()).hasSize(3);
    }
  }
}
