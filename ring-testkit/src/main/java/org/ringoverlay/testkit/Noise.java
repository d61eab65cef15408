package org.ringoverlay.testkit;

/**
 * What happens to single frames by chance.
 *
 * @param loss how likely a frame vanishes although later ones on its connection arrive
 * @param duplication how likely a frame arrives twice
 * @param reordering how likely a frame is overtaken by later ones on its connection
 * @param reset how likely a connection breaks when a frame is sent on it
 */
public record Noise(double loss, double duplication, double reordering, double reset) {
  private static final Noise NONE = new Noise(0, 0, 0, 0);

  /** Checks that all four lie in [0, 1]. */
  public Noise {
    checkProbability(loss);
    checkProbability(duplication);
    checkProbability(reordering);
    checkProbability(reset);
  }

  /** Every frame arrives, once and in order. */
  public static Noise none() {
    return NONE;
  }

  /** Nothing but loss. */
  public static Noise ofLoss(double probability) {
    return new Noise(probability, 0, 0, 0);
  }

  /** The worse of both in each respect. */
  Noise worse(Noise other) {
    return new Noise(
        Math.max(loss, other.loss),
        Math.max(duplication, other.duplication),
        Math.max(reordering, other.reordering),
        Math.max(reset, other.reset));
  }

  private static void checkProbability(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability lies in [0, 1]: " + probability);
    }
  }
}
