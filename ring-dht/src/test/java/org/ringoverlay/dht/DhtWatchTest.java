package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ringoverlay.dht.DhtScenarioTest.dht;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** What a watch of a record tells, in calm weather and in bad. */
class DhtWatchTest {
  private static final WriteOptions PATIENT =
      WriteOptions.defaults().within(Duration.ofSeconds(20));

  /** Remembers what it is told, and holds it to the order of versions. */
  private static final class Ear implements WatchListener {
    final List<KeyChange> changes = new ArrayList<>();
    final List<long[]> gaps = new ArrayList<>();
    @Nullable RingException end;
    private long last;

    @Override
    public void changed(KeyChange change) {
      assertThat(change.version()).isGreaterThan(last);
      last = change.version();
      changes.add(change);
    }

    @Override
    public void gap(long from, long to) {
      assertThat(from).isGreaterThan(last);
      assertThat(to).isGreaterThanOrEqualTo(from);
      last = to;
      gaps.add(new long[] {from, to});
    }

    @Override
    public void ended(RingException why) {
      end = why;
    }

    List<Long> versions() {
      return changes.stream().map(KeyChange::version).toList();
    }

    boolean accountsFor(long version) {
      return versions().contains(version)
          || gaps.stream().anyMatch(gap -> gap[0] <= version && version <= gap[1]);
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void allChangesAreToldInOrderOfTheirVersions(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("before")));
    var ears = new ArrayList<Ear>();
    for (int node : ring.running()) {
      var ear = new Ear();
      Watch watch = ring.await(dht(ring, node).watch("key", ear));
      assertThat(watch.position()).isPositive();
      ears.add(ear);
    }
    var writes = new ArrayList<CompletionStage<Written>>();
    for (int number = 0; number < 60; number++) {
      writes.add(dht(ring, number % 5).put("key", Json.of(number)));
      ring.await(dht(ring, 0).put("other " + number, Json.of(number)));
    }
    var versions = new TreeSet<Long>();
    writes.forEach(write -> versions.add(ring.await(write).version()));
    long deleted = ring.await(dht(ring, 1).delete("key")).version();
    versions.add(deleted);
    versions.add(ring.await(dht(ring, 2).put("key", Json.of("again"))).version());
    ring.run(Duration.ofSeconds(1));

    for (Ear ear : ears) {
      assertThat(ear.versions()).containsExactlyElementsOf(versions);
      assertThat(ear.gaps).isEmpty();
      assertThat(ear.changes.get(60)).isEqualTo(new KeyChange("key", deleted, Optional.empty()));
      assertThat(ear.changes.get(61).value()).contains(Json.of("again"));
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void changesThatAreMadeInOneAreToldOneByOne(SimRing ring) {
    DhtSetup.settle(ring);
    ring.await(dht(ring, 0).put("key", Json.of("before")));
    var ears = new ArrayList<Ear>();
    for (int node : ring.running()) {
      var ear = new Ear();
      ring.await(dht(ring, node).watch("key", ear));
      ears.add(ear);
    }
    var versions = new ArrayList<CompletionStage<Long>>();
    for (int number = 0; number < 60; number++) {
      Dht writer = dht(ring, number % 5);
      versions.add(
          number % 7 == 6
              ? writer.delete("key").thenApply(Deleted::version)
              : writer.put("key", Json.of(number)).thenApply(Written::version));
    }
    var made = new TreeSet<Long>();
    versions.forEach(version -> made.add(ring.await(version)));
    made.remove(0L); // there was nothing to delete
    ring.run(Duration.ofSeconds(1));

    for (Ear ear : ears) {
      assertThat(ear.versions()).containsExactlyElementsOf(made);
      assertThat(ear.gaps).isEmpty();
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aWatchResumesAfterAVersionAndTellsWhatNobodyKept(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    long first = ring.await(dht.put("key", Json.of(1))).version();
    long second = ring.await(dht.put("key", Json.of(2))).version();
    assertThatThrownBy(() -> ring.await(dht.putIfAbsent("key", Json.of(0))))
        .isInstanceOf(RingException.Conflict.class);

    var whole = new Ear();
    ring.await(dht(ring, 1).watch("key", first, whole));
    long third = ring.await(dht.put("key", Json.of(3))).version();
    ring.run(Duration.ofSeconds(20));
    assertThat(whole.versions()).containsExactly(second, third);
    assertThat(whole.gaps).isEmpty();

    ring.await(dht.delete("key"));
    long fifth = ring.await(dht.put("key", Json.of(5))).version();
    ring.run(Duration.ofMinutes(1));
    var late = new Ear();
    ring.await(dht(ring, 2).namespace("default").watch("key", second, late));
    ring.run(Duration.ofSeconds(1));
    assertThat(late.versions().get(late.versions().size() - 1)).isEqualTo(fifth);
    assertThat(late.accountsFor(third)).isTrue();

    var present = new Ear();
    ring.await(dht(ring, 2).watch("key", fifth, present));
    ring.run(Duration.ofSeconds(30));
    assertThat(present.changes).isEmpty();
    assertThat(present.gaps).isEmpty();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void changesThatTheRecordHasForgottenAreAGap(SimRing ring) {
    DhtSetup.settle(ring);
    Dht dht = dht(ring, 0);
    long first = ring.await(dht.put("key", Json.of(0))).version();
    long last = 0;
    for (int number = 1; number <= 300; number++) {
      last = ring.await(dht.put("key", Json.of(number))).version();
    }
    var ear = new Ear();
    ring.await(dht(ring, 1).watch("key", first, ear));
    ring.run(Duration.ofSeconds(1));

    assertThat(ear.versions()).containsExactly(last);
    assertThat(ear.gaps).hasSize(1);
    assertThat(ear.gaps.get(0)).containsExactly(first + 1, ear.gaps.get(0)[1]);
    assertThat(ear.gaps.get(0)[1]).isLessThan(last);
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 10)
  void aWatchGoesOnWhenDaddiesDieAndNothingIsMissedInSilence(SimRing ring) {
    DhtSetup.settle(ring);
    var ear = new Ear();
    int first = ring.rootOf(dht(ring, 0).id("key"));
    int watcher = (first + 1) % 5;
    ring.await(dht(ring, watcher).watch("key", ear));
    var versions = new ArrayList<Long>();
    for (int number = 0; number < 8; number++) {
      versions.add(ring.await(dht(ring, watcher).put("key", Json.of(number), PATIENT)).version());
    }
    ring.kill(first);
    for (int number = 0; number < 8; number++) {
      versions.add(ring.await(dht(ring, watcher).put("key", Json.of(number), PATIENT)).version());
    }
    ring.run(Duration.ofSeconds(10));

    assertThat(versions).allMatch(ear::accountsFor);
    assertThat(ear.versions().get(ear.versions().size() - 1))
        .isEqualTo(versions.get(versions.size() - 1));
    assertThat(ear.end).isNull();
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void whoWasCutOffIsToldLaterWhatItMissed(SimRing ring) {
    DhtSetup.settle(ring);
    var ear = new Ear();
    int daddy = ring.rootOf(dht(ring, 0).id("key"));
    ring.await(dht(ring, daddy).watch("key", ear));
    ring.partition(daddy);
    var versions = new ArrayList<Long>();
    for (int number = 0; number < 5; number++) {
      versions.add(
          ring.await(dht(ring, (daddy + 1) % 5).put("key", Json.of(number), PATIENT)).version());
    }
    assertThat(ear.changes).isEmpty();
    ring.heal();
    ring.run(Duration.ofSeconds(15));

    assertThat(versions).allMatch(ear::accountsFor);
    assertThat(ear.versions()).endsWith(versions.get(4));
    assertThat(ear.end).isNull();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 3)
  void aWatchThatNobodyAnswersEnds(SimRing ring) {
    DhtSetup.settle(ring);
    var ear = new Ear();
    ring.await(dht(ring, 0).watch("key", ear));
    ring.partition(0);
    ring.run(Duration.ofSeconds(20));
    assertThat(ear.end).isNull();
    ring.run(Duration.ofSeconds(50));

    assertThat(ear.end)
        .isInstanceOfAny(RingException.Unavailable.class, RingException.Timeout.class);
    assertThat(ear.changes).isEmpty();
    assertThatThrownBy(() -> ring.await(dht(ring, 0).watch("key", ear)))
        .isInstanceOfAny(RingException.Unavailable.class, RingException.Timeout.class);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 5)
  void aChangeThatOnlyItsDaddyHoldsIsNotTold(SimRing ring) {
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(dht(ring, 0).id("key"));
    var ear = new Ear();
    ring.await(dht(ring, daddy).watch("key", ear));
    ring.freeze((daddy + 1) % 3);
    ring.freeze((daddy + 2) % 3);
    WriteOptions atDaddy = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.DADDY);
    long version = ring.await(dht(ring, daddy).put("key", Json.of(1), atDaddy)).version();
    ring.run(Duration.ofSeconds(2));
    assertThat(ear.changes).isEmpty();
    ring.thaw((daddy + 1) % 3);
    ring.thaw((daddy + 2) % 3);
    ring.run(Duration.ofSeconds(15));

    long present = ring.await(dht(ring, daddy).get("key")).version();
    assertThat(ear.versions()).isEqualTo(present == 0 ? List.of() : List.of(version));
  }

  @RingTest(seeds = 2)
  void moreWatchesThanASettingAllowsAreRefusedUntilOneIsClosed(Simulation simulation) {
    SimRing ring =
        simulation.ring(3, DhtSetup.with(plan -> plan.builder().set("ring.dht.watches.max", "3")));
    DhtSetup.settle(ring);
    var watches = new ArrayList<Watch>();
    for (int number = 0; number < 3; number++) {
      watches.add(ring.await(dht(ring, 0).watch("key", new Ear())));
    }
    assertThatThrownBy(() -> ring.await(dht(ring, 0).watch("key", new Ear())))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.dht.watches.max");

    watches.get(1).close();
    watches.get(1).close();
    ring.run(Duration.ofSeconds(1));
    var ear = new Ear();
    ring.run(Duration.ofSeconds(15));
    ring.await(dht(ring, 0).watch("key", ear));
    assertThatThrownBy(() -> ring.await(dht(ring, 0).watch("key", new Ear())))
        .isInstanceOf(RingException.Refused.class);
    ring.await(dht(ring, 1).put("key", Json.of(1)));
    ring.run(Duration.ofSeconds(1));
    assertThat(ear.changes).hasSize(1);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aClosedWatchTellsNothingMoreAndANodeThatClosesEndsItsWatches(SimRing ring) {
    DhtSetup.settle(ring);
    var closed = new Ear();
    var open = new Ear();
    Watch watch = ring.await(dht(ring, 0).watch("key", closed));
    ring.await(dht(ring, 0).watch("key", open));
    watch.close();
    ring.await(dht(ring, 1).put("key", Json.of(1)));
    ring.run(Duration.ofSeconds(1));
    assertThat(closed.changes).isEmpty();
    assertThat(open.changes).hasSize(1);

    ring.node(0).halt();
    ring.run(Duration.ofSeconds(1));

    assertThat(open.end).isInstanceOf(RingException.Closed.class);
    assertThat(closed.end).isNull();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aListenerThatThrowsEndsItsOwnWatch(SimRing ring) {
    DhtSetup.settle(ring);
    var ends = new ArrayList<RingException>();
    var broken =
        new WatchListener() {
          @Override
          public void changed(KeyChange change) {
            throw new IllegalStateException("mine");
          }

          @Override
          public void gap(long from, long to) {}

          @Override
          public void ended(RingException why) {
            ends.add(why);
          }
        };
    ring.await(dht(ring, 0).watch("key", broken));
    ring.await(dht(ring, 1).put("key", Json.of(1)));
    ring.await(dht(ring, 1).put("key", Json.of(2)));
    ring.run(Duration.ofSeconds(1));

    assertThat(ends).singleElement().asString().contains("mine");
  }
}
