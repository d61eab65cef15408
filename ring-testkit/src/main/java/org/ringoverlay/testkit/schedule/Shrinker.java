package org.ringoverlay.testkit.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Makes a failing schedule small: first fewer incidents, by delta debugging (the algorithm ddmin of
 * Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE Transactions on
 * Software Engineering 28(2), 2002, figure 5), then simpler ones, and earlier.
 *
 * <p>A smaller schedule is taken only if it fails in the same way, so that one bug does not turn
 * into another while it shrinks. The number of runs is bounded; what is smallest by then is the
 * result, which is then not always one from which nothing can be left out.
 */
public final class Shrinker {
  private static final Pattern NUMBERS = Pattern.compile("[0-9a-f]*[0-9][0-9a-f]*");
  private static final int PROGRESS_EVERY_RUNS = 25;

  /** Runs a schedule from the beginning, in a simulation of its seed. */
  @FunctionalInterface
  public interface Trial {
    /** What the run fails with; empty if it does not fail. */
    Optional<Throwable> run(Schedule schedule);
  }

  /**
   * The end of shrinking.
   *
   * @param schedule the smallest schedule that was found
   * @param failure what its run fails with
   * @param runs how many runs it took
   * @param finished whether nothing more could be tried within the bound
   */
  public record Shrunk(Schedule schedule, Throwable failure, int runs, boolean finished) {}

  private final Trial trial;
  private final int runsMax;
  private final Consumer<String> progress;
  private Schedule smallest;
  private Throwable failure;
  private String kind;
  private int runs;

  private Shrinker(
      Schedule failing, Throwable failure, Trial trial, int runsMax, Consumer<String> progress) {
    this.smallest = failing;
    this.failure = failure;
    this.kind = kindOf(failure);
    this.trial = trial;
    this.runsMax = runsMax;
    this.progress = progress;
  }

  /**
   * Shrinks.
   *
   * @param failing a schedule whose run fails
   * @param failure what it fails with
   * @param runsMax how many runs may be made
   * @param progress told now and then how far it is, a line each
   */
  public static Shrunk shrink(
      Schedule failing, Throwable failure, Trial trial, int runsMax, Consumer<String> progress) {
    return new Shrinker(failing, failure, trial, runsMax, progress).shrink();
  }

  /**
   * What tells one way to fail from another: the class and the first line of the message without
   * its numbers.
   */
  public static String kindOf(Throwable failure) {
    String message = String.valueOf(failure.getMessage()).strip();
    String first = message.lines().findFirst().orElse("");
    return failure.getClass().getName() + ": " + NUMBERS.matcher(first).replaceAll("#");
  }

  private Shrunk shrink() {
    say("begins");
    int before;
    do {
      before = weight();
      fewer();
      simpler();
    } while (weight() < before && mayRun());
    say("ends");
    return new Shrunk(smallest, failure, runs, mayRun());
  }

  /** Falls with everything that is taken for simpler, so that it tells whether a round helped. */
  private int weight() {
    return smallest.toJson().length() + smallest.size();
  }

  private boolean mayRun() {
    return runs < runsMax;
  }

  /** The loop of ddmin: subsets first, then complements, at ever finer parts. */
  private void fewer() {
    if (fails(List.of())) {
      return;
    }
    int parts = 2;
    while (smallest.size() >= 2 && mayRun()) {
      List<List<Schedule.Timed>> split = split(smallest.incidents(), parts);
      if (reducedToOneOf(split)) {
        parts = 2;
      } else if (parts > 2 && reducedToComplementOf(split)) {
        parts = Math.max(parts - 1, 2);
      } else if (parts < smallest.size()) {
        parts = Math.min(smallest.size(), 2 * parts);
      } else {
        return;
      }
    }
  }

  private boolean reducedToOneOf(List<List<Schedule.Timed>> split) {
    for (List<Schedule.Timed> part : split) {
      if (fails(part)) {
        return true;
      }
    }
    return false;
  }

  private boolean reducedToComplementOf(List<List<Schedule.Timed>> split) {
    for (int left = 0; left < split.size(); left++) {
      var rest = new ArrayList<Schedule.Timed>();
      for (int part = 0; part < split.size(); part++) {
        if (part != left) {
          rest.addAll(split.get(part));
        }
      }
      if (fails(rest)) {
        return true;
      }
    }
    return false;
  }

  private static List<List<Schedule.Timed>> split(List<Schedule.Timed> all, int parts) {
    var split = new ArrayList<List<Schedule.Timed>>();
    for (int part = 0; part < parts; part++) {
      int from = all.size() * part / parts;
      int to = all.size() * (part + 1) / parts;
      split.add(all.subList(from, to));
    }
    return split;
  }

  /** Takes each incident that is left as simple and as early as it fails. */
  private void simpler() {
    for (int index = 0; index < smallest.size(); index++) {
      boolean simplified = true;
      while (simplified && mayRun()) {
        simplified = simplified(index);
      }
    }
  }

  private boolean simplified(int index) {
    Schedule.Timed timed = smallest.incidents().get(index);
    for (Incident simple : timed.incident().simpler()) {
      if (fails(replaced(index, new Schedule.Timed(timed.atMillis(), simple)))) {
        return true;
      }
    }
    long earliest = index == 0 ? 0 : smallest.incidents().get(index - 1).atMillis();
    long at = timed.atMillis();
    for (long earlier : new long[] {earliest, (earliest + at) / 2, at / 1_000 * 1_000}) {
      if (earlier >= earliest && earlier < at) {
        if (fails(replaced(index, new Schedule.Timed(earlier, timed.incident())))) {
          return true;
        }
      }
    }
    return false;
  }

  private List<Schedule.Timed> replaced(int index, Schedule.Timed by) {
    var changed = new ArrayList<>(smallest.incidents());
    changed.set(index, by);
    return changed;
  }

  private boolean fails(List<Schedule.Timed> incidents) {
    if (!mayRun() || incidents.equals(smallest.incidents())) {
      return false;
    }
    runs++;
    if (runs % PROGRESS_EVERY_RUNS == 0) {
      say("goes on");
    }
    Schedule candidate = smallest.with(incidents);
    Optional<Throwable> thrown = trial.run(candidate);
    if (thrown.isEmpty() || !kindOf(thrown.get()).equals(kind)) {
      return false;
    }
    boolean fewer = incidents.size() < smallest.size();
    smallest = candidate;
    failure = thrown.get();
    if (fewer) {
      say("goes on");
    }
    return true;
  }

  private void say(String what) {
    progress.accept(
        "shrinking "
            + what
            + ": "
            + smallest.size()
            + " incidents left, "
            + runs
            + " of at most "
            + runsMax
            + " runs");
  }
}
