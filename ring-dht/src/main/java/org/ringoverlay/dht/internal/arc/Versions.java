package org.ringoverlay.dht.internal.arc;

/**
 * Versions: (generation, round, counter) packed into 53 bits, so that JSON carries them unharmed.
 *
 * <p>The round is that of the ballot which made the version. A round belongs to one daddy, who
 * counts upwards, so a version is never made twice.
 */
public final class Versions {
  /** The largest version. */
  public static final long MAX = (1L << 53) - 1;

  /** There is no further version under this round. */
  static final long EXHAUSTED = -1;

  private static final int ROUND_BITS = 22;
  static final long ROUND_MAX = (1L << ROUND_BITS) - 1;
  private static final int COUNTER_BITS = 26;
  private static final long COUNTER_MAX = (1L << COUNTER_BITS) - 1;

  private Versions() {}

  /**
   * The version that follows another under a round.
   *
   * @param current the current version, 0 if there is none; of this round or an earlier one
   * @return {@link #EXHAUSTED} if the round has no version left: a new round does
   */
  static long next(long current, long round) {
    if (round < 1 || round > ROUND_MAX || round(current) > round) {
      throw new IllegalStateException("no version after " + current + " in round " + round);
    }
    if (round(current) < round) {
      return round << COUNTER_BITS | 1;
    }
    return counter(current) == COUNTER_MAX ? EXHAUSTED : current + 1;
  }

  /** A version above all of the rounds before this one and below all of this one's. */
  static long before(long round) {
    return round << COUNTER_BITS;
  }

  /** The round that made a version, with the generation above it; 0 for no version. */
  static long round(long version) {
    return version >>> COUNTER_BITS;
  }

  /** How often a majority of the arc's members had been lost for ever when a version was made. */
  static long generation(long version) {
    return round(version) >>> ROUND_BITS;
  }

  static long counter(long version) {
    return version & COUNTER_MAX;
  }
}
