package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** What records do in calm weather, told through the public face. */
class DhtScenarioTest {
  @RingTest(setup = DhtSetup.class, nodes = 1)
  void aFirstNodeAnswersAloneAndSaysOneCopyOfThree(SimRing ring) {
    Dht dht = Dht.on(ring.node(0));

    Written written = ring.await(dht.put("key", Json.of("value")));

    assertThat(written.created()).isTrue();
    assertThat(written.copies()).isEqualTo(1);
    assertThat(written.wanted()).isEqualTo(3);
    Versioned read = ring.await(dht.get("key"));
    assertThat(read.value()).contains(Json.of("value"));
    assertThat(read.version()).isEqualTo(written.version());
    assertThat(read.copies()).isEqualTo(1);
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void whatOneNodeWritesEveryNodeReads(SimRing ring) {
    DhtSetup.settle(ring);
    for (int number = 0; number < 30; number++) {
      String key = "key " + number;
      Json value = Json.parse("{ \"n\" : " + number + " }");
      Written written = ring.await(dht(ring, number % 5).put(key, value));
      assertThat(written.copies()).isBetween(2, 3);
      for (int node : ring.running()) {
        Versioned read = ring.await(dht(ring, node).get(key));
        assertThat(read.value()).contains(value);
        assertThat(read.value().orElseThrow().toString()).isEqualTo(value.toString());
        assertThat(read.version()).isEqualTo(written.version());
        assertThat(ring.indexOf(read.daddy())).isEqualTo(ring.rootOf(dht(ring, 0).id(key)));
      }
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void anAbsentRecordTellsItsDaddyAndCopies(SimRing ring) {
    DhtSetup.settle(ring);
    Versioned read = ring.await(dht(ring, 0).get("nothing"));

    assertThat(read.value()).isEmpty();
    assertThat(read.version()).isZero();
    assertThat(read.copies()).isEqualTo(3);
    assertThat(read).hasToString("absent");
    assertThat(ring.indexOf(read.daddy())).isEqualTo(ring.rootOf(Id.of("nothing")));
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aConflictCarriesBothValuesAndTheCurrentVersion(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    Written first = ring.await(dht.put("key", Json.of(1)));
    Written second = ring.await(dht.compareAndSet("key", first.version(), Json.of(2)));
    assertThat(second.version()).isGreaterThan(first.version());
    assertThat(second.created()).isFalse();

    assertThatThrownBy(() -> ring.await(dht.compareAndSet("key", first.version(), Json.of(3))))
        .isInstanceOfSatisfying(
            RingException.Conflict.class,
            conflict -> {
              assertThat(conflict.key()).isEqualTo("key");
              assertThat(conflict.expected()).isEqualTo(OptionalLong.of(first.version()));
              assertThat(conflict.currentVersion()).isEqualTo(OptionalLong.of(second.version()));
              assertThat(conflict.attempted()).isEqualTo("3");
              assertThat(conflict.current()).isEqualTo("2");
            });
    assertThat(ring.await(dht.get("key")).value()).contains(Json.of(2));
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void conditionsHold(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 1);
    assertConflict(ring, dht.compareAndSet("key", 1, Json.of(1)));
    assertConflict(ring, dht.put("key", Json.of(1), WriteOptions.defaults().onlyIfPresent()));
    Written made = ring.await(dht.putIfAbsent("key", Json.of(1)));
    assertThat(made.created()).isTrue();
    assertConflict(ring, dht.putIfAbsent("key", Json.of(2)));
    assertConflict(ring, dht.delete("key", WriteOptions.defaults().ifVersion(made.version() + 1)));
    assertThat(
            ring.await(dht.put("key", Json.of(3), WriteOptions.defaults().onlyIfPresent()))
                .created())
        .isFalse();
  }

  private static void assertConflict(SimRing ring, CompletionStage<?> stage) {
    assertThatThrownBy(() -> ring.await(stage)).isInstanceOf(RingException.Conflict.class);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aRecreatedRecordContinuesAboveItsOldVersion(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    Written first = ring.await(dht.put("key", Json.of(1)));
    Deleted deleted = ring.await(dht.delete("key"));
    assertThat(deleted.existed()).isTrue();
    assertThat(deleted.version()).isGreaterThan(first.version());
    assertThat(ring.await(dht.get("key")).isPresent()).isFalse();
    assertThat(ring.await(dht.delete("key")).existed()).isFalse();
    assertConflict(ring, dht.compareAndSet("key", deleted.version(), Json.of(2)));

    Written again = ring.await(dht.putIfAbsent("key", Json.of(2)));

    assertThat(again.created()).isTrue();
    assertThat(again.version()).isGreaterThan(deleted.version());
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 10)
  void updatesFromAllNodesAreAllCounted(SimRing ring) {
    DhtSetup.settle(ring);
    var updates = new ArrayList<CompletionStage<Versioned>>();
    for (int number = 0; number < 20; number++) {
      updates.add(
          dht(ring, number % 5)
              .update("visits", old -> Json.of(old == null ? 1 : old.as(int.class) + 1)));
    }
    updates.forEach(ring::await);

    assertThat(ring.await(dht(ring, 0).get("visits")).value()).contains(Json.of(20));
  }

  @RingTest(setup = DhtSetup.class, seeds = 5)
  void anUpdateGivesUpAfterItsAttemptsAndSaysHowMany(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            3, DhtSetup.with(plan -> plan.builder().set("ring.dht.update.attempts", "4")));
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(Id.of("key"));
    Dht dht = dht(ring, (daddy + 1) % 3);
    ring.await(dht.put("key", Json.of(0)));
    int[] runs = {0};

    assertThatThrownBy(
            () ->
                ring.await(
                    dht.update(
                        "key",
                        old -> {
                          runs[0]++;
                          // On the daddy itself it comes before what is still under way.
                          dht(ring, daddy).put("key", Json.of(-runs[0]));
                          return Json.of(100);
                        })))
        .isInstanceOf(RingException.Conflict.class)
        .hasMessageContaining("after 4 attempts");
    assertThat(runs[0]).isEqualTo(4);
  }

  @RingTest(setup = DhtSetup.class, seeds = 5)
  void anUpdateGivesUpWhenItsTimeIsOverAndSaysHowManyAttemptsItMade(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            3, DhtSetup.with(plan -> plan.builder().set("ring.dht.update.attempts", "10000")));
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(Id.of("key"));
    Dht dht = dht(ring, (daddy + 1) % 3);
    ring.await(dht.put("key", Json.of(0)));
    int[] runs = {0};
    Duration began = simulation.elapsed();

    assertThatThrownBy(
            () ->
                ring.await(
                    dht.update(
                        "key",
                        old -> {
                          runs[0]++;
                          // On the daddy itself it comes before what is still under way.
                          dht(ring, daddy).put("key", Json.of(-runs[0]));
                          return Json.of(100);
                        },
                        WriteOptions.defaults().within(Duration.ofSeconds(2)))))
        .isInstanceOf(RingException.Timeout.class)
        .hasMessageContaining("2000 ms")
        .hasMessageContaining(runs[0] + " attempts");
    assertThat(simulation.elapsed().minus(began)).isLessThanOrEqualTo(Duration.ofSeconds(2));
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void anUpdateToNothingDeletes(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    ring.await(dht.put("key", Json.of(1)));

    assertThat(ring.await(dht.update("key", old -> null)).isPresent()).isFalse();
    assertThat(ring.await(dht.get("key")).isPresent()).isFalse();
    assertThat(ring.await(dht.update("key", old -> null)).isPresent()).isFalse();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void whatAnUpdateFunctionThrowsComesBack(SimRing ring) {
    DhtSetup.settle(ring);
    assertThatThrownBy(
            () ->
                ring.await(
                    dht(ring, 0)
                        .update(
                            "key",
                            old -> {
                              throw new ArithmeticException("mine");
                            })))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("mine");
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void aRepeatUnderItsNameGetsTheFirstOutcomeAndAnotherPayloadIsRefused(SimRing ring) {
    DhtSetup.settle(ring);
    WriteOptions named = WriteOptions.defaults().named("order 7");
    Written first = ring.await(dht(ring, 0).put("key", Json.of(1), named));
    ring.await(dht(ring, 1).put("key", Json.of(2)));

    Written repeat = ring.await(dht(ring, 2).put("key", Json.of(1), named));

    assertThat(repeat.version()).isEqualTo(first.version());
    assertThat(repeat.created()).isTrue();
    assertThat(ring.await(dht(ring, 0).get("key")).value()).contains(Json.of(2));
    assertThatThrownBy(() -> ring.await(dht(ring, 0).put("key", Json.of(3), named)))
        .isInstanceOfSatisfying(
            RingException.InvalidInput.class,
            error -> assertThat(error.code()).isEqualTo("key-reused"));
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void aRepeatAfterMoreChangesThanAreRememberedIsUnknownAndChangesNothing(SimRing ring) {
    DhtSetup.settle(ring);
    WriteOptions named = WriteOptions.defaults().named("order 7");
    int root = ring.rootOf(Id.of("key"));
    int sender = (root + 1) % 5;
    ring.await(dht(ring, sender).put("key", Json.of("first"), named));
    ring.await(dht(ring, (root + 2) % 5).delete("key"));
    for (int number = 0; number < 128; number++) {
      ring.await(dht(ring, (root + 2) % 5).put("key", Json.of(number)));
    }
    ring.kill(root);
    DhtSetup.settle(ring);

    assertThatThrownBy(() -> ring.await(dht(ring, sender).put("key", Json.of("first"), named)))
        .isInstanceOfSatisfying(
            RingException.OutcomeUnknown.class,
            unknown -> assertThat(unknown.retrySafe()).isFalse());
    assertThat(ring.await(dht(ring, sender).get("key")).value()).contains(Json.of(127));
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void aRepeatWithinTheWindowHoldsThroughDeleteAndTheNextDaddy(SimRing ring) {
    DhtSetup.settle(ring);
    WriteOptions named = WriteOptions.defaults().named("order 7");
    int root = ring.rootOf(Id.of("key"));
    int other = (root + 1) % 5;
    Written first = ring.await(dht(ring, other).put("key", Json.of("first"), named));
    ring.await(dht(ring, other).delete("key"));
    ring.kill(root);
    DhtSetup.settle(ring);

    Written repeat = ring.await(dht(ring, (root + 2) % 5).put("key", Json.of("first"), named));

    assertThat(repeat.version()).isEqualTo(first.version());
    assertThat(ring.await(dht(ring, other).get("key")).isPresent()).isFalse();
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void whoHasSeenNothingOfABusyRecordMayWriteItUnderAName(SimRing ring) {
    DhtSetup.settle(ring);
    for (int number = 0; number < 300; number++) {
      ring.await(dht(ring, 0).put("key", Json.of(number)));
    }

    WriteOptions named = WriteOptions.defaults().named("new");
    ring.await(dht(ring, 1).put("key", Json.of("named"), named));
    ring.await(
        dht(ring, 2)
            .compareAndSet("key", ring.await(dht(ring, 3).get("key")).version(), Json.of("plain")));
    assertConflict(ring, dht(ring, 4).compareAndSet("key", 1, Json.of("late")));

    assertThat(ring.await(dht(ring, 0).get("key")).value()).contains(Json.of("plain"));
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aNamedConflictIsToldAgainThoughItsConditionWouldHold(SimRing ring) {
    DhtSetup.settle(ring);
    WriteOptions named = WriteOptions.defaults().onlyIfPresent().named("late");
    assertConflict(ring, dht(ring, 0).put("key", Json.of("late"), named));
    Written made = ring.await(dht(ring, 1).put("key", Json.of("made")));

    assertConflict(ring, dht(ring, 2).put("key", Json.of("late"), named));

    Versioned read = ring.await(dht(ring, 0).get("key"));
    assertThat(read.value()).contains(Json.of("made"));
    assertThat(read.version()).isEqualTo(made.version());
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void acknowledgedByAllMeansAllCopies(SimRing ring) {
    DhtSetup.settle(ring);
    WriteOptions all = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.ALL);
    WriteOptions daddy = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.DADDY);

    assertThat(ring.await(dht(ring, 0).put("a", Json.of(1), all)).copies()).isEqualTo(3);
    assertThat(ring.await(dht(ring, 0).put("b", Json.of(1), daddy)).copies()).isEqualTo(1);
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void namespacesAreApartAndTagsTogether(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    Dht other = dht.namespace("other");
    ring.await(dht.put("key", Json.of(1)));
    ring.await(other.put("key", Json.of(2)));

    assertThat(ring.await(dht.get("key")).value()).contains(Json.of(1));
    assertThat(ring.await(other.get("key")).value()).contains(Json.of(2));
    assertThat(dht.id("order {7} head")).isEqualTo(dht.id("{7}/lines")).isEqualTo(dht.id("7"));
    assertThat(other.id("{7}")).isNotEqualTo(dht.id("{7}"));
    assertThat(dht.id("{}x")).isNotEqualTo(dht.id("{}y"));
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void theOwnerIsTheDaddyAndItsCopies(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of(1)));
    Owner owner = ring.await(dht(ring, 3).owner("key"));

    assertThat(owner.id()).isEqualTo(Id.of("key"));
    assertThat(ring.indexOf(owner.daddy())).isEqualTo(ring.rootOf(owner.id()));
    assertThat(owner.replicas()).hasSize(3).doesNotHaveDuplicates().startsWith(owner.daddy());
    assertThat(owner.epoch()).isPositive();
  }

  @RingTest(setup = DhtSetup.class, nodes = 5)
  void theOwnerOfAnIdIsTheDaddyOfItsArcThoughANodeHasThatId(SimRing ring) {
    DhtSetup.settle(ring);
    for (int node : ring.running()) {
      Id id = ring.node(node).id();
      Id centre = ring.node(0).view().arcs().address(id);
      Owner owner = ring.await(dht(ring, 0).owner(id));
      assertThat(owner.id()).isEqualTo(id);
      assertThat(ring.indexOf(owner.daddy())).isEqualTo(ring.rootOf(centre));
      assertThat(owner.replicas()).hasSize(3).startsWith(owner.daddy());
    }
    Id ofKey = dht(ring, 0).id("key");
    assertThat(ring.await(dht(ring, 1).owner(ofKey)).replicas())
        .isEqualTo(ring.await(dht(ring, 2).owner("key")).replicas());
  }

  @RingTest(nodes = 3, seeds = 4)
  void whoPassesARequestOnTellsWhoAnsweredIt(SimRing ring) {
    ring.run(Duration.ofSeconds(5));
    ring.add(1);
    ring.settle();
    // With the usual settings the fourth node takes no arc over in its first minute.
    int passedOn = 0;
    for (String key : keys(40)) {
      Owner owner = ring.await(dht(ring, 0).owner(key));
      assertThat(owner.replicas()).hasSize(3).startsWith(owner.daddy());
      assertThat(ring.await(dht(ring, 0).put(key, Json.of(1))).daddy()).isEqualTo(owner.daddy());
      assertThat(ring.await(dht(ring, 3).get(key)).daddy()).isEqualTo(owner.daddy());
      assertThat(ring.await(dht(ring, 1).delete(key)).daddy()).isEqualTo(owner.daddy());
      Id centre = ring.node(0).view().arcs().address(owner.id());
      passedOn += ring.indexOf(owner.daddy()) == ring.rootOf(centre) ? 0 : 1;
    }
    assertThat(passedOn).isPositive();
  }

  @RingTest(nodes = 3)
  void aValueAsDeepAsOneMayBeIsReadThroughWhomeverIsAsked(SimRing ring) {
    ring.run(Duration.ofSeconds(5));
    ring.add(1);
    ring.settle();
    // With the usual settings the fourth node takes no arc over in its first minute.
    Json deep = Json.parse("[".repeat(Json.DEPTH_MAX) + "]".repeat(Json.DEPTH_MAX));
    int passedOn = 0;
    for (String key : keys(40)) {
      ring.await(dht(ring, 0).put(key, deep));
      Versioned read = ring.await(dht(ring, 1).get(key));
      assertThat(read.value()).contains(deep);
      Id centre = ring.node(0).view().arcs().address(dht(ring, 0).id(key));
      passedOn += ring.indexOf(read.daddy()) == ring.rootOf(centre) ? 0 : 1;
    }
    assertThat(passedOn).isPositive();
  }

  @RingTest(setup = DhtSetup.class, nodes = 1)
  void brokenInputIsRefusedByName(SimRing ring) {
    Dht dht = dht(ring, 0);
    assertInvalid(ring, dht.get(""), "invalid-input", "1 to 512 bytes");
    assertInvalid(ring, dht.get("é".repeat(257)), "invalid-input", "514");
    assertInvalid(ring, dht.get("\ud800"), "invalid-input", "surrogate");
    assertThat(ring.await(dht.put("é".repeat(256), Json.of(1))).created()).isTrue();
    Json large = Json.of("x".repeat(1 << 20));
    assertInvalid(ring, dht.put("key", large), "too-large", "1048576");
    assertThat(ring.await(dht.put("key", Json.of("x".repeat((1 << 20) - 2)))).created()).isTrue();
    assertThatThrownBy(() -> dht.namespace("a\nb")).isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> WriteOptions.defaults().ifVersion(1L << 53))
        .isInstanceOf(RingException.InvalidInput.class);
    for (Duration ttl : List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofDays(40_000))) {
      assertInvalid(
          ring,
          dht.put("key", Json.of(1), WriteOptions.defaults().expiringAfter(ttl)),
          "invalid-input",
          "100 years");
    }
  }

  private static void assertInvalid(
      SimRing ring, CompletionStage<?> stage, String code, String text) {
    assertThatThrownBy(() -> ring.await(stage))
        .isInstanceOfSatisfying(
            RingException.InvalidInput.class, error -> assertThat(error.code()).isEqualTo(code))
        .hasMessageContaining(text);
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 3)
  void severalRecordsAreWrittenAndReadEachForItself(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    var values = new java.util.TreeMap<String, Json>();
    keys(300).forEach(key -> values.put(key, Json.of(key)));
    values.put("", Json.of("no key"));

    Each<Written> written = ring.await(dht.putAll(values));

    assertThat(written.done()).hasSize(300);
    assertThat(written.failed()).containsOnlyKeys("");
    assertThatThrownBy(written::orThrow).isInstanceOf(RingException.InvalidInput.class);
    var asked = new java.util.ArrayList<>(keys(301));
    asked.addAll(keys(10));
    var read = ring.await(dht(ring, 1).getAll(asked)).orThrow();
    assertThat(read).hasSize(301);
    assertThat(read.values().stream().filter(Versioned::isPresent)).hasSize(300);
    assertThat(read.get("key 7").value()).contains(Json.of("key 7"));
    assertThat(ring.await(dht.getAll(List.of())).done()).isEmpty();
    assertThatThrownBy(() -> ring.await(dht.getAll(java.util.Collections.nCopies(100_001, "key"))))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 5)
  void aRecordVanishesWhenItsTimeIsOverAndNotBefore(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    WriteOptions brief = WriteOptions.defaults().expiringAfter(Duration.ofSeconds(30));
    for (String key : keys(20)) {
      ring.await(dht.put(key, Json.of(key), brief));
    }
    long again = ring.await(dht.put("key 1", Json.of("longer"), brief)).version();
    ring.await(dht.put("key 2", Json.of("stays")));
    ring.run(Duration.ofSeconds(29));
    for (String key : keys(20)) {
      assertThat(ring.await(dht.get(key)).isPresent()).as(key).isTrue();
    }
    ring.run(Duration.ofSeconds(3));
    for (String key : keys(20)) {
      assertThat(ring.await(dht.get(key)).isPresent()).as(key).isEqualTo(key.equals("key 2"));
    }
    assertThat(ring.await(dht.put("key 1", Json.of("new"))).version()).isGreaterThan(again);
  }

  @RingTest(setup = DhtSetup.class, nodes = 4, seeds = 5)
  void aRecordVanishesThoughItsDaddyDies(SimRing ring) {
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(dht(ring, 0).id("key"));
    int other = (daddy + 1) % 4;
    WriteOptions brief = WriteOptions.defaults().expiringAfter(Duration.ofSeconds(20));
    ring.await(dht(ring, other).put("key", Json.of("brief"), brief));
    ring.run(Duration.ofSeconds(10));
    ring.kill(daddy);
    ring.run(Duration.ofSeconds(9));
    assertThat(ring.await(dht(ring, other).get("key")).isPresent()).isTrue();
    ring.run(Duration.ofSeconds(25));
    assertThat(ring.await(dht(ring, other).get("key")).isPresent()).isFalse();
  }

  @RingTest(seeds = 3)
  void aRecordOnADiskVanishesAfterTheNodeHasStartedAgain(Simulation simulation) {
    SimRing ring = simulation.ring(1, DhtSetup.with(NodePlan::durable));
    WriteOptions brief = WriteOptions.defaults().expiringAfter(Duration.ofSeconds(20));
    ring.await(dht(ring, 0).put("key", Json.of("brief"), brief));
    ring.kill(0);
    ring.restart(0);
    ring.run(Duration.ofSeconds(10));
    ReadOptions stale = ReadOptions.defaults().allowingStale();
    assertThat(ring.await(dht(ring, 0).get("key", stale)).isPresent()).isTrue();
    ring.run(Duration.ofSeconds(20));
    assertThat(ring.await(dht(ring, 0).get("key", stale)).isPresent()).isFalse();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aCopyWithAnOperationWithoutANameIsRefused(SimRing ring) {
    DhtSetup.settle(ring);
    int root = ring.rootOf(Id.of("key"));
    Ring other = ring.node((root + 1) % 3);
    int arc = other.view().arcs().indexOf(Id.of("key"));
    long version = (1L << 26) + 1;
    var nameless = new Operation(null, version, false, 0, Operation.Outcome.MADE, 0);
    var entry =
        Entry.made("default\0key", version, false, Json.of(1), Entry.WHOLE, List.of(nameless));
    var accept = CopyRequest.Accept.registers(arc, new Ballot(1, other.id(), 1), 1, List.of(entry));

    assertThatThrownBy(
            () ->
                ring.await(
                    other.ask(
                        "dht.copy",
                        ring.node(root).id(),
                        accept,
                        CopyReply.Accepted.class,
                        AskOptions.defaults().directly())))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThat(ring.await(dht(ring, 0).put("key", Json.of(2))).created()).isTrue();
  }

  @RingTest(setup = DhtSetup.class)
  void repliesOfACopyThatNoCopyCanSendCountAsNone(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            3,
            plan -> {
              if (plan.index() == 2) {
                plan.builder().extensions(List.of());
                plan.service(new LyingCopy());
              } else {
                new DhtSetup().prepare(plan);
              }
            });
    DhtSetup.settle(ring);
    List<String> keys =
        keys(40).stream().filter(key -> ring.rootOf(dht(ring, 0).id(key)) != 2).limit(8).toList();
    WriteOptions patient = WriteOptions.defaults().within(Duration.ofSeconds(20));
    for (String key : keys) {
      assertThat(ring.await(dht(ring, 1).put(key, Json.of(key), patient)).copies()).isEqualTo(2);
      assertThat(ring.await(dht(ring, 0).get(key)).value()).contains(Json.of(key));
    }
  }

  /** Promises whatever it is asked, and tells of registers that there cannot be. */
  private static final class LyingCopy implements RingService<CopyRequest> {
    private int lies;

    @Override
    public String name() {
      return "dht.copy";
    }

    @Override
    public Class<CopyRequest> requestType() {
      return CopyRequest.class;
    }

    @Override
    public CompletionStage<?> handle(CopyRequest request, Context context) {
      if (request instanceof CopyRequest.Prepare prepare) {
        long round = prepare.ballot().round();
        Head lie =
            switch (lies++ % 3) {
              case 0 -> new Head(null, (round << 26) + 1, 0);
              case 1 -> new Head("default\0elsewhere", Long.MAX_VALUE, 0);
              default -> new Head("default\0key 1", (((1L << 22) - 1) << 26) + 1, 0);
            };
        return CompletableFuture.completedFuture(
            new CopyReply.Promise(true, prepare.ballot(), 7, null, List.of(lie), lies % 2 == 0));
      }
      return context.refuse("not now");
    }
  }

  @RingTest(setup = DhtSetup.class)
  void aNodeWhoseFramesCannotHoldItsValuesDoesNotStart(Simulation simulation) {
    var setup = DhtSetup.with(plan -> plan.builder().set("ring.frame.max", "1MiB"));
    assertThatThrownBy(() -> simulation.ring(1, setup))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("ring.dht.value.max")
        .hasMessageContaining("ring.frame.max");
  }

  @RingTest(setup = DhtSetup.class, nodes = 4)
  void aValueOfOneMegabyteIsCopied(SimRing ring) {
    DhtSetup.settle(ring);
    Json large = Json.of("x".repeat((1 << 20) - 2));
    WriteOptions all = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.ALL);
    assertThat(ring.await(dht(ring, 0).put("key", large, all)).copies()).isEqualTo(3);
    ring.kill(ring.rootOf(Id.of("key")));
    DhtSetup.settle(ring);
    int survivor = ring.running().get(0);
    assertThat(ring.await(dht(ring, survivor).get("key")).value()).contains(large);
  }

  @RingTest(setup = DhtSetup.class, nodes = 2)
  void oneOfAPairAloneAnswersNothing(SimRing ring) {
    DhtSetup.settle(ring);
    int survivor = ring.rootOf(Id.of("key"));
    Dht dht = dht(ring, survivor);
    ring.await(dht.put("key", Json.of(1)));
    ring.freeze(1 - survivor);

    for (int times = 0; times < 4; times++) {
      assertThatThrownBy(() -> ring.await(dht.put("key", Json.of(2))))
          .isInstanceOfAny(RingException.OutcomeUnknown.class, RingException.Unavailable.class);
    }
    ring.thaw(1 - survivor);
    DhtSetup.settle(ring);
    assertThat(ring.await(dht.put("key", Json.of(3))).copies()).isEqualTo(2);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 5)
  void whoWaitsWhenItsNodeClosesIsTold(SimRing ring) {
    DhtSetup.settle(ring);
    int root = ring.rootOf(Id.of("key"));
    int node = (root + 1) % 3;
    ring.partition(node);
    Dht dht = dht(ring, node);
    var read = dht.namespace("default").get("key").toCompletableFuture();
    var written = dht.put("key", Json.of(1)).toCompletableFuture();
    ring.run(Duration.ofMillis(300));
    assertThat(read).isNotDone();
    assertThat(written).isNotDone();

    ring.node(node).halt();
    ring.run(Duration.ofSeconds(1));

    assertThatThrownBy(() -> ring.await(read)).isInstanceOf(RingException.Closed.class);
    assertThatThrownBy(() -> ring.await(written))
        .isInstanceOfAny(RingException.Closed.class, RingException.OutcomeUnknown.class);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aStaleReadNeedsNobodyElse(SimRing ring) {
    DhtSetup.settle(ring);
    WriteOptions all = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.ALL);
    ring.await(dht(ring, 0).put("key", Json.of(1), all));
    int root = ring.rootOf(Id.of("key"));
    int other = (root + 1) % 3;
    ring.partition(other);

    Versioned read =
        ring.await(dht(ring, other).get("key", ReadOptions.defaults().allowingStale()));

    assertThat(read.value()).contains(Json.of(1));
  }

  static Dht dht(SimRing ring, int node) {
    Ring at = ring.node(node);
    return Dht.on(at);
  }

  static List<String> keys(int count) {
    var keys = new ArrayList<String>();
    for (int number = 0; number < count; number++) {
      keys.add("key " + number);
    }
    return keys;
  }
}
