package org.ringoverlay.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.DhtExtension;
import org.ringoverlay.dht.Owner;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.lab.report.Progress;
import org.ringoverlay.transport.netty.NettyLoops;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ring bench join}: how long a ring with many records takes to give a newcomer its copies,
 * and what the foreground notices of it.
 */
@Command(
    name = "join",
    description =
        "How long a newcomer to a ring of three nodes in one JVM takes to get its copies, while writes"
            + " go on at a fifth of what the ring can do.")
final class JoinBench implements Callable<Integer> {
  private static final int NODES = 3;
  private static final int COPIES = 3;
  private static final int OUTSTANDING = 64;
  private static final long MICROS_MAX = 60_000_000;

  @Option(
      names = "--records",
      defaultValue = "1000000",
      description = "Records (${DEFAULT-VALUE}).")
  private int records;

  @Option(
      names = "--value-bytes",
      defaultValue = "200",
      description = "Bytes of each value (${DEFAULT-VALUE}).")
  private int valueBytes;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "How long the quiet ring is measured (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--check",
      description =
          "End with 1 unless the copies are complete in 60 s and the 99th percentile of writes stays"
              + " below 5 times that of the quiet ring.")
  private boolean check;

  @Option(names = "--quiet", description = "Say nothing of the progress.")
  private boolean quiet;

  private final List<NettyLoops> loops = new ArrayList<>();
  private final List<Ring> rings = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    if (records < 1 || valueBytes < 2 || seconds < 1) {
      System.err.println("There is at least one record, of 2 bytes, and one second.");
      return 2;
    }
    var telling = new Progress(quiet ? null : System.err);
    try {
      return run(telling) || !check ? 0 : 1;
    } finally {
      telling.end();
      for (int i = rings.size() - 1; i >= 0; i--) {
        var unused = rings.get(i).halt();
      }
      loops.forEach(NettyLoops::close);
    }
  }

  private boolean run(Progress telling) throws InterruptedException {
    for (int node = 0; node < NODES; node++) {
      telling.now("node " + node + " starts");
      start();
    }
    Ring asker = rings.get(0);
    var dht = Dht.on(asker);
    Json value = Json.of("x".repeat(valueBytes - 2));
    telling.now("the arcs of the empty ring move");
    awaitComplete();
    fill(dht, value, telling);
    telling.now("what the ring can do is measured");
    double capacity =
        ClosedLoop.run(
                asker,
                OUTSTANDING,
                seconds * 1_000_000_000L,
                (chain, turn) -> dht.put(key(chain, turn), value))
            / (double) seconds;
    double rate = capacity / 5;
    System.out.printf(
        Locale.ROOT,
        "%,d records of %d bytes on %d nodes in one JVM; puts with %d outstanding: %,.0f/s;"
            + " foreground: %,.0f/s%n",
        records,
        valueBytes,
        NODES,
        OUTSTANDING,
        capacity,
        rate);

    telling.now("the quiet ring is measured");
    var load = new OpenLoop(asker, rate, number -> dht.put(key(0, number), value));
    load.begin();
    Thread.sleep(Duration.ofSeconds(seconds).toMillis());
    Histogram calm = load.count().micros();
    telling.now("a node joins");
    long begun = System.nanoTime();
    start();
    long joined = System.nanoTime();
    int arcs = awaitComplete();
    long complete = System.nanoTime();
    OpenLoop.Counted last = load.count();
    Histogram moving = last.micros();
    load.end();

    double took = (complete - begun) / 1e9;
    double times =
        (double) moving.getValueAtPercentile(99) / Math.max(1, calm.getValueAtPercentile(99));
    System.out.printf(
        Locale.ROOT,
        "joined after %.1f s; its copies of %,d arcs complete after %.1f s%n",
        (joined - begun) / 1e9,
        arcs,
        took);
    print("quiet", calm);
    print("while copies move", moving);
    System.out.printf(
        Locale.ROOT, "  the 99th percentile is %.1f times that of the quiet ring%n", times);
    if (last.failures() > 0) {
      System.out.printf(Locale.ROOT, "  %,d puts failed: %s%n", last.failures(), last.failure());
    }
    boolean holds = took <= 60 && times <= 5 && last.failures() == 0;
    if (check) {
      System.out.println(holds ? "holds" : "does NOT hold");
    }
    return holds;
  }

  private static void print(String what, Histogram micros) {
    System.out.printf(
        Locale.ROOT,
        "  %-18s %,9d puts: median %,7d µs, p99 %,7d µs, p99.9 %,7d µs, at most %,7d µs%n",
        what,
        micros.getTotalCount(),
        micros.getValueAtPercentile(50),
        micros.getValueAtPercentile(99),
        micros.getValueAtPercentile(99.9),
        micros.getMaxValue());
  }

  /** One more node. What it waits by {@code ring.dht.settled} first is not what is measured. */
  private void start() {
    NettyLoops loop = NettyLoops.shared(1);
    loops.add(loop);
    var builder =
        Ring.builder()
            .transport(loop)
            .extensions(List.of(new DhtExtension()))
            .set("ring.dht.settled", "0s");
    if (!rings.isEmpty()) {
      builder.seeds(List.of(rings.get(0).address()));
    }
    rings.add(builder.startAndAwait());
  }

  private String key(int chain, int turn) {
    return "key-" + Math.floorMod(chain + (long) turn * OUTSTANDING * 7_919, records);
  }

  private void fill(Dht dht, Json value, Progress telling) throws InterruptedException {
    var next = new int[1];
    while (next[0] < records) {
      ClosedLoop.run(
          rings.get(0),
          OUTSTANDING,
          500_000_000,
          (chain, turn) -> dht.put("key-" + next[0]++ % records, value));
      telling.now(Math.min(next[0], records) + " of " + records + " records are written");
    }
  }

  /**
   * Waits until each arc is kept by those who should, which are decided and hold all records.
   *
   * @return of how many the newest node is one
   */
  private int awaitComplete() throws InterruptedException {
    Ring asker = rings.get(0);
    var dht = Dht.on(asker);
    Arcs arcs = asker.view().arcs();
    var left = new BitSet();
    left.set(0, arcs.count());
    int newest = 0;
    while (!left.isEmpty()) {
      for (int arc = left.nextSetBit(0); arc >= 0; arc = left.nextSetBit(arc + 1)) {
        Owner owner = asker.await(dht.owner(arcs.centre(arc)));
        if (new TreeSet<>(owner.replicas()).equals(wanted(arcs.centre(arc)))) {
          left.clear(arc);
          newest += owner.replicas().contains(rings.get(rings.size() - 1).id()) ? 1 : 0;
        } else {
          Thread.sleep(1);
        }
      }
    }
    return newest;
  }

  private Set<Id> wanted(Id centre) {
    return new TreeSet<>(
        rings.stream()
            .map(Ring::id)
            .sorted((one, other) -> Id.compareDistance(centre, one, other))
            .limit(COPIES)
            .toList());
  }

  /**
   * Operations that begin at a steady rate, whether or not earlier ones have ended. Each is timed
   * from when it was due, so that one that had to wait to begin counts as slow.
   */
  private static final class OpenLoop {
    private static final long TURN_NANOS = 1_000_000;

    private final Ring asker;
    private final double perNano;
    private final IntFunction<CompletionStage<?>> operation;
    private Histogram micros = new Histogram(MICROS_MAX, 3);
    private long begunAt;
    private int begun;
    private boolean over;
    private int failures;
    private String failure = "";

    /** Latencies in microseconds, and how many operations failed, the last one why. */
    record Counted(Histogram micros, int failures, String failure) {}

    OpenLoop(Ring asker, double perSecond, IntFunction<CompletionStage<?>> operation) {
      this.asker = asker;
      this.perNano = perSecond / 1e9;
      this.operation = operation;
    }

    void begin() {
      asker
          .scheduler()
          .execute(
              () -> {
                begunAt = System.nanoTime();
                turn();
              });
    }

    private void turn() {
      long now = System.nanoTime();
      while (!over && begun < (now - begunAt) * perNano) {
        long due = begunAt + (long) (begun / perNano);
        operation
            .apply(begun++)
            .whenComplete(
                (done, error) -> {
                  if (error != null) {
                    failures++;
                    failure = error.toString();
                  }
                  micros.recordValue(Math.min(MICROS_MAX, (System.nanoTime() - due) / 1_000));
                });
      }
      if (!over) {
        asker.scheduler().schedule(TURN_NANOS, this::turn);
      }
    }

    /** What was measured since the last time, and what failed from the beginning. */
    Counted count() {
      var counted = new CompletableFuture<Counted>();
      asker
          .scheduler()
          .execute(
              () -> {
                counted.complete(new Counted(micros, failures, failure));
                micros = new Histogram(MICROS_MAX, 3);
              });
      return counted.join();
    }

    void end() {
      asker.scheduler().execute(() -> over = true);
    }
  }
}
