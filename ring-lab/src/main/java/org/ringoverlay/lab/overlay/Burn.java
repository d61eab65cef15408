package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.lab.report.Plot;

/**
 * One run of a profile: what was asked for, and where its figures, verdicts and plots go. Numbers
 * that were not asked for are the profile's own.
 */
final class Burn {
  private final String profile;
  private final long seed;
  private final int nodesAsked;
  private final long lookupsAsked;
  private final @Nullable Path report;
  private final PrintStream out;
  private final Progress progress;
  private boolean holds = true;

  /** Zero nodes or lookups stand for the profile's own number. */
  Burn(
      String profile,
      long seed,
      int nodesAsked,
      long lookupsAsked,
      @Nullable Path report,
      PrintStream out,
      Progress progress) {
    this.profile = profile;
    this.seed = seed;
    this.nodesAsked = nodesAsked;
    this.lookupsAsked = lookupsAsked;
    this.report = report;
    this.out = out;
    this.progress = progress;
  }

  long seed() {
    return seed;
  }

  int nodes(int own) {
    return nodesAsked > 0 ? nodesAsked : own;
  }

  long lookups(long own) {
    return lookupsAsked > 0 ? lookupsAsked : own;
  }

  Progress progress() {
    return progress;
  }

  boolean holds() {
    return holds;
  }

  /** The command that runs this seed again. */
  String replay() {
    return String.format(
        Locale.ROOT,
        "./ring burn overlay --profile %s --seed %d%s%s",
        profile,
        seed,
        nodesAsked > 0 ? " --nodes " + nodesAsked : "",
        lookupsAsked > 0 ? " --lookups " + lookupsAsked : "");
  }

  /** Prints a figure that nothing is held to. */
  void figure(String format, Object... values) {
    out.printf(Locale.ROOT, "  " + format + "%n", values);
  }

  /** Prints a bound, and whether it holds. */
  void bound(boolean kept, String format, Object... values) {
    holds &= kept;
    out.printf(Locale.ROOT, "  " + (kept ? "holds: " : "does NOT hold: ") + format + "%n", values);
  }

  /** The run ended early: an invariant broke, or the nodes never agreed. */
  void broken(String why) {
    holds = false;
    out.println("  does NOT hold: " + why.replace("\n", "\n    "));
  }

  /** Writes a plot below the report's directory, if there is to be a report. */
  void plot(String name, Plot plot) throws IOException {
    if (report == null) {
      return;
    }
    Files.createDirectories(report);
    Path file = report.resolve(profile + "-" + name + ".svg");
    Files.writeString(file, plot.toSvg());
    figure("plot %s", file);
  }
}
