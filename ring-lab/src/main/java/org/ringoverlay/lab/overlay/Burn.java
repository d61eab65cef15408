package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.lab.report.Plot;
import org.ringoverlay.lab.report.Progress;
import org.ringoverlay.lab.report.Report;
import org.ringoverlay.lab.report.Run;

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
  private final List<Run.Note> notes = new ArrayList<>();
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
    String text = String.format(Locale.ROOT, format, values);
    notes.add(new Run.Note(Run.Kind.FIGURE, text));
    out.println("  " + text);
  }

  /** Prints a bound, and whether it holds. */
  void bound(boolean kept, String format, Object... values) {
    String text = String.format(Locale.ROOT, format, values);
    holds &= kept;
    notes.add(new Run.Note(kept ? Run.Kind.HOLDS : Run.Kind.FAILS, text));
    out.println((kept ? "  holds: " : "  does NOT hold: ") + text);
  }

  /** The run ended early: an invariant broke, or the nodes never agreed. */
  void broken(String why) {
    holds = false;
    notes.add(new Run.Note(Run.Kind.FAILS, why));
    out.println("  does NOT hold: " + why.replace("\n", "\n    "));
  }

  /** Writes a plot below the report's directory, if there is to be a report. */
  void plot(String name, Plot plot) throws IOException {
    if (report == null) {
      return;
    }
    Files.createDirectories(report);
    Path file = report.resolve(profile + "-" + seed + "-" + name + ".svg");
    Files.writeString(file, plot.toSvg());
    notes.add(new Run.Note(Run.Kind.PLOT, String.valueOf(file.getFileName())));
    out.println("  plot " + file);
  }

  /**
   * Adds the run to the report, if there is to be one.
   *
   * @param about what the profile is
   * @param where on what it was run, and when
   * @param took how long it took
   * @return the page that shows the report, or null
   */
  @Nullable Path report(String about, String where, String took) throws IOException {
    return report == null
        ? null
        : Report.add(report, new Run(profile, seed, about, where, took, replay(), notes));
  }
}
