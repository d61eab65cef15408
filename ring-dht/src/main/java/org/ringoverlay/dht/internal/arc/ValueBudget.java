package org.ringoverlay.dht.internal.arc;

/**
 * The bytes of former values that a node keeps for watchers, of all arcs together: each key and arc
 * has a bound of its own, and the sum of many small bounds is none. On the loop.
 */
final class ValueBudget {
  private final long bytesMax;
  private long taken;

  ValueBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes so many bytes if there are as many left. */
  boolean take(long bytes) {
    if (isFull(bytes)) {
      return false;
    }
    taken += bytes;
    return true;
  }

  /** Whether there are not so many bytes left. */
  boolean isFull(long bytes) {
    return taken + bytes > bytesMax;
  }

  /** Gives back what was taken. */
  void give(long bytes) {
    taken -= bytes;
  }

  /** How many bytes are taken now. */
  long taken() {
    return taken;
  }
}
