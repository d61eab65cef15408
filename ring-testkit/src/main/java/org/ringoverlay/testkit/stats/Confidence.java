package org.ringoverlay.testkit.stats;

/** What a count of failures says of their probability. */
public final class Confidence {
  private static final double LEVEL_DEFAULT = 0.95;

  /** Halvings of an interval of length 1, after which nothing of a double is left. */
  private static final int HALVINGS = 1_100;

  private Confidence() {}

  /** The one-sided upper bound at 95 %; see {@link #upperBound(long, long, double)}. */
  public static double upperBound(long failures, long trials) {
    return upperBound(failures, trials, LEVEL_DEFAULT);
  }

  /**
   * The one-sided upper bound of a probability by Clopper and Pearson ("The use of confidence or
   * fiducial limits illustrated in the case of the binomial", Biometrika 26, 1934): were it larger,
   * so few failures would come out in less than {@code 1 - level} of all experiments. It holds for
   * independent trials. Without failures at 95 % it is about 3 divided by the trials, the rule of
   * three.
   *
   * @param level above 0 and below 1
   * @return 1 if there were no trials, or nothing but failures
   */
  public static double upperBound(long failures, long trials, double level) {
    if (failures < 0 || trials < failures) {
      throw new IllegalArgumentException(failures + " failures in " + trials + " trials");
    }
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("a level of confidence lies between 0 and 1: " + level);
    }
    if (failures == trials) {
      return 1;
    }
    double low = (double) failures / trials;
    double high = 1;
    for (int halving = 0; halving < HALVINGS; halving++) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        break;
      }
      if (atMost(failures, trials, middle) > 1 - level) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** How likely so few failures or fewer are. The terms are summed from the largest down. */
  private static double atMost(long failures, long trials, double probability) {
    double odds = probability / (1 - probability);
    double logTerm = logOfTerm(failures, trials, probability);
    double sum = 1;
    double term = 1;
    for (long k = failures; k > 0; k--) {
      term *= k / (trials - k + 1.0) / odds;
      sum += term;
      if (term < sum * 1e-17) {
        break;
      }
    }
    return Math.exp(logTerm) * sum;
  }

  private static double logOfTerm(long failures, long trials, double probability) {
    double log = failures * Math.log(probability) + (trials - failures) * Math.log1p(-probability);
    if (failures == 0) {
      return (trials - failures) * Math.log1p(-probability);
    }
    long fewer = Math.min(failures, trials - failures);
    for (long k = 1; k <= fewer; k++) {
      log += Math.log((trials - fewer + k) / (double) k);
    }
    return log;
  }
}
