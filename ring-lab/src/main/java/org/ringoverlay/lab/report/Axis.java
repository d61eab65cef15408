package org.ringoverlay.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where numbers stand along one side of a plot.
 *
 * @param low the number at the beginning
 * @param high the number at the end
 * @param log whether equal steps are equal factors
 */
record Axis(double low, double high, boolean log) {
  private static final int TICKS_MAX = 7;

  /** An axis that holds some numbers and begins and ends at round ones. */
  static Axis over(List<Double> values, boolean log, boolean fromZero) {
    double low = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double high = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    if (log) {
      return overLog(values, high);
    }
    double begin = fromZero ? Math.min(0, low) : low;
    if (begin == high) {
      high = begin + 1;
    }
    double step = step(high - begin);
    return new Axis(Math.floor(begin / step) * step, Math.ceil(high / step) * step, false);
  }

  private static Axis overLog(List<Double> values, double high) {
    double least =
        values.stream().mapToDouble(Double::doubleValue).filter(v -> v > 0).min().orElse(1);
    double from = Math.pow(10, Math.floor(Math.log10(least)));
    double to = Math.pow(10, Math.ceil(Math.log10(Math.max(high, least))));
    return new Axis(from, from == to ? 10 * from : to, true);
  }

  /** The position of a number, 0 at the beginning and 1 at the end. */
  double at(double value) {
    if (log) {
      double bounded = Math.max(value, low);
      return (Math.log10(bounded) - Math.log10(low)) / (Math.log10(high) - Math.log10(low));
    }
    return (value - low) / (high - low);
  }

  /** The round numbers to be written beside it. */
  List<Double> ticks() {
    var ticks = new ArrayList<Double>();
    if (log) {
      double decades = Math.log10(high) - Math.log10(low);
      int every = (int) Math.ceil(decades / TICKS_MAX);
      for (int decade = 0; decade <= Math.round(decades); decade += every) {
        ticks.add(low * Math.pow(10, decade));
      }
      return ticks;
    }
    double step = step(high - low);
    for (int count = 0; low + count * step <= high + step / 2; count++) {
      ticks.add(low + count * step);
    }
    return ticks;
  }

  /** 1, 2 or 5 times a power of ten, so that there are few ticks. */
  private static double step(double span) {
    double power = Math.pow(10, Math.floor(Math.log10(span / TICKS_MAX)));
    for (double factor : new double[] {1, 2, 5}) {
      if (span / (factor * power) <= TICKS_MAX) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** A number as a person writes it. */
  static String label(double value) {
    double size = Math.abs(value);
    if (size < 1e-12) {
      return "0";
    }
    if (size < 0.001 || size >= 1e7) {
      return String.format(Locale.ROOT, "%.0e", value).replace("e-0", "e-").replace("e+0", "e");
    }
    String text = String.format(Locale.ROOT, "%,.4f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
