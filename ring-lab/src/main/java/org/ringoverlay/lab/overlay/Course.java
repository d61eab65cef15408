package org.ringoverlay.lab.overlay;

import java.io.IOException;

/** One profile: makes a ring, lets happen what is to happen, and holds it to its bounds. */
@FunctionalInterface
interface Course {
  /**
   * Runs one seed.
   *
   * @throws AssertionError if an invariant broke or the nodes never agreed
   * @throws IOException if a plot could not be written
   */
  void run(Burn burn) throws IOException;
}
