package org.ringoverlay.lab.records.real;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.ringoverlay.lab.report.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ring burn real-dht}. */
@Command(
    name = "real-dht",
    description =
        "Kills, stops and cuts off real processes that keep records on disks, under load, and checks"
            + " every key's history; ends with 1 if a promise was broken, and then keeps the disks."
            + " Cutting off needs root. Progress goes to standard error.")
public final class RealCommand implements Callable<Integer> {
  private static final int AWAY_MILLIS_MAX = 4_000;

  @Option(names = "--seed", defaultValue = "1", description = "The seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--nodes", defaultValue = "5", description = "Processes (${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--kills",
      defaultValue = "20",
      description = "How often one is killed (${DEFAULT-VALUE}).")
  private int kills;

  @Option(
      names = "--freezes",
      defaultValue = "2",
      description = "How often one is stopped (${DEFAULT-VALUE}).")
  private int freezes;

  @Option(
      names = "--freeze-seconds",
      defaultValue = "30",
      description = "For how long (${DEFAULT-VALUE}).")
  private int freezeSeconds;

  @Option(
      names = "--cuts",
      defaultValue = "4",
      description =
          "How often some are cut off from others, every second time in one direction only"
              + " (${DEFAULT-VALUE}).")
  private int cuts;

  @Option(
      names = "--blackouts",
      defaultValue = "2",
      description = "How often all are killed at once (${DEFAULT-VALUE}).")
  private int blackouts;

  @Option(names = "--set", description = "A setting of every node, name=value.")
  private Map<String, String> settings = new TreeMap<>();

  @Option(names = "--quiet", description = "Say nothing of the progress.")
  private boolean quiet;

  /** Made by the command line. */
  public RealCommand() {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (nodes < 3
        || nodes > 200
        || Math.min(Math.min(kills, freezes), Math.min(cuts, blackouts)) < 0
        || freezeSeconds < 1) {
      System.err.println("There are 3 to 200 nodes, and no number is negative.");
      return 2;
    }
    if (cuts > 0 && !Network.isPossible()) {
      System.err.println(Network.NEEDS_ROOT);
      return 2;
    }
    PrintStream out = System.out;
    var plan =
        new Fault.Plan(kills, freezes, cuts, blackouts, freezeSeconds * 1_000L, AWAY_MILLIS_MAX);
    Path directory = Files.createTempDirectory("ring-burn-real-dht");
    var progress = new Progress(quiet ? null : System.err);
    String flaw;
    try {
      flaw = new RealCourse(plan, nodes, seed, settings, out, progress).run(directory);
    } catch (IOException | RuntimeException failed) {
      flaw = failed.toString();
    } finally {
      progress.end();
    }
    if (flaw == null) {
      Cluster.delete(directory);
      out.println("  holds: every acknowledged write was read back, every history is linearizable");
      return 0;
    }
    out.println("  does NOT hold: " + flaw.replace("\n", "\n    "));
    out.println("  disks and logs are kept in " + directory);
    return 1;
  }
}
