package org.ringoverlay.spi;

/** A node's source of chance. Called on the node's loop or while it starts; never blocks. */
@FunctionalInterface
public interface Randomness {
  /** Sixty-four random bits. */
  long nextLong();

  /** A number from 0 to {@code bound - 1}, evenly spread but for a bias below bound / 2⁶⁴. */
  default long below(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("the bound must be positive: " + bound);
    }
    return Long.remainderUnsigned(nextLong(), bound);
  }
}
