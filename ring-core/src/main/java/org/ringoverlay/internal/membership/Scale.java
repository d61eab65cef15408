package org.ringoverlay.internal.membership;

/**
 * Whether the ring is small, so that every node knows every node, or large, so that each keeps a
 * pruned table. It must be one or the other for all nodes: who takes a ring for small in which the
 * others pruned their tables is told of no far member any more, and keeps the dead for ever.
 *
 * <p>So it is one number that the whole ring shares, even for small and odd for large. Whoever sees
 * that the ring outgrew its limit, or that it shrank below half of it, raises the number; the
 * highest wins everywhere. A small ring is counted exactly. How large a large one is each node
 * estimates by how densely its leaf set lies, some 20 % off; a mean of estimates from all over the
 * ring decides, or the node with the wildest one would decide for all. Plain state.
 */
final class Scale {
  /** Estimates of others that are kept. */
  private static final int SAMPLES = 16;

  /** Estimates without which nobody decides that the ring shrank. */
  private static final int SAMPLES_MIN = 8;

  /**
   * How far the number rises at once, at most: one frame that tells of the highest number there is
   * would leave no other to outdo it.
   */
  private static final long STEP_MAX = 1L << 20;

  private final int fullMembersMax;
  private final long[] samples = new long[SAMPLES];
  private int sampled;
  private long number;

  /**
   * Makes that of a small ring.
   *
   * @param fullMembersMax members up to which all are known
   */
  Scale(int fullMembersMax) {
    this.fullMembersMax = fullMembersMax;
  }

  /** The number that the ring shares. */
  long number() {
    return number;
  }

  boolean isLarge() {
    return (number & 1) == 1;
  }

  /**
   * Takes over a number from another node if it is higher; tells whether it was. Of one that is
   * very far ahead it takes at once what it says, large or small, and the rest by and by.
   */
  boolean hear(long told) {
    if (told <= number) {
      return false;
    }
    number += Math.min(told - number, STEP_MAX + ((told - number) & 1));
    sampled = 0;
    return true;
  }

  /** So many members are known in a small ring; tells whether the ring is large from now on. */
  boolean counted(int members) {
    return !isLarge() && members > fullMembersMax && hear(number + 1);
  }

  /**
   * Another node of a large ring estimated its size; tells whether the ring is small from now on.
   *
   * @param own what this node estimates
   */
  boolean estimated(long own, long others) {
    if (!isLarge() || others < 1) {
      return false;
    }
    samples[sampled % SAMPLES] = others;
    // Counts on in the upper half, so that it tells both the next place and whether all are taken.
    sampled = sampled + 1 == 2 * SAMPLES ? SAMPLES : sampled + 1;
    int count = Math.min(sampled, SAMPLES);
    double sum = own;
    for (int i = 0; i < count; i++) {
      sum += samples[i];
    }
    return count >= SAMPLES_MIN && sum / (count + 1) <= fullMembersMax / 2.0 && hear(number + 1);
  }
}
