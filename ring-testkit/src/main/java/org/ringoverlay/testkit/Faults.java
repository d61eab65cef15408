package org.ringoverlay.testkit;

import java.time.Duration;

/**
 * What goes wrong by chance, all of it drawn from the simulation's seed.
 *
 * @param loss how likely a frame vanishes although later ones on its connection arrive
 * @param duplication how likely a frame arrives twice
 * @param reordering how likely a frame is overtaken by later ones on its connection
 * @param reset how likely a connection breaks when a frame is sent on it
 * @param partitionEvery the mean time between two partitions that cut a random set of hosts from
 *     the rest, one in three in one direction only; zero for never
 * @param partitionMax how long such a partition lasts at most
 * @param pauseEvery the mean time between two pauses of a random host; zero for never
 * @param pauseMax how long such a pause lasts at most
 */
public record Faults(
    double loss,
    double duplication,
    double reordering,
    double reset,
    Duration partitionEvery,
    Duration partitionMax,
    Duration pauseEvery,
    Duration pauseMax) {
  private static final Faults NONE =
      new Faults(0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** Checks that probabilities lie in [0, 1] and that no duration is negative. */
  public Faults {
    checkProbability(loss);
    checkProbability(duplication);
    checkProbability(reordering);
    checkProbability(reset);
    checkDuration(partitionEvery);
    checkDuration(partitionMax);
    checkDuration(pauseEvery);
    checkDuration(pauseMax);
  }

  /** Nothing goes wrong. */
  public static Faults none() {
    return NONE;
  }

  /** The same with another probability of loss. */
  public Faults withLoss(double probability) {
    return new Faults(
        probability,
        duplication,
        reordering,
        reset,
        partitionEvery,
        partitionMax,
        pauseEvery,
        pauseMax);
  }

  /** The same with another probability of duplication. */
  public Faults withDuplication(double probability) {
    return new Faults(
        loss, probability, reordering, reset, partitionEvery, partitionMax, pauseEvery, pauseMax);
  }

  /** The same with another probability of reordering. */
  public Faults withReordering(double probability) {
    return new Faults(
        loss, duplication, probability, reset, partitionEvery, partitionMax, pauseEvery, pauseMax);
  }

  /** The same with another probability of a reset. */
  public Faults withReset(double probability) {
    return new Faults(
        loss,
        duplication,
        reordering,
        probability,
        partitionEvery,
        partitionMax,
        pauseEvery,
        pauseMax);
  }

  /** The same with partitions: the mean time between two, and the longest. */
  public Faults withPartitions(Duration every, Duration longest) {
    return new Faults(loss, duplication, reordering, reset, every, longest, pauseEvery, pauseMax);
  }

  /** The same with pauses: the mean time between two, and the longest. */
  public Faults withPauses(Duration every, Duration longest) {
    return new Faults(
        loss, duplication, reordering, reset, partitionEvery, partitionMax, every, longest);
  }

  private static void checkProbability(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability lies in [0, 1]: " + probability);
    }
  }

  private static void checkDuration(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("a duration is not negative: " + duration);
    }
  }
}
