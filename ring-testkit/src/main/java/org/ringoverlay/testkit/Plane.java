package org.ringoverlay.testkit;

import java.util.Arrays;

/** Hosts on a torus. On the simulation's thread. */
final class Plane implements Distances {
  private static final double FARTHEST = Math.sqrt(0.5);

  private final long seed;
  private final double nanosPerEdge;
  private double[] places = new double[0];
  private int known;

  Plane(long seed, long farthestNanos) {
    this.seed = seed;
    this.nanosPerEdge = farthestNanos / FARTHEST;
  }

  @Override
  public long nanos(Host from, Host to) {
    int one = at(from.index);
    int other = at(to.index);
    double x = shorter(places[one] - places[other]);
    double y = shorter(places[one + 1] - places[other + 1]);
    return (long) (Math.sqrt(x * x + y * y) * nanosPerEdge);
  }

  /** The shorter way around. */
  private static double shorter(double difference) {
    double straight = Math.abs(difference);
    return Math.min(straight, 1 - straight);
  }

  private int at(int index) {
    while (known <= index) {
      if (places.length <= 2 * known + 1) {
        places = Arrays.copyOf(places, Math.max(64, 2 * places.length));
      }
      Chance chance = Chance.of(seed, "place " + known);
      places[2 * known] = chance.unit();
      places[2 * known + 1] = chance.unit();
      known++;
    }
    return 2 * index;
  }
}
