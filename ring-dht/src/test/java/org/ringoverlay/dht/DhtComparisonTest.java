package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ringoverlay.dht.DhtScenarioTest.dht;

import java.time.Duration;
import java.util.List;
import org.ringoverlay.ServiceStatus;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** Copies become equal though nobody reads or writes their keys. */
class DhtComparisonTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @RingTest(seeds = 5)
  void whatAMemberAcceptedInVainIsForgotten(Simulation simulation) {
    SimRing ring = ring(simulation, "2s");
    Leftover leftover = leftover(ring);

    ring.run(SOON);

    assertThat(held(ring, leftover.holder())).isFalse();
    assertThat(ring.await(dht(ring, leftover.other()).get("key")).isPresent()).isFalse();
  }

  @RingTest(seeds = 2)
  void withoutAComparisonItStays(Simulation simulation) {
    SimRing ring = ring(simulation, "1h");
    Leftover leftover = leftover(ring);

    ring.run(SOON);

    assertThat(held(ring, leftover.holder())).isTrue();
  }

  @RingTest(seeds = 2)
  void whereNothingDiffersARoundIsOneMessageToEachOtherMember(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            3, DhtSetup.with(plan -> plan.builder().set("ring.dht.compare.interval", "2s")));
    DhtSetup.settle(ring);
    for (String key : DhtScenarioTest.keys(60)) {
      ring.await(dht(ring, 0).put(key, Json.of(key)));
    }
    ring.run(SOON);
    List<Long> before = ring.running().stream().map(node -> handled(ring, node)).toList();

    ring.run(Duration.ofSeconds(20));

    for (int node : ring.running()) {
      // Beside these the ring's own settings are read, once in a sweep of a second.
      assertThat(handled(ring, node) - before.get(node)).isBetween(2L * 10, 2L * 10 + 25);
    }
  }

  @RingTest
  void anIntervalThatWouldLeaveNoTimeForAnythingElseIsRefused(Simulation simulation) {
    assertThatThrownBy(() -> ring(simulation, "1ms"))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("ring.dht.compare.interval");
  }

  /** How many requests of daddies a node has answered. */
  private static long handled(SimRing ring, int node) {
    return ring.node(node).services().stream()
        .filter(service -> service.name().equals("dht.copy"))
        .mapToLong(ServiceStatus::handled)
        .sum();
  }

  /**
   * Where something was left.
   *
   * @param holder the member that alone holds the key
   * @param dead the daddy that wrote it
   * @param other one of those that decided without both
   */
  record Leftover(int holder, Id dead, int other) {}

  /** Five nodes that keep five copies. */
  static SimRing ring(Simulation simulation, String interval) {
    SimRing ring =
        simulation.ring(
            5,
            DhtSetup.with(
                plan ->
                    plan.builder()
                        .set("ring.copies", "5")
                        .set("ring.dht.compare.interval", interval)));
    DhtSetup.settle(ring);
    return ring;
  }

  /**
   * A daddy that reaches one other member alone writes and dies, and the rest take over while that
   * member stands still.
   */
  static Leftover leftover(SimRing ring) {
    Id centre = ring.node(0).view().arcs().address(dht(ring, 0).id("key"));
    List<Integer> nearest =
        ring.running().stream()
            .sorted(
                (one, other) ->
                    Id.compareDistance(centre, ring.node(one).id(), ring.node(other).id()))
            .toList();
    int daddy = nearest.get(0);
    int holder = nearest.get(4);
    int other = nearest.get(1);
    Id dead = ring.node(daddy).id();
    ring.partition(daddy, holder);
    WriteOptions atDaddy = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.DADDY);
    assertThat(ring.await(dht(ring, daddy).put("key", Json.of(1), atDaddy)).copies()).isEqualTo(1);
    ring.run(Duration.ofMillis(50));
    assertThat(held(ring, holder)).isTrue();
    ring.kill(daddy);
    ring.freeze(holder);
    ReadOptions patient = ReadOptions.defaults().within(Duration.ofSeconds(30));
    assertThat(ring.await(dht(ring, other).get("key", patient)).isPresent()).isFalse();
    ring.heal();
    ring.thaw(holder);
    DhtSetup.settle(ring);
    return new Leftover(holder, dead, other);
  }

  static boolean held(SimRing ring, int node) {
    return ring.await(dht(ring, node).get("key", ReadOptions.defaults().allowingStale()))
        .isPresent();
  }
}
