package org.ringoverlay.lab.overlay;

import java.time.Duration;
import java.util.List;

/**
 * Lets nodes go and others come, so that a ring keeps its size: sessions are exponential, so at any
 * moment each node is as likely to go as any other. A third loses its power, a third crashes, a
 * third leaves.
 */
final class Churn {
  private static final double LN_2 = Math.log(2);

  private final Rig rig;
  private final double meanNanosOfOne;
  private long nextIn;
  private long ended;
  private long came;

  /** Makes it for sessions of a median. */
  Churn(Rig rig, Duration median) {
    this.rig = rig;
    this.meanNanosOfOne = median.toNanos() / LN_2;
    this.nextIn = drawn();
  }

  private long drawn() {
    double unit = (rig.chance.nextLong() >>> 11) * 0x1.0p-53;
    return (long) (-StrictMath.log(1 - unit) * meanNanosOfOne / rig.ring.running().size());
  }

  /** Lets time pass, and sessions end in it. */
  void run(Duration time) {
    long left = time.toNanos();
    while (nextIn <= left) {
      left -= nextIn;
      rig.run(Duration.ofNanos(nextIn));
      replaceOne();
      nextIn = drawn();
    }
    nextIn -= left;
    rig.run(Duration.ofNanos(left));
  }

  private void replaceOne() {
    List<Integer> ready = rig.ring.running().stream().filter(rig.ring::isReady).toList();
    int node = ready.get((int) rig.chance.below(ready.size()));
    switch ((int) rig.chance.below(3)) {
      case 0 -> rig.ring.killSilently(node);
      case 1 -> rig.ring.kill(node);
      default -> rig.ring.beginLeave(node);
    }
    ended++;
    came++;
    rig.ring.beginAdding();
  }

  /** How many sessions ended. */
  long ended() {
    return ended;
  }

  /** How many nodes came for them. */
  long came() {
    return came;
  }
}
