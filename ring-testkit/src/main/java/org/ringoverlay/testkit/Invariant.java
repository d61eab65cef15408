package org.ringoverlay.testkit;

/** Something that holds at every moment of a run. */
@FunctionalInterface
public interface Invariant {
  /**
   * Looks whether it holds. Called between two events; must change nothing.
   *
   * @throws AssertionError or any other unchecked exception that says what is broken
   */
  void check(Simulation simulation);
}
