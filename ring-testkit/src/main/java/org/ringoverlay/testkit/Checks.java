package org.ringoverlay.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * The invariants of a simulation and when each is due.
 *
 * <p>The level, a system property {@code testkit.invariants}, says how dear a run may be: {@code
 * sampled} (the default) checks each as often as its author said, {@code always} after every event,
 * {@code quiet} only when the simulation comes to rest, which all levels do.
 */
final class Checks {
  static final String LEVEL_PROPERTY = "testkit.invariants";

  private final Simulation simulation;
  private final Engine engine;
  private final List<Check> checks = new ArrayList<>();
  private final Level level;

  private enum Level {
    QUIET,
    SAMPLED,
    ALWAYS
  }

  private static final class Check {
    final String name;
    final Invariant invariant;
    final int everyEvents;
    int eventsLeft;

    Check(String name, Invariant invariant, int everyEvents) {
      this.name = name;
      this.invariant = invariant;
      this.everyEvents = everyEvents;
      this.eventsLeft = everyEvents;
    }
  }

  Checks(Simulation simulation, Engine engine) {
    this.simulation = simulation;
    this.engine = engine;
    this.level =
        switch (System.getProperty(LEVEL_PROPERTY, "sampled")) {
          case "quiet" -> Level.QUIET;
          case "sampled" -> Level.SAMPLED;
          case "always" -> Level.ALWAYS;
          default ->
              throw new IllegalArgumentException(
                  LEVEL_PROPERTY + " is quiet, sampled or always, not what it is set to");
        };
  }

  void add(String name, Invariant invariant, int everyEvents) {
    if (everyEvents < 1) {
      throw new IllegalArgumentException("an invariant is checked each 1 or more events");
    }
    if (checks.stream().anyMatch(check -> check.name.equals(name))) {
      throw new IllegalArgumentException("there is an invariant of this name already: " + name);
    }
    checks.add(new Check(name, invariant, level == Level.ALWAYS ? 1 : everyEvents));
  }

  void remove(String name) {
    if (!checks.removeIf(check -> check.name.equals(name))) {
      throw new IllegalArgumentException(
          "there is no invariant '"
              + name
              + "' among "
              + checks.stream().map(c -> c.name).toList());
    }
  }

  void afterEvent() {
    if (level == Level.QUIET) {
      return;
    }
    for (int i = 0; i < checks.size(); i++) {
      Check check = checks.get(i);
      if (--check.eventsLeft == 0) {
        check.eventsLeft = check.everyEvents;
        verify(check);
      }
    }
  }

  void quiescent() {
    for (int i = 0; i < checks.size(); i++) {
      verify(checks.get(i));
    }
  }

  private void verify(Check check) {
    try {
      check.invariant.check(simulation);
    } catch (RuntimeException | AssertionError broken) {
      throw engine.failure(
          "The invariant '" + check.name + "' is broken: " + broken.getMessage(), broken);
    }
  }
}
