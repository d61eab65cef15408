package org.ringoverlay.console.gateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that the events of all streams may hold together until their readers took them.
 *
 * <p>Each stream has a bound of its own, and the sum of many small bounds is none: some hundred
 * readers that stop reading would else take the memory of the node. Any thread.
 */
final class StreamBudget {
  private final long bytesMax;
  private final AtomicLong taken = new AtomicLong();

  StreamBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes so many bytes if there are as many left. */
  boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= bytesMax) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  /** Takes so many bytes whether there are as many left or not. */
  void force(long bytes) {
    taken.addAndGet(bytes);
  }

  /** Gives back what was taken. */
  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** How many bytes are taken now. */
  long taken() {
    return taken.get();
  }
}
