package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ringoverlay.dht.DhtScenarioTest.dht;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** A majority of an arc's members that is lost for ever, and an operator who gives it up. */
class DhtRecoverTest {
  private static final int KEYS = 40;

  /** With the one in which the ring keeps its settings. */
  private static final int RECORDS = KEYS + 1;

  private static final WriteOptions PATIENT =
      WriteOptions.defaults().within(Duration.ofSeconds(20)).acknowledgedBy(WriteOptions.Ack.ALL);

  private static SimRing ring(Simulation simulation, int nodes) {
    SimRing ring = simulation.ring(nodes, DhtSetup.with(plan -> plan.durable()));
    DhtSetup.settle(ring);
    for (int key = 0; key < KEYS; key++) {
      ring.await(dht(ring, 0).put("key " + key, Json.of(key), PATIENT));
    }
    return ring;
  }

  private static List<ArcLoss> recover(SimRing ring, int at, List<Id> lost, boolean confirmed) {
    return ring.await(dht(ring, at).recover(lost, List.of(), confirmed));
  }

  @RingTest(seeds = 5)
  void theSurvivorGoesOnOnlyWhenThatIsConfirmed(Simulation simulation) {
    SimRing ring = ring(simulation, 3);
    List<Id> lost = List.of(ring.node(0).id(), ring.node(1).id());
    long before = ring.await(dht(ring, 2).get("key 0")).version();
    ring.kill(0);
    ring.kill(1);
    ring.run(Duration.ofSeconds(10));
    List<ArcLoss> seen = recover(ring, 2, lost, false);
    assertThat(seen).hasSize(16).allMatch(loss -> loss.state() == ArcLoss.State.LOST);
    assertThat(seen.stream().mapToLong(ArcLoss::keys).sum()).isEqualTo(RECORDS);
    assertThat(seen.get(0).survivors()).containsExactly(ring.node(2).id());
    assertThat(seen.get(0).lost()).containsExactlyInAnyOrderElementsOf(lost);
    assertThatThrownBy(() -> ring.await(dht(ring, 2).get("key 0")))
        .isInstanceOf(RingException.Unavailable.class);

    List<ArcLoss> done = recover(ring, 2, lost, true);

    assertThat(done).hasSize(16).allMatch(loss -> loss.state() == ArcLoss.State.RECOVERED);
    assertThat(done.stream().mapToLong(ArcLoss::keys).sum()).isEqualTo(RECORDS);
    for (int key = 0; key < KEYS; key++) {
      Versioned read = ring.await(dht(ring, 2).get("key " + key));
      assertThat(read.value()).contains(Json.of(key));
      assertThat(read.version()).isGreaterThan(before).isLessThan(Versioned.VERSION_MAX);
    }
    assertThat(ring.await(dht(ring, 2).put("key 0", Json.of("new"))).version())
        .isGreaterThan(before);
    assertThat(recover(ring, 2, lost, true)).isEmpty();
  }

  @RingTest(seeds = 5)
  void whoComesBackNeverthelessGivesWayAndNothingOfItReappears(Simulation simulation) {
    SimRing ring = ring(simulation, 3);
    List<Id> lost = List.of(ring.node(0).id(), ring.node(1).id());
    ring.kill(2);
    ring.run(Duration.ofSeconds(3));
    for (int key = 0; key < 5; key++) {
      ring.await(dht(ring, 0).put("only there " + key, Json.of(key)));
      ring.await(dht(ring, 0).put("key " + key, Json.of("lost")));
    }
    ring.kill(0);
    ring.kill(1);
    ring.restart(2);
    ring.run(Duration.ofSeconds(10));
    assertThat(recover(ring, 2, lost, true))
        .hasSize(16)
        .allMatch(loss -> loss.state() == ArcLoss.State.RECOVERED);
    for (int key = 5; key < 10; key++) {
      ring.await(dht(ring, 2).put("key " + key, Json.of("after")));
    }
    ring.restart(0);
    ring.restart(1);
    DhtSetup.heal(ring);

    var expected = new TreeMap<String, Json>();
    for (int key = 0; key < KEYS; key++) {
      expected.put("key " + key, key >= 5 && key < 10 ? Json.of("after") : Json.of(key));
    }
    for (int node = 0; node < 3; node++) {
      var found = new TreeMap<String, Json>();
      for (String key : ring.await(dht(ring, node).list(ListOptions.of("").upTo(1_000))).keys()) {
        found.put(key, ring.await(dht(ring, node).get(key)).value().orElseThrow());
        ReadOptions own = ReadOptions.defaults().allowingStale();
        assertThat(ring.await(dht(ring, node).get(key, own)).value()).contains(found.get(key));
      }
      assertThat(found).isEqualTo(expected);
    }
    for (int node = 0; node < 3; node++) {
      ring.await(dht(ring, node).put("key 0", Json.of("all"), PATIENT));
    }
    assertThat(recover(ring, 0, List.of(), false)).isEmpty();
  }

  @RingTest(seeds = 3)
  void ofSeveralSurvivorsTheNewestOfEachKeyCounts(Simulation simulation) {
    SimRing ring =
        simulation.ring(5, DhtSetup.with(plan -> plan.durable().builder().set("ring.copies", "5")));
    DhtSetup.settle(ring);
    for (int key = 0; key < KEYS; key++) {
      ring.await(dht(ring, 0).put("key " + key, Json.of("old"), PATIENT));
    }
    ring.kill(3);
    ring.run(Duration.ofSeconds(3));
    for (int key = 0; key < KEYS / 2; key++) {
      WriteOptions all = PATIENT.acknowledgedBy(WriteOptions.Ack.MAJORITY);
      ring.await(dht(ring, 0).put("key " + key, Json.of("newer"), all));
    }
    ring.run(Duration.ofSeconds(1));
    List<Id> lost = List.of(ring.node(0).id(), ring.node(1).id(), ring.node(2).id());
    ring.kill(0);
    ring.kill(1);
    ring.kill(2);
    ring.restart(3);
    ring.run(Duration.ofSeconds(10));

    List<ArcLoss> done = recover(ring, 3, lost, true);

    assertThat(done).hasSize(16).allMatch(loss -> loss.state() == ArcLoss.State.RECOVERED);
    assertThat(done.stream().mapToLong(ArcLoss::keys).sum()).isEqualTo(RECORDS);
    DhtSetup.heal(ring);
    for (int key = 0; key < KEYS; key++) {
      assertThat(ring.await(dht(ring, 3).get("key " + key)).value())
          .contains(Json.of(key < KEYS / 2 ? "newer" : "old"));
    }
  }

  @RingTest(seeds = 3)
  void aRecoveryThatWasBegunIsFinishedByAskingAgain(Simulation simulation) {
    SimRing ring = ring(simulation, 3);
    Ring heir = ring.node(2);
    for (int arc = 0; arc < 16; arc++) {
      var ballot = new Ballot((1L << 22) + 1, heir.id(), arc);
      for (int node = 0; node < 3; node++) {
        // A lease may keep a member from promising for a moment.
        for (boolean granted = false; !granted; ring.run(Duration.ofMillis(100))) {
          granted =
              ring.await(
                      heir.ask(
                          "dht.copy",
                          ring.node(node).id(),
                          new CopyRequest.Prepare(arc, ballot, ""),
                          CopyReply.Promise.class,
                          AskOptions.defaults().directly()))
                  .granted();
        }
      }
    }
    assertThatThrownBy(() -> ring.await(dht(ring, 0).get("key 0")))
        .isInstanceOf(RingException.class);

    List<ArcLoss> done = recover(ring, 0, List.of(), true);

    assertThat(done).hasSize(16).allMatch(loss -> loss.state() == ArcLoss.State.RECOVERED);
    DhtSetup.heal(ring);
    for (int key = 0; key < KEYS; key++) {
      assertThat(ring.await(dht(ring, 1).get("key " + key)).value()).contains(Json.of(key));
      ring.await(dht(ring, 1).put("key " + key, Json.of("new"), PATIENT));
    }
  }

  @RingTest(seeds = 3)
  void nobodyIsGivenUpWhoMayComeBackOrIsThere(Simulation simulation) {
    SimRing ring = ring(simulation, 3);
    Id first = ring.node(0).id();
    Id second = ring.node(1).id();
    assertThatThrownBy(() -> recover(ring, 2, List.of(first), true))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining(first.toString());
    ring.kill(0);
    ring.run(Duration.ofSeconds(8));
    assertThat(recover(ring, 2, List.of(first), true)).isEmpty();
    ring.kill(1);
    ring.run(Duration.ofSeconds(8));
    assertThat(recover(ring, 2, List.of(), true)).isEmpty();
    assertThat(recover(ring, 2, List.of(second), true)).isEmpty();

    ring.restart(0);
    DhtSetup.heal(ring);
    var values = new ArrayList<Json>();
    for (int key = 0; key < KEYS; key++) {
      values.add(ring.await(dht(ring, 2).get("key " + key)).value().orElseThrow());
    }
    assertThat(values).hasSize(KEYS);
  }

  @RingTest(seeds = 3)
  void whoWatchesIsToldOfTheRecovery(Simulation simulation) {
    SimRing ring = ring(simulation, 3);
    List<Id> lost = List.of(ring.node(0).id(), ring.node(1).id());
    var gaps = new ArrayList<String>();
    var told = new TreeMap<String, KeyChange>();
    ring.await(
        dht(ring, 2)
            .watchPrefix(
                "key 1",
                new PrefixListener() {
                  @Override
                  public CompletionStage<?> changed(KeyChange change, String bookmark) {
                    told.put(change.key(), change);
                    return CompletableFuture.completedFuture(null);
                  }

                  @Override
                  public void gap(String bookmark) {
                    gaps.add(bookmark);
                  }

                  @Override
                  public void ended(RingException why) {
                    gaps.add("ended");
                  }
                }));
    ring.kill(0);
    ring.kill(1);
    ring.run(Duration.ofSeconds(5));
    assertThat(recover(ring, 2, lost, true)).hasSize(16);
    ring.run(Duration.ofSeconds(20));

    assertThat(gaps).isNotEmpty().doesNotContain("ended");
    assertThat(told.keySet()).hasSize(11);
  }
}
