package org.ringoverlay.lab.records;

import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.KeyPage;
import org.ringoverlay.dht.ListOptions;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.history.History;
import org.ringoverlay.testkit.history.Register;

/**
 * Somebody who lists the keys every few seconds, a page at whatever node is up. A page says of each
 * key up to its end whether it is there, and each of these words counts in the key's history as a
 * read does.
 */
final class Listing {
  private static final Duration PAUSE = Duration.ofMillis(1_500);
  private static final int PAUSE_MILLIS = 2_000;
  private static final int KEYS_MAX = 12;

  private final SimRing ring;
  private final Histories histories;
  private final Randomness chance;
  private boolean over;

  Listing(SimRing ring, Histories histories) {
    this.ring = ring;
    this.histories = histories;
    this.chance = Simulation.chance(ring.simulation().seed(), "listing");
  }

  /** Lists from now on. */
  void begin() {
    if (over) {
      return;
    }
    ring.simulation().after(PAUSE.plusMillis(chance.below(PAUSE_MILLIS)), this::begin);
    List<Integer> up =
        ring.running().stream()
            .filter(node -> ring.isReady(node) && !ring.host(node).isFrozen())
            .toList();
    if (!up.isEmpty()) {
      page(Dht.on(ring.node(up.get((int) chance.below(up.size())))));
    }
  }

  /** No page is asked for any more. */
  void end() {
    over = true;
  }

  private void page(Dht dht) {
    var looks = new TreeMap<String, History.Operation<Register.Ask>>();
    for (String key : histories.keys()) {
      looks.put(key, histories.of(key).begin(new Register.Ask.Look()));
    }
    ListOptions options =
        ListOptions.of("key ")
            .upTo(1 + (int) chance.below(KEYS_MAX))
            .within(Duration.ofMillis(300 + chance.below(2_000)));
    var unused =
        dht.list(options)
            .whenComplete((page, failed) -> looks.forEach((key, look) -> ends(key, look, page)));
  }

  private void ends(String key, History.Operation<Register.Ask> look, @Nullable KeyPage page) {
    if (page != null && page.next().map(next -> key.compareTo(next) <= 0).orElse(true)) {
      histories.of(key).end(look, new Register.Answer.Seen(page.keys().contains(key)));
    } else {
      histories.of(key).forget(look);
    }
  }
}
