package org.ringoverlay.testkit.history;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What clients asked of one object, and what they were answered, in the order in which that
 * happened. One thread.
 *
 * @param <I> what an operation asks
 * @param <O> what it answers
 */
public final class History<I, O> {
  /**
   * One operation.
   *
   * @param number from 0, in the order in which operations were begun
   * @param input what it asks
   */
  public record Operation<I>(int number, I input) {}

  /** A beginning or an end. */
  record Event<O>(int operation, boolean begins, @Nullable O output) {}

  private final List<Operation<I>> operations = new ArrayList<>();
  private final List<Event<O>> events = new ArrayList<>();
  private final List<Boolean> open = new ArrayList<>();

  /** Makes an empty one. */
  public History() {}

  /** A client begins an operation. */
  public Operation<I> begin(I input) {
    var operation = new Operation<>(operations.size(), input);
    operations.add(operation);
    open.add(true);
    events.add(new Event<>(operation.number(), true, null));
    return operation;
  }

  /**
   * A client was answered. Of an operation that is never answered, or whose outcome nobody knows,
   * nothing is said.
   *
   * @throws IllegalArgumentException if it was answered before or is none of this history
   */
  public void end(Operation<I> operation, O output) {
    int number = operation.number();
    if (number >= operations.size()
        || !operations.get(number).equals(operation)
        || !open.get(number)) {
      throw new IllegalArgumentException("It is over, or none of this history: " + operation);
    }
    open.set(number, false);
    events.add(new Event<>(number, false, output));
  }

  /** An operation turned out to have done nothing, whenever it was: it is as if it never was. */
  public void forget(Operation<I> operation) {
    int number = operation.number();
    open.set(number, false);
    events.removeIf(event -> event.operation() == number);
  }

  /** How many operations were begun. */
  public int size() {
    return operations.size();
  }

  List<Event<O>> events() {
    return events;
  }

  Operation<I> operation(int number) {
    return operations.get(number);
  }

  boolean isOpen(int number) {
    return open.get(number);
  }
}
