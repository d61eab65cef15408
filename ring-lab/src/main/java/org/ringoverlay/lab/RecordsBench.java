package org.ringoverlay.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ring bench records}: compare-and-set and linearizable reads, in memory and on the disk,
 * beside a bare echo of the same run.
 */
@Command(
    name = "records",
    description =
        "Compare-and-set and linearizable get from one node of a ring in one JVM over loopback, with"
            + " three copies, in memory and on the disk, beside a bare Netty echo.")
final class RecordsBench implements Callable<Integer> {
  private static final int VALUE_BYTES = 100;

  @Option(names = "--nodes", defaultValue = "3", description = "Nodes (${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--outstanding",
      defaultValue = "64",
      description = "Operations that wait at any moment, in memory (${DEFAULT-VALUE}).")
  private int outstanding;

  @Option(
      names = "--outstanding-disk",
      defaultValue = "256",
      description = "The same for the comparison of memory and disk (${DEFAULT-VALUE}).")
  private int outstandingDisk;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      description = "How long each is measured in a round (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--rounds", defaultValue = "5", description = "Rounds (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(names = "--memory-only", description = "Leaves the disk out.")
  private boolean memoryOnly;

  @Option(
      names = "--check",
      description =
          "End with 1 unless compare-and-set does 40,000/s at no more than 40 µs, get 100,000/s, and"
              + " the disk at least half of memory.")
  private boolean check;

  @Option(
      names = "--warm-up",
      defaultValue = "40",
      description =
          "How many seconds each runs before, so that what is compiled is what is measured"
              + " (${DEFAULT-VALUE}).")
  private int warmUp;

  @Override
  public Integer call() throws Exception {
    if (seconds < 1 || warmUp < 1 || rounds < 1 || nodes < 1 || outstanding < 1) {
      System.err.println("There is at least one node, operation, round and second of each.");
      return 2;
    }
    PrintStream out = System.out;
    out.printf(
        Locale.ROOT,
        "%d nodes in one JVM, 3 copies, values of %d bytes, %d outstanding from one node%n",
        nodes,
        VALUE_BYTES,
        outstanding);
    out.println("                         operations/s     CPU µs/op     bytes allocated/op");
    boolean holds;
    try (var echo = new EchoLoad(outstanding);
        var records = new RecordsLoad(nodes, outstanding, VALUE_BYTES, null)) {
      List<Meter.Reading> medians =
          measure(
              out,
              List.of("bare Netty echo", "compare-and-set", "get"),
              List.of(echo, records.compareAndSet(), records.get()));
      Meter.Reading set = medians.get(1);
      holds = set.perSecond() >= 40_000 && set.cpuMicros() <= 40;
      holds &= medians.get(2).perSecond() >= 100_000;
    }
    if (!memoryOnly) {
      holds &= disk(out) >= 0.5;
    }
    if (check) {
      out.println(holds ? "holds" : "does NOT hold");
    }
    return check && !holds ? 1 : 0;
  }

  private double disk(PrintStream out) throws Exception {
    out.printf(Locale.ROOT, "%d outstanding, in memory and on the disk:%n", outstandingDisk);
    Path directory = Files.createTempDirectory("ring-bench-records");
    try (var memory = new RecordsLoad(nodes, outstandingDisk, VALUE_BYTES, null);
        var disk = new RecordsLoad(nodes, outstandingDisk, VALUE_BYTES, directory)) {
      List<Meter.Reading> medians =
          measure(
              out,
              List.of("in memory", "on the disk"),
              List.of(memory.compareAndSet(), disk.compareAndSet()));
      double ratio = medians.get(1).perSecond() / medians.get(0).perSecond();
      out.printf(Locale.ROOT, "the disk does %.1f %% of memory's rate%n", 100 * ratio);
      return ratio;
    } finally {
      delete(directory);
    }
  }

  /** Each load in turn, in each round, after a time that does not count. */
  private List<Meter.Reading> measure(PrintStream out, List<String> names, List<Meter.Load> loads)
      throws InterruptedException {
    var readings = new ArrayList<List<Meter.Reading>>();
    for (Meter.Load load : loads) {
      Meter.measure(load, warmUp);
      readings.add(new ArrayList<>());
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < loads.size(); i++) {
        Meter.Reading reading = Meter.measure(loads.get(i), seconds);
        readings.get(i).add(reading);
        reading.print(out, names.get(i));
      }
    }
    var medians = new ArrayList<Meter.Reading>();
    for (int i = 0; i < loads.size(); i++) {
      Meter.Reading median = Meter.median(readings.get(i));
      median.print(out, names.get(i) + ", median");
      medians.add(median);
    }
    return medians;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
