package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Finding;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Range;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/** Two shelves, and what the one finds out about the other. */
class ReconciliationTest {
  private static final int ARCS = 100;
  private static final long BYTES_MAX = 256 << 10;

  private final Shelf here = shelf("here");
  private final Shelf there = shelf("there");
  private int messages;

  @Test
  void equalCopiesAreKnownAsSuchByOneMessage() {
    for (int number = 0; number < 5_000; number++) {
      both(number % ARCS, number, 1);
    }

    assertThat(difference()).isEmpty();
    assertThat(messages).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyDifferenceIsFoundAndNothingElse(long seed) {
    var random = new Random(seed);
    int arcs = 1 + random.nextInt(ARCS);
    var different = new TreeSet<String>();
    for (int number = 0; number < 6_000; number++) {
      int arc = random.nextInt(arcs);
      String key = key(number);
      switch (random.nextInt(400)) {
        case 0 -> {
          keep(here, arc, number, 1);
          different.add(key);
        }
        case 1 -> {
          keep(there, arc, number, 1);
          different.add(key);
        }
        case 2 -> {
          keep(here, arc, number, 2);
          keep(there, arc, number, 1);
          different.add(key);
        }
        default -> both(arc, number, 1);
      }
    }

    assertThat(difference()).isEqualTo(different);
  }

  @Test
  void oneDifferenceAmongThousandsOfRegistersOfOneArcTakesFewMessages() {
    for (int number = 0; number < 20_000; number++) {
      both(7, number, 1);
    }
    keep(there, 7, 20_000, 1);

    assertThat(difference()).containsExactly(key(20_000));
    assertThat(messages).isEqualTo(6);
  }

  @Test
  void aCopyThatIsEmptyLacksAll() {
    var all = new TreeSet<String>();
    for (int number = 0; number < 2_000; number++) {
      keep(here, 7, number, 1);
      all.add(key(number));
    }

    assertThat(difference()).isEqualTo(all);
    assertThat(messages).isEqualTo(3);
  }

  @Test
  void anAnswerIsNoLongerThanItMayBeAndTellsAtLeastOneRange() {
    for (int number = 0; number < 60; number++) {
      keep(there, number % 2, number, 1);
    }
    var asker = new Reconciliation(here, ARCS);
    List<Range> ranges = List.of(asker.of(arcs(0, 1)), asker.of(arcs(1, 2)));

    List<Finding> findings = new Reconciliation(there, ARCS).find(ranges, 1);

    assertThat(findings).hasSize(1);
    assertThat(((Finding.Held) findings.get(0)).heads()).hasSize(30);
  }

  /** Asks until nothing is left to ask, as {@link Comparisons} does. */
  private Set<String> difference() {
    var asker = new Reconciliation(here, ARCS);
    var answerer = new Reconciliation(there, ARCS);
    var found = new TreeSet<String>();
    var toAsk = new ArrayDeque<Range>(List.of(asker.of(arcs(0, ARCS))));
    while (!toAsk.isEmpty()) {
      messages++;
      var ranges = new ArrayList<Range>();
      while (ranges.size() < Reconciliation.RANGES_MAX && !toAsk.isEmpty()) {
        ranges.add(toAsk.remove());
      }
      List<Finding> findings = answerer.find(ranges, BYTES_MAX);
      assertThat(findings).isNotEmpty();
      toAsk.addAll(ranges.subList(findings.size(), ranges.size()));
      for (int at = 0; at < findings.size(); at++) {
        Range range = ranges.get(at);
        if (findings.get(at) instanceof Finding.Parts parts) {
          List<Range> own = asker.parts(range);
          assertThat(parts.fingerprints()).hasSameSizeAs(own);
          for (int part = 0; part < own.size(); part++) {
            if (!own.get(part).fingerprint().equals(parts.fingerprints().get(part))) {
              toAsk.add(own.get(part));
            }
          }
        } else if (findings.get(at) instanceof Finding.Held held) {
          found.addAll(different(asker.heads(List.of(range)).get(0), held.heads()));
        }
      }
    }
    return found;
  }

  private static Set<String> different(List<Head> own, List<Head> theirs) {
    var heads = new TreeMap<String, Head>();
    own.forEach(head -> heads.put(head.key(), head));
    var keys = new TreeSet<String>();
    for (Head head : theirs) {
      if (!head.equals(heads.remove(head.key()))) {
        keys.add(head.key());
      }
    }
    keys.addAll(heads.keySet());
    return keys;
  }

  private static BitSet arcs(int from, int to) {
    var arcs = new BitSet();
    arcs.set(from, to);
    return arcs;
  }

  private void both(int arc, int number, long version) {
    keep(here, arc, number, version);
    keep(there, arc, number, version);
  }

  private static void keep(Shelf shelf, int arc, int number, long version) {
    Entry entry = Entry.made(key(number), version, false, Json.of(number), Entry.WHOLE, List.of());
    shelf.accept(
        CopyRequest.Accept.registers(arc, new Ballot(1, Id.of("a"), 1), 1, List.of(entry)));
  }

  private static String key(int number) {
    return "default\0key " + number;
  }

  private static Shelf shelf(String name) {
    return new Shelf(
        Journal.inMemory(new Voter(Id.of(name), 1), new NoLoop()),
        new Grants(() -> 0, true),
        100_000);
  }
}
