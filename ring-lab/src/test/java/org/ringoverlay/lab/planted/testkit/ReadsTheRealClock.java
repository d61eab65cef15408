package org.ringoverlay.lab.planted.testkit;

/** A simulator that looks out of the window. */
public final class ReadsTheRealClock {
  private ReadsTheRealClock() {}

  static long now() {
    return System.nanoTime();
  }
}
