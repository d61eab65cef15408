package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.SimRing;

/**
 * Clients that append tokens, each used once, to lists under a few keys, and read them; and the
 * judge of what they were told.
 *
 * <p>A list is its own history. What was acknowledged must stay, what was said to have changed
 * nothing must not appear, nothing may appear twice, a read must see what was acknowledged before
 * it began, and a version must always show the same list.
 */
final class AppendLoad {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final SimRing ring;
  private final Random random;
  private final int keys;
  private final Map<Integer, Integer> open = new TreeMap<>();
  private List<Integer> nodes;
  private final Map<String, Told> tokens = new LinkedHashMap<>();
  private final Map<String, Map<Long, String>> versions = new TreeMap<>();
  private final List<String> wrong = new ArrayList<>();
  private boolean stopped;
  int acknowledged;
  int unknown;
  int failed;
  int reads;
  Duration longestGap = Duration.ZERO;
  private Duration lastAcknowledged;

  private enum Told {
    NOTHING_YET,
    DONE,
    UNCHANGED,
    UNKNOWN
  }

  /** A load over some keys from clients that sit at some nodes. */
  AppendLoad(SimRing ring, int keys, List<Integer> nodes) {
    this.ring = ring;
    this.random = new Random(ring.simulation().seed());
    this.keys = keys;
    this.nodes = nodes;
    this.lastAcknowledged = ring.simulation().elapsed();
  }

  void begin(int clients) {
    for (int client = 0; client < clients; client++) {
      next();
    }
  }

  /** From now on the clients sit at these nodes; what others have under way is not waited for. */
  void moveTo(List<Integer> others) {
    nodes = others;
  }

  private boolean isQuiet() {
    return nodes.stream().allMatch(node -> open.getOrDefault(node, 0) == 0);
  }

  /** Ends the load and waits for what is under way. */
  void end() {
    stopped = true;
    assertThat(ring.simulation().runUntil(this::isQuiet, Duration.ofMinutes(2)))
        .as("every request is answered")
        .isTrue();
  }

  private void next() {
    if (stopped) {
      return;
    }
    int node = nodes.get(random.nextInt(nodes.size()));
    String key = "list " + random.nextInt(keys);
    Dht dht = Dht.on(ring.node(node));
    open.merge(node, 1, Integer::sum);
    if (random.nextInt(3) == 0) {
      List<String> before = acknowledgedIn(key);
      dht.get(key)
          .whenComplete(
              (read, error) -> {
                reads++;
                if (error == null) {
                  checkRead(key, read, before);
                }
                again(node);
              });
      return;
    }
    String token = key + "." + tokens.size();
    tokens.put(token, Told.NOTHING_YET);
    dht.update(key, old -> append(old, token))
        .whenComplete(
            (done, error) -> {
              told(token, error);
              if (error == null) {
                checkVersion(key, done);
              }
              again(node);
            });
  }

  private void again(int node) {
    open.merge(node, -1, Integer::sum);
    ring.simulation().after(PAUSE, this::next);
  }

  private static Json append(Json old, String token) {
    var list = new ArrayList<String>();
    if (old != null) {
      list.addAll(List.of(old.as(String[].class)));
    }
    list.add(token);
    return Json.of(list);
  }

  private void told(String token, Throwable error) {
    if (error == null) {
      acknowledged++;
      Duration now = ring.simulation().elapsed();
      Duration gap = now.minus(lastAcknowledged);
      longestGap = gap.compareTo(longestGap) > 0 ? gap : longestGap;
      lastAcknowledged = now;
      tokens.put(token, Told.DONE);
    } else if (Caller.unwrap(error) instanceof RingException.OutcomeUnknown) {
      unknown++;
      tokens.put(token, Told.UNKNOWN);
    } else {
      failed++;
      tokens.put(token, Told.UNCHANGED);
      if (!(Caller.unwrap(error) instanceof RingException)) {
        wrong.add(token + " failed with " + error);
      }
    }
  }

  private List<String> acknowledgedIn(String key) {
    return tokens.entrySet().stream()
        .filter(told -> told.getValue() == Told.DONE && told.getKey().startsWith(key + "."))
        .map(Map.Entry::getKey)
        .toList();
  }

  private void checkRead(String key, Versioned read, List<String> before) {
    checkVersion(key, read);
    if (!list(read).containsAll(before)) {
      var missing = new ArrayList<>(before);
      missing.removeAll(list(read));
      wrong.add("a read of " + read + " misses " + missing);
    }
  }

  private void checkVersion(String key, Versioned seen) {
    String text = seen.value().map(Json::toString).orElse("absent");
    String other =
        versions.computeIfAbsent(key, unused -> new TreeMap<>()).put(seen.version(), text);
    if (other != null && !other.equals(text)) {
      wrong.add("version " + seen.version() + " of " + key + " was " + other + ", is " + text);
    }
  }

  private static List<String> list(Versioned read) {
    return read.value().map(value -> List.of(value.as(String[].class))).orElse(List.of());
  }

  /** Reads every list at every node that runs and compares it with what was told. */
  void judge() {
    for (int number = 0; number < keys; number++) {
      String key = "list " + number;
      for (int node : ring.running()) {
        Versioned read = ring.await(Dht.on(ring.node(node)).get(key));
        checkRead(key, read, acknowledgedIn(key));
        List<String> list = list(read);
        assertThat(list).as("each token once").doesNotHaveDuplicates();
        for (String token : list) {
          if (tokens.get(token) == Told.UNCHANGED) {
            wrong.add(token + " is there although nothing was said to have changed");
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Override
  public String toString() {
    return acknowledged
        + " acknowledged, "
        + unknown
        + " unknown, "
        + failed
        + " failed, "
        + reads
        + " reads, longest gap "
        + longestGap.toMillis()
        + " ms";
  }
}
