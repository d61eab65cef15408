package org.ringoverlay.testkit;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens at one moment of virtual time.
 *
 * <p>An event is an element of the wheel's lists itself, so that planning one allocates nothing
 * more. It waits in one list at most, and is a value of no other use after it ran unless its
 * subclass plans it anew.
 */
abstract class Event {
  /** When, in nanoseconds of virtual time. */
  long at;

  /** The loop on which it runs; null for what no process does, such as a wire or a test. */
  @Nullable SimTransport loop;

  @Nullable Event next;
  @Nullable Event previous;

  /** The wheel's list that holds it, or −1. */
  int slot = -1;

  Event(@Nullable SimTransport loop) {
    this.loop = loop;
  }

  /**
   * Told at its time, before it is handed to its loop; a frame that finds its link cut answers no.
   *
   * @return whether it goes on to its loop
   */
  boolean arrives() {
    return true;
  }

  /** Whether it runs on the loop itself, and not beside it on another thread of the process. */
  boolean isOnLoop() {
    return true;
  }

  abstract void run();
}
