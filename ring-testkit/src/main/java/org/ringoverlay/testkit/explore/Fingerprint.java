package org.ringoverlay.testkit.explore;

/**
 * Mixes the parts of a state into 64 bits.
 *
 * <p>Two different states share them by chance with a probability of 2⁻⁶⁴, so that among ten
 * million states one is overlooked with a probability of some 3 in a million. The order of the
 * parts counts. One thread.
 */
public final class Fingerprint {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final long FIRST_FACTOR = 0xBF58476D1CE4E5B9L;
  private static final long SECOND_FACTOR = 0x94D049BB133111EBL;

  private long bits = GAMMA;

  /** Begins with none. */
  public Fingerprint() {}

  /** Adds a part. */
  public Fingerprint add(long part) {
    bits = mixed(bits * 31 + mixed(part + GAMMA));
    return this;
  }

  /** Adds parts, and how many there are. */
  public Fingerprint add(int[] parts) {
    add(parts.length);
    for (int part : parts) {
      add(part);
    }
    return this;
  }

  /** The bits of all that was added. */
  public long value() {
    return bits;
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  private static long mixed(long word) {
    long first = (word ^ (word >>> 30)) * FIRST_FACTOR;
    long second = (first ^ (first >>> 27)) * SECOND_FACTOR;
    return second ^ (second >>> 31);
  }
}
