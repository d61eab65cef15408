package org.ringoverlay.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a history is linearizable: each operation seems to happen at one moment between its
 * beginning and its end (Wing, Gong, "Testing and verifying concurrent objects", 1993), searched
 * with a memory of what was tried (Lowe, "Testing for linearizability", 2017, section 4).
 *
 * <p>What was never answered may have happened at any time, or not at all. It is tried only right
 * before what would not have been the same without it: any other order has one of that kind which
 * ends in the same state, with the unanswered operation later or nowhere.
 *
 * <p>Takes time and memory that grow with how many operations overlap, in the worst case
 * exponentially: a few dozen at a time are well, and a bound says when it was too much. Check each
 * key for itself, for a history of independent objects is linearizable if each of them is. Blocks.
 *
 * @param <S> the states of the object
 * @param <I> what an operation asks
 * @param <O> what it answers
 */
public final class Linearizability<S, I, O> {
  private final Spec<S, I, O> spec;
  private final History<I, O> history;
  private final int triedMax;
  private final Set<Tried<S>> tried = new HashSet<>();

  /** The events that are not placed yet, in order: a list that is linked by index. */
  private final int[] next;

  private final int[] previous;
  private final int[] endOf;
  private final int end;

  /** How many operations of each rank are not placed yet, lowest first. */
  private final TreeMap<Long, Integer> ranksLeft = new TreeMap<>();

  private List<Integer> longest = List.of();

  /**
   * What was placed, in whatever order, and what that led to; after an unanswered operation also
   * which one that was, and what was before it, for that decides what may be next.
   */
  private record Tried<S>(BitSet placed, S state, int unanswered, @Nullable S before) {}

  private record Placed<S>(int event, S before) {}

  private Linearizability(Spec<S, I, O> spec, History<I, O> history, int triedMax) {
    this.spec = spec;
    this.history = history;
    this.triedMax = triedMax;
    this.end = history.events().size();
    this.next = new int[end + 2];
    this.previous = new int[end + 2];
    this.endOf = new int[history.size()];
    Arrays.fill(endOf, -1);
    // The head is behind the end, so that every event has one before and one after it.
    int head = end + 1;
    int last = head;
    for (int at = 0; at < end; at++) {
      next[last] = at;
      previous[at] = last;
      last = at;
      History.Event<O> event = history.events().get(at);
      if (!event.begins()) {
        endOf[event.operation()] = at;
        ranked(event.operation(), 1);
      }
    }
    next[last] = end;
    previous[end] = last;
  }

  /**
   * Checks a history.
   *
   * @param triedMax how many combinations to try at most
   * @return what is wrong with it, for people to read; null if it is linearizable
   * @throws IllegalStateException if that could not be decided within the bound
   */
  public static <S, I, O> @Nullable String flaw(
      Spec<S, I, O> spec, History<I, O> history, int triedMax) {
    return new Linearizability<>(spec, history, triedMax).search();
  }

  private @Nullable String search() {
    int head = end + 1;
    var placed = new BitSet();
    var stack = new ArrayDeque<Placed<S>>();
    S state = spec.initial();
    int at = next[head];
    while (at != end) {
      History.Event<O> event = history.events().get(at);
      if (event.begins()) {
        S after = placeable(event, placed, state, stack.peek());
        if (after != null) {
          stack.push(new Placed<>(at, state));
          placed.set(event.operation());
          lift(at);
          ranked(event.operation(), -1);
          state = after;
          at = next[head];
          continue;
        }
        at = next[at];
        continue;
      }
      // Something is over and not placed, so something before it is in the wrong place.
      remember(stack);
      if (stack.isEmpty()) {
        return flawText();
      }
      Placed<S> last = stack.pop();
      state = last.before();
      int operation = history.events().get(last.event()).operation();
      placed.clear(operation);
      ranked(operation, 1);
      unlift(last.event());
      at = next[last.event()];
    }
    // What is left was never answered, and need not have happened.
    return null;
  }

  /** The state after an operation that may be next, null if it may not or was tried. */
  private @Nullable S placeable(
      History.Event<O> event, BitSet placed, S state, @Nullable Placed<S> last) {
    int number = event.operation();
    if (isTooEarly(number)) {
      return null;
    }
    S after = after(state, number);
    if (after == null || (isUnanswered(number) && after.equals(state))) {
      return null;
    }
    if (last != null && mayWait(last, number, after)) {
      return null;
    }
    BitSet with = (BitSet) placed.clone();
    with.set(number);
    boolean open = isUnanswered(number);
    if (!tried.add(new Tried<>(with, after, open ? number : -1, open ? state : null))) {
      return null;
    }
    if (tried.size() > triedMax) {
      throw new IllegalStateException(
          "Whether "
              + history.size()
              + " operations are linearizable was not decided by "
              + triedMax
              + " tries: too many overlap.");
    }
    return after;
  }

  private @Nullable S after(S state, int number) {
    int answer = endOf[number];
    O output = answer < 0 ? null : history.events().get(answer).output();
    return spec.after(state, history.operation(number).input(), output);
  }

  private long rank(int number) {
    O output = endOf[number] < 0 ? null : history.events().get(endOf[number]).output();
    return output == null ? Spec.UNRANKED : spec.rank(history.operation(number).input(), output);
  }

  /** Whether one of a lower rank has to come first. */
  private boolean isTooEarly(int number) {
    long rank = rank(number);
    return rank != Spec.UNRANKED && rank > ranksLeft.firstKey();
  }

  private boolean isUnanswered(int number) {
    return endOf[number] < 0;
  }

  /** Whether the last operation is unanswered, and the next may as well go before it. */
  private boolean mayWait(Placed<S> last, int next, S after) {
    int number = history.events().get(last.event()).operation();
    S without = isUnanswered(number) ? after(last.before(), next) : null;
    if (without == null) {
      return false;
    }
    // Without it all is the same; or it is the same when it comes after what was answered.
    return without.equals(after) || (!isUnanswered(next) && after.equals(after(without, number)));
  }

  private void ranked(int number, int more) {
    if (rank(number) != Spec.UNRANKED) {
      ranksLeft.merge(rank(number), more, (one, other) -> one + other == 0 ? null : one + other);
    }
  }

  private void lift(int event) {
    unlink(event);
    int answer = endOf[history.events().get(event).operation()];
    if (answer >= 0) {
      unlink(answer);
    }
  }

  private void unlift(int event) {
    int answer = endOf[history.events().get(event).operation()];
    if (answer >= 0) {
      relink(answer);
    }
    relink(event);
  }

  private void unlink(int at) {
    next[previous[at]] = next[at];
    previous[next[at]] = previous[at];
  }

  private void relink(int at) {
    next[previous[at]] = at;
    previous[next[at]] = at;
  }

  private void remember(ArrayDeque<Placed<S>> stack) {
    if (stack.size() > longest.size() || longest.isEmpty()) {
      var order = new ArrayList<Integer>();
      stack
          .descendingIterator()
          .forEachRemaining(placed -> order.add(history.events().get(placed.event()).operation()));
      longest = order;
    }
  }

  private String flawText() {
    var text =
        new StringBuilder("Of " + history.size() + " operations at most these are in an order: ");
    for (int number : longest.subList(Math.max(0, longest.size() - 5), longest.size())) {
      text.append("\n  ").append(line(number));
    }
    text.append("\nand none of these can be next:");
    var left = new BitSet();
    left.set(0, history.size());
    longest.forEach(left::clear);
    left.stream()
        .boxed()
        .sorted(Comparator.comparing(this::isUnanswered))
        .limit(8)
        .forEach(number -> text.append("\n  ").append(line(number)));
    return text.toString();
  }

  private String line(int number) {
    int answer = endOf[number];
    return number
        + ": "
        + history.operation(number).input()
        + " → "
        + (answer < 0 ? "not known" : history.events().get(answer).output());
  }
}
