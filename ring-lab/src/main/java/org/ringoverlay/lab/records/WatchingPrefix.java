package org.ringoverlay.lab.records;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.KeyChange;
import org.ringoverlay.dht.PrefixListener;
import org.ringoverlay.dht.PrefixWatch;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;

/**
 * Watchers of all keys with a prefix, each of whom watches at one node after the other, from the
 * bookmark that came last, and is sometimes slow; and whether each of them was told of every
 * version that anybody saw, or of a gap after which it was told what there was. At the end each
 * holds what the records are.
 */
final class WatchingPrefix {
  private static final Duration STAY = Duration.ofSeconds(3);

  private final SimRing ring;
  private final Randomness chance;
  private final List<Ear> ears = new ArrayList<>();
  private boolean staying;
  private @Nullable String wrong;

  WatchingPrefix(SimRing ring) {
    this.ring = ring;
    this.chance = Simulation.chance(ring.simulation().seed(), "prefix watchers");
  }

  /** Watches all keys with these prefixes. */
  void begin(List<String> prefixes) {
    for (String prefix : prefixes) {
      var ear = new Ear(prefix);
      ears.add(ear);
      ear.move();
    }
  }

  /** Each watcher goes to another node once more, and then stays there. */
  void stay() {
    staying = true;
    ears.forEach(Ear::move);
  }

  /**
   * What is wrong with what the watchers were told, or null.
   *
   * @param versions what was seen of each key: values by version
   * @param present what each key is at the end; absent keys are left out
   */
  @Nullable String flaw(Map<String, Map<Long, String>> versions, Map<String, String> present) {
    for (Ear ear : ears) {
      for (Map.Entry<String, Map<Long, String>> each : versions.entrySet()) {
        if (each.getKey().startsWith(ear.prefix)) {
          String flaw = ear.flaw(each.getKey(), each.getValue());
          if (flaw != null) {
            return flaw;
          }
        }
      }
      var expected = new TreeMap<>(present);
      expected.keySet().removeIf(key -> !key.startsWith(ear.prefix));
      if (!ear.values.equals(expected)) {
        return "A watcher of "
            + ear.prefix
            + "* holds "
            + ear.values
            + ", and there is "
            + expected;
      }
    }
    return wrong;
  }

  /** How many changes were told, to all of them. */
  long told() {
    return ears.stream().mapToLong(ear -> ear.changes).sum();
  }

  /** How many gaps. */
  long gaps() {
    return ears.stream().mapToLong(ear -> ear.gaps).sum();
  }

  /** One watcher. */
  private final class Ear {
    private final String prefix;

    /** What was told of each key: values by version. */
    private final Map<String, TreeMap<Long, String>> told = new TreeMap<>();

    /** Below which version of each key changes may be missing, for they fell into a gap. */
    private final Map<String, Long> missing = new TreeMap<>();

    /** What each key is, by what was told. */
    private final TreeMap<String, String> values = new TreeMap<>();

    private final Map<String, Long> last = new TreeMap<>();
    private String bookmark = "";
    private long changes;
    private long gaps;
    private long voids;
    private int moves;
    private @Nullable PrefixWatch watch;

    Ear(String prefix) {
      this.prefix = prefix;
    }

    private @Nullable String flaw(String key, Map<Long, String> seen) {
      Map<Long, String> heard = told.getOrDefault(key, new TreeMap<>());
      for (Map.Entry<Long, String> each : seen.entrySet()) {
        String value = heard.get(each.getKey());
        // Of a gap that no later value ended nothing is known but that it was.
        boolean excused = voids > 0 && each.getKey() <= missing.getOrDefault(key, Long.MAX_VALUE);
        if (value == null ? !excused : !value.equals(each.getValue())) {
          return "A watcher of "
              + prefix
              + "* was told "
              + value
              + " for version "
              + each.getKey()
              + " of "
              + key
              + ", which was "
              + each.getValue();
        }
      }
      return null;
    }

    /** Goes to another node; what its last one says from now on is not heard. */
    private void move() {
      PrefixWatch before = watch;
      watch = null;
      if (before != null) {
        before.close();
      }
      int move = ++moves;
      List<Integer> up =
          ring.running().stream()
              .filter(node -> ring.isReady(node) && !ring.host(node).isFrozen())
              .toList();
      if (bookmark.isEmpty()) {
        forget();
      }
      if (!up.isEmpty()) {
        Dht dht = Dht.on(ring.node(up.get((int) chance.below(up.size()))));
        var unused =
            dht.watchPrefix(prefix, bookmark, listener(move))
                .whenComplete(
                    (standing, error) -> {
                      if (standing != null && move == moves) {
                        watch = standing;
                        bookmark = bookmark.isEmpty() ? standing.bookmark() : bookmark;
                      } else if (standing != null) {
                        standing.close();
                      }
                    });
      }
      if (!staying) {
        ring.simulation()
            .after(
                STAY.plusMillis(chance.below(9_000)),
                () -> {
                  if (!staying) {
                    move();
                  }
                });
      }
    }

    private PrefixListener listener(int move) {
      return new PrefixListener() {
        @Override
        public CompletionStage<?> changed(KeyChange change, String after) {
          if (move == moves) {
            takes(change);
            bookmark = after;
          }
          if (chance.below(16) != 0) {
            return CompletableFuture.completedFuture(null);
          }
          var slow = new CompletableFuture<Object>();
          ring.simulation()
              .after(Duration.ofMillis(1 + chance.below(1_500)), () -> slow.complete(change));
          return slow;
        }

        @Override
        public void gap(String after) {
          if (move == moves) {
            gaps++;
            bookmark = after;
            forget();
          }
        }

        @Override
        public void ended(RingException why) {
          Objects.requireNonNull(why);
        }
      };
    }

    /** What was told before is void: all that there is comes anew. */
    private void forget() {
      voids++;
      values.clear();
      last.clear();
      missing.clear();
    }

    private void takes(KeyChange change) {
      String key = change.key();
      long version = change.version();
      String value = change.value().map(Json::toString).orElse("deleted");
      String before = told.computeIfAbsent(key, unused -> new TreeMap<>()).put(version, value);
      changes++;
      if (version < last.getOrDefault(key, 0L)) {
        wrong = "A watcher of " + prefix + "* was told " + version + " of " + key + " late";
      }
      if (before != null && !before.equals(value)) {
        wrong = "A watcher of " + prefix + "* was told " + before + " and then " + value;
      }
      last.put(key, version);
      missing.putIfAbsent(key, version);
      if (change.value().isPresent()) {
        values.put(key, value);
      } else {
        values.remove(key);
      }
    }
  }
}
