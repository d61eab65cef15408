package org.ringoverlay.testkit;

import java.time.Duration;

/**
 * How long a frame is under way, or a save on its way to the disk.
 *
 * @param base the shortest time
 * @param jitter evenly spread up to this on top
 * @param tailProbability how often it takes much longer, 0 to 1
 * @param tailMax the longest of these; they follow a Pareto law of exponent 1.2 that begins at base
 *     and jitter together, so that most are a few times slower and few are as slow as this
 */
public record Delay(Duration base, Duration jitter, double tailProbability, Duration tailMax) {
  private static final double TAIL_EXPONENT = 1.2;

  /** Checks the bounds. */
  public Delay {
    if (base.isNegative() || jitter.isNegative() || tailMax.isNegative()) {
      throw new IllegalArgumentException("a delay is not negative: " + base + ", " + jitter);
    }
    if (!(tailProbability >= 0 && tailProbability <= 1)) {
      throw new IllegalArgumentException("a probability lies in [0, 1]: " + tailProbability);
    }
  }

  /** Evenly spread from base to base and jitter together. */
  public static Delay of(Duration base, Duration jitter) {
    return new Delay(base, jitter, 0, Duration.ZERO);
  }

  /** A local network: 200 to 400 µs. */
  public static Delay lan() {
    return of(Duration.ofNanos(200_000), Duration.ofNanos(200_000));
  }

  /** A wide network: 20 to 40 ms, one frame in a hundred up to two seconds. */
  public static Delay wan() {
    return of(Duration.ofMillis(20), Duration.ofMillis(20)).withTail(0.01, Duration.ofSeconds(2));
  }

  /** The same with a heavy tail. */
  public Delay withTail(double probability, Duration longest) {
    return new Delay(base, jitter, probability, longest);
  }

  /** Draws delays; the durations are read once. */
  static final class Sampler {
    private final long baseNanos;
    private final long jitterNanos;
    private final double tailProbability;
    private final long tailMaxNanos;

    Sampler(Delay delay) {
      baseNanos = delay.base.toNanos();
      jitterNanos = delay.jitter.toNanos();
      tailProbability = delay.tailProbability;
      tailMaxNanos = delay.tailMax.toNanos();
    }

    long nanos(Chance chance) {
      long usual = baseNanos + (jitterNanos == 0 ? 0 : chance.below(jitterNanos + 1));
      if (!chance.happens(tailProbability)) {
        return usual;
      }
      double factor = StrictMath.pow(1 - chance.unit(), -1 / TAIL_EXPONENT);
      double slow = (double) Math.max(1, baseNanos + jitterNanos) * factor;
      return Math.max(usual, (long) Math.min(slow, (double) tailMaxNanos));
    }
  }
}
