package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.junit.RingTest;

/** Reads under leases, while others take the arc. */
class DhtLeaseTest {
  private static final Duration SOON = Duration.ofMillis(100);

  private static Dht dht(SimRing ring, int node) {
    return Dht.on(ring.node(node));
  }

  /** The daddy of the key, which holds leases for it. */
  private static int leased(SimRing ring) {
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(dht(ring, 0).id("key"));
    ring.await(dht(ring, daddy).put("key", Json.of("old")));
    for (int read = 0; read < 20; read++) {
      ring.await(dht(ring, daddy).get("key"));
      ring.run(Duration.ofMillis(50));
    }
    return daddy;
  }

  private static List<Integer> others(int daddy) {
    return IntStream.range(0, 4).filter(node -> node != daddy).boxed().toList();
  }

  /** Another daddy makes a change. */
  private static void changes(SimRing ring, int daddy) {
    WriteOptions patient = WriteOptions.defaults().within(Duration.ofSeconds(20));
    ring.await(dht(ring, others(daddy).get(0)).put("key", Json.of("new"), patient));
  }

  /** The former daddy has nothing to say, as soon as that is made. */
  private static void staysSilent(SimRing ring, int daddy) {
    Json[] answer = new Json[1];
    var unused =
        dht(ring, daddy)
            .get("key", ReadOptions.defaults().within(SOON))
            .thenAccept(read -> answer[0] = read.value().orElseThrow());
    ring.run(SOON.multipliedBy(2));
    assertThat(answer[0]).isNotEqualTo(Json.of("old"));
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 12)
  void aReadUnderLeasesIsNotOldWhenTheDaddyIsCutOff(SimRing ring) {
    int daddy = leased(ring);
    ring.partition(daddy);
    changes(ring, daddy);
    staysSilent(ring, daddy);
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 12)
  void aReadUnderLeasesIsNotOldWhenTheDaddyHearsNobody(SimRing ring) {
    int daddy = leased(ring);
    ring.cutOneWay(others(daddy), List.of(daddy));
    changes(ring, daddy);
    staysSilent(ring, daddy);
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 12)
  void pitfall05ADaddyThatWakesFromALongPauseReadsNothingUnderALeaseThatLapsed(SimRing ring) {
    int daddy = leased(ring);
    // Else it would hear of the other one before anybody reads.
    ring.partition(daddy);
    ring.freeze(daddy);
    changes(ring, daddy);
    ring.thaw(daddy);
    staysSilent(ring, daddy);
    ring.heal();
    assertThat(ring.await(dht(ring, daddy).get("key")).value()).contains(Json.of("new"));
  }
}
