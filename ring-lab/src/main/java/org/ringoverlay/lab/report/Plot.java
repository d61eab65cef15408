package org.ringoverlay.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ringoverlay.testkit.stats.Distribution;

/**
 * A plot as a file of SVG that needs nothing else: lines, or how a number is distributed. It is
 * light or dark as the reader's system is, and says in words what it shows for those who do not see
 * it.
 */
public final class Plot {
  /** The numbers that one series may have; more are thinned out where they are drawn. */
  private static final int POINTS_MAX = 500;

  /** Colours that people with a weak sense for some tell apart, from Okabe and Ito (2008). */
  private static final int COLOURS = 6;

  private static final int DOTTED_POINTS_MAX = 40;

  private static final int WIDTH = 720;
  private static final int HEIGHT = 400;
  private static final int LEFT = 76;
  private static final int RIGHT = 32;
  private static final int TOP = 64;
  private static final int BOTTOM = 56;

  private static final String STYLE =
      """
        svg { font-family: system-ui, sans-serif; font-size: 13px; background: #fff; color: #1d1f22 }
        text { fill: currentColor }
        .title { font-size: 16px; font-weight: 600 }
        .grid { stroke: #dcdfe3; stroke-width: 1 }
        .axis { stroke: #6b7178; stroke-width: 1 }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round }
        .bound { stroke: #6b7178; stroke-width: 1.5; stroke-dasharray: 6 4 }
        .s0 { stroke: #0072b2; fill: #0072b2 } .s1 { stroke: #d55e00; fill: #d55e00 }
        .s2 { stroke: #00805e; fill: #00805e } .s3 { stroke: #a8478a; fill: #a8478a }
        .s4 { stroke: #8a6d00; fill: #8a6d00 } .s5 { stroke: #3f7fb5; fill: #3f7fb5 }
        .line { fill: none }
        .bar { stroke: none; fill-opacity: .8 }
        @media (prefers-color-scheme: dark) {
          svg { background: #16181b; color: #e4e6e9 }
          .grid { stroke: #33373c } .axis, .bound { stroke: #9aa1a9 }
          .s0 { stroke: #56b4e9; fill: #56b4e9 } .s1 { stroke: #ff9248; fill: #ff9248 }
          .s2 { stroke: #2fc79a; fill: #2fc79a } .s3 { stroke: #e59aca; fill: #e59aca }
          .s4 { stroke: #f0e442; fill: #f0e442 } .s5 { stroke: #9cc9ec; fill: #9cc9ec }
          .line { fill: none } .bar { stroke: none }
        }
      """;

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final List<Series> series = new ArrayList<>();
  private final List<Bound> bounds = new ArrayList<>();
  private boolean logX;
  private boolean logY;
  private boolean bars;
  private boolean share;

  private static final class Series {
    final String name;
    final double[] xs;
    final double[] ys;

    Series(String name, double[] xs, double[] ys) {
      this.name = name;
      this.xs = xs;
      this.ys = ys;
    }
  }

  private record Bound(String name, double y) {}

  /** Begins a plot. The labels name the quantity and its unit. */
  public Plot(String title, String xLabel, String yLabel) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  /** How numbers are distributed: for each number the share of all that are at most that. */
  public static Plot cdf(String title, String xLabel) {
    var plot = new Plot(title, xLabel, "share of all, %");
    plot.share = true;
    return plot;
  }

  /** How often a number comes out in each of so many equal parts of their range. */
  public static Plot histogram(String title, String xLabel, Distribution numbers, int parts) {
    var plot = new Plot(title, xLabel, "how many");
    plot.bars = true;
    double low = numbers.min();
    double width = Math.max(1, Math.ceil((numbers.max() - low + 1) / parts));
    int count = (int) Math.ceil((numbers.max() - low + 1) / width);
    var xs = new double[count];
    var ys = new double[count];
    double before = 0;
    for (int part = 0; part < count; part++) {
      xs[part] = low + part * width;
      double upTo = numbers.shareUpTo((long) (low + (part + 1) * width - 1)) * numbers.count();
      ys[part] = Math.round(upTo - before);
      before = upTo;
    }
    plot.series.add(new Series("", xs, ys));
    return plot;
  }

  /** Lets equal steps to the right be equal factors; what is not positive stands at the left. */
  public Plot logX() {
    logX = true;
    return this;
  }

  /** Lets equal steps upward be equal factors; what is not positive stands at the bottom. */
  public Plot logY() {
    logY = true;
    return this;
  }

  /** Adds a line through points, in the order of x. */
  public Plot line(String name, double[] xs, double[] ys) {
    if (xs.length != ys.length || xs.length == 0) {
      throw new IllegalArgumentException(
          "a line has as many x as y, and at least one: " + xs.length + ", " + ys.length);
    }
    for (int i = 0; i < xs.length; i++) {
      if (!Double.isFinite(xs[i]) || !Double.isFinite(ys[i])) {
        throw new IllegalArgumentException("not a point: " + xs[i] + ", " + ys[i]);
      }
    }
    series.add(new Series(name, xs.clone(), ys.clone()));
    return this;
  }

  /** Adds a distribution to a plot made by {@link #cdf}. */
  public Plot distribution(String name, Distribution numbers) {
    return distribution(name, numbers, 1);
  }

  /** The same in another unit: so many of the distribution's are one on the axis. */
  public Plot distribution(String name, Distribution numbers, double unit) {
    int points = Math.min(POINTS_MAX, numbers.count());
    var xs = new double[points + 1];
    var ys = new double[points + 1];
    xs[0] = numbers.min() / unit;
    for (int i = 1; i <= points; i++) {
      double q = (double) i / points;
      xs[i] = numbers.quantile(q) / unit;
      ys[i] = 100 * q;
    }
    return line(name, xs, ys);
  }

  /** Adds a dashed line across, such as what the numbers are held to. */
  public Plot bound(String name, double y) {
    bounds.add(new Bound(name, y));
    return this;
  }

  /** The picture. */
  public String toSvg() {
    Axis x = axisX();
    Axis y = axisY();
    var svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                + " role=\"img\" aria-label=\"%s\">%n<style>%n%s</style>%n",
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT,
            escape(words()),
            STYLE));
    text(svg, LEFT, 24, "start", "title", title);
    frame(svg, x, y);
    if (bars) {
      drawBars(svg, x, y);
    } else {
      drawLines(svg, x, y);
    }
    drawBounds(svg, y);
    legend(svg);
    return svg.append("</svg>\n").toString();
  }

  private Axis axisX() {
    var all = new ArrayList<Double>();
    for (Series each : series) {
      for (double value : each.xs) {
        all.add(value);
      }
    }
    if (bars) {
      Series only = series.get(0);
      all.add(only.xs[only.xs.length - 1] + barWidth(only));
    }
    return Axis.over(all, logX, false);
  }

  private Axis axisY() {
    if (share) {
      return new Axis(0, 100, false);
    }
    var all = new ArrayList<Double>();
    for (Series each : series) {
      for (double value : each.ys) {
        all.add(value);
      }
    }
    bounds.forEach(bound -> all.add(bound.y));
    return Axis.over(all, logY, true);
  }

  private void frame(StringBuilder svg, Axis x, Axis y) {
    for (double tick : y.ticks()) {
      double at = downOf(y, tick);
      rule(svg, "grid", LEFT, at, WIDTH - RIGHT, at);
      text(svg, LEFT - 8, at + 4, "end", "tick", Axis.label(tick));
    }
    for (double tick : x.ticks()) {
      double at = acrossOf(x, tick);
      rule(svg, "axis", at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 5);
      text(svg, at, HEIGHT - BOTTOM + 20, "middle", "tick", Axis.label(tick));
    }
    rule(svg, "axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", "label", xLabel);
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"label\" text-anchor=\"middle\" transform=\"translate(18 %d) rotate(-90)\">%s</text>%n",
            (TOP + HEIGHT - BOTTOM) / 2,
            escape(yLabel)));
  }

  private void drawBars(StringBuilder svg, Axis x, Axis y) {
    Series only = series.get(0);
    double wide = barWidth(only);
    for (int i = 0; i < only.xs.length; i++) {
      double left = acrossOf(x, only.xs[i]);
      double top = downOf(y, only.ys[i]);
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"s0 bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
              left + 0.5,
              top,
              Math.max(0.5, acrossOf(x, only.xs[i] + wide) - left - 1),
              HEIGHT - BOTTOM - top));
    }
  }

  private static double barWidth(Series only) {
    return only.xs.length < 2 ? 1 : only.xs[1] - only.xs[0];
  }

  private void drawLines(StringBuilder svg, Axis x, Axis y) {
    for (int number = 0; number < series.size(); number++) {
      Series each = series.get(number);
      int every = Math.max(1, each.xs.length / POINTS_MAX);
      svg.append(String.format(Locale.ROOT, "<path class=\"s%d line\" d=\"", number % COLOURS));
      for (int i = 0; i < each.xs.length; i += every) {
        char step = i == 0 ? 'M' : 'L';
        // A share jumps where a number stands; the line shows that as a stair.
        if (share && i > 0) {
          svg.append(String.format(Locale.ROOT, "H%.1f", acrossOf(x, each.xs[i])));
        }
        svg.append(
            String.format(
                Locale.ROOT, "%c%.1f %.1f", step, acrossOf(x, each.xs[i]), downOf(y, each.ys[i])));
      }
      svg.append(String.format(Locale.ROOT, "\"/>%n"));
      for (int i = 0; !share && each.xs.length <= DOTTED_POINTS_MAX && i < each.xs.length; i++) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<circle class=\"s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>%n",
                number % COLOURS,
                acrossOf(x, each.xs[i]),
                downOf(y, each.ys[i])));
      }
    }
  }

  private void drawBounds(StringBuilder svg, Axis y) {
    for (Bound bound : bounds) {
      double at = downOf(y, bound.y);
      rule(svg, "bound", LEFT, at, WIDTH - RIGHT, at);
      text(svg, WIDTH - RIGHT, at - 5, "end", "tick", bound.name);
    }
  }

  /** Names beside short strokes of their colours, below the title. */
  private void legend(StringBuilder svg) {
    double at = LEFT;
    for (int number = 0; number < series.size() && series.size() > 1; number++) {
      String name = series.get(number).name;
      rule(svg, "line s" + number % COLOURS, at, 44, at + 18, 44);
      text(svg, at + 24, 48, "start", "tick", name);
      at += 24 + 8 * name.length() + 18;
    }
  }

  private String words() {
    var text =
        new StringBuilder(title).append(". ").append(xLabel).append(" against ").append(yLabel);
    for (Series each : series) {
      int last = each.xs.length - 1;
      text.append(". ").append(each.name.isEmpty() ? "From" : each.name + ": from");
      text.append(' ').append(Axis.label(each.ys[0])).append(" at ").append(Axis.label(each.xs[0]));
      text.append(" to ").append(Axis.label(each.ys[last]));
      text.append(" at ").append(Axis.label(each.xs[last]));
    }
    bounds.forEach(
        bound -> text.append(". ").append(bound.name).append(' ').append(Axis.label(bound.y)));
    return text.append('.').toString();
  }

  private static double acrossOf(Axis axis, double value) {
    return LEFT + axis.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double downOf(Axis axis, double value) {
    return HEIGHT - BOTTOM - axis.at(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static void rule(
      StringBuilder svg, String kind, double fromX, double fromY, double toX, double toY) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<path class=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>%n",
            kind,
            fromX,
            fromY,
            toX,
            toY));
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String kind, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            kind,
            x,
            y,
            anchor,
            escape(words)));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
