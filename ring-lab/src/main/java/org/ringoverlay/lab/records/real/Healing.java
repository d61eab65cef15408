package org.ringoverlay.lab.records.real;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ringoverlay.lab.report.Progress;

/**
 * How long a few keys accept no write when their daddy is killed, stopped, started again or leaves.
 *
 * <p>Each key is written every {@value #EVERY_MILLIS} ms, in turn through each of the other nodes,
 * whether or not earlier writes have ended. A key is dark between two writes that were accepted.
 */
final class Healing {
  private static final int KEYS = 4;
  private static final int KEYS_LOOKED_AT = 64;
  private static final int EVERY_MILLIS = 20;
  private static final int OUTSTANDING_MAX = 2_000;
  private static final long PATIENCE_MILLIS = 5_000;
  private static final Duration CALM = Duration.ofSeconds(1);
  private static final Duration AFTERWARDS = Duration.ofMillis(500);

  /** Who has come back as planned leads its arcs again by then. */
  private static final Duration LEADS_AGAIN = Duration.ofSeconds(15);

  private static final Duration HEALED_MAX = Duration.ofSeconds(60);
  private static final Duration COMPLETE_MAX = Duration.ofSeconds(90);
  private static final long LOOK_MILLIS = 50;

  private final Cluster cluster;
  private final Progress progress;
  private final SplittableRandom chance;

  /** What happens to the daddy. */
  enum What {
    /** SIGKILL, and started again. */
    KILL,
    /** SIGSTOP, until its keys are written again. */
    FREEZE,
    /** SIGTERM, and started again. */
    RESTART,
    /** It leaves for good, and one without a disk takes its place. */
    LEAVE
  }

  /**
   * What came of a part of a round.
   *
   * @param dark the longest time in which one key accepted no write
   * @param slowest the longest that a write waited which was accepted
   * @param failed writes that were not accepted, by what their writer was told
   */
  record Outcome(Duration dark, Duration slowest, Map<String, Long> failed) {
    /** Copies the map. */
    Outcome {
      failed = new TreeMap<>(failed);
    }

    long failures() {
      return failed.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /**
   * What came of one round.
   *
   * @param calm before, for comparison: what the machine itself makes writes wait, watched for as
   *     long where a planned return is watched
   * @param going from when the daddy was struck until its keys were written again or, planned, it
   *     was gone
   * @param coming from then until it was back and some time after
   */
  record Round(Outcome calm, Outcome going, Outcome coming) {}

  Healing(Cluster cluster, Progress progress, long seed) {
    this.cluster = cluster;
    this.progress = progress;
    this.chance = new SplittableRandom(seed);
  }

  /** One round: with all copies there, a daddy is struck, and comes back. */
  Round round(What what) throws IOException, InterruptedException {
    awaitComplete();
    Map<Cluster.Running, List<String>> owned = owned();
    List<Cluster.Running> nodes = owned.keySet().stream().toList();
    Cluster.Running daddy = nodes.get(chance.nextInt(nodes.size()));
    List<String> keys = owned.getOrDefault(daddy, List.of());
    var writers = new Writers(keys.subList(0, Math.min(KEYS, keys.size())), daddy);
    writers.begin();
    try {
      Thread.sleep(CALM.toMillis());
      writers.count();
      boolean planned = what == What.RESTART || what == What.LEAVE;
      Thread.sleep((planned ? LEADS_AGAIN : CALM).toMillis());
      Outcome calm = writers.count();
      strike(what, daddy.node, writers);
      Outcome going = writers.count();
      bringBack(what, daddy.node, writers);
      Thread.sleep((planned ? LEADS_AGAIN : AFTERWARDS).toMillis());
      return new Round(calm, going, writers.count());
    } finally {
      writers.end();
    }
  }

  private void strike(What what, int node, Writers writers)
      throws IOException, InterruptedException {
    progress.now(what + " of node " + node);
    switch (what) {
      case KILL -> cluster.kill(List.of(node));
      case FREEZE -> cluster.freeze(node);
      case RESTART -> cluster.stop(node);
      case LEAVE -> cluster.leave(node);
    }
    writers.awaitWrites();
  }

  private void bringBack(What what, int node, Writers writers)
      throws IOException, InterruptedException {
    progress.now("node " + node + " comes back");
    if (what == What.FREEZE) {
      cluster.thaw(node);
    } else {
      cluster.restart(List.of(node));
    }
    writers.awaitWrites();
  }

  /** The keys of each daddy, of those that have at least one. */
  private Map<Cluster.Running, List<String>> owned() throws IOException, InterruptedException {
    var owned = new TreeMap<Cluster.Running, List<String>>(Cluster.Running.BY_NODE);
    for (int number = 0; number < KEYS_LOOKED_AT; number++) {
      Reply owner = ask(cluster.up().get(0), Request.of(Request.Kind.OWNER, key(number), 5_000));
      Cluster.Running daddy =
          owner.kind() == Reply.Kind.OWNER ? cluster.byId(owner.text().split(" ", -1)[0]) : null;
      if (daddy != null) {
        owned.computeIfAbsent(daddy, unused -> new ArrayList<>()).add(key(number));
      }
    }
    if (owned.isEmpty()) {
      throw new IOException("no key has a daddy that is up");
    }
    return owned;
  }

  private static String key(int number) {
    return "key-" + number;
  }

  private static Reply ask(Cluster.Running node, Request request)
      throws IOException, InterruptedException {
    try {
      return node.ask(request).get(2 * PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IOException("node " + node.node + " does not answer", failed);
    }
  }

  /** Waits until each key has its copies at all nodes, and each of these accepts a write. */
  private void awaitComplete() throws IOException, InterruptedException {
    progress.now("until all copies are there");
    long end = System.nanoTime() + COMPLETE_MAX.toNanos();
    for (int number = 0; number < KEYS_LOOKED_AT; number++) {
      for (Cluster.Running node : cluster.up()) {
        while (!isComplete(node, key(number))) {
          if (System.nanoTime() > end) {
            throw new IOException(key(number) + " does not get its copies back");
          }
          Thread.sleep(LOOK_MILLIS);
        }
      }
    }
  }

  private boolean isComplete(Cluster.Running node, String key)
      throws IOException, InterruptedException {
    Reply owner = ask(node, Request.of(Request.Kind.OWNER, key, PATIENCE_MILLIS));
    return owner.kind() == Reply.Kind.OWNER
        && owner.text().split(" ", -1).length == cluster.size()
        && ask(node, Request.put(key, "\"calm\"", PATIENCE_MILLIS).acknowledgedByAll()).kind()
            == Reply.Kind.WRITTEN;
  }

  /** Writes a few keys all the time, from a thread of its own. */
  private final class Writers {
    private final List<String> keys;
    private final Cluster.Running struck;
    private final Thread thread = new Thread(this::write, "writers");
    private final Semaphore places = new Semaphore(OUTSTANDING_MAX);
    private final Map<String, Long> acceptedNanos = new TreeMap<>();
    private final Map<String, Long> newestBegunNanos = new TreeMap<>();
    private long countedFrom = Long.MAX_VALUE;
    private long darkNanos;
    private long slowestNanos;
    private final Map<String, Long> failed = new TreeMap<>();
    private volatile boolean over;

    Writers(List<String> keys, Cluster.Running struck) {
      this.keys = List.copyOf(keys);
      this.struck = struck;
      thread.setDaemon(true);
    }

    void begin() {
      thread.start();
    }

    /** Tells what came of it until now, and counts anew. */
    synchronized Outcome count() {
      long now = System.nanoTime();
      for (long before : acceptedNanos.values()) {
        darkNanos = Math.max(darkNanos, now - Math.max(before, countedFrom));
      }
      var outcome =
          new Outcome(Duration.ofNanos(darkNanos), Duration.ofNanos(slowestNanos), failed);
      countedFrom = now;
      darkNanos = 0;
      slowestNanos = 0;
      failed.clear();
      return outcome;
    }

    private void write() {
      Deque<Cluster.Running> others = new ArrayDeque<>(cluster.up());
      others.remove(struck);
      long next = System.nanoTime();
      try {
        for (long number = 0; !over; number++) {
          Cluster.Running through = others.removeFirst();
          others.addLast(through);
          for (String key : keys) {
            begin(key, through, number);
          }
          next += TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
          TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private void begin(String key, Cluster.Running through, long number) {
      if (!places.tryAcquire()) {
        failed("not begun, too many wait");
        return;
      }
      long begun = System.nanoTime();
      var unused =
          through
              .ask(Request.put(key, "\"" + number + "\"", PATIENCE_MILLIS))
              .thenAccept(reply -> ended(key, begun, reply));
    }

    private synchronized void failed(String why) {
      failed.merge(why, 1L, Long::sum);
    }

    private synchronized void ended(String key, long begun, Reply reply) {
      places.release();
      long now = System.nanoTime();
      if (reply.kind() != Reply.Kind.WRITTEN) {
        failed(reply.reason());
        return;
      }
      Long before = acceptedNanos.put(key, now);
      newestBegunNanos.merge(key, begun, Math::max);
      if (before != null && now > countedFrom) {
        darkNanos = Math.max(darkNanos, now - Math.max(before, countedFrom));
        slowestNanos = Math.max(slowestNanos, now - Math.max(begun, countedFrom));
      }
      notifyAll();
    }

    /** Waits until each key has accepted a write that was begun from now on. */
    synchronized void awaitWrites() throws IOException, InterruptedException {
      long begun = System.nanoTime();
      for (String key : keys) {
        while (newestBegunNanos.getOrDefault(key, begun - 1) < begun) {
          long left = HEALED_MAX.toMillis() - (System.nanoTime() - begun) / 1_000_000;
          if (left <= 0) {
            throw new IOException(key + " accepted no write for " + HEALED_MAX.toSeconds() + " s");
          }
          wait(left);
        }
      }
    }

    void end() throws InterruptedException {
      over = true;
      thread.join();
      places.acquire(OUTSTANDING_MAX);
    }
  }
}
