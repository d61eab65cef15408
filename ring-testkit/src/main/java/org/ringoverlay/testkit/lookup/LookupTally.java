package org.ringoverlay.testkit.lookup;

import java.util.List;
import java.util.Locale;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.stats.Confidence;
import org.ringoverlay.testkit.stats.Distribution;

/**
 * What became of the lookups that have ended.
 *
 * @param delivered answered by the root
 * @param wrongRoot delivered at a node that was not the root, be it once of several attempts
 * @param told ended by an error with which somebody said why, before the deadline
 * @param lost ended at the deadline without a word, or not even then
 * @param abandoned whose asker died or froze meanwhile; they count neither way
 * @param open not ended yet
 * @param hops how many nodes each answered lookup passed
 * @param nanos how long each answered lookup took
 * @param misses the lookups that were lost, told or wrongly delivered, the first of them
 */
public record LookupTally(
    long delivered,
    long wrongRoot,
    long told,
    long lost,
    long abandoned,
    long open,
    Distribution hops,
    Distribution nanos,
    List<Miss> misses) {

  /**
   * A lookup that did not go well.
   *
   * @param askedMillis when it was asked, in virtual time
   * @param asker the index of the node that asked
   * @param why what the asker was told, or where it was delivered instead
   */
  public record Miss(long askedMillis, int asker, Id target, Outcome outcome, String why) {}

  /** Copies the list. */
  public LookupTally {
    misses = List.copyOf(misses);
  }

  /** All that count. */
  public long judged() {
    return delivered + wrongRoot + told + lost;
  }

  /** The upper bound at 95 % of the probability that a lookup is lost. */
  public double lostUpperBound() {
    return Confidence.upperBound(lost, judged());
  }

  /** The upper bound at 95 % of the probability that a lookup is delivered at a wrong root. */
  public double wrongRootUpperBound() {
    return Confidence.upperBound(wrongRoot, judged());
  }

  /** All of it in a few lines. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d lookups: %,d at their root, %,d at a wrong root (95 %% below %.2g), %,d lost (95 %% below %.2g),"
            + " %,d told, %,d abandoned, %,d open%nhops %s%nmicros: mean %.0f, p50 %,d, p99 %,d, max %,d",
        judged(),
        delivered,
        wrongRoot,
        wrongRootUpperBound(),
        lost,
        lostUpperBound(),
        told,
        abandoned,
        open,
        hops,
        nanos.mean() / 1_000,
        micros(0.5),
        micros(0.99),
        micros(1));
  }

  private long micros(double quantile) {
    return nanos.count() == 0 ? 0 : nanos.quantile(quantile) / 1_000;
  }
}
