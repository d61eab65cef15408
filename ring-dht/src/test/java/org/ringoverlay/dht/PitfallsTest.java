package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ringoverlay.dht.DhtScenarioTest.dht;
import static org.ringoverlay.dht.DhtScenarioTest.keys;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Ring;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.Delay;
import org.ringoverlay.testkit.DiskFate;
import org.ringoverlay.testkit.Host;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.NodeSetup;
import org.ringoverlay.testkit.Partition;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/**
 * What other systems lost records by, shown through the public face: pitfalls 1, 2, 4, 6 to 10, 14
 * to 16, 20 and 22. Where less than a ring shows one more directly, its test stands beside the
 * others of that part and has the number in its name too.
 */
class PitfallsTest {
  private static final WriteOptions ALL =
      WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.ALL);
  private static final WriteOptions PATIENT =
      WriteOptions.defaults().within(Duration.ofSeconds(20));
  private static final WriteOptions BRIEF = WriteOptions.defaults().within(Duration.ofMillis(500));
  private static final ReadOptions BRIEF_READ =
      ReadOptions.defaults().within(Duration.ofMillis(500));
  private static final ReadOptions STALE = ReadOptions.defaults().allowingStale();

  /** Nodes that come back under the ID that they had, whatever became of their store. */
  private static NodeSetup named(NodeSetup more) {
    return DhtSetup.with(
        plan -> {
          plan.builder().id(Id.of("node " + plan.index()));
          more.prepare(plan);
        });
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 3)
  void pitfall01TheNodesThatOneSeesAreNotTakenForTheMembers(SimRing ring) {
    DhtSetup.settle(ring);
    for (String key : keys(12)) {
      ring.await(dht(ring, 0).put(key, Json.of("old"), ALL));
    }
    ring.partition(0, 1);
    // Each side takes the other for gone.
    ring.run(Duration.ofSeconds(15));
    var written = new TreeMap<String, Json>();
    for (String key : keys(12)) {
      Json left = Json.of("left");
      Json right = Json.of("right");
      boolean onTheLeft = succeeds(ring, dht(ring, 0).put(key, left, BRIEF));
      boolean onTheRight = succeeds(ring, dht(ring, 3).put(key, right, BRIEF));
      assertThat(onTheLeft && onTheRight).as(key + " on both sides").isFalse();
      if (onTheLeft || onTheRight) {
        written.put(key, onTheLeft ? left : right);
      }
    }
    assertThat(written).isNotEmpty();
    ring.heal();
    DhtSetup.settle(ring);
    written.forEach(
        (key, value) ->
            assertThat(ring.await(dht(ring, 2).get(key)).value()).as(key).contains(value));
  }

  @RingTest(seeds = 3)
  void pitfall02AllReplicasAreReplacedByEmptyOnesOneAfterAnother(Simulation simulation) {
    SimRing ring = simulation.ring(3, named(plan -> {}));
    DhtSetup.settle(ring);
    for (String key : keys(8)) {
      ring.await(dht(ring, 0).put(key, Json.of(key), ALL));
    }
    for (int node = 0; node < 3; node++) {
      ring.kill(node);
      ring.restart(node);
      DhtSetup.settle(ring);
    }
    for (String key : keys(8)) {
      assertThat(ring.await(dht(ring, 1).get(key)).value()).as(key).contains(Json.of(key));
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 3)
  void pitfall04MembersThatWereRemovedWhileCutOffAnswerNothing(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("old"), ALL));
    List<Integer> members = replicas(ring, 0, "key");
    int first = members.get(0);
    int second = members.get(1);
    int stays = members.get(2);
    Partition alone = ring.partition(first);
    ring.run(Duration.ofSeconds(12));
    assertThat(replicas(ring, stays, "key")).hasSize(3).doesNotContain(first).contains(second);
    ring.partition(first, second);
    alone.heal();
    ring.run(Duration.ofSeconds(12));
    ring.await(dht(ring, stays).put("key", Json.of("new"), PATIENT));
    assertThat(replicas(ring, stays, "key")).hasSize(3).doesNotContain(first, second);

    // Of the members that the first one knows these two are a majority.
    ReadOptions read = ReadOptions.defaults().within(Duration.ofSeconds(3));
    WriteOptions write = WriteOptions.defaults().within(Duration.ofSeconds(3));
    for (int removed : List.of(first, second)) {
      assertThat(succeeds(ring, dht(ring, removed).get("key", read))).isFalse();
      assertThat(succeeds(ring, dht(ring, removed).put("key", Json.of("lost"), write))).isFalse();
    }
    ring.heal();
    DhtSetup.settle(ring);
    assertThat(ring.await(dht(ring, first).get("key")).value()).contains(Json.of("new"));
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 3)
  void pitfall06AWriteThatComesLateDoesNotReviveADeletedKey(SimRing ring) {
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(Id.of("key"));
    int far = (daddy + 1) % 4;
    Dht near = dht(ring, (daddy + 2) % 4);
    WriteOptions named = PATIENT.named("late");
    Delay late = Delay.of(Duration.ofSeconds(3), Duration.ofSeconds(3));
    ring.simulation().delay(ring.host(far), ring.host(daddy), late);
    CompletionStage<Written> delayed = dht(ring, far).put("key", Json.of("late"), named);
    Written first = ring.await(near.put("key", Json.of("late"), named));
    assertThat(ring.await(near.delete("key")).existed()).isTrue();

    assertThat(ring.await(delayed).version()).isEqualTo(first.version());

    ring.run(Duration.ofSeconds(5));
    assertThat(ring.await(near.get("key")).isPresent()).isFalse();
    assertThat(ring.await(near.put("key", Json.of("late"), named)).version())
        .isEqualTo(first.version());
    assertThat(ring.await(near.get("key")).isPresent()).isFalse();
  }

  /** What a delete leaves is collected soon. */
  private static NodeSetup collecting(NodeSetup more) {
    return named(
        plan -> {
          plan.builder()
              .set("ring.dht.tombstones.kept", "1s")
              .set("ring.dht.compare.interval", "2s");
          more.prepare(plan);
        });
  }

  private static long tombstones(SimRing ring) {
    long held = 0;
    for (int node : ring.running()) {
      held += ring.await(dht(ring, node).tombstones()).held();
    }
    return held;
  }

  @RingTest(seeds = 3)
  void pitfall06AWriteThatComesLateDoesNotReviveAKeyWhoseTombstoneWasCollected(
      Simulation simulation) {
    SimRing ring = simulation.ring(3, collecting(NodePlan::durable));
    DhtSetup.settle(ring);
    WriteOptions late = PATIENT.named("late");
    long first = ring.await(dht(ring, 0).put("key", Json.of("late"), late)).version();
    ring.await(dht(ring, 1).delete("key"));
    ring.killSilently(2);
    ring.run(Duration.ofSeconds(2));
    assertThat(tombstones(ring)).as("one member is silent").isPositive();
    ring.restart(2);
    DhtSetup.settle(ring);
    ring.run(Duration.ofSeconds(6));
    assertThat(tombstones(ring)).isZero();

    assertThat(succeeds(ring, dht(ring, 0).put("key", Json.of("late"), late))).isFalse();
    assertThat(ring.await(dht(ring, 1).get("key")).isPresent()).isFalse();
    ring.kill(1);
    ring.restart(1);
    DhtSetup.settle(ring);
    assertThat(ring.await(dht(ring, 1).get("key")).isPresent()).isFalse();
    assertThat(ring.await(dht(ring, 1).put("key", Json.of("new"))).version()).isGreaterThan(first);
  }

  @RingTest(seeds = 3)
  void pitfall21AFloorIsNotRaisedWhileAMemberLacksWhatOthersHold(Simulation simulation) {
    SimRing ring = simulation.ring(3, collecting(NodePlan::durable));
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("old"), ALL));
    ring.killSilently(2);
    ring.await(dht(ring, 0).delete("key", PATIENT));
    ring.run(Duration.ofSeconds(3));
    assertThat(tombstones(ring)).isEqualTo(2);

    ring.restart(2);
    DhtSetup.settle(ring);
    assertThat(ring.await(dht(ring, 2).get("key")).isPresent()).isFalse();
    ring.run(Duration.ofSeconds(6));
    assertThat(tombstones(ring)).isZero();
    assertThat(ring.await(dht(ring, 2).get("key")).isPresent()).isFalse();
  }

  @RingTest(seeds = 3)
  void pitfall07AMemberThatLostItsDiskDoesNotVoteAsIfNothingHadHappened(Simulation simulation) {
    SimRing ring = simulation.ring(3, named(NodePlan::durable));
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("old"), ALL));
    List<Integer> members = replicas(ring, 0, "key");
    int daddy = members.get(0);
    int loses = members.get(1);
    int behind = members.get(2);
    ring.partition(behind);
    ring.await(dht(ring, daddy).put("key", Json.of("new")));
    ring.killSilently(daddy);
    ring.killSilently(loses);
    ring.host(loses).disk(DiskFate.LOST);
    ring.heal();
    ring.restart(loses);
    ring.run(Duration.ofSeconds(3));

    assertThatNothingIsDecided(ring, loses, behind);
    ring.restart(daddy);
    DhtSetup.settle(ring);
    assertThat(ring.await(dht(ring, behind).get("key")).value()).contains(Json.of("new"));
  }

  /** Two members that are no majority of those who know the newest value. */
  private static void assertThatNothingIsDecided(SimRing ring, int one, int other) {
    for (int node : List.of(one, other)) {
      assertThat(succeeds(ring, dht(ring, node).get("key", BRIEF_READ))).isFalse();
      assertThat(succeeds(ring, dht(ring, node).put("key", Json.of("lost"), BRIEF))).isFalse();
    }
  }

  /**
   * Two of three members acknowledge a change. One of them comes back with an older disk, while the
   * other stands still and the third, which was cut off, is there again: as far as these two know
   * nothing was changed.
   */
  @RingTest(seeds = 3)
  void pitfall07AnOlderDiskDoesNotVote(Simulation simulation) {
    SimRing ring = simulation.ring(3, named(NodePlan::durable));
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("old"), ALL));
    List<Integer> members = replicas(ring, 0, "key");
    int daddy = members.get(0);
    int older = members.get(1);
    int behind = members.get(2);
    ring.partition(behind);
    for (int change = 0; change < 60; change++) {
      ring.await(dht(ring, daddy).put("key", Json.of("new " + change)));
    }
    ring.kill(older);
    ring.host(older).disk(DiskFate.OLDER);
    ring.freeze(daddy);
    ring.heal();
    ring.restart(older);

    assertThatNothingIsDecided(ring, older, behind);
    ring.thaw(daddy);
    DhtSetup.settle(ring);
    for (int node : ring.running()) {
      assertThat(ring.await(dht(ring, node).get("key")).value()).contains(Json.of("new 59"));
    }
    assertThat(ring.await(dht(ring, older).verify(0)).isSound()).isTrue();
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 3)
  void pitfall08ANewReplicaIsFilledWithWhatAMajorityHoldsAndNotFromOneMember(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("old"), ALL));
    List<Integer> members = replicas(ring, 0, "key");
    int daddy = members.get(0);
    int next = members.get(1);
    int newcomer = 6 - daddy - next - members.get(2);
    ring.cutOneWay(List.of(daddy), List.of(next));
    ring.await(dht(ring, daddy).put("key", Json.of("new")));
    // So that the one that missed the change is the next daddy, and not the one that has it.
    ring.freeze(members.get(2));
    ring.kill(daddy);
    ring.run(Duration.ofMillis(700));
    assertThat(ring.await(dht(ring, next).get("key", STALE)).value()).contains(Json.of("old"));
    ring.thaw(members.get(2));

    DhtSetup.heal(ring);

    assertThat(replicas(ring, next, "key")).startsWith(next).contains(newcomer);
    for (int node : ring.running()) {
      assertThat(ring.await(dht(ring, node).get("key", STALE)).value()).contains(Json.of("new"));
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void pitfall09WhoIsLeftOfAMajorityThatWasLostFoundsNoArcAgain(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("kept"), ALL));
    ring.kill(1);
    ring.kill(2);
    ring.restart(1);
    ring.restart(2);
    ring.add(1);
    DhtSetup.heal(ring);

    for (int node : ring.running()) {
      for (String key : List.of("key", "never written")) {
        assertThatThrownBy(() -> ring.await(dht(ring, node).get(key, BRIEF_READ)))
            .as("%s at node %s", key, node)
            .isInstanceOf(RingException.Unavailable.class);
        assertThat(succeeds(ring, dht(ring, node).putIfAbsent(key, Json.of("new")))).isFalse();
      }
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 2)
  void pitfall09ANodeWhoseSeedsDoNotAnswerFoundsNoRing(SimRing ring) {
    DhtSetup.settle(ring);
    ring.freeze(0);
    ring.freeze(1);
    CompletionStage<Ring> alone = ring.beginAdding();
    assertThatThrownBy(() -> ring.await(alone)).isInstanceOf(RingException.Unavailable.class);

    ring.thaw(0);
    ring.thaw(1);

    assertThat(ring.restart(2).identity()).isEqualTo(ring.node(0).identity());
  }

  @RingTest(seeds = 3)
  void pitfall10WithoutAMajorityTimeAloneDecidesNothing(Simulation simulation) {
    SimRing ring = simulation.ring(3, DhtSetup.with(NodePlan::durable));
    DhtSetup.settle(ring);
    Written kept = ring.await(dht(ring, 0).put("key", Json.of("kept"), ALL));
    ring.kill(1);
    ring.kill(2);
    ring.add(2);
    ring.run(Duration.ofMinutes(2));

    for (int node : ring.running()) {
      assertThat(succeeds(ring, dht(ring, node).get("key", BRIEF_READ))).isFalse();
      assertThat(succeeds(ring, dht(ring, node).put("key", Json.of("lost"), BRIEF))).isFalse();
    }
    ring.restart(1);
    DhtSetup.settle(ring);
    Versioned read = ring.await(dht(ring, 3).get("key"));
    assertThat(read.value()).contains(Json.of("kept"));
    assertThat(read.version()).isEqualTo(kept.version());
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void pitfall14WhoWasAskedAndHasNotAnsweredDoesNotCount(SimRing ring) {
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(Id.of("key"));
    ring.await(dht(ring, daddy).put("key", Json.of("old")));
    ring.cutOneWay(others(ring, daddy), List.of(daddy));

    assertThatThrownBy(() -> ring.await(dht(ring, daddy).put("key", Json.of("new"), BRIEF)))
        .isInstanceOf(RingException.OutcomeUnknown.class);
  }

  @RingTest(seeds = 3)
  void pitfall15WhatWasAcknowledgedIsOnTheDisksOfAMajority(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            3,
            DhtSetup.with(
                plan -> {
                  plan.durable();
                  plan.host().diskDelay(Delay.of(Duration.ofMillis(50), Duration.ofMillis(200)));
                }));
    DhtSetup.settle(ring);
    for (String key : keys(5)) {
      ring.await(dht(ring, 0).put(key, Json.of(key)));
      for (int node = 0; node < 3; node++) {
        ring.killSilently(node);
        ring.host(node).disk(DiskFate.TAIL_LOST);
      }
      var restarted = new ArrayList<CompletionStage<Ring>>();
      for (int node = 0; node < 3; node++) {
        restarted.add(ring.beginRestart(node));
      }
      restarted.forEach(ring::await);
      ReadOptions patient = ReadOptions.defaults().within(Duration.ofSeconds(20));
      assertThat(ring.await(dht(ring, 1).get(key, patient)).value()).contains(Json.of(key));
      DhtSetup.settle(ring);
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void pitfall16ARecordWhoseTimeIsRenewedHidesNoneBehindIt(SimRing ring) {
    DhtSetup.settle(ring);
    List<String> behind = keys(60);
    for (String key : behind) {
      ring.await(dht(ring, 0).put(key, Json.of(key), lasting(Duration.ofSeconds(3))));
    }
    for (int second = 0; second < 6; second++) {
      ring.await(dht(ring, 1).put("renewed", Json.of(second), lasting(Duration.ofMillis(1_500))));
      ring.run(Duration.ofSeconds(1));
    }

    assertThat(ring.await(dht(ring, 2).get("renewed")).isPresent()).isTrue();
    for (String key : behind) {
      assertThat(ring.await(dht(ring, 2).get(key)).isPresent()).as(key).isFalse();
    }
  }

  private static WriteOptions lasting(Duration time) {
    return PATIENT.expiringAfter(time);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void pitfall20TwoRingsOfOneNameThatMeetStayTwo(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("ours")));
    Host stranger = ring.simulation().host("stranger");
    Ring other = ring.await(strange(stranger, List.of()));
    long first = ring.await(Dht.on(other).put("key", Json.of("theirs"))).version();
    ring.await(other.stop());
    ring.await(other.closed());

    assertThatThrownBy(() -> ring.await(strange(stranger, List.of("a:1"))))
        .isInstanceOf(RingException.Incompatible.class);

    for (int node : ring.running()) {
      assertThat(ring.await(dht(ring, node).get("key")).value()).contains(Json.of("ours"));
    }
    Ring again = ring.await(strange(stranger, List.of()));
    Versioned theirs = ring.await(Dht.on(again).get("key"));
    assertThat(theirs.value()).contains(Json.of("theirs"));
    assertThat(theirs.version()).isEqualTo(first);
  }

  private static CompletionStage<Ring> strange(Host host, List<String> seeds) {
    return Ring.builder()
        .transport(host.transport())
        .store(host.store())
        .data("data")
        .listen("stranger:1")
        .seeds(seeds)
        .set("ring.arcs.bits", "4")
        .start();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void pitfall22TwoDaddiesMakeTwoVersionsOfTwoValues(SimRing ring) {
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(Id.of("key"));
    int other = (daddy + 1) % 3;
    ring.await(dht(ring, daddy).put("key", Json.of("old"), ALL));
    ring.partition(daddy);
    // Its own copy has the change, and nobody else hears of it.
    assertThat(succeeds(ring, dht(ring, daddy).put("key", Json.of("lost"), BRIEF))).isFalse();
    Versioned lost = ring.await(dht(ring, daddy).get("key", STALE));
    assertThat(lost.value()).contains(Json.of("lost"));

    Written made = ring.await(dht(ring, other).put("key", Json.of("new"), PATIENT));

    assertThat(made.version()).isGreaterThan(lost.version());
    ring.heal();
    DhtSetup.settle(ring);
    assertThat(ring.await(dht(ring, daddy).get("key")).value()).contains(Json.of("new"));
    assertThat(ring.await(dht(ring, daddy).get("key", STALE)).version()).isEqualTo(made.version());
  }

  /** Whether a stage came to a good end; an end that the ring's errors do not tell of is ours. */
  private static boolean succeeds(SimRing ring, CompletionStage<?> stage) {
    try {
      ring.await(stage);
      return true;
    } catch (RingException refused) {
      return false;
    }
  }

  private static List<Integer> replicas(SimRing ring, int at, String key) {
    return ring.await(dht(ring, at).owner(key)).replicas().stream().map(ring::indexOf).toList();
  }

  private static List<Integer> others(SimRing ring, int one) {
    return ring.running().stream().filter(node -> node != one).toList();
  }
}
