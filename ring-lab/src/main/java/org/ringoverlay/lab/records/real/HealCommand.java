package org.ringoverlay.lab.records.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.ringoverlay.lab.report.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ring bench heal}. */
@Command(
    name = "heal",
    description =
        "How long records accept no write when the process of their daddy, one of three with disks,"
            + " is killed, stopped, started again or leaves. Progress goes to standard error.")
public final class HealCommand implements Callable<Integer> {
  private static final int NODES = 3;

  @Option(
      names = "--what",
      split = ",",
      defaultValue = "kill,freeze,restart,leave",
      description = "kill, freeze, restart or leave; all unless said.")
  private List<Healing.What> whats = List.of();

  @Option(
      names = "--rounds",
      defaultValue = "20",
      description = "Rounds of each (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(names = "--seed", defaultValue = "1", description = "The seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--set", description = "A setting of every node, name=value.")
  private Map<String, String> settings = new TreeMap<>();

  @Option(
      names = "--check",
      description =
          "End with 1 unless writes are accepted again 0.65 s (median) and 1.5 s (99 of 100) after a"
              + " kill, 3 s after a freeze, and no write waits longer than 100 ms for a restart or a"
              + " leave.")
  private boolean check;

  @Option(names = "--quiet", description = "Say nothing of the progress.")
  private boolean quiet;

  /** Made by the command line. */
  public HealCommand() {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (rounds < 1) {
      System.err.println("There is at least one round.");
      return 2;
    }
    Path directory = Files.createTempDirectory("ring-bench-heal");
    var progress = new Progress(quiet ? null : System.err);
    boolean holds = true;
    try (Network network = Network.loopback(NODES);
        var cluster = new Cluster(network, directory, NODES, settings)) {
      progress.now(NODES + " processes start");
      cluster.begin();
      var healing = new Healing(cluster, progress, seed);
      for (Healing.What what : whats) {
        holds &= measure(what, healing, progress);
      }
    } catch (IOException failed) {
      System.out.println(
          "failed: " + failed.getMessage() + "; disks and logs are kept in " + directory);
      return 1;
    } finally {
      progress.end();
    }
    Cluster.delete(directory);
    return check && !holds ? 1 : 0;
  }

  private boolean measure(Healing.What what, Healing healing, Progress progress)
      throws IOException, InterruptedException {
    var calms = new ArrayList<Healing.Outcome>();
    var goings = new ArrayList<Healing.Outcome>();
    var comings = new ArrayList<Healing.Outcome>();
    for (int number = 1; number <= rounds; number++) {
      Healing.Round round = healing.round(what);
      calms.add(round.calm());
      goings.add(round.going());
      comings.add(round.coming());
      progress.say(
          String.format(
              Locale.ROOT,
              "%s %d of %d: goes, %s; comes back, %s",
              name(what),
              number,
              rounds,
              words(round.going()),
              words(round.coming())));
    }
    System.out.printf(Locale.ROOT, "%s, %d rounds, seed %d%n", name(what), rounds, seed);
    tell("before", calms);
    tell("goes", goings);
    tell("comes back", comings);
    Spread dark = Spread.of(goings, Healing.Outcome::dark);
    long slowest =
        Math.max(
            Spread.of(goings, Healing.Outcome::slowest).most(),
            Spread.of(comings, Healing.Outcome::slowest).most());
    boolean holds =
        switch (what) {
          case KILL -> dark.median() <= 650 && dark.p99() <= 1_500;
          case FREEZE -> dark.most() <= 3_000;
          case RESTART, LEAVE ->
              slowest <= 100
                  && goings.stream().mapToLong(Healing.Outcome::failures).sum() == 0
                  && comings.stream().mapToLong(Healing.Outcome::failures).sum() == 0;
        };
    System.out.println("  " + (holds ? "holds" : "does NOT hold") + ": " + bound(what));
    return holds;
  }

  private static void tell(String part, List<Healing.Outcome> outcomes) {
    var failed = new TreeMap<String, Long>();
    outcomes.forEach(
        outcome -> outcome.failed().forEach((why, count) -> failed.merge(why, count, Long::sum)));
    System.out.printf(
        Locale.ROOT,
        "  %s: a key without an accepted write %s; slowest write %s; failed %s%n",
        part,
        Spread.of(outcomes, Healing.Outcome::dark),
        Spread.of(outcomes, Healing.Outcome::slowest),
        failed.isEmpty() ? "none" : failed);
  }

  private static String words(Healing.Outcome outcome) {
    return String.format(
        Locale.ROOT,
        "no write accepted for %d ms, slowest %d ms, failed %s",
        outcome.dark().toMillis(),
        outcome.slowest().toMillis(),
        outcome.failed());
  }

  private static String bound(Healing.What what) {
    return switch (what) {
      case KILL -> "accepted again in 650 ms (median), 1,500 ms (p99)";
      case FREEZE -> "accepted again in 3,000 ms";
      case RESTART, LEAVE -> "no write fails or waits longer than 100 ms";
    };
  }

  private static String name(Healing.What what) {
    return what.name().toLowerCase(Locale.ROOT);
  }

  /** Milliseconds over the rounds. */
  private record Spread(long median, long p99, long most) {
    static Spread of(List<Healing.Outcome> outcomes, Function<Healing.Outcome, Duration> figure) {
      List<Long> sorted = outcomes.stream().map(figure).map(Duration::toMillis).sorted().toList();
      int count = sorted.size();
      return new Spread(
          sorted.get((count - 1) / 2),
          sorted.get((int) Math.ceil(0.99 * count) - 1),
          sorted.get(count - 1));
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "median %,d ms, p99 %,d ms, at most %,d ms", median, p99, most);
    }
  }
}
