package org.ringoverlay.testkit.stats;

import java.util.Arrays;
import java.util.Locale;

/**
 * Numbers, all of them kept, so that every quantile is exact. Eight bytes each; not thread-safe.
 */
public final class Distribution {
  private static final int CAPACITY_FIRST = 64;

  private long[] values = new long[CAPACITY_FIRST];
  private int size;
  private boolean sorted = true;
  private double sum;

  /** Makes an empty one. */
  public Distribution() {}

  /** Adds a number. */
  public void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    sorted = sorted && (size == 0 || values[size - 1] <= value);
    values[size++] = value;
    sum += value;
  }

  /** Adds all of another one's. */
  public void addAll(Distribution other) {
    for (int i = 0; i < other.size; i++) {
      add(other.values[i]);
    }
  }

  /** How many there are. */
  public int count() {
    return size;
  }

  /** The mean; NaN if there are none. */
  public double mean() {
    return sum / size;
  }

  /** The smallest. */
  public long min() {
    return quantile(0);
  }

  /** The largest. */
  public long max() {
    return quantile(1);
  }

  /**
   * The smallest number that is not below the share {@code q} of all (the nearest rank): 0.5 gives
   * the median, 0 the smallest, 1 the largest.
   *
   * @throws IllegalStateException if there are none
   */
  public long quantile(double q) {
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("a quantile lies in [0, 1]: " + q);
    }
    if (size == 0) {
      throw new IllegalStateException("nothing was counted, so it has no quantile");
    }
    sort();
    int rank = (int) Math.ceil(q * size);
    return values[Math.max(0, rank - 1)];
  }

  /** The share of the numbers that are at most this one; NaN if there are none. */
  public double shareUpTo(long value) {
    sort();
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (values[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return (double) low / size;
  }

  private void sort() {
    if (!sorted) {
      Arrays.sort(values, 0, size);
      sorted = true;
    }
  }

  /** Count, mean and the usual quantiles on a line. */
  @Override
  public String toString() {
    if (size == 0) {
      return "none";
    }
    return String.format(
        Locale.ROOT,
        "%,d: mean %.2f, min %,d, p50 %,d, p90 %,d, p99 %,d, p99.9 %,d, max %,d",
        size,
        mean(),
        min(),
        quantile(0.5),
        quantile(0.9),
        quantile(0.99),
        quantile(0.999),
        max());
  }
}
