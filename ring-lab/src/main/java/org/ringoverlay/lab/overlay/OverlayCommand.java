package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.lab.report.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ring burn overlay}. */
@Command(
    name = "overlay",
    description =
        "Holds simulated rings, and real ones, to what the overlay promises, profile by profile, and"
            + " ends with 1 if a bound does not hold. Progress goes to standard error.")
public final class OverlayCommand implements Callable<Integer> {
  @Option(
      names = "--profile",
      split = ",",
      description =
          "small, large, churn, kill, freeze, split, slow, switch, near, real-kill or real-freeze; all"
              + " unless said.")
  private List<String> names = List.of();

  @Option(names = "--nodes", description = "Nodes, instead of the profile's own number.")
  private int nodes;

  @Option(names = "--lookups", description = "Lookups, instead of the profile's own number.")
  private long lookups;

  @Option(names = "--seed", defaultValue = "1", description = "The first seed (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--count", defaultValue = "1", description = "How many seeds (${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--report",
      description =
          "A directory for figures and plots, with a page index.html that shows all runs in it; no"
              + " plots are drawn unless said.")
  private @Nullable Path report;

  @Option(names = "--quiet", description = "Say nothing of the progress.")
  private boolean quiet;

  /** Made by the command line. */
  public OverlayCommand() {}

  @Override
  public Integer call() throws IOException {
    if (nodes < 0 || lookups < 0 || count < 1) {
      System.err.println("Nodes and lookups are not negative, and there is at least one seed.");
      return 2;
    }
    var known = Arrays.asList(Profile.values());
    List<Profile> wanted =
        known.stream()
            .filter(profile -> names.isEmpty() || names.contains(profile.toString()))
            .toList();
    if (wanted.size() < names.size() || wanted.isEmpty()) {
      System.err.println("The profiles are " + known + ", not " + names + ".");
      return 2;
    }
    PrintStream out = System.out;
    boolean holds = true;
    for (Profile profile : wanted) {
      for (long at = seed; at < seed + count; at++) {
        holds &= run(out, profile, at);
      }
    }
    out.println(holds ? "everything holds" : "NOT everything holds");
    return holds ? 0 : 1;
  }

  private static String where() {
    return String.format(
        Locale.ROOT,
        "%s, Java %s on %s with %d processors",
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        Runtime.version().feature(),
        System.getProperty("os.name"),
        Runtime.getRuntime().availableProcessors());
  }

  private boolean run(PrintStream out, Profile profile, long at) throws IOException {
    out.printf(Locale.ROOT, "%s, seed %d: %s%n", profile, at, profile.about());
    long begun = System.nanoTime();
    var progress = new Progress(quiet ? null : System.err);
    var burn = new Burn(profile.toString(), at, nodes, lookups, report, out, progress);
    try {
      profile.course().run(burn);
    } catch (AssertionError | RuntimeException failed) {
      burn.broken(String.valueOf(failed.getMessage()));
    } finally {
      progress.end();
    }
    if (!burn.holds()) {
      out.println("  again: " + burn.replay());
    }
    String took = String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - begun) / 1e9);
    out.println("  took " + took);
    Path page = burn.report(profile.about(), where(), took);
    if (page != null) {
      out.println("  report " + page);
    }
    return burn.holds();
  }
}
