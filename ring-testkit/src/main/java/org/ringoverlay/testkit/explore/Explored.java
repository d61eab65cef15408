package org.ringoverlay.testkit.explore;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What came of an exploration.
 *
 * @param states how many states were reached
 * @param steps how many steps were taken between them
 * @param depth how many steps lead to the farthest state
 * @param complete whether every state was reached that there is, so that no flaw means that there
 *     is none
 * @param flaw what is wrong with the first state that is wrong, null if none was
 * @param trace the steps that lead there, as few as there can be
 */
public record Explored(
    long states,
    long steps,
    int depth,
    boolean complete,
    @Nullable String flaw,
    List<String> trace) {
  /** Copies the trace. */
  public Explored {
    trace = List.copyOf(trace);
  }

  /** For people: what was seen, and the way to the flaw step by step. */
  @Override
  public String toString() {
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d states, %,d steps between them, %d deep%s",
            states,
            steps,
            depth,
            complete ? ", which is all" : ", not all"));
    if (flaw != null) {
      text.append("; wrong: ").append(flaw);
      for (int i = 0; i < trace.size(); i++) {
        text.append("\n  ").append(i + 1).append(". ").append(trace.get(i));
      }
    }
    return text.toString();
  }
}
