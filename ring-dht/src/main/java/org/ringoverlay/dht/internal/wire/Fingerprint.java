package org.ringoverlay.dht.internal.wire;

/**
 * A sum over registers: equal for two copies that hold the same, and else, but for a chance of one
 * in 2<sup>128</sup>, different.
 *
 * @param high one sum of 64 bits
 * @param low another one
 */
public record Fingerprint(long high, long low) {
  /** That of nothing. */
  public static final Fingerprint NOTHING = new Fingerprint(0, 0);

  /** That of both together. */
  public Fingerprint plus(Fingerprint other) {
    return new Fingerprint(high + other.high, low + other.low);
  }
}
