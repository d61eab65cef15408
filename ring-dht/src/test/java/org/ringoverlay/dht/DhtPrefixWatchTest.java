package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ringoverlay.dht.DhtScenarioTest.dht;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** What a watch of a prefix tells, in calm weather and in bad. */
class DhtPrefixWatchTest {
  private static final WriteOptions PATIENT =
      WriteOptions.defaults().within(Duration.ofSeconds(20));

  /** Keeps what the changes make of the records, and holds each key to the order of versions. */
  private static final class Mirror implements PrefixListener {
    final TreeMap<String, Json> values = new TreeMap<>();
    final TreeMap<String, Long> last = new TreeMap<>();
    final List<String> told = new ArrayList<>();
    CompletionStage<?> ready = CompletableFuture.completedFuture(null);
    int gaps;
    String bookmark = "";
    @Nullable RingException end;

    @Override
    public CompletionStage<?> changed(KeyChange change, String after) {
      assertThat(change.version()).isGreaterThan(last.getOrDefault(change.key(), 0L));
      last.put(change.key(), change.version());
      told.add(change.key() + " " + change.version());
      change
          .value()
          .ifPresentOrElse(
              value -> values.put(change.key(), value), () -> values.remove(change.key()));
      bookmark = after;
      return ready;
    }

    @Override
    public void gap(String after) {
      bookmark = after;
      values.clear();
      last.clear();
      gaps++;
    }

    @Override
    public void ended(RingException why) {
      end = why;
    }

    /** Whether a change was told, or may be one of those that a gap says are missing. */
    boolean accountsFor(String key, long version) {
      return gaps > 0 || told.contains(key + " " + version);
    }
  }

  private static Map<String, Json> present(SimRing ring, Dht dht, String prefix) {
    var values = new TreeMap<String, Json>();
    for (String key : ring.await(dht.list(prefix)).keys()) {
      ring.await(dht.get(key)).value().ifPresent(value -> values.put(key, value));
    }
    return values;
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void allChangesOfAllKeysAreToldOnceAndNoOthers(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("a/before", Json.of(0)));
    var mirrors = new ArrayList<Mirror>();
    for (int node : ring.running()) {
      var mirror = new Mirror();
      ring.await(dht(ring, node).watchPrefix("a/", mirror));
      mirrors.add(mirror);
    }
    var made = new ArrayList<String>();
    var writes = new ArrayList<CompletionStage<?>>();
    for (int number = 0; number < 60; number++) {
      String key = "a/" + number % 20;
      writes.add(
          dht(ring, number % 5)
              .put(key, Json.of(number))
              .thenAccept(written -> made.add(key + " " + written.version())));
      ring.await(dht(ring, 0).put("b/" + number, Json.of(number)));
    }
    writes.forEach(ring::await);
    made.add("a/7 " + ring.await(dht(ring, 1).delete("a/7")).version());
    made.add(
        "a/8 "
            + ring.await(
                    dht(ring, 1)
                        .put(
                            "a/8",
                            Json.of("short"),
                            WriteOptions.defaults().expiringAfter(Duration.ofMillis(300))))
                .version());
    ring.run(Duration.ofSeconds(2));

    for (Mirror mirror : mirrors) {
      assertThat(mirror.told).containsAll(made).hasSize(made.size() + 1).doesNotHaveDuplicates();
      assertThat(mirror.values).doesNotContainKeys("a/7", "a/8", "a/before").hasSize(18);
      assertThat(mirror.gaps).isZero();
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void fromTheBeginningAllValuesThatThereAreComeFirst(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0).namespace("other");
    for (int number = 0; number < 200; number++) {
      ring.await(dht.put("k" + number, Json.of("x".repeat(20_000) + number)));
    }
    for (int number = 0; number < 50; number++) {
      ring.await(dht.delete("k" + number));
    }
    var mirror = new Mirror();
    ring.await(dht(ring, 1).namespace("other").watchPrefix("", "", mirror));
    ring.await(dht.put("k3", Json.of("again")));
    ring.await(dht.delete("k100"));
    ring.run(Duration.ofSeconds(5));

    assertThat(mirror.values).hasSize(150).containsEntry("k3", Json.of("again"));
    assertThat(mirror.values).doesNotContainKey("k100");
    assertThat(mirror.told).hasSizeBetween(151, 153);
    assertThat(mirror.gaps).isZero();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void aBookmarkResumesAtAnotherNodeWithWhatWasMissed(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    var first = new Mirror();
    PrefixWatch watch = ring.await(dht.watchPrefix("k", first));
    ring.await(dht.put("k1", Json.of(1)));
    ring.await(dht.put("k2", Json.of(2)));
    ring.run(Duration.ofSeconds(1));
    watch.close();
    ring.await(dht.put("k3", Json.of(3)));
    ring.await(dht.delete("k1"));
    ring.run(Duration.ofMinutes(1));
    assertThat(first.told).hasSize(2);

    var second = new Mirror();
    ring.await(dht(ring, 2).watchPrefix("k", first.bookmark, second));
    ring.await(dht(ring, 1).put("k4", Json.of(4)));
    ring.run(Duration.ofSeconds(1));
    assertThat(second.last.keySet()).containsExactly("k1", "k3", "k4");
    assertThat(second.values.keySet()).containsExactly("k3", "k4");
    assertThat(second.gaps).isZero();

    var all = new Mirror();
    ring.await(dht(ring, 2).watchPrefix("k", watch.bookmark(), all));
    ring.run(Duration.ofSeconds(1));
    assertThat(all.values.keySet()).containsExactly("k2", "k3", "k4");
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void whatIsNotKeptAnyMoreIsAGapAndThenAllThereIs(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    ring.await(dht.put("k/other", Json.of("other")));
    ring.await(dht.put("k/gone", Json.of("gone")));
    var first = new Mirror();
    PrefixWatch watch = ring.await(dht.watchPrefix("k/", first));
    ring.await(dht.put("k/hot", Json.of(0)));
    ring.run(Duration.ofSeconds(1));
    watch.close();
    ring.run(Duration.ofSeconds(30));
    ring.await(dht.put("k/hot", Json.of(1)));
    ring.await(dht.put("k/hot", Json.of(2)));
    ring.await(dht.delete("k/gone"));
    ring.run(Duration.ofSeconds(1));

    var second = new Mirror();
    ring.await(dht(ring, 1).watchPrefix("k/", first.bookmark, second));
    ring.run(Duration.ofSeconds(1));
    assertThat(second.gaps).isEqualTo(1);
    assertThat(second.values).isEqualTo(present(ring, dht, "k/")).hasSize(2);

    var foreign = new Mirror();
    ring.await(dht(ring, 1).watchPrefix("k", first.bookmark, foreign));
    ring.run(Duration.ofSeconds(1));
    assertThat(foreign.gaps).isEqualTo(1);
    assertThat(foreign.values).hasSize(2);
    assertThatThrownBy(() -> ring.await(dht.watchPrefix("k", "17", foreign)))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void aWatchGoesOnWhenDaddiesDieAndNothingIsMissedInSilence(SimRing ring) {
    DhtSetup.settle(ring);
    var mirror = new Mirror();
    int victim = ring.rootOf(dht(ring, 0).id("k0"));
    int watcher = (victim + 1) % 5;
    Dht dht = dht(ring, watcher);
    ring.await(dht.watchPrefix("k", mirror));
    var versions = new ArrayList<Written>();
    var keys = new ArrayList<String>();
    for (int number = 0; number < 60; number++) {
      if (number == 20) {
        ring.kill(victim);
      }
      keys.add("k" + number % 10);
      versions.add(ring.await(dht.put("k" + number % 10, Json.of(number), PATIENT)));
    }
    ring.run(Duration.ofSeconds(20));

    for (int at = 0; at < keys.size(); at++) {
      assertThat(mirror.accountsFor(keys.get(at), versions.get(at).version())).isTrue();
    }
    assertThat(mirror.values).isEqualTo(present(ring, dht, "k")).hasSize(10);
    assertThat(mirror.end).isNull();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void aWatchFollowsTheArcsToNewNodes(SimRing ring) {
    DhtSetup.settle(ring);
    var mirror = new Mirror();
    ring.await(dht(ring, 0).watchPrefix("k", mirror));
    ring.await(dht(ring, 0).put("k0", Json.of(0)));
    ring.add(3);
    ring.settle();
    ring.run(Duration.ofSeconds(20));
    for (int number = 0; number < 40; number++) {
      ring.await(dht(ring, number % 6).put("k" + number, Json.of(number), PATIENT));
    }
    ring.run(Duration.ofSeconds(1));

    assertThat(mirror.values).isEqualTo(present(ring, dht(ring, 0), "k")).hasSize(40);
    assertThat(mirror.told).hasSize(41);
    assertThat(mirror.gaps).isZero();
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void whoWasCutOffIsToldLaterWhatItMissed(SimRing ring) {
    DhtSetup.settle(ring);
    var mirror = new Mirror();
    ring.await(dht(ring, 0).watchPrefix("k", mirror));
    ring.partition(0);
    for (int number = 0; number < 20; number++) {
      ring.await(dht(ring, 1 + number % 4).put("k" + number, Json.of(number), PATIENT));
    }
    assertThat(mirror.told).isEmpty();
    ring.heal();
    ring.run(Duration.ofSeconds(20));

    assertThat(mirror.values).isEqualTo(present(ring, dht(ring, 1), "k")).hasSize(20);
    assertThat(mirror.end).isNull();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void aWatchThatNobodyAnswersEnds(SimRing ring) {
    DhtSetup.settle(ring);
    var mirror = new Mirror();
    ring.await(dht(ring, 0).watchPrefix("k", mirror));
    ring.partition(0);
    ring.run(Duration.ofSeconds(15));
    assertThat(mirror.end).isNull();
    ring.run(Duration.ofSeconds(60));

    assertThat(mirror.end).isInstanceOf(RingException.Unavailable.class);
    assertThat(mirror.told).isEmpty();
    assertThatThrownBy(() -> ring.await(dht(ring, 0).watchPrefix("k", new Mirror())))
        .isInstanceOf(RingException.Unavailable.class);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 5)
  void aSlowListenerIsWaitedForAndThenToldOfAGap(SimRing ring) {
    DhtSetup.settle(ring);
    var slow = new Mirror();
    var gate = new CompletableFuture<Object>();
    slow.ready = gate;
    Dht dht = dht(ring, 1);
    ring.await(dht(ring, 0).watchPrefix("k", slow));
    for (int number = 0; number < 300; number++) {
      ring.await(dht.put("k" + number % 3, Json.of(number)));
    }
    ring.run(Duration.ofSeconds(20));
    assertThat(slow.told).hasSize(1);
    slow.ready = CompletableFuture.completedFuture(null);
    gate.complete(null);
    ring.run(Duration.ofSeconds(20));

    // An arc that was empty when the watch began has a gap of its own.
    assertThat(slow.gaps).isBetween(1, 3);
    assertThat(slow.values).isEqualTo(present(ring, dht, "k")).hasSize(3);
  }

  @RingTest(seeds = 2)
  void moreWatchesThanASettingAllowsAreRefusedUntilOneIsClosed(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            3, DhtSetup.with(plan -> plan.builder().set("ring.dht.watch.prefixes.max", "2")));
    DhtSetup.settle(ring);
    PrefixWatch one = ring.await(dht(ring, 0).watchPrefix("k", new Mirror()));
    ring.await(dht(ring, 0).watchPrefix("k", new Mirror()));
    assertThatThrownBy(() -> ring.await(dht(ring, 0).watchPrefix("k", new Mirror())))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.dht.watch.prefixes.max");

    one.close();
    ring.run(Duration.ofSeconds(15));
    var mirror = new Mirror();
    ring.await(dht(ring, 0).watchPrefix("k", mirror));
    ring.await(dht(ring, 1).put("k", Json.of(1)));
    ring.run(Duration.ofSeconds(1));
    assertThat(mirror.told).hasSize(1);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aClosedWatchTellsNothingMoreAndANodeThatClosesEndsItsWatches(SimRing ring) {
    DhtSetup.settle(ring);
    var closed = new Mirror();
    var open = new Mirror();
    PrefixWatch watch = ring.await(dht(ring, 0).watchPrefix("k", closed));
    ring.await(dht(ring, 0).watchPrefix("k", open));
    watch.close();
    ring.await(dht(ring, 1).put("k", Json.of(1)));
    ring.run(Duration.ofSeconds(1));
    assertThat(closed.told).isEmpty();
    assertThat(open.told).hasSize(1);

    ring.node(0).halt();
    ring.run(Duration.ofSeconds(1));

    assertThat(open.end).isInstanceOf(RingException.Closed.class);
    assertThat(closed.end).isNull();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aListenerThatFailsEndsItsOwnWatchWhateverItThrows(SimRing ring) {
    DhtSetup.settle(ring);
    var throwing = new Mirror();
    throwing.last.put("k", Long.MAX_VALUE);
    var failing = new Mirror();
    failing.ready = CompletableFuture.failedFuture(new IllegalStateException("mine"));
    ring.await(dht(ring, 0).watchPrefix("k", throwing));
    ring.await(dht(ring, 0).watchPrefix("k", failing));
    ring.await(dht(ring, 1).put("k", Json.of(1)));
    ring.await(dht(ring, 1).put("k", Json.of(2)));
    ring.run(Duration.ofSeconds(1));

    assertThat(throwing.end).isInstanceOf(RingException.HandlerFailed.class);
    assertThat(failing.end)
        .isInstanceOf(RingException.HandlerFailed.class)
        .hasMessageContaining("mine");
    assertThat(failing.told).hasSize(1);
  }
}
