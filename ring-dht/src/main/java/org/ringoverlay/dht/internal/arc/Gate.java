package org.ringoverlay.dht.internal.arc;

import java.util.Iterator;
import java.util.LinkedHashSet;

/**
 * Lets in only so many at once of those that do the same costly thing, and keeps the others in
 * order until there is a place. Bounded by how many there are. On the loop.
 */
final class Gate {
  /** Who wants in. */
  interface Guest {
    /** Whether somebody may wait for what it keeps. */
    boolean holdsRecords();

    /** It may be let in now if it asks again; perhaps it does not want to any more. */
    void wake(long nowNanos);
  }

  private final LinkedHashSet<Guest> inside = new LinkedHashSet<>();
  private final LinkedHashSet<Guest> waiting = new LinkedHashSet<>();

  /**
   * Lets a guest in, or has it wait.
   *
   * @param allowed how many there may be inside; those that hold records have as many places again,
   *     so that they need not wait for empty ones
   */
  boolean admits(Guest guest, int allowed) {
    if (inside.contains(guest)) {
      return true;
    }
    if (inside.size() < (guest.holdsRecords() ? 2 * allowed : allowed)) {
      waiting.remove(guest);
      inside.add(guest);
      return true;
    }
    waiting.add(guest);
    return false;
  }

  /** A guest goes, or waits no longer; tells whether another may have its place. */
  boolean leaves(Guest guest) {
    waiting.remove(guest);
    return inside.remove(guest) && !waiting.isEmpty();
  }

  /**
   * Wakes as many of those that wait as there are places for. Each is woken once: whoever does not
   * want to get in any more takes no place, and who has to go on waiting stands behind the others.
   */
  void wake(int allowed, long nowNanos) {
    for (int left = waiting.size(); left > 0 && inside.size() < allowed; left--) {
      Iterator<Guest> first = waiting.iterator();
      if (!first.hasNext()) {
        return;
      }
      Guest next = first.next();
      first.remove();
      next.wake(nowNanos);
    }
  }
}
