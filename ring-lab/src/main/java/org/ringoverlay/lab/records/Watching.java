package org.ringoverlay.lab.records;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.KeyChange;
import org.ringoverlay.dht.Watch;
import org.ringoverlay.dht.WatchListener;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;

/**
 * Watchers of a few keys, each of whom watches at one node after the other, after the version that
 * it was told last; and whether each of them was told of every version that anybody saw, or of a
 * gap where it stood.
 */
final class Watching {
  private static final Duration STAY = Duration.ofSeconds(3);

  private final SimRing ring;
  private final Clients clients;
  private final Randomness chance;
  private final List<Ear> ears = new ArrayList<>();
  private @Nullable String wrong;

  Watching(SimRing ring, Clients clients) {
    this.ring = ring;
    this.clients = clients;
    this.chance = Simulation.chance(ring.simulation().seed(), "watchers");
  }

  /** Watches the keys from their beginning on. */
  void begin(List<String> keys) {
    for (String key : keys) {
      var ear = new Ear(key);
      ears.add(ear);
      ear.move();
    }
  }

  /**
   * What is wrong with what the watchers were told, or null.
   *
   * @param versions what was seen of each key: values by version
   */
  @Nullable String flaw(Map<String, Map<Long, String>> versions) {
    for (Ear ear : ears) {
      for (Map.Entry<Long, String> seen : versions.getOrDefault(ear.key, Map.of()).entrySet()) {
        String told = ear.told.get(seen.getKey());
        boolean missing = told == null && !ear.isInGap(seen.getKey());
        if (missing || (told != null && !told.equals(seen.getValue()))) {
          return "A watcher of "
              + ear.key
              + " was told "
              + told
              + " for version "
              + seen.getKey()
              + ", which was "
              + seen.getValue();
        }
      }
    }
    return wrong;
  }

  /** How many changes were told, to all of them. */
  long told() {
    return ears.stream().mapToLong(ear -> ear.told.size()).sum();
  }

  /** One watcher. */
  private final class Ear {
    private final String key;
    private final TreeMap<Long, String> told = new TreeMap<>();
    private final TreeMap<Long, Long> gaps = new TreeMap<>();
    private long position;
    private int moves;
    private @Nullable Watch watch;

    Ear(String key) {
      this.key = key;
    }

    private boolean isInGap(long version) {
      Map.Entry<Long, Long> gap = gaps.floorEntry(version);
      return gap != null && version <= gap.getValue();
    }

    /** Goes to another node; what its last one says from now on is not heard. */
    private void move() {
      Watch before = watch;
      watch = null;
      if (before != null) {
        before.close();
      }
      int move = ++moves;
      List<Integer> up =
          ring.running().stream()
              .filter(node -> ring.isReady(node) && !ring.host(node).isFrozen())
              .toList();
      if (!up.isEmpty()) {
        Dht dht = Dht.on(ring.node(up.get((int) chance.below(up.size()))));
        var unused =
            dht.watch(key, position, listener(move))
                .whenComplete(
                    (standing, error) -> {
                      if (standing != null && move == moves) {
                        watch = standing;
                      } else if (standing != null) {
                        standing.close();
                      }
                    });
      }
      ring.simulation().after(STAY.plusMillis(chance.below(5_000)), this::move);
    }

    private WatchListener listener(int move) {
      return new WatchListener() {
        @Override
        public void changed(KeyChange change) {
          if (move == moves) {
            takes(change.version());
            told.put(change.version(), change.value().map(Json::toString).orElse("deleted"));
            change
                .value()
                .ifPresent(value -> clients.told(key, change.version(), value.toString()));
          }
        }

        @Override
        public void gap(long from, long to) {
          if (move == moves) {
            takes(from);
            position = Math.max(position, to);
            gaps.put(from, to);
          }
        }

        @Override
        public void ended(RingException why) {
          Objects.requireNonNull(why);
        }
      };
    }

    private void takes(long version) {
      if (version <= position) {
        wrong = "A watcher of " + key + " was told version " + version + " after " + position;
      }
      position = version;
    }
  }
}
