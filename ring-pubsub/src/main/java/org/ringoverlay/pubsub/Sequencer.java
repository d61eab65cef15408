package org.ringoverlay.pubsub;

/**
 * Gives a topic's sequences for one reign: the time in which one node is the topic's root without a
 * break.
 *
 * <p>A sequence is (term, counter), 21 and 32 bits, so that it stays below 2⁵³ and JSON carries it
 * exactly. A new reign knows nothing of the former one until somebody tells it what he saw; on
 * hearing of a sequence that is not its own, and whose term is not below its own, it goes on in the
 * term above. So each subscriber, who tells before he hears, sees sequences that grow, even when
 * two nodes took themselves for the root at once.
 *
 * <p>Plain state, no IO.
 */
final class Sequencer {
  /** The largest sequence. */
  static final long MAX = (1L << 53) - 1;

  private static final int COUNTER_BITS = 32;
  private static final long TERM_MAX = MAX >>> COUNTER_BITS;

  private final long reign;
  private long last;
  private long inherited;
  private long given;

  /**
   * Begins a reign.
   *
   * @param reign its number, drawn at random; not 0
   * @param floor sequences begin above this
   */
  Sequencer(long reign, long floor) {
    this.reign = reign;
    this.last = floor;
  }

  /** Whether this may be somebody's sequence: what lies outside comes from a liar. */
  static boolean isValid(long sequence) {
    return sequence >= 0 && term(sequence) < TERM_MAX;
  }

  static long term(long sequence) {
    return sequence >>> COUNTER_BITS;
  }

  long reign() {
    return reign;
  }

  /** Where the reign is: whoever comes now gets what lies above. */
  long last() {
    return last;
  }

  /** The highest sequence of a message that is known, of this reign or a former one; 0 if none. */
  long head() {
    return Math.max(given, inherited);
  }

  /** The highest sequence of another reign that was told here; 0 if none. */
  long inherited() {
    return inherited;
  }

  /** Whether there is another sequence to give. */
  boolean isSpent() {
    return last >= MAX;
  }

  long next() {
    if (isSpent()) {
      throw new IllegalStateException("no sequence above " + last);
    }
    given = ++last;
    return given;
  }

  /**
   * Hears of a sequence that somebody saw.
   *
   * @return whether it raised what is known of former reigns
   */
  boolean learn(long seen, long seenReign) {
    if (seen <= 0 || seenReign == reign) {
      return false;
    }
    if (term(seen) >= term(last)) {
      last = (term(seen) + 1) << COUNTER_BITS;
    }
    if (seen <= inherited) {
      return false;
    }
    inherited = seen;
    return true;
  }
}
