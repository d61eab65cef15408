package org.ringoverlay.testkit;

/**
 * The last numbers that were added: at least {@value #KEPT} of them, at most twice as many.
 *
 * <p>Two tables with open addressing, without boxes; when the younger is full the older is dropped.
 * A run of millions of requests thus costs as much memory as a short one, and one of thousands of
 * nodes with few requests each little: a table grows with what is in it.
 */
final class Recent {
  private static final int KEPT = 8_192;
  private static final int SLOTS_MAX = 2 * KEPT;
  private static final int SLOTS_FIRST = 16;

  private long[] younger = new long[SLOTS_FIRST];
  private long[] older = new long[SLOTS_FIRST];
  private int size;

  /** Adds a number; false if it is there already. Zero, which marks a free slot, counts as one. */
  boolean add(long number) {
    long kept = number == 0 ? 1 : number;
    if (younger[slotOf(younger, kept)] == kept || older[slotOf(older, kept)] == kept) {
      return false;
    }
    if (size == KEPT) {
      older = younger;
      younger = new long[SLOTS_MAX];
      size = 0;
    } else if (2 * size == younger.length && younger.length < SLOTS_MAX) {
      younger = grown(younger);
    }
    younger[slotOf(younger, kept)] = kept;
    size++;
    return true;
  }

  private static long[] grown(long[] table) {
    var larger = new long[2 * table.length];
    for (long number : table) {
      if (number != 0) {
        larger[slotOf(larger, number)] = number;
      }
    }
    return larger;
  }

  /** Where a number is, or where it would be; half of the slots are free. */
  private static int slotOf(long[] table, long number) {
    int slot = (int) (number ^ (number >>> 32)) & (table.length - 1);
    while (table[slot] != 0 && table[slot] != number) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }
}
