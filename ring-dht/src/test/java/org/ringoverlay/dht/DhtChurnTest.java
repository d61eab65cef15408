package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ringoverlay.dht.DhtScenarioTest.dht;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.ringoverlay.LeaveReport;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.Delay;
import org.ringoverlay.testkit.Faults;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** What was acknowledged stays, whoever comes, goes or sleeps. */
@Execution(ExecutionMode.CONCURRENT)
class DhtChurnTest {
  private static final int KEYS = 4;
  private static final int CLIENTS = 12;

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 50)
  void nothingIsLostWhenADaddyIsKilledUnderLoad(SimRing ring) {
    DhtSetup.settle(ring);
    int victim = ring.rootOf(dht(ring, 0).id("list 0"));
    var load = new AppendLoad(ring, KEYS, others(ring, victim));
    begin(load, ring);
    ring.kill(victim);
    ring.run(Duration.ofSeconds(4));
    load.end();

    load.judge();
    assertThat(load.acknowledged).isGreaterThan(100);
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 20)
  void nothingIsLostWhenTheDaddyOfFiveIsKilledSilentlyUnderLoad(SimRing ring) {
    DhtSetup.settle(ring);
    int victim = ring.rootOf(dht(ring, 0).id("list 1"));
    var load = new AppendLoad(ring, KEYS, others(ring, victim));
    begin(load, ring);
    ring.killSilently(victim);
    ring.run(Duration.ofSeconds(4));
    load.end();

    load.judge();
    assertThat(load.longestGap).isLessThan(Duration.ofSeconds(3));
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 10)
  void nothingIsLostWhenADaddyIsCutOffAndThenKilledUnderLoad(SimRing ring) {
    DhtSetup.settle(ring);
    int victim = ring.rootOf(dht(ring, 0).id("list 0"));
    var load = new AppendLoad(ring, KEYS, ring.running());
    begin(load, ring);
    ring.partition(victim);
    ring.run(Duration.ofMillis(500));
    load.moveTo(others(ring, victim));
    ring.killSilently(victim);
    ring.heal();
    load.begin(CLIENTS);
    ring.run(Duration.ofSeconds(4));
    load.end();

    load.judge();
  }

  @RingTest(setup = DhtSetup.class, nodes = 1, seeds = 12)
  void nothingIsLostWhenNodesJoinUnderLoad(SimRing ring) {
    var load = new AppendLoad(ring, KEYS, List.of(0));
    begin(load, ring);
    for (int joined = 0; joined < 6; joined++) {
      ring.beginAdding();
      ring.run(Duration.ofMillis(50));
    }
    ring.run(Duration.ofSeconds(5));
    load.end();
    DhtSetup.settle(ring);

    load.judge();
    assertThat(load.acknowledged).isGreaterThan(100);
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 12)
  void nothingIsLostWhenADaddySleepsAndWakesUnderLoad(SimRing ring) {
    DhtSetup.settle(ring);
    int victim = ring.rootOf(dht(ring, 0).id("list 2"));
    var load = new AppendLoad(ring, KEYS, ring.running());
    begin(load, ring);
    ring.freeze(victim);
    ring.run(Duration.ofSeconds(4));
    ring.thaw(victim);
    ring.run(Duration.ofSeconds(4));
    load.end();
    DhtSetup.settle(ring);

    load.judge();
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 10)
  void aDaddyThatWakesDoesNotAnswerWithWhatItKnew(SimRing ring) {
    DhtSetup.settle(ring);
    int sleeper = ring.rootOf(dht(ring, 0).id("key"));
    int other = (sleeper + 1) % 4;
    ring.await(dht(ring, other).put("key", Json.of("old")));
    ring.freeze(sleeper);
    ring.await(
        dht(ring, other)
            .put("key", Json.of("new"), WriteOptions.defaults().within(Duration.ofSeconds(10))));
    ring.thaw(sleeper);

    assertThat(ring.await(dht(ring, sleeper).get("key")).value()).contains(Json.of("new"));
  }

  @RingTest(setup = DhtSetup.class, seeds = 10)
  void aDaddyThatIsCutOffDoesNotAnswerWithWhatItKnew(Simulation simulation) {
    SimRing ring =
        simulation.ring(4, DhtSetup.with(plan -> plan.builder().set("ring.heartbeat.dead", "30s")));
    DhtSetup.settle(ring);
    int victim = ring.rootOf(dht(ring, 0).id("key"));
    int other = (victim + 1) % 4;
    ring.await(dht(ring, other).put("key", Json.of("old")));
    ring.partition(victim);
    ring.await(dht(ring, other).put("key", Json.of("new")));

    ReadOptions soon = ReadOptions.defaults().within(Duration.ofMillis(200));
    assertThatThrownBy(() -> ring.await(dht(ring, victim).get("key", soon)))
        .isInstanceOf(RingException.class);

    ring.heal();
    DhtSetup.settle(ring);
    assertThat(ring.await(dht(ring, victim).get("key")).value()).contains(Json.of("new"));
  }

  @RingTest(setup = DhtSetup.class, seeds = 10)
  void aReadWithoutAMajorityIsUnavailableInItsTime(Simulation simulation) {
    SimRing ring =
        simulation.ring(5, DhtSetup.with(plan -> plan.builder().set("ring.heartbeat.dead", "30s")));
    DhtSetup.settle(ring);
    for (String key : DhtScenarioTest.keys(8)) {
      ring.await(dht(ring, 0).put(key, Json.of("old")));
    }
    ring.partition(0);

    ReadOptions options = ReadOptions.defaults().within(Duration.ofSeconds(2));
    for (String key : DhtScenarioTest.keys(8)) {
      Duration began = simulation.elapsed();
      assertThatThrownBy(() -> ring.await(dht(ring, 0).get(key, options)))
          .as(key)
          .isInstanceOf(RingException.Unavailable.class);
      assertThat(simulation.elapsed().minus(began)).isLessThan(Duration.ofMillis(2_100));
    }
    ring.heal();
    DhtSetup.settle(ring);
    for (String key : DhtScenarioTest.keys(8)) {
      assertThat(ring.await(dht(ring, 0).get(key)).value()).contains(Json.of("old"));
    }
  }

  @RingTest(setup = DhtSetup.class, seeds = 10)
  void twoOfFiveThatAreCutOffAnswerTruthfullyOrNotAtAll(Simulation simulation) {
    SimRing ring =
        simulation.ring(5, DhtSetup.with(plan -> plan.builder().set("ring.heartbeat.dead", "30s")));
    DhtSetup.settle(ring);
    for (String key : DhtScenarioTest.keys(20)) {
      ring.await(dht(ring, 0).put(key, Json.of("old")));
    }
    ring.partition(0, 1);
    ring.run(Duration.ofSeconds(5));
    WriteOptions write = WriteOptions.defaults().within(Duration.ofMillis(500));
    ReadOptions read = ReadOptions.defaults().within(Duration.ofMillis(500));
    for (String key : DhtScenarioTest.keys(20)) {
      boolean written = isDone(ring, dht(ring, 3).put(key, Json.of("new"), write));
      boolean answered =
          isDone(
              ring,
              dht(ring, 0)
                  .get(key, read)
                  .thenAccept(found -> assertThat(found.value()).contains(Json.of("old"))));
      assertThat(written && answered).as(key + " on both sides").isFalse();
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 20)
  void nothingIsLostWhenTheRingIsSplitForLongUnderLoad(SimRing ring) {
    DhtSetup.settle(ring);
    var load = new AppendLoad(ring, KEYS, ring.running());
    begin(load, ring);
    ring.partition(0, 1);
    // Each side declares the other dead, and in time gone.
    ring.run(Duration.ofSeconds(15));
    ring.heal();
    ring.run(Duration.ofSeconds(10));
    load.end();
    DhtSetup.settle(ring);

    load.judge();
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 20)
  void nothingIsLostWhenNobodyHearsTheDaddyThoughItHearsAll(SimRing ring) {
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(dht(ring, 0).id("list 1"));
    var load = new AppendLoad(ring, KEYS, ring.running());
    begin(load, ring);
    ring.cutOneWay(List.of(daddy), others(ring, daddy));
    ring.run(Duration.ofSeconds(8));
    ring.heal();
    ring.run(Duration.ofSeconds(8));
    load.end();
    DhtSetup.settle(ring);

    load.judge();
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 20)
  void nothingIsLostWhenMembersComeAndGoInASplitRing(SimRing ring) {
    DhtSetup.settle(ring);
    var load = new AppendLoad(ring, KEYS, List.of(0, 1, 2));
    begin(load, ring);
    ring.partition(3, 4);
    ring.beginAdding();
    ring.run(Duration.ofSeconds(6));
    ring.heal();
    ring.beginAdding();
    ring.run(Duration.ofSeconds(10));
    load.end();
    DhtSetup.settle(ring);

    load.judge();
  }

  @RingTest(seeds = 10)
  void aMemberThatDiesWhileArcsMoveHoldsUpNoOther(Simulation simulation) {
    SimRing ring =
        simulation.ring(5, DhtSetup.with(plan -> plan.builder().set("ring.dht.moves.max", "1")));
    DhtSetup.heal(ring);
    for (String key : DhtScenarioTest.keys(60)) {
      ring.await(dht(ring, 0).put(key, Json.of("kept")));
    }
    ring.add(1);
    ring.run(Duration.ofMillis(1_100));
    ring.killSilently((int) (simulation.seed() & 1) + 1);
    ring.run(Duration.ofSeconds(60));
    for (String key : DhtScenarioTest.keys(60)) {
      assertThat(ring.await(dht(ring, 0).get(key)).copies()).as(key).isEqualTo(3);
    }
  }

  @RingTest(seeds = 6)
  void arcsWithoutAMajorityHoldUpNoOther(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            7,
            DhtSetup.with(
                plan -> plan.builder().set("ring.dht.moves.max", "1").set("ring.arcs.bits", "6")));
    DhtSetup.heal(ring);
    for (String key : DhtScenarioTest.keys(200)) {
      ring.await(dht(ring, 0).put(key, Json.of("kept")));
    }
    var order = new ArrayList<>(ring.running());
    order.sort(Comparator.comparing(node -> ring.node(node).id()));
    order.remove(Integer.valueOf(0));
    ring.kill(order.get(2));
    ring.kill(order.get(3));
    ring.run(Duration.ofSeconds(60));
    ReadOptions soon = ReadOptions.defaults().within(Duration.ofSeconds(1));
    int kept = 0;
    for (String key : DhtScenarioTest.keys(200)) {
      try {
        assertThat(ring.await(dht(ring, 0).get(key, soon)).copies()).as(key).isEqualTo(3);
        kept++;
      } catch (RingException lostItsMajority) {
        assertThat(lostItsMajority).isInstanceOf(RingException.Unavailable.class);
      }
    }
    assertThat(kept).isGreaterThan(100);
  }

  /** Whether a stage came to a good end; an end that the ring's errors do not tell of is ours. */
  private static boolean isDone(SimRing ring, CompletionStage<?> stage) {
    try {
      ring.await(stage);
      return true;
    } catch (RingException refused) {
      return false;
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 12)
  void nothingIsLostWhenADaddyLeavesUnderLoad(SimRing ring) {
    DhtSetup.settle(ring);
    int leaver = ring.rootOf(dht(ring, 0).id("list 3"));
    var load = new AppendLoad(ring, KEYS, others(ring, leaver));
    begin(load, ring);
    LeaveReport report = ring.leave(leaver);
    ring.run(Duration.ofSeconds(3));
    load.end();

    load.judge();
    assertThat(report.unfinished()).isEmpty();
    assertThat(report.handedOver().get("dht")).isPositive();
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 10)
  void theNextDaddyWaitsForTheSlowMemberThatAloneHoldsTheNewestValue(SimRing ring) {
    DhtSetup.settle(ring);
    WriteOptions all = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.ALL);
    ring.await(dht(ring, 0).put("key", Json.of("old"), all));
    List<Integer> replicas = replicas(ring, "key");
    int daddy = replicas.get(0);
    int next = replicas.get(1);
    int slow = replicas.get(2);
    ring.cutOneWay(List.of(daddy), List.of(next));
    ring.await(dht(ring, daddy).put("key", Json.of("new")));
    Delay long200 = Delay.of(Duration.ofMillis(200), Duration.ofMillis(200));
    ring.simulation().delay(ring.host(next), ring.host(slow), long200);
    ring.simulation().delay(ring.host(slow), ring.host(next), long200);

    ring.kill(daddy);

    assertThat(ring.await(dht(ring, next).get("key")).value()).contains(Json.of("new"));
  }

  @RingTest(setup = DhtSetup.class, nodes = 6, seeds = 5)
  void copiesAreMadeAgainWhenAMemberWent(SimRing ring) {
    DhtSetup.settle(ring);
    WriteOptions all = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.ALL);
    ring.await(dht(ring, 0).put("key", Json.of("kept"), all));
    List<Integer> replicas = replicas(ring, "key");

    for (int member : replicas) {
      ring.kill(member);
      DhtSetup.heal(ring);
    }

    assertThat(ring.await(dht(ring, ring.running().get(0)).get("key")).value())
        .contains(Json.of("kept"));
  }

  @RingTest(setup = DhtSetup.class, nodes = 6, seeds = 5)
  void copiesAreMadeAgainWhenAMemberStartedAgainEmpty(SimRing ring) {
    DhtSetup.settle(ring);
    WriteOptions all = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.ALL);
    ring.await(dht(ring, 0).put("key", Json.of("kept"), all));
    List<Integer> replicas = replicas(ring, "key");

    for (int copy : List.of(replicas.get(1), replicas.get(2))) {
      ring.kill(copy);
      ring.restart(copy);
      DhtSetup.heal(ring);
    }
    ring.kill(replicas.get(0));
    DhtSetup.settle(ring);

    assertThat(ring.await(dht(ring, ring.running().get(0)).get("key")).value())
        .contains(Json.of("kept"));
  }

  private static List<Integer> replicas(SimRing ring, String key) {
    return ring.await(dht(ring, 0).owner(key)).replicas().stream().map(ring::indexOf).toList();
  }

  @RingTest(setup = DhtSetup.class, nodes = 7, seeds = 5)
  void oneAfterTheOtherAllButTwoAreKilledAndTheRecordsLive(SimRing ring) {
    DhtSetup.settle(ring);
    var written = new TreeMap<String, Json>();
    for (String key : DhtScenarioTest.keys(60)) {
      written.put(key, Json.of("value of " + key));
      ring.await(dht(ring, 0).put(key, written.get(key)));
    }
    while (ring.running().size() > 2) {
      ring.kill(ring.running().get(0));
      DhtSetup.heal(ring);
    }
    for (int node : ring.running()) {
      written.forEach(
          (key, value) ->
              assertThat(ring.await(dht(ring, node).get(key)).value()).as(key).contains(value));
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 2, seeds = 5)
  void recordsOfASmallRingReachThreeCopiesWhenItGrows(SimRing ring) {
    DhtSetup.settle(ring);
    for (String key : DhtScenarioTest.keys(200)) {
      ring.await(dht(ring, 0).put(key, Json.of(key)));
    }
    ring.add(4);
    DhtSetup.settle(ring);
    ring.kill(0);
    DhtSetup.heal(ring);
    ring.kill(1);
    DhtSetup.settle(ring);
    for (String key : DhtScenarioTest.keys(200)) {
      assertThat(ring.await(dht(ring, 2).get(key)).value()).as(key).contains(Json.of(key));
    }
  }

  @RingTest(setup = DhtSetup.class, seeds = 5)
  void recordsOutliveARestartOfEveryNodeInTurn(Simulation simulation) {
    SimRing ring = simulation.ring(3, DhtSetup.with(NodePlan::durable));
    DhtSetup.settle(ring);
    for (String key : DhtScenarioTest.keys(100)) {
      ring.await(dht(ring, 0).put(key, Json.of(key)));
    }
    for (int node : ring.running()) {
      ring.await(ring.node(node).leave());
      ring.run(Duration.ofMillis(100));
      ring.kill(node);
      ring.restart(node);
      DhtSetup.heal(ring);
    }
    for (int node : ring.running()) {
      ring.kill(node);
      ring.run(Duration.ofMillis(200));
      ring.restart(node);
      DhtSetup.heal(ring);
    }
    for (String key : DhtScenarioTest.keys(100)) {
      assertThat(ring.await(dht(ring, 1).get(key)).value()).as(key).contains(Json.of(key));
    }
  }

  @RingTest(setup = DhtSetup.class, seeds = 4)
  void nodesThatComeAndGoLoseNothing(Simulation simulation) {
    SimRing ring = simulation.ring(4, new DhtSetup());
    DhtSetup.settle(ring);
    var load = new AppendLoad(ring, KEYS, List.of(0));
    begin(load, ring);
    for (int round = 0; round < 4; round++) {
      ring.run(Duration.ofMillis(700));
      ring.add(1);
      ring.run(Duration.ofSeconds(3));
      ring.kill(ring.running().get(1 + round % 3));
      ring.run(Duration.ofSeconds(3));
    }
    load.end();
    DhtSetup.settle(ring);

    load.judge();
  }

  @RingTest(setup = DhtSetup.class, seeds = 4)
  void aStormOfOneFaultAtATimeLosesNothing(Simulation simulation) {
    var random = new Random(simulation.seed());
    SimRing ring = simulation.ring(4 + random.nextInt(4), new DhtSetup());
    DhtSetup.settle(ring);
    simulation.delay(
        Delay.of(Duration.ofMillis(1), Duration.ofMillis(5))
            .withTail(0.01, Duration.ofMillis(200)));
    simulation.faults(Faults.none().withReset(0.002));
    var load = new AppendLoad(ring, KEYS, List.of(0, 1));
    begin(load, ring);
    for (int round = 0; round < 5; round++) {
      ring.run(Duration.ofMillis(random.nextInt(1_000)));
      List<Integer> running = ring.running();
      int victim = running.get(2 + random.nextInt(running.size() - 2));
      int what = running.size() < 4 ? 0 : random.nextInt(5);
      switch (what) {
        case 0 -> ring.add(1);
        case 1 -> ring.kill(victim);
        case 2 -> ring.killSilently(victim);
        case 3 -> ring.leave(victim);
        default -> {
          int sleeper = running.get(random.nextInt(running.size()));
          ring.freeze(sleeper);
          ring.run(Duration.ofMillis(random.nextInt(4_000)));
          ring.thaw(sleeper);
        }
      }
      ring.run(Duration.ofSeconds(12));
    }
    simulation.faults(Faults.none());
    load.end();
    DhtSetup.settle(ring);

    load.judge();
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void aDeleteThatFoundNothingDoesNotDeleteLaterWhenTheSleeperWakes(SimRing ring) {
    DhtSetup.settle(ring);
    int sleeper = ring.rootOf(dht(ring, 0).id("key"));
    Dht dht = dht(ring, (sleeper + 1) % 5);
    ring.freeze(sleeper);

    WriteOptions patient = WriteOptions.defaults().within(Duration.ofSeconds(20));
    Deleted deleted = ring.await(dht.delete("key", patient));
    assertThat(deleted.existed()).isFalse();
    assertThat(deleted.version()).isZero();
    assertThat(ring.await(dht.put("key", Json.of("kept"))).created()).isTrue();
    ring.thaw(sleeper);
    DhtSetup.settle(ring);
    ring.run(Duration.ofSeconds(5));

    assertThat(ring.await(dht.get("key")).value()).contains(Json.of("kept"));
  }

  /** Begins a load over links so slow that whatever happens, happens in the middle of something. */
  private static void begin(AppendLoad load, SimRing ring) {
    ring.simulation().delay(Delay.of(Duration.ofMillis(2), Duration.ofMillis(8)));
    load.begin(CLIENTS);
    ring.run(Duration.ofMillis(300 + ring.simulation().seed() % 100));
  }

  private static List<Integer> others(SimRing ring, int victim) {
    return ring.running().stream().filter(node -> node != victim).toList();
  }
}
