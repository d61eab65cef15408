package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ringoverlay.dht.DhtScenarioTest.dht;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** What a verification of all copies finds. */
class DhtVerifyTest {
  @RingTest(setup = DhtSetup.class, nodes = 6, seeds = 3)
  void copiesThatAreEqualAreFoundSoFromEveryNode(SimRing ring) {
    DhtSetup.settle(ring);
    long rings = ring.await(dht(ring, 0).verify(0)).records();
    for (String key : DhtScenarioTest.keys(80)) {
      ring.await(dht(ring, 0).put(key, Json.of(key)));
    }
    for (String key : DhtScenarioTest.keys(20)) {
      ring.await(dht(ring, 0).delete(key));
    }
    ring.await(dht(ring, 0).namespace("other").put("key 1", Json.of(1)));

    for (int node : ring.running()) {
      Verified verified = ring.await(dht(ring, node).verify(0));
      assertThat(verified.isSound()).as(verified.toString()).isTrue();
      assertThat(verified.arcs()).isEqualTo(16);
      assertThat(verified.compared()).isEqualTo(16);
      assertThat(verified.records()).isEqualTo(rings + 81);
      assertThat(verified.next()).isEmpty();
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 3)
  void recordsThatAreBeingWrittenAreNoDifferences(SimRing ring) {
    DhtSetup.settle(ring);
    var load = new AppendLoad(ring, 5, List.of(0, 1, 2, 3));
    load.begin(8);
    ring.run(Duration.ofSeconds(1));

    Verified verified = ring.await(dht(ring, 2).verify(0));

    load.end();
    assertThat(verified.isSound()).as(verified.toString()).isTrue();
    assertThat(verified.compared()).isEqualTo(16);
  }

  @RingTest(seeds = 3)
  void aCopyThatHoldsAnotherRecordIsNamedWithTheVersionsOfAll(Simulation simulation) {
    SimRing ring = DhtComparisonTest.ring(simulation, "1h");
    DhtComparisonTest.Leftover leftover = DhtComparisonTest.leftover(ring);

    Verified verified = ring.await(dht(ring, leftover.other()).verify(0));

    assertThat(verified.isSound()).isFalse();
    assertThat(verified.silent()).containsOnlyKeys(leftover.dead());
    assertThat(verified.uneven()).hasSize(1);
    Verified.Uneven uneven = verified.uneven().get(0);
    assertThat(uneven.key()).isEqualTo("key");
    assertThat(uneven.namespace()).isEqualTo("default");
    assertThat(uneven.arc()).endsWith("/4");
    Id holder = ring.node(leftover.holder()).id();
    assertThat(uneven.versions()).hasSize(4);
    uneven
        .versions()
        .forEach(
            (node, version) -> {
              if (node.equals(holder)) {
                assertThat(version).isPositive();
              } else {
                assertThat(version).isZero();
              }
            });

    ring.await(dht(ring, leftover.other()).put("key", Json.of(2)));
    ring.run(Duration.ofSeconds(1));
    assertThat(ring.await(dht(ring, leftover.holder()).verify(0)).uneven()).isEmpty();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void aMemberThatDoesNotAnswerIsNamed(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of(1)));
    ring.partition(2);

    Verified verified = ring.await(dht(ring, 0).verify(0));

    assertThat(verified.isSound()).isFalse();
    assertThat(verified.silent()).isEqualTo(Map.of(ring.node(2).id(), 16));
    assertThat(verified.compared()).isZero();
    assertThat(verified.uneven()).isEmpty();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void whoWaitsWhenTheNodeClosesIsTold(SimRing ring) {
    DhtSetup.settle(ring);
    ring.partition(0);
    CompletionStage<Verified> verification = dht(ring, 0).verify(0);
    ring.run(Duration.ofMillis(300));

    ring.node(0).halt();

    assertThatThrownBy(() -> ring.await(verification)).isInstanceOf(RingException.Closed.class);
  }

  @RingTest
  void aRingOfManyArcsIsVerifiedPartByPart(Simulation simulation) {
    SimRing ring = simulation.ring(3, plan -> plan.builder().set("ring.arcs.bits", "9"));
    DhtSetup.settle(ring);
    long rings =
        ring.await(dht(ring, 1).verify(0)).records()
            + ring.await(dht(ring, 1).verify(256)).records();
    for (String key : DhtScenarioTest.keys(50)) {
      ring.await(dht(ring, 0).put(key, Json.of(key)));
    }

    Verified first = ring.await(dht(ring, 1).verify(0));
    Verified last = ring.await(dht(ring, 1).verify(first.next().orElseThrow()));

    assertThat(first.compared() + last.compared()).isEqualTo(512);
    assertThat(first.records() + last.records()).isEqualTo(rings + 50);
    assertThat(last.next()).isEmpty();
  }

  @RingTest(setup = DhtSetup.class, nodes = 1)
  void oneVerificationAtATimeOfArcsThatThereAre(SimRing ring) {
    List<CompletionStage<Verified>> verifications = new ArrayList<>();
    verifications.add(dht(ring, 0).verify(0));
    assertThatThrownBy(() -> ring.await(dht(ring, 0).verify(0)))
        .isInstanceOf(RingException.Refused.class);
    assertThat(ring.await(verifications.get(0)).isSound()).isTrue();
    for (int none : List.of(-1, 16)) {
      assertThatThrownBy(() -> ring.await(dht(ring, 0).verify(none)))
          .isInstanceOf(RingException.InvalidInput.class)
          .hasMessageContaining("arcs 0 to 15");
    }
  }
}
