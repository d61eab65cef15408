package org.ringoverlay.dht;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How likely records are lost for good, as far as a node can tell from what it has seen since it
 * started, and how many copies would do.
 *
 * <p>The model: each node is lost for good at the same rate, independently of the others, and each
 * arc that misses members is repaired in the same mean time, one step after the other. An arc is
 * lost when a majority of its members is, which is the absorbing state of a chain of births and
 * deaths whose mean time to absorption is exact. What goes down together, because of one room, one
 * mistake or one bug, is not in it; {@code docs/explanation/dht.md} says more.
 *
 * <p>Computed values; any thread.
 *
 * @param observed for how long nodes were seen, added up over the nodes
 * @param losses how many of them were lost in that time
 * @param yearsToLoss the mean time until a node is lost, in years; empty if none was
 * @param yearsToLossAtLeast what that is at least, with 95 % confidence
 * @param repair how long it takes until others keep what a lost node had kept
 * @param repairs how many repairs that is the mean of; if 0 it is {@code ring.dht.gone} and {@code
 *     ring.dht.sweep.interval}, and the time to copy is not in it
 * @param nodes how many nodes keep records now
 * @param risks for 1, 3, 5 and 7 copies
 * @param target the risk that is accepted, {@code ring.durability.target}
 * @param advised the fewest copies whose risk is at most the target with that confidence; empty if
 *     even the most may not do, or too little was seen to say so
 * @see "Angus 1988, On computing MTBF for a k-out-of-n:G repairable system, IEEE Transactions on
 *     Reliability 37 (3)"
 */
public record Durability(
    Duration observed,
    int losses,
    OptionalDouble yearsToLoss,
    double yearsToLossAtLeast,
    Duration repair,
    int repairs,
    int nodes,
    List<Risk> risks,
    double target,
    OptionalInt advised) {
  private static final double YEAR_NANOS = 365.25 * 24 * 3600 * 1e9;
  private static final double DOUBT = 0.05;
  private static final int HALVINGS = 200;

  /**
   * How likely it is that at least one arc of the ring is lost within a year.
   *
   * @param copies so many copies
   * @param likely at the rate that was seen; empty if nothing was lost
   * @param atMost at the highest rate that what was seen leaves probable, with 95 % confidence
   */
  public record Risk(int copies, OptionalDouble likely, double atMost) {}

  /** Copies the list. */
  public Durability {
    risks = List.copyOf(risks);
  }

  /**
   * Computes it.
   *
   * @param nodeNanos for how long nodes were seen, in all
   * @param repairNanos how long a repair takes
   * @param arcs into how many arcs the circle is cut
   */
  static Durability of(
      double nodeNanos,
      int losses,
      double repairNanos,
      int repairs,
      int nodes,
      int arcs,
      double target) {
    double nodeYears = nodeNanos / YEAR_NANOS;
    double repairYears = repairNanos / YEAR_NANOS;
    double most = nodeYears == 0 ? Double.POSITIVE_INFINITY : expectedAtMost(losses) / nodeYears;
    OptionalDouble rate =
        losses == 0 || nodeYears == 0
            ? OptionalDouble.empty()
            : OptionalDouble.of(losses / nodeYears);
    // Arcs between the same nodes go together, and a ring has as many groups of neighbours as
    // nodes.
    int groups = Math.max(1, Math.min(arcs, nodes));
    var risks = new ArrayList<Risk>();
    OptionalInt advised = OptionalInt.empty();
    for (int copies = 1; copies <= 7; copies += 2) {
      double atMost = risk(copies, most, repairYears, groups);
      OptionalDouble likely =
          rate.isPresent()
              ? OptionalDouble.of(risk(copies, rate.getAsDouble(), repairYears, groups))
              : OptionalDouble.empty();
      risks.add(new Risk(copies, likely, atMost));
      if (advised.isEmpty() && atMost <= target) {
        advised = OptionalInt.of(copies);
      }
    }
    return new Durability(
        Duration.ofNanos((long) nodeNanos),
        losses,
        rate.isPresent() ? OptionalDouble.of(1 / rate.getAsDouble()) : OptionalDouble.empty(),
        1 / most,
        Duration.ofNanos((long) repairNanos),
        repairs,
        nodes,
        risks,
        target,
        advised);
  }

  /** The chance that one of so many groups of nodes loses a majority within a year. */
  static double risk(int copies, double lossesAYear, double repairYears, int groups) {
    if (Double.isInfinite(lossesAYear)) {
      return 1;
    }
    double years = yearsToLoss(copies, lossesAYear, repairYears);
    return -StrictMath.expm1(-groups / years);
  }

  /**
   * The mean time until a majority of so many members is lost: the time from each number of lost
   * members to the next, with all returns to fewer, added up.
   */
  static double yearsToLoss(int copies, double lossesAYear, double repairYears) {
    double years = 0;
    double step = 0;
    for (int lost = 0; lost < copies / 2 + 1; lost++) {
      double further = (copies - lost) * lossesAYear;
      double back = lost == 0 ? 0 : 1 / repairYears;
      step = (1 + back * step) / further;
      years += step;
    }
    return years;
  }

  /**
   * The highest mean of a Poisson distribution under which so few events, or fewer, are seen once
   * in twenty times: half of chi-square's 95 % quantile of 2 (events + 1) degrees of freedom
   * (Garwood 1936).
   */
  static double expectedAtMost(int events) {
    double low = 0;
    double high = 2.0 * events + 20;
    for (int halving = 0; halving < HALVINGS; halving++) {
      double middle = (low + high) / 2;
      if (atMost(events, middle) > DOUBT) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static double atMost(int events, double mean) {
    double chance = 0;
    double logTerm = -mean;
    for (int event = 0; event <= events; event++) {
      chance += StrictMath.exp(logTerm);
      logTerm += StrictMath.log(mean) - StrictMath.log(event + 1.0);
    }
    return chance;
  }

  /** The risk of so many copies. */
  public Optional<Risk> risk(int copies) {
    return risks.stream().filter(risk -> risk.copies() == copies).findFirst();
  }
}
