package org.ringoverlay.testkit.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.Faults;
import org.ringoverlay.testkit.RootOracle;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

class LookupsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private static SimRing ring(Simulation simulation, Lookups lookups, int nodes) {
    SimRing ring = simulation.ring(nodes, lookups::install);
    ring.settle();
    return ring;
  }

  @RingTest
  void inCalmWeatherAllFindTheirRootInOneHop(Simulation simulation) {
    var lookups = new Lookups();
    SimRing ring = ring(simulation, lookups, 20);
    lookups.start(ring, 500, DEADLINE, Duration.ZERO);
    ring.run(Duration.ofSeconds(10));
    LookupTally tally = lookups.finish();

    assertThat(tally.judged()).isBetween(4_500L, 5_500L);
    assertThat(tally.delivered()).isEqualTo(tally.judged());
    assertThat(tally.misses()).isEmpty();
    assertThat(tally.open()).isZero();
    assertThat(tally.hops().mean()).isBetween(0.9, 1.0);
    assertThat(tally.wrongRootUpperBound()).isBetween(0.0005, 0.0008);
  }

  @RingTest(seeds = 3)
  void withLossTheyAreFoundAllTheSame(Simulation simulation) {
    var lookups = new Lookups();
    SimRing ring = ring(simulation, lookups, 10);
    simulation.faults(Faults.none().withLoss(0.05));
    lookups.start(ring, 100, Duration.ofSeconds(20), Duration.ZERO);
    ring.run(Duration.ofSeconds(20));
    LookupTally tally = lookups.finish();

    assertThat(tally.judged()).isGreaterThan(1_500);
    assertThat(tally.lost()).as(tally.toString()).isZero();
  }

  @RingTest
  void whatNobodyAnswersIsLost(Simulation simulation) {
    var lookups = new Lookups();
    SimRing ring = ring(simulation, lookups, 10);
    lookups.start(ring, 200, Duration.ofMillis(200), Duration.ZERO);
    ring.run(Duration.ofSeconds(1));
    ring.freeze(3);
    ring.run(Duration.ofMillis(500));
    LookupTally tally = lookups.finish();

    assertThat(tally.lost()).isPositive();
    assertThat(tally.misses())
        .allSatisfy(miss -> assertThat(miss.askedMillis()).isGreaterThan(0))
        .anySatisfy(miss -> assertThat(miss.outcome()).isEqualTo(Outcome.LOST));
  }

  @RingTest
  void whoDiesBeforeItHearsHasAbandonedItsLookups(Simulation simulation) {
    var lookups = new Lookups();
    SimRing ring = ring(simulation, lookups, 3);
    lookups.start(ring, 10_000, DEADLINE, Duration.ZERO);
    ring.run(Duration.ofMillis(100));
    ring.kill(2);
    ring.run(Duration.ofMillis(1));
    LookupTally tally = lookups.finish();

    assertThat(tally.abandoned()).isPositive();
  }

  @RingTest(nodes = 12)
  void theOracleAgreesWithTheNodesAtRest(SimRing ring) {
    ring.settle();
    RootOracle oracle = ring.oracle(Duration.ZERO);
    for (int number = 0; number < 200; number++) {
      Id target = Id.of("key " + number);
      int root = ring.rootOf(target);
      assertThat(oracle.rootOf(target)).contains(root);
      for (int node = 0; node < 12; node++) {
        var closer = oracle.closerThan(node, ring.node(node).id(), target);
        if (node == root) {
          assertThat(closer).isEmpty();
        } else {
          assertThat(closer).contains(root);
        }
      }
    }
    Id exact = ring.node(7).id();
    assertThat(oracle.rootOf(exact)).contains(7);
    assertThat(oracle.closerThan(3, ring.node(3).id(), exact)).contains(7);
  }

  @RingTest(nodes = 6)
  void theOracleCountsOnlyWhoRunsAndIsWithinReach(SimRing ring) {
    ring.settle();
    RootOracle oracle = ring.oracle(Duration.ZERO);
    RootOracle lenient = ring.oracle(Duration.ofSeconds(1));
    Id target = Id.of("key");
    int root = ring.rootOf(target);
    ring.freeze(root);
    int second = oracle.rootOf(target).orElseThrow();
    assertThat(second).isNotEqualTo(root);
    Id self = ring.node(second).id();
    assertThat(oracle.closerThan(second, self, target)).isEmpty();
    ring.thaw(root);
    assertThat(oracle.closerThan(second, self, target)).contains(root);
    assertThat(lenient.closerThan(second, self, target)).isEmpty();
    ring.run(Duration.ofSeconds(2));
    assertThat(lenient.closerThan(second, self, target)).contains(root);

    ring.partition(root);
    assertThat(oracle.closerThan(second, self, target)).isEmpty();
    ring.heal();
    assertThat(oracle.closerThan(second, self, target)).contains(root);
  }

  @RingTest
  void theSecondClosestIsNeverTheRightOne(Simulation simulation) {
    var lookups = new Lookups();
    SimRing ring = ring(simulation, lookups, 8);
    RootOracle oracle = ring.oracle(Duration.ZERO);
    var wrong = new ArrayList<Integer>();
    for (int number = 0; number < 50; number++) {
      Id target = Id.of("key " + number);
      var nearest = ring.node(0).view().nearest(target, 2);
      int delivered = ring.indexOf(nearest.get(1).id());
      oracle.closerThan(delivered, nearest.get(1).id(), target).ifPresent(wrong::add);
    }
    assertThat(wrong).hasSize(50);
  }
}
