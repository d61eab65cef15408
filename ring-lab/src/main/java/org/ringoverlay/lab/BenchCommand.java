package org.ringoverlay.lab;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.ringoverlay.lab.records.real.HealCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ring bench}: rates and costs, each beside something else measured in the same run. */
@Command(
    name = "bench",
    description = "Measures a ring beside what it is to be compared with, in one run.",
    subcommands = {
      BenchCommand.Overlay.class,
      HealCommand.class,
      JoinBench.class,
      RecordsBench.class,
      SimBench.class,
      StartBench.class
    })
final class BenchCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.err.println("Say what to measure: heal, join, overlay, records, sim or start.");
    return 2;
  }

  /** {@code ring bench overlay}. */
  @Command(
      name = "overlay",
      description =
          "A routed request and its reply among the nodes of one JVM over loopback, beside a bare Netty"
              + " echo of the same JSON.")
  static final class Overlay implements Callable<Integer> {
    @Option(names = "--nodes", defaultValue = "10", description = "Nodes (${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
        names = "--outstanding",
        defaultValue = "64",
        description = "Requests that wait at any moment (${DEFAULT-VALUE}).")
    private int outstanding;

    @Option(
        names = "--loops",
        defaultValue = "2",
        description = "Loop threads, one of them the asker's; at least 2 (${DEFAULT-VALUE}).")
    private int loops;

    @Option(
        names = "--seconds",
        defaultValue = "3",
        description = "How long each side is measured in a round (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
        names = "--check",
        description =
            "End with 1 unless CPU is at most 15 µs and the rate at least 40 % of the echo's.")
    private boolean check;

    @Override
    public Integer call() throws Exception {
      if (loops < 2 || nodes < 2 || outstanding < 1) {
        System.err.println("At least 2 loops, 2 nodes and 1 outstanding request are needed.");
        return 2;
      }
      PrintStream out = System.out;
      out.printf(
          Locale.ROOT,
          "routed request and reply: %d nodes, %d outstanding, %d loop threads; echo: one connection%n",
          nodes,
          outstanding,
          loops);
      out.println("                           requests/s     CPU µs/op     bytes allocated/op");
      var ring = new ArrayList<Meter.Reading>();
      var echo = new ArrayList<Meter.Reading>();
      try (var routed = new RoutedLoad(nodes, outstanding, loops);
          var bare = new EchoLoad(outstanding)) {
        Meter.measure(bare, seconds);
        Meter.measure(routed, seconds);
        for (int round = 0; round < rounds; round++) {
          echo.add(printed(out, "bare Netty echo", Meter.measure(bare, seconds)));
          ring.add(printed(out, "ring, routed", Meter.measure(routed, seconds)));
        }
      }
      Meter.Reading echoMedian = printed(out, "echo, median", Meter.median(echo));
      Meter.Reading ringMedian = printed(out, "ring, median", Meter.median(ring));
      double ratio = ringMedian.perSecond() / echoMedian.perSecond();
      out.printf(
          Locale.ROOT,
          "the ring does %.1f %% of the echo's rate at %.2f times its CPU%n",
          100 * ratio,
          ringMedian.cpuMicros() / echoMedian.cpuMicros());
      boolean holds = ringMedian.cpuMicros() <= 15 && ratio >= 0.4;
      if (check) {
        out.println(holds ? "holds: ≤ 15 µs and ≥ 40 %" : "does NOT hold: ≤ 15 µs and ≥ 40 %");
      }
      return check && !holds ? 1 : 0;
    }

    private static Meter.Reading printed(PrintStream out, String what, Meter.Reading reading) {
      reading.print(out, what);
      return reading;
    }
  }
}
