package org.ringoverlay.testkit;

import java.time.Duration;

/**
 * What goes wrong by chance for as long as it is switched on, all of it drawn from the simulation's
 * seed. What is to go wrong at a certain time stands in a {@code Schedule} instead.
 *
 * @param noise what happens to single frames
 * @param partitions partitions that cut a random set of hosts from the rest, one in three in one
 *     direction only
 * @param pauses pauses of a random host
 */
public record Faults(Noise noise, Spells partitions, Spells pauses) {
  private static final Faults NONE = new Faults(Noise.none(), Spells.NEVER, Spells.NEVER);

  /**
   * Something that comes again and again.
   *
   * @param every the mean time between the beginnings of two; zero for never
   * @param longest how long one lasts at most
   */
  public record Spells(Duration every, Duration longest) {
    static final Spells NEVER = new Spells(Duration.ZERO, Duration.ZERO);

    /** Checks that neither is negative. */
    public Spells {
      if (every.isNegative() || longest.isNegative()) {
        throw new IllegalArgumentException("a duration is not negative: " + every + ", " + longest);
      }
    }
  }

  /** Nothing goes wrong. */
  public static Faults none() {
    return NONE;
  }

  /** The same with other noise. */
  public Faults withNoise(Noise newNoise) {
    return new Faults(newNoise, partitions, pauses);
  }

  /** The same with another probability that a frame is lost. */
  public Faults withLoss(double probability) {
    return withNoise(
        new Noise(probability, noise.duplication(), noise.reordering(), noise.reset()));
  }

  /** The same with another probability that a frame arrives twice. */
  public Faults withDuplication(double probability) {
    return withNoise(new Noise(noise.loss(), probability, noise.reordering(), noise.reset()));
  }

  /** The same with another probability that a frame is overtaken. */
  public Faults withReordering(double probability) {
    return withNoise(new Noise(noise.loss(), noise.duplication(), probability, noise.reset()));
  }

  /** The same with another probability that a connection breaks. */
  public Faults withReset(double probability) {
    return withNoise(new Noise(noise.loss(), noise.duplication(), noise.reordering(), probability));
  }

  /** The same with partitions: the mean time between two, and the longest. */
  public Faults withPartitions(Duration every, Duration longest) {
    return new Faults(noise, new Spells(every, longest), pauses);
  }

  /** The same with pauses: the mean time between two, and the longest. */
  public Faults withPauses(Duration every, Duration longest) {
    return new Faults(noise, partitions, new Spells(every, longest));
  }
}
