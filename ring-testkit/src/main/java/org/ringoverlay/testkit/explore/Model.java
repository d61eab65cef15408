package org.ringoverlay.testkit.explore;

import org.jspecify.annotations.Nullable;

/**
 * A protocol, small enough to be explored whole: its states and the steps between them.
 *
 * <p>States are values: a step makes a new one and changes none. What is sent and not yet received,
 * or may be lost, is part of the state. Called by one thread.
 *
 * @param <S> a state
 */
public interface Model<S> {
  /** Takes the steps of one state. */
  @FunctionalInterface
  interface Steps<S> {
    /**
     * One step.
     *
     * @param what what happens, for people who read a trace
     * @param next the state after it
     */
    void step(String what, S next);
  }

  /** The state in which everything begins. */
  S initial();

  /** Names every step that may be taken from a state, in an order that is always the same. */
  void steps(S state, Steps<S> steps);

  /**
   * A state in 64 bits that are as good as drawn, such as those of {@link Fingerprint}. States with
   * equal fingerprints count as one: those that differ in the names of nodes alone may share
   * theirs, if the model treats these nodes alike.
   */
  long fingerprint(S state);

  /** What is wrong with a state, null if it is sound. */
  @Nullable String flaw(S state);
}
