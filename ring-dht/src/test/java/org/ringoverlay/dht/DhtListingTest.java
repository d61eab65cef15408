package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ringoverlay.dht.DhtScenarioTest.dht;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** Which keys a listing shows, in calm weather and in bad. */
class DhtListingTest {
  private static final Comparator<String> BY_UTF8 =
      (one, other) ->
          Arrays.compareUnsigned(
              one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 3)
  void pagesShowAllKeysOfAllDaddiesInOrderOfTheirUtf8(SimRing ring) {
    DhtSetup.settle(ring);
    var keys = new TreeSet<>(BY_UTF8);
    for (int number = 0; number < 120; number++) {
      keys.add("key " + number);
    }
    keys.addAll(
        List.of("é", "éé", "\ufffd", "\ue000x", "\ud83d\ude00", "\ud83d\ude00 a", "\0", "~"));
    put(ring, keys);

    for (int node : ring.running()) {
      assertThat(listed(ring, dht(ring, node), ListOptions.of("").upTo(7)))
          .containsExactlyElementsOf(keys);
      assertThat(listed(ring, dht(ring, node), ListOptions.of("").upTo(1_000)))
          .containsExactlyElementsOf(keys);
    }
    KeyPage hundred = ring.await(dht(ring, 0).list(""));
    assertThat(hundred.keys()).hasSize(100);
    assertThat(hundred.next()).contains(hundred.keys().get(99));
    KeyPage exact = ring.await(dht(ring, 0).list(ListOptions.of("").upTo(keys.size())));
    assertThat(exact.keys()).hasSize(keys.size());
    assertThat(exact.next()).isEmpty();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void aPrefixIsOfWholeCharactersAndOfOneNamespace(SimRing ring) {
    DhtSetup.settle(ring);
    put(ring, List.of("straße", "straße 1", "straßf", "strasse", "\ud83d\ude00", "\ud83d\ude01"));
    Dht other = dht(ring, 0).namespace("other");
    ring.await(other.put("straße 2", Json.of(1)));
    ring.await(dht(ring, 0).namespace("othe").put("r", Json.of(1)));

    assertThat(ring.await(dht(ring, 1).list("straß")).keys())
        .containsExactly("straße", "straße 1", "straßf");
    assertThat(ring.await(dht(ring, 1).list("\ud83d\ude00")).keys())
        .containsExactly("\ud83d\ude00");
    assertThat(ring.await(other.list("")).keys()).containsExactly("straße 2");
    assertThat(ring.await(dht(ring, 2).namespace("none").list("")))
        .isEqualTo(new KeyPage(List.of(), java.util.Optional.empty()));
    KeyPage after = ring.await(dht(ring, 1).list(ListOptions.of("straß").after("straße 0")));
    assertThat(after.keys()).containsExactly("straße 1", "straßf");
    assertThat(ring.await(dht(ring, 1).list(ListOptions.of("a").after("b"))).keys()).isEmpty();
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void deletedKeysAreNotListed(SimRing ring) {
    DhtSetup.settle(ring);
    put(ring, DhtScenarioTest.keys(20));
    for (int number = 0; number < 20; number += 2) {
      ring.await(dht(ring, 0).delete("key " + number));
    }

    List<String> keys = ring.await(dht(ring, 1).list("")).keys();

    assertThat(keys).hasSize(10).contains("key 1").doesNotContain("key 2");
  }

  @RingTest(seeds = 2)
  void aPageIsNotEmptyThoughMoreKeysWereDeletedThanOneLookPasses(Simulation simulation) {
    SimRing ring =
        simulation.ring(1, DhtSetup.with(plan -> plan.builder().set("ring.arcs.bits", "0")));
    var values = new TreeMap<String, Json>();
    for (int number = 0; number < 5_000; number++) {
      values.put(String.format("key %04d", number), Json.of(1));
    }
    Dht dht = dht(ring, 0);
    ring.await(dht.putAll(values)).orThrow();
    for (String key : values.keySet()) {
      if (!key.equals("key 4999")) {
        ring.await(dht.delete(key));
      }
    }

    assertThat(ring.await(dht.list("")).keys()).containsExactly("key 4999");
    assertThat(ring.await(dht.list("key 2")).keys()).isEmpty();
  }

  @RingTest(setup = DhtSetup.class, nodes = 9)
  void arcsWhoseMembersHaveAllLeftAreLookedFor(SimRing ring) {
    DhtSetup.settle(ring);
    put(ring, List.of("key"));
    Dht lister = dht(ring, 0);
    assertThat(ring.await(lister.list("")).keys()).containsExactly("key");
    var known = ring.await(lister.owner("key")).replicas();
    assertThat(known).doesNotContain(ring.node(0).id());

    for (Id member : known) {
      ring.leave(ring.indexOf(member));
    }

    assertThat(ring.await(lister.list("")).keys()).containsExactly("key");
  }

  /**
   * A node that last heard of an arc while it was handed on to one that has left since asks only
   * that one, though a former member is still there.
   */
  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void anArcThatWasHandedOnToOneThatHasLeftIsLookedFor(SimRing ring) {
    DhtSetup.settle(ring);
    put(ring, List.of("key"));
    List<Id> replicas = ring.await(dht(ring, 0).owner("key")).replicas();
    Ring lister =
        ring.running().stream()
            .map(ring::node)
            .filter(node -> !replicas.contains(node.id()))
            .findFirst()
            .orElseThrow();
    int arc = lister.view().arcs().indexOf(Id.of("key"));
    Ring daddy = ring.node(ring.indexOf(replicas.get(0)));
    Configuration present =
        copy(ring, lister, daddy, new CopyRequest.Locate(List.of(arc)))
            .placed()
            .get(0)
            .configuration();
    var handedOn =
        new Configuration(
            present.epoch(),
            present.round() + 1,
            present.members(),
            List.of(new Voter(Id.of("has left"), 1)));
    copy(ring, daddy, lister, new CopyRequest.Met(arc, handedOn));
    ring.leave(ring.indexOf(replicas.get(2)));
    DhtSetup.settle(ring);

    assertThat(ring.await(Dht.on(lister).list("")).keys()).containsExactly("key");
  }

  private static CopyReply.Located copy(SimRing ring, Ring from, Ring to, CopyRequest request) {
    AskOptions options = AskOptions.defaults().directly();
    return ring.await(from.ask("dht.copy", to.id(), request, CopyReply.Located.class, options));
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void aKeyThatStaysIsListedExactlyOnceWhileOthersComeAndGo(SimRing ring) {
    DhtSetup.settle(ring);
    var staying = new TreeSet<>(BY_UTF8);
    for (int number = 0; number < 60; number++) {
      staying.add(String.format("k%03d stays", number));
    }
    put(ring, staying);
    var going = new TreeSet<String>();
    for (int number = 0; number < 60; number += 2) {
      going.add(String.format("k%03d goes", number));
    }
    put(ring, going);
    var changes = new ArrayList<CompletionStage<?>>();
    var found = new ArrayList<String>();
    ListOptions options = ListOptions.of("k").upTo(9);
    for (int page = 0; ; page++) {
      CompletionStage<KeyPage> listing = dht(ring, page % 5).list(options);
      for (int number = page % 7; number < 60; number += 7) {
        String key = String.format("k%03d goes", number);
        changes.add(
            going.remove(key) ? dht(ring, 1).delete(key) : dht(ring, 2).put(key, Json.of(number)));
        changes.add(dht(ring, 3).put(String.format("k%03d stays", number), Json.of(page)));
      }
      KeyPage got = ring.await(listing);
      found.addAll(got.keys());
      if (got.next().isEmpty()) {
        break;
      }
      options = options.after(got.next().get());
    }
    changes.forEach(ring::await);

    assertThat(found).doesNotHaveDuplicates().isSortedAccordingTo(BY_UTF8);
    assertThat(found.stream().filter(key -> key.endsWith("stays")))
        .containsExactlyElementsOf(staying);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 5)
  void whoIsCutOffListsNothingAndNamesTheSilentOnes(SimRing ring) {
    DhtSetup.settle(ring);
    put(ring, DhtScenarioTest.keys(50));
    ring.partition(0);

    assertThatThrownBy(() -> ring.await(dht(ring, 0).list("")))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining("16 arcs could not be listed")
        .hasMessageMatching(".*(" + shortName(ring, 1) + "|" + shortName(ring, 2) + ").*");
    assertThat(listed(ring, dht(ring, 1), ListOptions.of("").upTo(20))).hasSize(50);
    ring.heal();
    ring.settle();
    assertThat(listed(ring, dht(ring, 0), ListOptions.of("").upTo(20))).hasSize(50);
  }

  private static String shortName(SimRing ring, int node) {
    return ring.node(node).id().shortString();
  }

  @RingTest(setup = DhtSetup.class, nodes = 5, seeds = 5)
  void thePageAfterADaddyDiedIsWhole(SimRing ring) {
    DhtSetup.settle(ring);
    put(ring, DhtScenarioTest.keys(90));
    int victim = ring.rootOf(dht(ring, 0).id("key 1"));
    ListOptions patient = ListOptions.of("").upTo(1_000).within(Duration.ofSeconds(20));
    ring.kill(victim);

    for (int node : ring.running()) {
      assertThat(ring.await(dht(ring, node).list(patient)).keys()).hasSize(90);
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 5)
  void aKeyThatOnlyItsDaddyHoldsIsNotListed(SimRing ring) {
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(dht(ring, 0).id("key"));
    ring.freeze((daddy + 1) % 3);
    ring.freeze((daddy + 2) % 3);
    WriteOptions atDaddy = WriteOptions.defaults().acknowledgedBy(WriteOptions.Ack.DADDY);
    assertThat(ring.await(dht(ring, daddy).put("key", Json.of(1), atDaddy)).copies()).isEqualTo(1);

    assertThatThrownBy(() -> ring.await(dht(ring, daddy).list("")))
        .isInstanceOf(RingException.Unavailable.class);
    ring.thaw((daddy + 1) % 3);
    ring.thaw((daddy + 2) % 3);
    DhtSetup.settle(ring);
    boolean there = ring.await(dht(ring, 0).get("key")).isPresent();
    assertThat(ring.await(dht(ring, 1).list("")).keys()).hasSize(there ? 1 : 0);
  }

  @RingTest
  void aRingOfOneAndOneThatGrewListTheirKeys(Simulation simulation) {
    SimRing ring = simulation.ring(1, plan -> plan.builder().set("ring.arcs.bits", "8"));
    put(ring, DhtScenarioTest.keys(300));
    assertThat(listed(ring, dht(ring, 0), ListOptions.of("").upTo(1_000))).hasSize(300);
    ring.add(3);
    ring.settle();
    // The newcomers are roots of arcs at once, and daddies of many of them only after a minute.
    for (int node : ring.running()) {
      assertThat(listed(ring, dht(ring, node), ListOptions.of("").upTo(200))).hasSize(300);
    }
  }

  @RingTest(setup = DhtSetup.class, nodes = 3, seeds = 5)
  void aDaddyThatWakesListsWhatWasWrittenWhileItSlept(SimRing ring) {
    DhtSetup.settle(ring);
    int daddy = ring.rootOf(dht(ring, 0).id("key"));
    ring.freeze(daddy);
    WriteOptions patient = WriteOptions.defaults().within(Duration.ofSeconds(20));
    ring.await(dht(ring, (daddy + 1) % 3).put("key", Json.of(1), patient));
    ring.thaw(daddy);

    assertThat(ring.await(dht(ring, daddy).list("")).keys()).containsExactly("key");
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void moreListingsAtOnceThanASettingAllowsAreRefused(SimRing ring) {
    DhtSetup.settle(ring);
    var listings = new ArrayList<CompletionStage<KeyPage>>();
    for (int number = 0; number < 32; number++) {
      listings.add(dht(ring, 0).list(""));
    }
    assertThatThrownBy(() -> ring.await(dht(ring, 0).list("")))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.dht.listings.max");
    listings.forEach(ring::await);
    assertThat(ring.await(dht(ring, 0).list("")).keys()).isEmpty();
  }

  @RingTest(setup = DhtSetup.class, nodes = 1)
  void brokenInputIsRefusedByName(SimRing ring) {
    Dht dht = dht(ring, 0);
    for (ListOptions broken :
        List.of(
            ListOptions.of("\ud800"),
            ListOptions.of("x".repeat(513)),
            ListOptions.of("").after("\udc00"),
            ListOptions.of("").after("é".repeat(257)))) {
      assertThatThrownBy(() -> ring.await(dht.list(broken)))
          .isInstanceOf(RingException.InvalidInput.class);
    }
    assertThatThrownBy(() -> ListOptions.of("").upTo(1_001))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ListOptions.of("").upTo(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @RingTest(setup = DhtSetup.class, nodes = 3)
  void whoWaitsForAPageWhenItsNodeClosesIsTold(SimRing ring) {
    DhtSetup.settle(ring);
    ring.partition(0);
    CompletableFuture<KeyPage> listing = dht(ring, 0).list("").toCompletableFuture();
    ring.run(Duration.ofMillis(300));
    assertThat(listing).isNotDone();

    ring.node(0).halt();
    ring.run(Duration.ofSeconds(1));

    assertThatThrownBy(() -> ring.await(listing)).isInstanceOf(RingException.Closed.class);
  }

  private static void put(SimRing ring, Collection<String> keys) {
    var values = new TreeMap<String, Json>();
    keys.forEach(key -> values.put(key, Json.of(key)));
    ring.await(dht(ring, 0).putAll(values)).orThrow();
  }

  private static List<String> listed(SimRing ring, Dht dht, ListOptions first) {
    var keys = new ArrayList<String>();
    ListOptions options = first;
    while (true) {
      KeyPage page = ring.await(dht.list(options));
      assertThat(page.keys()).hasSizeLessThanOrEqualTo(options.limit());
      keys.addAll(page.keys());
      if (page.next().isEmpty()) {
        return Collections.unmodifiableList(keys);
      }
      assertThat(page.keys()).isNotEmpty();
      options = options.after(page.next().get());
    }
  }
}
