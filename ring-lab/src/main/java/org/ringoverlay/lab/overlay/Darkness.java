package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.util.TreeMap;
import org.ringoverlay.lab.report.Plot;

/**
 * The lookups that failed around the moment at which a part of a ring was gone: toward whom, and
 * when they were asked. Askers wait a second, so one that failed shows that its place was dark.
 */
final class Darkness {
  private static final long DARK_MAX_MILLIS = 5_000;

  /** Who had waited for less when the others went may fail because of it. */
  private static final long DEADLINE_MILLIS = 1_000;

  private static final int SHOWN_MAX = 3;
  private static final long TENTH_MILLIS = 100;

  private final Burn burn;
  private final TreeMap<Long, Integer> perTenth = new TreeMap<>();
  private long failed;
  private long elsewhere;
  private long lastMillis;

  Darkness(Burn burn) {
    this.burn = burn;
  }

  /**
   * One failed.
   *
   * @param millisAfter when it was asked, after the moment
   * @param toTheGone whether its root was one of those that were gone
   */
  void failed(long millisAfter, boolean toTheGone, String how) {
    failed++;
    if (!toTheGone && ++elsewhere <= SHOWN_MAX) {
      burn.figure("elsewhere: %+,d ms, %s", millisAfter, how);
    }
    lastMillis = Math.max(lastMillis, millisAfter);
    perTenth.merge(Math.floorDiv(millisAfter, TENTH_MILLIS), 1, Integer::sum);
  }

  /** Holds what failed to the bounds, and draws it. */
  void judge(int gone) throws IOException {
    burn.bound(
        elsewhere == 0,
        "of %,d that failed %,d were not toward an arc of the %d nodes",
        failed,
        elsewhere,
        gone);
    burn.bound(
        lastMillis < DARK_MAX_MILLIS,
        "the last that failed was asked %,d ms after, < %,d ms",
        lastMillis,
        DARK_MAX_MILLIS);
    if (failed > 0) {
      var xs = new double[(int) ((DEADLINE_MILLIS + DARK_MAX_MILLIS) / TENTH_MILLIS)];
      var ys = new double[xs.length];
      for (int i = 0; i < xs.length; i++) {
        long tenth = i - DEADLINE_MILLIS / TENTH_MILLIS;
        xs[i] = tenth / 10.0;
        ys[i] = perTenth.getOrDefault(tenth, 0);
      }
      burn.plot(
          "failed",
          new Plot(
                  "Lookups that failed within a second, by when they were asked",
                  "seconds after " + gone + " nodes were gone",
                  "lookups in a tenth of a second")
              .line("lost or told", xs, ys));
    }
  }
}
