package org.ringoverlay.testkit;

/**
 * The last numbers that were added: at least {@value #KEPT} of them, at most twice as many.
 *
 * <p>Two tables with open addressing, without boxes; when the younger is full the older is dropped.
 * A run of millions of requests thus costs as much memory as a short one.
 */
final class Recent {
  private static final int KEPT = 8_192;
  private static final int SLOTS = 2 * KEPT;

  private long[] younger = new long[SLOTS];
  private long[] older = new long[SLOTS];
  private int size;

  /** Adds a number; false if it is there already. Zero, which marks a free slot, counts as one. */
  boolean add(long number) {
    long kept = number == 0 ? 1 : number;
    int slot = slotOf(younger, kept);
    if (younger[slot] == kept || older[slotOf(older, kept)] == kept) {
      return false;
    }
    if (size == KEPT) {
      older = younger;
      younger = new long[SLOTS];
      size = 0;
      slot = slotOf(younger, kept);
    }
    younger[slot] = kept;
    size++;
    return true;
  }

  /** Where a number is, or where it would be; half of the slots are free. */
  private static int slotOf(long[] table, long number) {
    int slot = (int) (number ^ (number >>> 32)) & (SLOTS - 1);
    while (table[slot] != 0 && table[slot] != number) {
      slot = (slot + 1) & (SLOTS - 1);
    }
    return slot;
  }
}
