package org.ringoverlay.spi;

/** A task that was scheduled. */
@FunctionalInterface
public interface Timer {
  /** Forgets the task if it has not run. On the loop; cancelling twice or late does nothing. */
  void cancel();
}
