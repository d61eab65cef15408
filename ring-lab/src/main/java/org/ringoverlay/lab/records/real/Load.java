package org.ringoverlay.lab.records.real;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.lab.records.Histories;
import org.ringoverlay.testkit.history.History;
import org.ringoverlay.testkit.history.Register;

/**
 * Clients that read, write, compare-and-set and delete a few keys, each a thread that does one
 * thing after the other at whatever node is up, and what they were answered.
 *
 * <p>Every value is written once. What was said to have changed nothing counts as never asked; what
 * nobody answered may have happened or not. A named write whose outcome is unknown is repeated at
 * the node that it was sent to, as long as that process lives: elsewhere a repeat is not known
 * after 128 other changes.
 */
final class Load {
  private static final int KEYS_AT_ONCE = 6;

  /** How many keys are new in each round, so that each key is written in three of them. */
  private static final int KEYS_A_ROUND = 2;

  private static final int REPEATS_MAX = 3;
  private static final int PAUSE_MILLIS_MAX = 40;
  private static final long[] PATIENCE_MILLIS = {500, 1_500, 4_000};

  /** A node tells the end of a client's time by itself; one that stands still does not. */
  private static final long GRACE_MILLIS = 1_500;

  private static final Duration LAST_READ_MAX = Duration.ofSeconds(10);
  private static final Duration LEVEL_MAX = Duration.ofSeconds(90);
  private static final long LEVEL_LOOK_MILLIS = 250;

  private final Cluster cluster;
  private final Histories histories = new Histories();
  private final Map<String, Long> acceptedNanos = new TreeMap<>();
  private final Map<String, Long> replies = new TreeMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private @Nullable String wrong;
  private long longestNanos;
  private int round;
  private int values;
  private volatile boolean over;

  private record Asked(String key, Request request, History.Operation<Register.Ask> operation) {}

  Load(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Starts clients. */
  void begin(int clients, SplittableRandom chance) {
    nextRound();
    for (int count = 0; count < clients; count++) {
      var own = chance.split();
      var thread = new Thread(() -> live(own), "client-" + count);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Lets each client end what it does. */
  void end() throws InterruptedException {
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Leaves two keys alone from now on, and takes two new ones. */
  synchronized void nextRound() {
    round++;
    long now = System.nanoTime();
    acceptedNanos.clear();
    keys().forEach(key -> acceptedNanos.put(key, now));
    longestNanos = 0;
  }

  /** How long a key of this round had no accepted write, at most. */
  synchronized Duration longestWithoutWrite() {
    long now = System.nanoTime();
    long longest = longestNanos;
    for (long at : acceptedNanos.values()) {
      longest = Math.max(longest, now - at);
    }
    return Duration.ofNanos(longest);
  }

  /**
   * Waits until each key of this round has accepted a write from now on.
   *
   * @throws IOException naming a key that did not within that time
   */
  synchronized void awaitWrites(Duration longest) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    for (String key : keys()) {
      while (acceptedNanos.getOrDefault(key, begun) <= begun) {
        long left = longest.toMillis() - (System.nanoTime() - begun) / 1_000_000;
        if (left <= 0) {
          throw new IOException(
              key
                  + " accepted no write for "
                  + longest.toSeconds()
                  + " s after the fault was over");
        }
        wait(left);
      }
    }
  }

  private List<String> keys() {
    var keys = new ArrayList<String>();
    for (int number = 0; number < KEYS_AT_ONCE; number++) {
      keys.add("key-" + (round * KEYS_A_ROUND + number));
    }
    return keys;
  }

  private void live(SplittableRandom chance) {
    var seen = new TreeMap<String, Long>();
    try {
      while (!over) {
        Thread.sleep(1 + chance.nextInt(PAUSE_MILLIS_MAX));
        List<Cluster.Running> up = cluster.up();
        if (!up.isEmpty()) {
          act(chance, seen, up.get(chance.nextInt(up.size())));
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void act(SplittableRandom chance, Map<String, Long> seen, Cluster.Running node)
      throws InterruptedException {
    Asked asked = begin(chance, seen);
    Reply reply = answer(node, asked.request());
    boolean repeated = false;
    for (int left = REPEATS_MAX; reply.kind() == Reply.Kind.UNKNOWN && left > 0; left--) {
      if (asked.request().name().equals(Request.NONE) || !node.isRunning()) {
        break;
      }
      Thread.sleep(1 + chance.nextInt(PAUSE_MILLIS_MAX));
      repeated = true;
      reply = answer(node, asked.request());
    }
    end(asked, reply, repeated, seen);
  }

  private synchronized Asked begin(SplittableRandom chance, Map<String, Long> seen) {
    List<String> keys = keys();
    String key = keys.get(chance.nextInt(keys.size()));
    long patience = PATIENCE_MILLIS[chance.nextInt(PATIENCE_MILLIS.length)];
    int kind = chance.nextInt(20);
    if (kind < 6) {
      return new Asked(
          key,
          Request.of(Request.Kind.GET, key, patience),
          histories.of(key).begin(new Register.Ask.Read()));
    }
    String value = "\"v" + values++ + "\"";
    Long expected = null;
    boolean deletes = kind == 19;
    Request request =
        deletes
            ? Request.of(Request.Kind.DELETE, key, patience)
            : Request.put(key, value, patience);
    if (kind < 12) {
      expected = seen.getOrDefault(key, 0L);
      request = request.onlyIf(expected == 0 ? Request.ABSENT : Long.toString(expected));
    } else if (kind < 13) {
      expected = 0L;
      request = request.onlyIf(Request.ABSENT);
    }
    request = chance.nextInt(3) == 0 ? request : request.named("op-" + values);
    request = chance.nextInt(8) == 0 ? request.acknowledgedByAll() : request;
    return new Asked(
        key,
        request,
        histories.of(key).begin(new Register.Ask.Write(deletes ? null : value, expected)));
  }

  private static Reply answer(Cluster.Running node, Request request) throws InterruptedException {
    CompletableFuture<Reply> reply = node.ask(request);
    try {
      return reply.get(request.millis() + GRACE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException stands) {
      return Reply.LOST;
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private synchronized void end(
      Asked asked, Reply reply, boolean repeated, Map<String, Long> seen) {
    replies.merge(reply.reason(), 1L, Long::sum);
    String key = asked.key();
    var history = histories.of(key);
    boolean reads = asked.request().kind() == Request.Kind.GET;
    switch (reply.kind()) {
      case FOUND, ABSENT -> {
        found(asked, reply);
        seen.put(key, reply.version());
      }
      case WRITTEN -> {
        history.end(asked.operation(), new Register.Answer.Written(reply.version()));
        boolean puts = asked.request().kind() == Request.Kind.PUT;
        if (puts) {
          histories.shown(key, reply.version(), asked.request().value());
        }
        seen.put(key, puts ? reply.version() : 0);
        accepted(key);
      }
      case CONFLICT -> {
        history.end(asked.operation(), new Register.Answer.Conflict());
        seen.put(key, reply.version());
      }
      case REFUSED -> {
        // Of a repeat that was refused the first attempt may have been made.
        if (!repeated) {
          history.forget(asked.operation());
        }
      }
      case UNKNOWN, LOST -> {
        if (reads) {
          history.forget(asked.operation());
        }
      }
      case OWNER, BROKEN -> wrong = "a client was told " + reply.words() + " for " + asked;
    }
  }

  private void found(Asked asked, Reply reply) {
    boolean present = reply.kind() == Reply.Kind.FOUND;
    if (present) {
      histories.shown(asked.key(), reply.version(), reply.text());
    }
    histories
        .of(asked.key())
        .end(
            asked.operation(),
            new Register.Answer.Found(present ? reply.text() : null, reply.version()));
  }

  private void accepted(String key) {
    long now = System.nanoTime();
    // The last writes of an earlier round's keys end in this one, and say nothing of it.
    Long before = acceptedNanos.get(key);
    if (before != null) {
      acceptedNanos.put(key, now);
      longestNanos = Math.max(longestNanos, now - before);
      notifyAll();
    }
  }

  /**
   * Reads every key that ever was written at every node, which counts in the histories.
   *
   * @throws IOException if a node does not answer
   */
  void readAll() throws IOException, InterruptedException {
    for (String key : allKeys()) {
      for (Cluster.Running node : cluster.up()) {
        Request request = Request.of(Request.Kind.GET, key, LAST_READ_MAX.toMillis());
        Asked asked;
        synchronized (this) {
          asked = new Asked(key, request, histories.of(key).begin(new Register.Ask.Read()));
        }
        Reply reply = answer(node, request);
        if (reply.kind() != Reply.Kind.FOUND && reply.kind() != Reply.Kind.ABSENT) {
          throw new IOException(
              key + " cannot be read at node " + node.node + " at the end: " + reply.words());
        }
        synchronized (this) {
          found(asked, reply);
        }
      }
    }
  }

  private synchronized List<String> allKeys() {
    return histories.keys();
  }

  /**
   * Waits until all members of each key's arc keep the same of it.
   *
   * @throws IOException naming what one key is kept as if they do not come to that
   */
  void awaitLevel() throws IOException, InterruptedException {
    long end = System.nanoTime() + LEVEL_MAX.toNanos();
    for (String key : allKeys()) {
      List<String> kept = kept(key);
      while (kept.stream().distinct().count() != 1) {
        if (System.nanoTime() > end) {
          throw new IOException(key + " is kept as " + kept);
        }
        Thread.sleep(LEVEL_LOOK_MILLIS);
        kept = kept(key);
      }
    }
  }

  private List<String> kept(String key) throws InterruptedException {
    long millis = LAST_READ_MAX.toMillis();
    Cluster.Running any = cluster.up().get(0);
    Reply owner = answer(any, Request.of(Request.Kind.OWNER, key, millis));
    var kept = new ArrayList<String>();
    if (owner.kind() != Reply.Kind.OWNER) {
      return kept;
    }
    for (String id : owner.text().split(" ", -1)) {
      Cluster.Running member = cluster.byId(id);
      kept.add(
          member == null
              ? "nothing at " + id + ", which is not there"
              : answer(member, Request.of(Request.Kind.PEEK, key, millis)).words());
    }
    return kept;
  }

  /** What is wrong with what the clients saw, null if nothing is. */
  synchronized @Nullable String flaw() {
    return wrong == null ? histories.flaw() : wrong;
  }

  /** How often each outcome was. */
  synchronized Map<String, Long> replies() {
    return new TreeMap<>(replies);
  }

  /** How many keys have a history. */
  int keyCount() {
    return allKeys().size();
  }
}
