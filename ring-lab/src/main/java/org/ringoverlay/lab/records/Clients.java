package org.ringoverlay.lab.records;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.KeyPage;
import org.ringoverlay.dht.ListOptions;
import org.ringoverlay.dht.ReadOptions;
import org.ringoverlay.dht.Versioned;
import org.ringoverlay.dht.WriteOptions;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.history.History;
import org.ringoverlay.testkit.history.Register;

/**
 * Clients that read and write a few keys, each doing one thing after the other at whatever node is
 * up, and what each key's history then looks like.
 *
 * <p>Every value is written once. A write whose outcome is unknown is repeated under its name until
 * it is known, or its client is moved on. What was said to have changed nothing counts as never
 * asked; what nobody answered may have happened or not.
 */
final class Clients {
  private static final Duration PAUSE_MIN = Duration.ofMillis(20);
  private static final int PAUSE_MILLIS = 1_000;

  /** With fewer nodes one that did not come back has nobody to take its place. */
  private static final int COPIES = 3;

  private static final int KEYS_AT_ONCE = 4;
  private static final long SPELL_MILLIS = 6_000;
  private static final int REPEATS_MAX = 4;
  private static final long[] PATIENCE_MILLIS = {300, 1_000, 3_000};

  private final SimRing ring;
  private final Randomness chance;
  private final Duration begun;
  private final Histories histories = new Histories();
  private final Tally tally;
  private @Nullable String wrong;
  private boolean over;
  private int values;

  /** What one client last saw of each key. */
  private static final class Client {
    final Map<String, Long> seen = new TreeMap<>();
  }

  Clients(SimRing ring, Tally tally) {
    this.ring = ring;
    this.begun = ring.simulation().elapsed();
    this.tally = tally;
    this.chance = Simulation.chance(ring.simulation().seed(), "clients");
  }

  void begin(int clients) {
    for (int count = 0; count < clients; count++) {
      later(new Client());
    }
  }

  /** Nothing more is asked; what is under way goes on. */
  void end() {
    over = true;
  }

  private void later(Client client) {
    if (!over) {
      ring.simulation().after(PAUSE_MIN.plusMillis(chance.below(PAUSE_MILLIS)), () -> next(client));
    }
  }

  private void next(Client client) {
    Dht dht = over ? null : somewhere();
    if (dht == null) {
      later(client);
      return;
    }
    String key = keyNow();
    int kind = (int) chance.below(20);
    if (kind < 7) {
      read(client, dht, key);
    } else {
      write(client, dht, key, kind);
    }
  }

  /**
   * A few keys at a time, and new ones as time goes on, so that some are written in bad weather.
   */
  private String keyNow() {
    long spell = ring.simulation().elapsed().minus(begun).toMillis() / SPELL_MILLIS;
    return "key " + (Math.max(0, spell) + chance.below(KEYS_AT_ONCE));
  }

  private @Nullable Dht somewhere() {
    List<Integer> up =
        ring.running().stream()
            .filter(node -> ring.isReady(node) && !ring.host(node).isFrozen())
            .toList();
    return up.isEmpty() ? null : Dht.on(ring.node(up.get((int) chance.below(up.size()))));
  }

  private Duration patience() {
    return Duration.ofMillis(PATIENCE_MILLIS[(int) chance.below(PATIENCE_MILLIS.length)]);
  }

  private void read(Client client, Dht dht, String key) {
    var asked = histories.of(key).begin(new Register.Ask.Read());
    tally.begun++;
    // A client whose node dies is never answered: another one takes its place.
    boolean[] answered = {false};
    dht.get(key, ReadOptions.defaults().within(patience()))
        .whenComplete(
            (read, error) -> {
              answered[0] = true;
              if (error == null) {
                tally.succeeded++;
                found(client, key, read);
                histories
                    .of(key)
                    .end(
                        asked,
                        new Register.Answer.Found(
                            read.value().map(Json::toString).orElse(null),
                            read.isPresent() ? read.version() : 0));
              } else {
                expected(error);
                histories.of(key).forget(asked);
              }
              later(client);
            });
    replaceIfLost(answered);
  }

  private void replaceIfLost(boolean[] answered) {
    if (!answered[0]) {
      ring.simulation()
          .after(
              Duration.ofSeconds(20),
              () -> {
                if (!answered[0]) {
                  answered[0] = true;
                  later(new Client());
                }
              });
    }
  }

  private void found(Client client, String key, Versioned read) {
    long version = read.isPresent() ? read.version() : 0;
    client.seen.put(key, version);
    if (version != 0) {
      histories.shown(key, version, read.value().map(Json::toString).orElse(""));
    }
  }

  private void write(Client client, Dht dht, String key, int kind) {
    String value = Json.of("v" + values++).toString();
    String name = "op-" + values;
    Long expected = null;
    boolean named = chance.below(3) != 0;
    WriteOptions options = WriteOptions.defaults().within(patience());
    options = named ? options.named(name) : options;
    if (kind < 13) {
      expected = client.seen.getOrDefault(key, 0L);
      options = expected == 0 ? options.onlyIfAbsent() : options.ifVersion(expected);
    } else if (kind < 15) {
      expected = 0L;
      options = options.onlyIfAbsent();
    }
    if (chance.below(8) == 0) {
      options = options.acknowledgedBy(WriteOptions.Ack.ALL);
    }
    boolean deletes = kind == 19;
    var asked = histories.of(key).begin(new Register.Ask.Write(deletes ? null : value, expected));
    tally.begun++;
    attempt(client, dht, new Attempt(key, value, deletes, options, asked), REPEATS_MAX, named);
  }

  private record Attempt(
      String key,
      String value,
      boolean deletes,
      WriteOptions options,
      History.Operation<Register.Ask> asked) {}

  private void attempt(Client client, Dht dht, Attempt attempt, int left, boolean named) {
    boolean[] answered = {false};
    String key = attempt.key;
    CompletionStage<Long> made =
        attempt.deletes
            ? dht.delete(key, attempt.options)
                .thenApply(deleted -> deleted.existed() ? deleted.version() : 0)
            : dht.put(key, Json.parse(attempt.value), attempt.options)
                .thenApply(
                    written -> {
                      client.seen.put(key, written.version());
                      histories.shown(key, written.version(), attempt.value);
                      return written.version();
                    });
    made.whenComplete(
        (version, error) -> {
          if (answered[0]) {
            return;
          }
          answered[0] = true;
          Throwable cause = unwrap(error);
          if (error == null) {
            tally.succeeded++;
            histories.of(key).end(attempt.asked, new Register.Answer.Written(version));
          } else if (cause instanceof RingException.Conflict conflict) {
            tally.conflicts++;
            client.seen.put(key, conflict.currentVersion().orElse(0));
            histories.of(key).end(attempt.asked, new Register.Answer.Conflict());
          } else if (cause instanceof RingException.OutcomeUnknown
              || cause instanceof RingException.Closed) {
            tally.unknown++;
            Dht other = somewhere();
            if (named
                && left > 0
                && other != null
                && cause instanceof RingException.OutcomeUnknown) {
              repeat(client, attempt, left - 1);
              return;
            }
          } else {
            expected(error);
            if (left == REPEATS_MAX) {
              histories.of(key).forget(attempt.asked);
            }
          }
          later(client);
        });
    replaceIfLost(answered);
  }

  private void repeat(Client client, Attempt attempt, int left) {
    ring.simulation()
        .after(
            PAUSE_MIN.plusMillis(chance.below(PAUSE_MILLIS)),
            () -> {
              Dht dht = somewhere();
              if (dht == null) {
                later(client);
              } else {
                tally.repeats++;
                attempt(client, dht, attempt, left, true);
              }
            });
  }

  private void expected(@Nullable Throwable error) {
    tally.refused++;
    Throwable cause = unwrap(error);
    if (!(cause instanceof RingException) || cause instanceof RingException.HandlerFailed) {
      wrong = "a client was told " + cause;
    }
  }

  private static @Nullable Throwable unwrap(@Nullable Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  /**
   * The last reads, of each key at each node, which count in the histories; all must be answered.
   */
  void readAll() {
    for (String key : histories.keys()) {
      for (int node : ring.running()) {
        var asked = histories.of(key).begin(new Register.Ask.Read());
        Versioned read =
            ring.await(
                Dht.on(ring.node(node))
                    .get(key, ReadOptions.defaults().within(Duration.ofSeconds(10))));
        found(new Client(), key, read);
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
    }
  }

  /**
   * What all members of a key's arc hold for themselves, if they do not hold the same; else null.
   */
  @Nullable String discord() {
    for (String key : histories.keys()) {
      List<String> held = new ArrayList<>();
      for (var replica :
          ring.await(Dht.on(ring.node(ring.running().get(0))).owner(key)).replicas()) {
        int node = ring.indexOf(replica);
        if (node < 0) {
          if (ring.running().size() >= COPIES) {
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
    return null;
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

  /** What was seen of each key: values by version. */
  Map<String, Map<Long, String>> versions() {
    return histories.versions();
  }

  /** What is wrong with what the clients saw, null if nothing is. */
  @Nullable String flaw() {
    if (wrong != null) {
      return wrong;
    }
    String flaw = histories.flaw();
    tally.histories += histories.keys().size();
    return flaw;
  }
}
