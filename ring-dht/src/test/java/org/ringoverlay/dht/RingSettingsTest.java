package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.ringoverlay.dht.internal.arc.Charters;
import org.ringoverlay.dht.internal.arc.Keys;
import org.ringoverlay.dht.internal.wire.Charter;
import org.ringoverlay.dht.internal.wire.Rules;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.Partition;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** The settings of the whole ring: how many copies it keeps, and the rules of namespaces. */
class RingSettingsTest {
  private static final Duration HEARD = Duration.ofSeconds(2);

  // ---- copies

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void copiesBecomeMoreAndFewerWhileTheRingRuns(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("value")));
    assertThat(ring.await(settings(ring, 3).copies())).isEqualTo(3);

    assertThat(ring.await(settings(ring, 1).changeCopies(5))).isEqualTo(5);
    ring.run(Duration.ofSeconds(10));

    assertAllAt(ring, 5);
    assertThat(ring.await(dht(ring, 4).put("key", Json.of("other"), toAll())).copies())
        .isEqualTo(5);

    ring.await(settings(ring, 4).changeCopies(1));
    ring.run(Duration.ofSeconds(10));

    assertAllAt(ring, 1);
    assertThat(ring.await(dht(ring, 2).get("key")).value()).contains(Json.of("other"));
    assertThat(ring.await(dht(ring, 2).owner("key")).replicas()).hasSize(1);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aRingOfFewerNodesKeepsAsManyCopiesAsItHasNodesAndSaysWhatItLacks(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(settings(ring, 0).changeCopies(5));
    ring.run(HEARD);

    Copies copies = ring.await(settings(ring, 1).progress());
    assertThat(copies).isEqualTo(new Copies(5, 16, 16, 16, 0, List.of()));
    Written written = ring.await(dht(ring, 0).put("key", Json.of(1), toAll()));
    assertThat(written.copies()).isEqualTo(3);
    assertThat(written.wanted()).isEqualTo(5);

    ring.add(2);
    DhtSetup.heal(ring);
    assertAllAt(ring, 5);
  }

  @RingTest
  void whatTheFounderWasStartedWithHoldsWhateverTheOthersWere(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            3,
            DhtSetup.with(
                plan -> plan.builder().set("ring.copies", plan.index() == 0 ? "1" : "7")));
    DhtSetup.settle(ring);

    for (int node : ring.running()) {
      assertThat(ring.await(settings(ring, node).copies())).isEqualTo(1);
    }
    assertAllAt(ring, 1);
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void whoIsCutOffHearsOfTheChangeAfterwards(SimRing ring) {
    DhtSetup.settle(ring);
    Partition cut = ring.partition(4);
    ring.run(Duration.ofSeconds(2));
    ring.await(settings(ring, 0).changeCopies(5));
    cut.heal();
    DhtSetup.heal(ring);
    ring.run(Duration.ofSeconds(10));

    assertAllAt(ring, 5);
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 10)
  void whoLeavesWhileCopiesBecomeFewerHandsOverTheOnlyOnes(SimRing ring) {
    DhtSetup.settle(ring);
    for (int number = 0; number < 20; number++) {
      ring.await(dht(ring, 0).put("key " + number, Json.of(number)));
    }
    ring.await(settings(ring, 1).changeCopies(1));
    ring.run(Duration.ofMillis(50L * (ring.simulation().seed() % 10)));

    assertThat(ring.leave(2).unfinished()).isEmpty();
    assertThat(ring.leave(3).unfinished()).isEmpty();

    for (int number = 0; number < 20; number++) {
      assertThat(ring.await(dht(ring, 4).get("key " + number)).value()).contains(Json.of(number));
    }
    ring.run(Duration.ofSeconds(10));
    assertAllAt(ring, 1);
  }

  @RingTest(setup = DhtSetup.class, nodes = 2)
  void anEvenNumberOfCopiesIsRefused(SimRing ring) {
    for (int copies : new int[] {-1, 0, 2, 4, 8, 9}) {
      assertThatThrownBy(() -> ring.await(settings(ring, 0).changeCopies(copies)))
          .isInstanceOf(RingException.InvalidInput.class)
          .hasMessageContaining("1, 3, 5 or 7");
    }
  }

  // ---- namespaces

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aPutWithoutATimeVanishesAfterThatOfItsNamespace(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(
        settings(ring, 0)
            .changeRules("sessions", rules -> rules.expiringAfter(Duration.ofSeconds(4))));
    ring.run(HEARD);
    Dht sessions = dht(ring, 1).namespace("sessions");
    ring.await(sessions.put("short", Json.of(1)));
    ring.await(
        sessions.put(
            "long", Json.of(1), WriteOptions.defaults().expiringAfter(Duration.ofHours(1))));
    ring.await(dht(ring, 1).put("short", Json.of(1)));

    ring.run(Duration.ofSeconds(8));

    assertThat(ring.await(sessions.get("short")).isPresent()).isFalse();
    assertThat(ring.await(sessions.get("long")).isPresent()).isTrue();
    assertThat(ring.await(dht(ring, 1).get("short")).isPresent()).isTrue();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aValueOverTheBoundOfItsNamespaceIsRefusedByItsDaddy(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(settings(ring, 0).changeRules("small", rules -> rules.upToValueBytes(10)));
    ring.run(HEARD);
    Dht small = dht(ring, 1).namespace("small");

    assertThatThrownBy(() -> ring.await(small.put("key", Json.of("0123456789"))))
        .isInstanceOfSatisfying(
            RingException.InvalidInput.class,
            refused -> assertThat(refused.code()).isEqualTo("too-large"))
        .hasMessageContaining("'small' has at most 10 bytes, this one has 12");

    assertThat(ring.await(small.get("key")).isPresent()).isFalse();
    ring.await(small.put("key", Json.of("01234567")));
    ring.await(dht(ring, 1).put("key", Json.of("0123456789")));
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void rulesAreTakenAwayAgain(SimRing ring) {
    DhtSetup.settle(ring);
    RingSettings settings = settings(ring, 2);
    NamespaceRules some =
        NamespaceRules.NONE.expiringAfter(Duration.ofMinutes(30)).upToValueBytes(5);
    assertThat(ring.await(settings.rules("a"))).isEqualTo(NamespaceRules.NONE);
    assertThat(ring.await(settings.changeRules("a", none -> some))).isEqualTo(some);
    assertThat(ring.await(settings(ring, 0).rules("a"))).isEqualTo(some);
    assertThat(ring.await(settings(ring, 0).rules("b"))).isEqualTo(NamespaceRules.NONE);

    ring.await(settings.changeRules("a", all -> NamespaceRules.NONE));
    ring.run(HEARD);

    ring.await(dht(ring, 1).namespace("a").put("key", Json.of("more than five")));
    assertThat(ring.await(record(ring).get(Charters.KEY)).value().orElseThrow().toString())
        .doesNotContain("\"a\"");
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aNodeThatStartsAnewObeysTheRulesFromItsFirstPut(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(settings(ring, 0).changeRules("small", rules -> rules.upToValueBytes(4)));
    ring.await(settings(ring, 0).changeCopies(1));
    DhtSetup.heal(ring);
    ring.add(3);

    Dht small = dht(ring, 0).namespace("small");
    for (int number = 0; number < 40; number++) {
      String key = "key " + number;
      assertThatThrownBy(() -> ring.await(small.put(key, Json.of("too much"))))
          .isInstanceOf(RingException.InvalidInput.class);
      ring.run(Duration.ofMillis(200));
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 1)
  void rulesThatCannotBeObeyedAreRefused(SimRing ring) {
    RingSettings settings = settings(ring, 0);
    List<Duration> times =
        List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofNanos(1), Duration.ofDays(40_000));
    for (Duration time : times) {
      assertThatThrownBy(
              () -> ring.await(settings.changeRules("a", rules -> rules.expiringAfter(time))))
          .isInstanceOf(RingException.InvalidInput.class);
    }
    assertThatThrownBy(
            () -> ring.await(settings.changeRules("a", rules -> rules.upToValueBytes(0))))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> settings.rules("")).isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> settings.rules(Keys.RING_SPACE))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThat(ring.await(settings.rules("a"))).isEqualTo(NamespaceRules.NONE);
  }

  @RingTest(setup = DhtSetup.class, nodes = 1)
  void namespacesWithRulesAreBounded(SimRing ring) {
    Charter full = new Charter(3, null);
    for (int number = 0; number < Charter.NAMESPACES_MAX; number++) {
      full = full.ruling("ns " + number, new Rules(0, 1));
    }
    ring.await(record(ring).put(Charters.KEY, Json.of(full)));

    assertThatThrownBy(
            () ->
                ring.await(settings(ring, 0).changeRules("more", rules -> rules.upToValueBytes(9))))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("1000 namespaces");
  }

  // ---- the record

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void whatAnotherVersionOfTheProgramWroteIsKept(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(
        record(ring)
            .put(
                Charters.KEY,
                Json.parse(
                    "{\"copies\":3,\"colour\":[1.50],\"namespaces\":{"
                        + "\"a\":{\"ttlMillis\":0,\"valueBytesMax\":7,\"readers\":2}}}")));
    ring.run(HEARD);

    ring.await(settings(ring, 1).changeCopies(5));
    ring.await(settings(ring, 2).changeRules("b", rules -> rules.upToValueBytes(9)));
    ring.await(settings(ring, 2).changeRules("a", rules -> NamespaceRules.NONE));

    assertThat(ring.await(record(ring).get(Charters.KEY)).value().orElseThrow().toString())
        .contains("\"copies\":5", "\"colour\":[1.50]", "\"readers\":2", "\"valueBytesMax\":9")
        .doesNotContain("\"valueBytesMax\":7");
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void settingsThatNoNodeCouldObeyAreRefusedByTheirDaddyWhoeverWritesThem(SimRing ring) {
    DhtSetup.settle(ring);
    for (String broken :
        List.of(
            "null",
            "7",
            "{}",
            "{\"copies\":2}",
            "{\"copies\":\"many\"}",
            "{\"copies\":3,\"namespaces\":{\"a\":null}}",
            "{\"copies\":3,\"namespaces\":{\"a\":{\"ttlMillis\":-1}}}",
            "{\"copies\":3,\"namespaces\":{\"a\":{\"valueBytesMax\":-1}}}")) {
      assertThatThrownBy(() -> ring.await(record(ring).put(Charters.KEY, Json.parse(broken))))
          .as(broken)
          .isInstanceOf(RingException.InvalidInput.class);
    }
    assertThatThrownBy(() -> ring.await(record(ring).delete(Charters.KEY)))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> ring.await(record(ring).put("other", Json.of(1))))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThat(ring.await(settings(ring, 0).copies())).isEqualTo(3);
  }

  @RingTest(setup = DhtSetup.class, nodes = 1)
  void noCallerCanNameTheRecordsOfTheRing(SimRing ring) {
    assertThatThrownBy(() -> dht(ring, 0).namespace(Keys.RING_SPACE))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  /** The ring's own records, which callers cannot name. */
  private static Dht record(SimRing ring) {
    return settings(ring, 0).own;
  }

  private static void assertAllAt(SimRing ring, int copies) {
    Copies found = ring.await(settings(ring, 0).progress());
    assertThat(found).isEqualTo(new Copies(copies, 16, found.led(), 0, 0, List.of()));
    assertThat(found.led()).isGreaterThanOrEqualTo(16);
  }

  private static WriteOptions toAll() {
    return WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.ALL);
  }

  private static RingSettings settings(SimRing ring, int node) {
    return dht(ring, node).settings();
  }

  private static Dht dht(SimRing ring, int node) {
    return Dht.on(ring.node(node));
  }
}
