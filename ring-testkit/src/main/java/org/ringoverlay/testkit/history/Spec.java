package org.ringoverlay.testkit.history;

import org.jspecify.annotations.Nullable;

/**
 * An object that does one operation after the other.
 *
 * @param <S> its states: values, compared by {@code equals}
 * @param <I> what an operation asks
 * @param <O> what it answers
 */
public interface Spec<S, I, O> {
  /** The state in which it begins. */
  S initial();

  /**
   * The state after an operation.
   *
   * @param output what was answered, null if that is not known
   * @return null if the object in this state cannot have answered that
   */
  @Nullable S after(S state, I input, @Nullable O output);

  /** The rank of an operation of whose place its answer says nothing. */
  long UNRANKED = Long.MIN_VALUE;

  /**
   * Where an answered operation stands among others, if its answer says so: no order is possible in
   * which one of a higher rank comes before one of a lower. Versions that only grow are such ranks;
   * a search that knows them need not try what they exclude.
   */
  default long rank(I input, O output) {
    return UNRANKED;
  }
}
