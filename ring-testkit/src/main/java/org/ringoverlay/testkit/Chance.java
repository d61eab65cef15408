package org.ringoverlay.testkit;

import org.ringoverlay.spi.Randomness;

/**
 * A stream of chance that is a function of a seed and a purpose, so that a new host or link does
 * not change what the others draw. SplitMix64 (Steele, Lea and Flood 2014, figure 14).
 */
class Chance implements Randomness {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  private Chance(long state) {
    this.state = state;
  }

  Chance(long seed, String purpose) {
    this(mix(seed + GOLDEN_GAMMA) ^ mix(Trace.digest(purpose)));
  }

  static Chance of(long seed, String purpose) {
    return new Chance(seed, purpose);
  }

  @Override
  public final long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** Whether something of this probability happens; draws nothing for 0. */
  final boolean happens(double probability) {
    return probability > 0 && unit() < probability;
  }

  /** A number in [0, 1). */
  final double unit() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** A waiting time whose mean is given, exponentially spread, at least one nanosecond. */
  final long exponentialNanos(long meanNanos) {
    return 1 + (long) (-StrictMath.log(1 - unit()) * meanNanos);
  }

  private static long mix(long word) {
    long mixed = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
