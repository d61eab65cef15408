package org.ringoverlay.lab.planted.testkit.junit;

/** Breaks no rule: whoever starts a run may look at the real clock. */
public final class DrawsASeed {
  private DrawsASeed() {}

  static long seed() {
    return System.nanoTime();
  }
}
