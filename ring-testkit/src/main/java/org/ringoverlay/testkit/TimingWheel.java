package org.ringoverlay.testkit;

import org.jspecify.annotations.Nullable;

/**
 * The events to come, in the exact order of their times, and of planning where times are equal.
 *
 * <p>A hierarchical timing wheel (Varghese and Lauck 1987, scheme 7) of eight levels with 256 lists
 * each, the lowest one a nanosecond wide. An event lies on the level of the highest byte in which
 * its time differs from the present, in the list of that byte. When the present enters a list of a
 * higher level, its events move down, in their order. Two events of one time therefore never
 * overtake each other: the later planned one is on the same level, behind, or on a lower one, to
 * which the earlier one has moved already. Adding and removing are O(1); each event moves at most
 * seven times.
 */
final class TimingWheel {
  private static final int LEVELS = 8;
  private static final int BITS = 8;
  private static final int SLOTS = 1 << BITS;
  private static final int WORDS = SLOTS / Long.SIZE;

  private final @Nullable Event[] first = new @Nullable Event[LEVELS * SLOTS];
  private final @Nullable Event[] last = new @Nullable Event[LEVELS * SLOTS];
  private final long[] occupied = new long[LEVELS * WORDS];
  private long present;
  private int size;

  int size() {
    return size;
  }

  /** Plans an event at its {@link Event#at}, which must not lie before the last polled limit. */
  void add(Event event) {
    if (event.at < present) {
      throw new IllegalArgumentException("an event at " + event.at + " lies before " + present);
    }
    if (event.slot >= 0) {
      throw new IllegalStateException("an event is planned once at a time");
    }
    size++;
    append(event);
  }

  /** Forgets an event; one that is not planned stays as it is. */
  void remove(Event event) {
    int slot = event.slot;
    if (slot < 0) {
      return;
    }
    Event before = event.previous;
    Event after = event.next;
    if (before == null) {
      first[slot] = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last[slot] = before;
    } else {
      after.previous = before;
    }
    if (first[slot] == null) {
      occupied[slot >>> 6] &= ~(1L << slot);
    }
    event.next = null;
    event.previous = null;
    event.slot = -1;
    size--;
  }

  /** Takes the next event that is due at the limit or before; null if there is none. */
  @Nullable Event poll(long limit) {
    while (size > 0) {
      int slot = nextOccupied(0, (int) present & (SLOTS - 1));
      if (slot >= 0) {
        Event event = first[slot];
        if (event == null || event.at > limit) {
          return null;
        }
        present = event.at;
        remove(event);
        return event;
      }
      if (!descend(limit)) {
        return null;
      }
    }
    return null;
  }

  /** Enters the next list of a higher level that begins at the limit or before. */
  private boolean descend(long limit) {
    for (int level = 1; level < LEVELS; level++) {
      int shift = level * BITS;
      int digit = (int) (present >>> shift) & (SLOTS - 1);
      int found = nextOccupied(level, digit + 1);
      if (found >= 0) {
        long above = level == LEVELS - 1 ? 0 : present >>> (shift + BITS) << (shift + BITS);
        long begins = above | (long) found << shift;
        if (begins > limit) {
          return false;
        }
        present = begins;
        spread(level * SLOTS + found);
        return true;
      }
    }
    return false;
  }

  private void spread(int slot) {
    Event event = first[slot];
    first[slot] = null;
    last[slot] = null;
    occupied[slot >>> 6] &= ~(1L << slot);
    while (event != null) {
      Event after = event.next;
      event.next = null;
      event.previous = null;
      append(event);
      event = after;
    }
  }

  private void append(Event event) {
    long differs = event.at ^ present;
    int level = differs == 0 ? 0 : (Long.SIZE - 1 - Long.numberOfLeadingZeros(differs)) / BITS;
    int slot = level * SLOTS + ((int) (event.at >>> (level * BITS)) & (SLOTS - 1));
    Event tail = last[slot];
    if (tail == null) {
      first[slot] = event;
      occupied[slot >>> 6] |= 1L << slot;
    } else {
      tail.next = event;
      event.previous = tail;
    }
    last[slot] = event;
    event.slot = slot;
  }

  /** The first list of a level at an index or after that holds something, as a byte; −1 if none. */
  private int nextOccupied(int level, int from) {
    if (from >= SLOTS) {
      return -1;
    }
    int word = from >>> 6;
    long bits = occupied[level * WORDS + word] & (-1L << from);
    while (bits == 0) {
      word++;
      if (word == WORDS) {
        return -1;
      }
      bits = occupied[level * WORDS + word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }
}
