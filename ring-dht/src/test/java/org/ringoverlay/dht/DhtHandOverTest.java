package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.ringoverlay.LeaveReport;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** How long writes wait while a node stops, comes back, or leaves, as was planned. */
class DhtHandOverTest {
  private static final Duration WAIT_MAX = Duration.ofMillis(100);
  private static final int ARC_BITS = 8;

  /** Writes keys all the time, through all nodes but one, whether or not earlier writes ended. */
  private static final class Writers {
    private static final Duration EVERY = Duration.ofMillis(20);
    private static final List<String> KEYS = DhtScenarioTest.keys(4);

    private final SimRing ring;
    private final int without;
    private final TreeMap<String, Integer> failed = new TreeMap<>();
    private Duration longest = Duration.ZERO;
    private int open;
    private int written;
    private boolean over;

    Writers(SimRing ring, int without) {
      this.ring = ring;
      this.without = without;
      write(0);
    }

    private void write(int number) {
      if (over) {
        return;
      }
      List<Integer> through =
          ring.running().stream().filter(node -> node != without && ring.isReady(node)).toList();
      for (int k = 0; k < KEYS.size(); k++) {
        Duration begun = ring.simulation().elapsed();
        open++;
        var unused =
            Dht.on(ring.node(through.get((number + k) % through.size())))
                .put(KEYS.get(k), Json.of(number))
                .whenComplete((done, error) -> ended(begun, error));
      }
      ring.simulation().after(EVERY, () -> write(number + 1));
    }

    private void ended(Duration begun, Throwable error) {
      open--;
      Duration took = ring.simulation().elapsed().minus(begun);
      longest = took.compareTo(longest) > 0 ? took : longest;
      if (error == null) {
        written++;
      } else {
        failed.merge(error.toString(), 1, Integer::sum);
      }
    }

    void assertNoneWaited() {
      over = true;
      ring.run(Duration.ofSeconds(6));
      assertThat(failed).isEmpty();
      assertThat(open).isZero();
      assertThat(written).isGreaterThan(500);
      assertThat(longest).isLessThan(WAIT_MAX);
    }
  }

  private static SimRing ring(Simulation simulation, int nodes, boolean durable) {
    SimRing ring =
        simulation.ring(
            nodes,
            DhtSetup.with(
                plan -> {
                  if (durable) {
                    NodePlan unused = plan.durable();
                  }
                  plan.builder().set("ring.arcs.bits", Integer.toString(ARC_BITS));
                }));
    DhtSetup.settle(ring);
    return ring;
  }

  private static List<Integer> daddies(SimRing ring) {
    return Writers.KEYS.stream()
        .map(key -> ring.indexOf(ring.await(Dht.on(ring.node(0)).owner(key)).daddy()))
        .toList();
  }

  @RingTest(seeds = 3)
  void noWriteWaitsForTheRestartOfADurableNode(Simulation simulation) {
    SimRing ring = ring(simulation, 3, true);
    int stopped = daddies(ring).stream().filter(node -> node != 0).findFirst().orElse(1);
    List<Integer> before = daddies(ring);
    var writers = new Writers(ring, stopped);
    ring.run(Duration.ofSeconds(2));

    LeaveReport report = ring.await(ring.beginStop(stopped));
    assertThat(report.handedOver().get("dht")).isGreaterThan(ring.size());
    assertThat(report.unfinished()).isEmpty();
    assertThat(daddies(ring)).doesNotContain(stopped);

    ring.run(Duration.ofSeconds(1));
    ring.restart(stopped);
    ring.run(Duration.ofSeconds(3));
    assertThat(daddies(ring)).doesNotContain(stopped);

    ring.run(Duration.ofSeconds(8));
    assertThat(daddies(ring)).isEqualTo(before);
    writers.assertNoneWaited();
  }

  private static void leavesWhileOthersWrite(SimRing ring) {
    var writers = new Writers(ring, 1);
    ring.run(Duration.ofSeconds(2));
    ring.leave(1);
    ring.run(Duration.ofSeconds(5));
    writers.assertNoneWaited();
  }

  @RingTest(seeds = 3)
  void noWriteWaitsForANodeInMemoryThatLeaves(Simulation simulation) {
    leavesWhileOthersWrite(ring(simulation, 4, false));
  }

  @RingTest(seeds = 3)
  void noWriteWaitsForADurableNodeOfThreeThatLeaves(Simulation simulation) {
    leavesWhileOthersWrite(ring(simulation, 3, true));
  }

  @RingTest(seeds = 3)
  void noWriteWaitsForANodeThatJoins(Simulation simulation) {
    SimRing ring = ring(simulation, 3, true);
    var writers = new Writers(ring, 3);
    ring.run(Duration.ofSeconds(2));
    ring.add(1);
    ring.run(Duration.ofSeconds(8));
    writers.assertNoneWaited();
  }

  /** Whoever is nearest to a key and has no record of it yet is not on the way to its daddy. */
  @RingTest(seeds = 3)
  void noWriteWaitsForANewcomerThatHangsBeforeItLeads(Simulation simulation) {
    SimRing ring =
        simulation.ring(3, DhtSetup.with(plan -> plan.builder().set("ring.dht.settled", "1m")));
    DhtSetup.settle(ring);
    int newcomer;
    do {
      newcomer = ring.size();
      ring.add(1);
    } while (!isNearestToAKey(ring, newcomer));
    var writers = new Writers(ring, newcomer);
    ring.run(Duration.ofSeconds(2));
    ring.freeze(newcomer);
    ring.run(Duration.ofSeconds(8));
    writers.assertNoneWaited();
  }

  private static boolean isNearestToAKey(SimRing ring, int node) {
    return Writers.KEYS.stream().anyMatch(key -> ring.rootOf(Dht.on(ring.node(0)).id(key)) == node);
  }

  /** Those that lead next come with the change, and are not who is to tell the leaver of it. */
  @RingTest(seeds = 10)
  void whoLeavesIsToldByWhoeverLeadsThatNobodyNeedsIt(Simulation simulation) {
    SimRing ring = ring(simulation, 3, true);
    ring.add(1);
    ring.run(Duration.ofSeconds(simulation.seed() % 2 == 0 ? 0 : 20));
    for (String key : DhtScenarioTest.keys(40)) {
      ring.await(Dht.on(ring.node(0)).put(key, Json.of(key)));
    }

    assertThat(ring.leave(2).unfinished()).isEmpty();
  }

  @RingTest(seeds = 3)
  void whoSeesNobodyWhenItLeavesHasHandedNothingOver(Simulation simulation) {
    SimRing ring = ring(simulation, 3, true);
    ring.await(Dht.on(ring.node(0)).put("key", Json.of(1)));
    ring.freeze(1);
    ring.freeze(2);
    ring.run(Duration.ofSeconds(10));
    assertThat(ring.node(0).view().aliveCount()).isEqualTo(1);

    LeaveReport report = ring.leave(0);

    assertThat(report.unfinished()).containsOnlyKeys("dht");
    ring.thaw(1);
    ring.thaw(2);
    ring.restart(0);
    ring.settle();
    assertThat(ring.await(Dht.on(ring.node(0)).get("key")).value()).contains(Json.of(1));
    for (int node = 0; node < 3; node++) {
      assertThat(ring.leave(node).unfinished()).as("node " + node).isEmpty();
    }
  }

  /** Nobody is left to take anything over, and each has to come back for the other's sake. */
  @RingTest(seeds = 3)
  void ofTwoThatLeaveAtOnceNeitherHasHandedEverythingOver(Simulation simulation) {
    SimRing ring = ring(simulation, 2, true);
    ring.await(Dht.on(ring.node(0)).put("key", Json.of(1)));
    var first = ring.node(0).leave(Duration.ofSeconds(3));
    var second = ring.beginLeave(1);

    assertThat(ring.await(first).unfinished()).containsOnlyKeys("dht");
    assertThat(ring.await(second).unfinished()).containsOnlyKeys("dht");
  }

  @RingTest(seeds = 3)
  void theLastOfThoseThatHandedOverHasNobodyToHandOverTo(Simulation simulation) {
    SimRing ring = ring(simulation, 2, true);
    ring.await(Dht.on(ring.node(0)).put("key", Json.of(1)));

    assertThat(ring.leave(0).unfinished()).isEmpty();
    LeaveReport last = ring.leave(1);
    assertThat(last.unfinished()).isEmpty();
    assertThat(last.took()).isLessThan(Duration.ofSeconds(1));
  }

  @RingTest(seeds = 10)
  void aGuestThatLeavesWhileItsFirstArcsComeTakesNoneWithIt(Simulation simulation) {
    SimRing ring = ring(simulation, 1, false);
    ring.add(1);
    ring.run(Duration.ofMillis(20 * (simulation.seed() % 10)));
    assertThat(ring.leave(1).unfinished()).isEmpty();

    for (String key : DhtScenarioTest.keys(200)) {
      ring.await(Dht.on(ring.node(0)).put(key, Json.of(key)));
    }
  }

  /** Counts what it is told; a watch that ends or misses something is none. */
  private static final class Counted implements WatchListener {
    private int told;

    @Override
    public void changed(KeyChange change) {
      told++;
    }

    @Override
    public void gap(long from, long to) {
      throw new AssertionError("a gap from " + from + " to " + to);
    }

    @Override
    public void ended(RingException why) {
      throw new AssertionError("ended", why);
    }
  }

  @RingTest(seeds = 3)
  void noQuestionThatWaitsForAChangeKeepsANodeFromLeaving(Simulation simulation) {
    SimRing ring = ring(simulation, 3, false);
    var counted = new Counted();
    for (String key : Writers.KEYS) {
      ring.await(Dht.on(ring.node(0)).watch(key, counted));
    }
    ring.run(Duration.ofSeconds(1));
    int leaver = daddies(ring).stream().filter(node -> node != 0).findFirst().orElse(1);

    assertThat(ring.leave(leaver).took()).isLessThan(Duration.ofSeconds(2));

    for (String key : Writers.KEYS) {
      ring.await(Dht.on(ring.node(0)).put(key, Json.of(key)));
    }
    ring.run(Duration.ofSeconds(1));
    assertThat(counted.told).isEqualTo(Writers.KEYS.size());
  }
}
