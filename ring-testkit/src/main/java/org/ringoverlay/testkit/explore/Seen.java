package org.ringoverlay.testkit.explore;

import java.util.Arrays;

/** The states that were reached, by number: their fingerprints, and from where each was reached. */
final class Seen {
  private static final int SLOTS_FIRST = 1 << 12;
  private static final int FREE = -1;

  private long[] fingerprints = new long[SLOTS_FIRST / 2];
  private int[] froms = new int[SLOTS_FIRST / 2];

  /** Open addressing, at most half full: the numbers of states. */
  private int[] slots = filled(SLOTS_FIRST);

  private int size;

  private static int[] filled(int length) {
    var slots = new int[length];
    Arrays.fill(slots, FREE);
    return slots;
  }

  int size() {
    return size;
  }

  long fingerprint(int number) {
    return fingerprints[number];
  }

  int from(int number) {
    return froms[number];
  }

  /** Adds a state; its number, or −1 if it was there already. */
  int add(long fingerprint, int from) {
    int slot = slotOf(fingerprint);
    if (slots[slot] != FREE) {
      return -1;
    }
    if (size == fingerprints.length) {
      grow();
      slot = slotOf(fingerprint);
    }
    fingerprints[size] = fingerprint;
    froms[size] = from;
    slots[slot] = size;
    return size++;
  }

  private int slotOf(long fingerprint) {
    int mask = slots.length - 1;
    int slot = (int) fingerprint & mask;
    while (slots[slot] != FREE && fingerprints[slots[slot]] != fingerprint) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    fingerprints = Arrays.copyOf(fingerprints, 2 * size);
    froms = Arrays.copyOf(froms, 2 * size);
    slots = filled(2 * slots.length);
    for (int number = 0; number < size; number++) {
      slots[slotOf(fingerprints[number])] = number;
    }
  }
}
