package org.ringoverlay.dht.internal.arc;

/**
 * Versions: (generation, round, counter) packed into 53 bits, so that JSON carries them unharmed.
 *
 * <p>The round is that of the ballot which made the version. A round belongs to one daddy, who
 * counts upwards, so a version is never made twice. A ballot's round has the generation above it:
 * it is 0 until an operator gives up a lost majority of the arc, and grows by one each time.
 */
public final class Versions {
  /** The largest version. */
  public static final long MAX = (1L << 53) - 1;

  /** There is no further version under this round. */
  static final long EXHAUSTED = -1;

  private static final int ROUND_BITS = 22;

  /** The last round of the first generation. */
  static final long ROUND_MAX = (1L << ROUND_BITS) - 1;

  private static final int COUNTER_BITS = 26;

  /** The last round of the last generation. */
  static final long ROUND_LIMIT = MAX >>> COUNTER_BITS;

  private static final long COUNTER_MAX = (1L << COUNTER_BITS) - 1;

  private Versions() {}

  /**
   * The version that follows another under a round.
   *
   * @param current the current version, 0 if there is none; of this round or an earlier one
   * @return {@link #EXHAUSTED} if the round has no version left: a new round does
   */
  static long next(long current, long round) {
    if (round < 1 || round > ROUND_LIMIT || round(current) > round) {
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

  /** How often a majority of the arc's members had been given up when a version was made. */
  static long generation(long version) {
    return generationOf(round(version));
  }

  /** The generation of a round. */
  static long generationOf(long round) {
    return round >>> ROUND_BITS;
  }

  /** Whether a round is the last of its generation, after which there is none. */
  static boolean isLast(long round) {
    return (round & ROUND_MAX) == ROUND_MAX;
  }

  /**
   * The first round of a generation.
   *
   * @return {@link #EXHAUSTED} if there is no such generation
   */
  static long firstOf(long generation) {
    long round = generation << ROUND_BITS | 1;
    return round > ROUND_LIMIT ? EXHAUSTED : round;
  }

  static long counter(long version) {
    return version & COUNTER_MAX;
  }
}
