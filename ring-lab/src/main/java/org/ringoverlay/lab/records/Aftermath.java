package org.ringoverlay.lab.records;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.KeyPage;
import org.ringoverlay.dht.ListOptions;
import org.ringoverlay.dht.ReadOptions;
import org.ringoverlay.dht.Tombstones;
import org.ringoverlay.dht.Verified;
import org.ringoverlay.dht.Versioned;
import org.ringoverlay.dht.WriteOptions;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.history.Register;

/** What must be true of the records when all nodes are up again and nothing befalls them. */
final class Aftermath {
  /** By then everything that was deleted has been collected, and how often that is looked at. */
  private static final Duration COLLECTED = Duration.ofSeconds(40);

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final SimRing ring;
  private final Clients clients;
  private final Histories histories;
  private final Randomness chance;
  private final Map<String, String> last = new TreeMap<>();
  private @Nullable String wrong;

  Aftermath(SimRing ring, Clients clients) {
    this.ring = ring;
    this.clients = clients;
    this.histories = clients.histories();
    this.chance = Simulation.chance(ring.simulation().seed(), "aftermath");
  }

  /** What a read showed that is wrong by itself, null if nothing is. */
  @Nullable String flaw() {
    return wrong;
  }

  /**
   * The last reads, of each key at each node, which count in the histories; all must be answered,
   * and nothing is there any more that was to vanish.
   */
  void readAll() {
    for (String key : histories.keys()) {
      for (int node : ring.running()) {
        var asked = histories.of(key).begin(new Register.Ask.Read());
        Versioned read =
            ring.await(
                Dht.on(ring.node(node))
                    .get(key, ReadOptions.defaults().within(Duration.ofSeconds(10))));
        clients.found(key, read);
        String value = read.value().map(Json::toString).orElse("");
        if (clients.isFleeting(value)) {
          wrong = key + " still shows " + value + ", which was to vanish";
        }
        histories
            .of(key)
            .end(
                asked,
                new Register.Answer.Found(
                    read.value().map(Json::toString).orElse(null),
                    read.isPresent() ? read.version() : 0));
      }
    }
  }

  /** Writes each key once more, which must be possible now. */
  void writeAll() {
    List<Integer> nodes = ring.running();
    int turn = 0;
    for (String key : histories.keys()) {
      Dht one = Dht.on(ring.node(nodes.get(turn++ % nodes.size())));
      String value = Json.of("last " + key).toString();
      var asked = histories.of(key).begin(new Register.Ask.Write(value, null));
      WriteOptions patient = WriteOptions.defaults().within(Duration.ofSeconds(10));
      long version = ring.await(one.put(key, Json.parse(value), patient)).version();
      histories.shown(key, version, value);
      histories.of(key).end(asked, new Register.Answer.Written(version));
      last.put(key, value);
    }
  }

  /** What each key was written to be then, and is. */
  Map<String, String> last() {
    return Collections.unmodifiableMap(last);
  }

  /**
   * What members of a key's arc hold for themselves, if they do not hold the same, or what else a
   * verification of all copies finds; null if all are equal.
   */
  @Nullable String discord() {
    for (String key : histories.keys()) {
      List<String> held = new ArrayList<>();
      for (var replica :
          ring.await(Dht.on(ring.node(ring.running().get(0))).owner(key)).replicas()) {
        int node = ring.indexOf(replica);
        if (node < 0) {
          if (!mayBeSilent(replica)) {
            return key + " is kept by node " + replica.shortString() + ", which is not there";
          }
          continue;
        }
        Versioned own =
            ring.await(Dht.on(ring.node(node)).get(key, ReadOptions.defaults().allowingStale()));
        held.add(own.value() + " under version " + own.version());
      }
      if (held.stream().distinct().count() > 1) {
        return key + " is kept as " + held;
      }
    }
    int from = 0;
    for (boolean more = true; more; ) {
      Verified verified = ring.await(Dht.on(ring.node(ring.running().get(0))).verify(from));
      boolean isSound = verified.uneven().isEmpty() && verified.undecided() == 0;
      if (!isSound || !verified.silent().keySet().stream().allMatch(this::mayBeSilent)) {
        return "a verification finds " + verified;
      }
      more = verified.next().isPresent();
      from = verified.next().orElse(from);
    }
    return null;
  }

  /**
   * Whether members still hold tombstones, long after the last delete; null if none does. Where
   * members are gone and nobody takes their place they stay: whoever is gone cannot be asked what
   * it holds.
   */
  @Nullable String remains(Tally tally) {
    String remains = remains();
    for (Duration waited = Duration.ZERO;
        remains != null && waited.compareTo(COLLECTED) < 0;
        waited = waited.plus(LOOK)) {
      ring.run(LOOK);
      remains = remains();
    }
    for (int node : ring.running()) {
      Tombstones tombstones = ring.await(Dht.on(ring.node(node)).tombstones());
      tally.dropped += tombstones.dropped();
      tally.floors += tombstones.floors();
    }
    return Resizing.keepsTheGone(ring) ? null : remains;
  }

  private @Nullable String remains() {
    Dht dht = Dht.on(ring.node(ring.running().get(0)));
    // The settings of the ring are a record of its own.
    long living = 1;
    for (String key : histories.keys()) {
      living += ring.await(dht.get(key)).isPresent() ? 1 : 0;
    }
    long held = 0;
    int from = 0;
    for (boolean more = true; more; ) {
      Verified verified = ring.await(dht.verify(from));
      held += verified.records();
      more = verified.next().isPresent();
      from = verified.next().orElse(from);
    }
    return held > living
        ? "members hold " + held + " records, " + living + " of them living"
        : null;
  }

  /** Whether a member is gone and there is nobody to take its place. */
  private boolean mayBeSilent(Id member) {
    return ring.indexOf(member) < 0 && Resizing.keepsTheGone(ring);
  }

  /** What a listing shows at each node that reads there do not, or the other way round; or null. */
  @Nullable String misleading() {
    for (int node : ring.running()) {
      Dht dht = Dht.on(ring.node(node));
      var listed = new ArrayList<String>();
      ListOptions options =
          ListOptions.of("key ").upTo(1 + (int) chance.below(6)).within(Duration.ofSeconds(10));
      for (boolean more = true; more; ) {
        KeyPage page = ring.await(dht.list(options));
        listed.addAll(page.keys());
        more = page.next().isPresent();
        options = options.after(page.next().orElse(""));
      }
      var read = new ArrayList<String>();
      for (String key : histories.keys()) {
        if (ring.await(dht.get(key, ReadOptions.defaults().within(Duration.ofSeconds(10))))
            .isPresent()) {
          read.add(key);
        }
      }
      if (!listed.equals(read)) {
        return "node " + node + " lists " + listed + " and reads " + read;
      }
    }
    return null;
  }
}
