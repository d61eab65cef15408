package org.ringoverlay.lab.records;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.lab.report.Tested;
import org.ringoverlay.testkit.Simulation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ring burn dht}. */
@Command(
    name = "dht",
    description =
        "Torments simulated rings that keep records, seed by seed, and checks every key's history;"
            + " ends with 1 if a promise was broken. Progress goes to standard error.")
public final class RecordsCommand implements Callable<Integer> {
  private static final int TOLD_MAX = 20;

  @Option(names = "--seed", defaultValue = "1", description = "The first seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--count",
      defaultValue = "100",
      description = "How many seeds (${DEFAULT-VALUE}).")
  private long count;

  @Option(
      names = "--jobs",
      defaultValue = "0",
      description = "How many seeds run at once; as many as there are processors unless said.")
  private int jobs;

  @Option(names = "--quiet", description = "Say nothing of the progress.")
  private boolean quiet;

  private final Tally tally = new Tally();
  private final AtomicLong next = new AtomicLong();
  private int failures;

  /** Made by the command line. */
  public RecordsCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (count < 1 || jobs < 0) {
      System.err.println("There is at least one seed, and at least one runs at a time.");
      return 2;
    }
    int workers = jobs > 0 ? jobs : Runtime.getRuntime().availableProcessors();
    PrintStream out = System.out;
    long begun = System.nanoTime();
    next.set(seed);
    var running = new CountDownLatch(workers);
    for (int worker = 0; worker < workers; worker++) {
      var thread =
          new Thread(
              () -> {
                try {
                  work(out);
                } finally {
                  running.countDown();
                }
              },
              "seeds-" + worker);
      thread.setDaemon(true);
      thread.start();
    }
    while (!running.await(1, TimeUnit.SECONDS)) {
      if (!quiet) {
        System.err.print(progress(begun));
      }
    }
    summary(out, begun);
    return failures == 0 ? 0 : 1;
  }

  private void work(PrintStream out) {
    for (long at = next.getAndIncrement(); at < seed + count; at = next.getAndIncrement()) {
      var one = new RecordsSeed(Simulation.of(at));
      String failure = one.failure();
      add(one.tally(), at, failure, out);
    }
  }

  private synchronized void add(Tally one, long at, @Nullable String failure, PrintStream out) {
    tally.add(one);
    if (failure != null) {
      failures++;
      if (failures <= TOLD_MAX) {
        out.println("  seed " + at + " does NOT hold: " + failure.replace("\n", "\n    "));
        out.println("  again: ./ring burn dht --seed " + at + " --count 1");
      }
    }
  }

  private synchronized String progress(long begun) {
    return String.format(
        Locale.ROOT,
        "… %d s: %,d of %,d seeds, %d broke a promise%n",
        (System.nanoTime() - begun) / 1_000_000_000,
        tally.seeds,
        count,
        failures);
  }

  private synchronized void summary(PrintStream out, long begun) {
    out.printf(
        Locale.ROOT,
        "dht, seeds %d to %d of code %s: rings of %.1f nodes on average, %.1f hours of their"
            + " time%n",
        seed,
        seed + count - 1,
        Tested.code(),
        (double) tally.nodes / tally.seeds,
        tally.simulatedMillis / 3_600_000.0);
    out.printf(
        Locale.ROOT,
        "  %,d operations: %,d done, %,d conflicts, %,d refused, %,d times an outcome was unknown,"
            + " %,d repeats; %,d histories checked, %,d changes and %,d gaps of prefixes told to"
            + " watchers%n",
        tally.begun,
        tally.succeeded,
        tally.conflicts,
        tally.refused,
        tally.unknown,
        tally.repeats,
        tally.histories,
        tally.told,
        tally.prefixGaps);
    out.printf(
        Locale.ROOT,
        "  %,d tombstones dropped by members whose floors rose %,d times, as far as their processes"
            + " saw the end%n",
        tally.dropped,
        tally.floors);
    tally.incidents.forEach((kind, times) -> out.printf(Locale.ROOT, "  %,8d %s%n", times, kind));
    out.printf(
        Locale.ROOT,
        "  %s: %,d of %,d seeds kept every promise, in %.1f s%n",
        failures == 0 ? "holds" : "does NOT hold",
        tally.seeds - failures,
        tally.seeds,
        (System.nanoTime() - begun) / 1e9);
  }
}
