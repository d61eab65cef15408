package org.ringoverlay.lab.records;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.Dht;
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
 * asked; what nobody answered may have happened or not, unless a watcher was told of it. Some
 * values are to vanish.
 */
final class Clients {
  private static final Duration PAUSE_MIN = Duration.ofMillis(20);
  private static final int PAUSE_MILLIS = 800;

  private static final int KEYS_AT_ONCE = 4;
  static final long SPELL_MILLIS = 6_000;
  private static final int REPEATS_MAX = 4;
  private static final long[] PATIENCE_MILLIS = {300, 1_000, 3_000};
  private static final Duration PATIENCE_MAX = Duration.ofSeconds(3);

  /** Of twenty things to do so many are reads, and one that is a plain put. */
  private static final int READS = 7;

  private static final int PUT = 16;
  private static final int TTL_MILLIS_MIN = 500;
  private static final int TTL_MILLIS = 2_500;

  /** By this much of its time a value may vanish early where clocks are one in a hundred fast. */
  private static final int EARLY = 50;

  private final SimRing ring;
  private final Randomness chance;
  private final Duration begun;
  private final Histories histories = new Histories();
  private final Tally tally;

  /** Whether clocks only err by what leases allow for. */
  private final boolean timely;

  /** For how long tombstones are kept. */
  private final Duration kept;

  /** The writes whose outcome is not known yet, by their values. */
  private final Map<String, Attempt> open = new TreeMap<>();

  /** The values of writes that changed nothing. */
  private final Set<String> unchanged = new TreeSet<>();

  /** The values that are to vanish. */
  private final Set<String> fleeting = new TreeSet<>();

  private @Nullable String wrong;
  private boolean over;
  private int values;

  /** What one client last saw of each key; one that is brief does one thing only. */
  private static final class Client {
    final Map<String, Long> seen = new TreeMap<>();
    final boolean brief;

    Client(boolean brief) {
      this.brief = brief;
    }
  }

  Clients(SimRing ring, Tally tally, boolean timely, Duration kept) {
    this.ring = ring;
    this.timely = timely;
    this.kept = kept;
    this.begun = ring.simulation().elapsed();
    this.tally = tally;
    this.chance = Simulation.chance(ring.simulation().seed(), "clients");
  }

  void begin(int clients) {
    for (int count = 0; count < clients; count++) {
      later(new Client(false));
    }
  }

  /** Somebody reads each key of now at a node, if it is up. */
  void readAt(int node) {
    Dht dht = at(node);
    if (dht != null) {
      keysNow().forEach(key -> read(new Client(true), dht, key));
    }
  }

  /** Somebody writes each key of now at a node, if it is up. */
  void writeAt(int node) {
    Dht dht = at(node);
    if (dht != null) {
      keysNow().forEach(key -> write(new Client(true), dht, key, PUT));
    }
  }

  private @Nullable Dht at(int node) {
    return !over && ring.running().contains(node) && isUp(node) ? Dht.on(ring.node(node)) : null;
  }

  private boolean isUp(int node) {
    return ring.isReady(node) && !ring.host(node).isFrozen();
  }

  /** Nothing more is asked; what is under way goes on. */
  void end() {
    over = true;
  }

  private void later(Client client) {
    if (!over && !client.brief) {
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
    if (kind < READS) {
      read(client, dht, key);
    } else {
      write(client, dht, key, kind);
    }
  }

  /**
   * A few keys at a time, and new ones as time goes on, so that some are written in bad weather.
   */
  private List<String> keysNow() {
    long spell = ring.simulation().elapsed().minus(begun).toMillis() / SPELL_MILLIS;
    return LongStream.range(0, KEYS_AT_ONCE)
        .mapToObj(each -> "key " + (Math.max(0, spell) + each))
        .toList();
  }

  private String keyNow() {
    return keysNow().get((int) chance.below(KEYS_AT_ONCE));
  }

  private @Nullable Dht somewhere() {
    List<Integer> up = ring.running().stream().filter(this::isUp).toList();
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
    replaceIfLost(client, answered);
  }

  private void replaceIfLost(Client client, boolean[] answered) {
    if (!answered[0] && !client.brief) {
      ring.simulation()
          .after(
              Duration.ofSeconds(20),
              () -> {
                if (!answered[0]) {
                  answered[0] = true;
                  later(new Client(false));
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
    if (!deletes && chance.below(8) == 0) {
      options = options.expiringAfter(fleeting(key, value));
    }
    var asked = histories.of(key).begin(new Register.Ask.Write(deletes ? null : value, expected));
    tally.begun++;
    Duration now = ring.simulation().elapsed();
    var attempt = new Attempt(key, value, deletes, options, asked, dht, now);
    open.put(value, attempt);
    attempt(client, dht, attempt, client.brief ? 0 : REPEATS_MAX, named);
  }

  /** A value is to vanish, which it may do from some time on. Returns after how long. */
  private Duration fleeting(String key, String value) {
    Duration ttl = Duration.ofMillis(TTL_MILLIS_MIN + chance.below(TTL_MILLIS));
    fleeting.add(value);
    Duration first = timely ? ttl.minus(ttl.dividedBy(EARLY)) : Duration.ZERO;
    ring.simulation().after(first, () -> histories.of(key).begin(new Register.Ask.Vanish(value)));
    return ttl;
  }

  /**
   * A watcher was told of a value: a majority holds it, so it was written, whatever its writer is
   * told later.
   */
  void told(String key, long version, String value) {
    histories.shown(key, version, value);
    Attempt attempt = open.remove(value);
    if (attempt != null) {
      histories.of(key).end(attempt.asked, new Register.Answer.Written(version));
    } else if (unchanged.contains(value)) {
      wrong = "a watcher of " + key + " was told of " + value + ", which had changed nothing";
    }
  }

  /** The answer to a write, which a watcher may have given before. */
  private void ends(Attempt attempt, Register.Answer answer) {
    if (open.remove(attempt.value) != null) {
      histories.of(attempt.key).end(attempt.asked, answer);
    } else if (!(answer instanceof Register.Answer.Written)) {
      wrong = "a watcher was told of " + attempt.value + ", whose writer was told " + answer;
    }
    if (!(answer instanceof Register.Answer.Written)) {
      unchanged.add(attempt.value);
    }
  }

  /** A write was refused, and is as if it never was. */
  private void forget(Attempt attempt, @Nullable Throwable why) {
    if (open.remove(attempt.value) != null) {
      histories.of(attempt.key).forget(attempt.asked);
    } else {
      wrong = "a watcher was told of " + attempt.value + ", whose writer was told " + why;
    }
    unchanged.add(attempt.value);
  }

  private record Attempt(
      String key,
      String value,
      boolean deletes,
      WriteOptions options,
      History.Operation<Register.Ask> asked,
      Dht first,
      Duration began) {}

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
            ends(attempt, new Register.Answer.Written(version));
          } else if (cause instanceof RingException.Conflict conflict) {
            tally.conflicts++;
            client.seen.put(key, conflict.currentVersion().orElse(0));
            ends(attempt, new Register.Answer.Conflict());
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
            if (left == (client.brief ? 0 : REPEATS_MAX)) {
              forget(attempt, cause);
            }
          }
          later(client);
        });
    replaceIfLost(client, answered);
  }

  private void repeat(Client client, Attempt attempt, int left) {
    ring.simulation()
        .after(
            PAUSE_MIN.plusMillis(chance.below(PAUSE_MILLIS)),
            () -> {
              Dht dht = whereToRepeat(attempt);
              if (dht == null) {
                later(client);
              } else {
                tally.repeats++;
                attempt(client, dht, attempt, left, true);
              }
            });
  }

  /**
   * Any node will do as long as what a delete leaves is kept; after that only the first one knows
   * that it has sent the write before.
   */
  private @Nullable Dht whereToRepeat(Attempt attempt) {
    Duration age = ring.simulation().elapsed().minus(attempt.began);
    return age.plus(PATIENCE_MAX).compareTo(kept) < 0 ? somewhere() : attempt.first;
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

  /** Whether a value was to vanish. */
  boolean isFleeting(String value) {
    return fleeting.contains(value);
  }

  /** Somebody read a key, outside of what the clients do. */
  void found(String key, Versioned read) {
    found(new Client(true), key, read);
  }

  /** What was asked and answered. */
  Histories histories() {
    return histories;
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
