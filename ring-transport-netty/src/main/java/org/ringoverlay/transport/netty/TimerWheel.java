package org.ringoverlay.transport.netty;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Timers of one node: setting and cancelling cost the same however many there are.
 *
 * <p>A hierarchical timing wheel (Varghese and Lauck, SOSP 1987, scheme 7) of seven levels with 64
 * slots each, addressed by the digits of the absolute tick in base 64. A timer lies at the level of
 * the highest digit in which its tick differs from the wheel's, in the slot of its own digit there;
 * when the wheel reaches that slot, the timer moves down or is due. So within a level only slots
 * ahead of the wheel are ever filled, the lowest filled level holds the next event, and one bit per
 * slot finds it without a walk. Most timers are timeouts that never fire: cancelled, they are
 * unlinked at once and leave nothing behind.
 *
 * <p>Plain state, on the loop; a tick is whatever the caller says.
 */
final class TimerWheel {
  /** What {@link #nextTick} says when there is no timer. */
  static final long NEVER = Long.MAX_VALUE;

  /** The farthest tick that the wheel can tell apart. */
  static final long TICK_MAX = (1L << 42) - 1;

  private static final int DIGIT_BITS = 6;
  private static final int SLOTS = 1 << DIGIT_BITS;
  private static final int LEVELS = 7;

  /** A timer in the wheel. */
  static class Entry {
    private long tick;
    private int index = -1;
    private @Nullable Entry previous;
    private @Nullable Entry next;
  }

  private final long[] occupied = new long[LEVELS];
  private final @Nullable Entry[] heads = new @Nullable Entry[LEVELS * SLOTS];
  private final @Nullable Entry[] tails = new @Nullable Entry[LEVELS * SLOTS];
  private long current;
  private int size;

  /** Adds a timer for a tick; one that is not ahead of the wheel is due at the next tick. */
  void add(Entry entry, long tick) {
    if (entry.index >= 0) {
      throw new IllegalStateException("the timer is already in the wheel");
    }
    entry.tick = Math.max(current + 1, Math.min(tick, TICK_MAX));
    place(entry);
    size++;
  }

  /** Takes a timer out; answers whether it was in. */
  boolean remove(Entry entry) {
    if (entry.index < 0) {
      return false;
    }
    unlink(entry);
    size--;
    return true;
  }

  /**
   * The earliest tick at which something has to be done: a timer may be due then, none is before.
   */
  long nextTick() {
    for (int level = 0; level < LEVELS; level++) {
      if (occupied[level] != 0) {
        long slot = Long.numberOfTrailingZeros(occupied[level]);
        int shift = DIGIT_BITS * level;
        return (((current >>> (shift + DIGIT_BITS)) << DIGIT_BITS) | slot) << shift;
      }
    }
    return NEVER;
  }

  /**
   * Turns the wheel up to a tick and hands out every timer that is due, earlier ticks first. The
   * receiver may add and remove timers.
   */
  void advance(long tick, Consumer<Entry> due) {
    for (long next = nextTick(); next <= tick; next = nextTick()) {
      current = next;
      int index = lowestFilledIndex();
      Entry entry = heads[index];
      while (entry != null) {
        unlink(entry);
        if (entry.tick <= current) {
          size--;
          due.accept(entry);
        } else {
          place(entry);
        }
        entry = heads[index];
      }
    }
    current = Math.max(current, Math.min(tick, TICK_MAX));
  }

  int size() {
    return size;
  }

  private int lowestFilledIndex() {
    int level = 0;
    while (occupied[level] == 0) {
      level++;
    }
    return level * SLOTS + Long.numberOfTrailingZeros(occupied[level]);
  }

  private void place(Entry entry) {
    long differing = (current ^ entry.tick) | (SLOTS - 1);
    int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros(differing)) / DIGIT_BITS;
    int slot = (int) (entry.tick >>> (DIGIT_BITS * level)) & (SLOTS - 1);
    int index = level * SLOTS + slot;
    Entry tail = tails[index];
    entry.index = index;
    entry.previous = tail;
    if (tail == null) {
      heads[index] = entry;
      occupied[level] |= 1L << slot;
    } else {
      tail.next = entry;
    }
    tails[index] = entry;
  }

  private void unlink(Entry entry) {
    int index = entry.index;
    Entry previous = entry.previous;
    Entry next = entry.next;
    if (previous == null) {
      heads[index] = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      tails[index] = previous;
    } else {
      next.previous = previous;
    }
    if (heads[index] == null) {
      occupied[index / SLOTS] &= ~(1L << index % SLOTS);
    }
    entry.previous = null;
    entry.next = null;
    entry.index = -1;
  }
}
