package org.ringoverlay.testkit.explore;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reaches every state of a model, the nearest first, and stops at the first that is wrong.
 *
 * <p>Of a state that was left only its fingerprint is kept (as TLC does it: Yu, Manolios, Lamport,
 * "Model checking TLA+ specifications", 1999, section 2), 28 bytes and room to grow, and the states
 * of the front. The way to a flaw is found by going it once more. Blocks; one thread.
 *
 * @param <S> a state
 */
public final class Explorer<S> {
  /** Because an array has no more. */
  private static final int STATES_MAX = 400_000_000;

  private final Model<S> model;
  private final int statesMax;
  private final Seen seen = new Seen();
  private List<S> front = new ArrayList<>();
  private List<Integer> frontNumbers = new ArrayList<>();
  private List<S> next = new ArrayList<>();
  private List<Integer> nextNumbers = new ArrayList<>();
  private long steps;
  private int flawed = -1;
  private boolean cutShort;

  private Explorer(Model<S> model, int statesMax) {
    this.model = model;
    this.statesMax = statesMax;
  }

  /**
   * Explores.
   *
   * @param statesMax after how many states to stop, up to 400,000,000
   */
  public static <S> Explored explore(Model<S> model, int statesMax) {
    if (statesMax < 1 || statesMax > STATES_MAX) {
      throw new IllegalArgumentException("From 1 to " + STATES_MAX + " states: " + statesMax);
    }
    return new Explorer<>(model, statesMax).run();
  }

  private Explored run() {
    int depth = 0;
    reach(-1, model.initial());
    while (flawed < 0 && !cutShort && !next.isEmpty()) {
      advance();
      for (int at = 0; at < front.size() && flawed < 0 && !cutShort; at++) {
        int from = frontNumbers.get(at);
        model.steps(
            front.get(at),
            (what, state) -> {
              steps++;
              reach(from, state);
            });
      }
      depth += next.isEmpty() ? 0 : 1;
    }
    boolean complete = flawed < 0 && !cutShort;
    List<String> trace = new ArrayList<>();
    String flaw = flawed < 0 ? null : retrace(trace);
    return new Explored(seen.size(), steps, depth, complete, flaw, trace);
  }

  private void advance() {
    front = next;
    frontNumbers = nextNumbers;
    next = new ArrayList<>();
    nextNumbers = new ArrayList<>();
  }

  private void reach(int from, S state) {
    if (flawed >= 0 || cutShort) {
      return;
    }
    int number = seen.add(model.fingerprint(state), from);
    if (number < 0) {
      return;
    }
    if (model.flaw(state) != null) {
      flawed = number;
    } else if (seen.size() >= statesMax) {
      cutShort = true;
    }
    next.add(state);
    nextNumbers.add(number);
  }

  /** Goes the way to the flawed state once more. */
  private @Nullable String retrace(List<String> trace) {
    List<Integer> way = new ArrayList<>();
    for (int number = flawed; number >= 0; number = seen.from(number)) {
      way.add(number);
    }
    Collections.reverse(way);
    S state = model.initial();
    for (int number : way.subList(1, way.size())) {
      long wanted = seen.fingerprint(number);
      List<S> found = new ArrayList<>();
      model.steps(
          state,
          (what, reached) -> {
            if (found.isEmpty() && model.fingerprint(reached) == wanted) {
              found.add(reached);
              trace.add(what);
            }
          });
      if (found.isEmpty()) {
        throw new IllegalStateException(
            "The model does not name the same steps twice, after " + trace);
      }
      state = found.get(0);
    }
    return model.flaw(state);
  }
}
