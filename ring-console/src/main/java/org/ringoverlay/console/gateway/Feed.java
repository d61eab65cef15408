package org.ringoverlay.console.gateway;

import org.jspecify.annotations.Nullable;

/**
 * Where an event stream's events come from, each the whole text of one. Any thread.
 *
 * <p>What is not begun holds nothing that would have to be given back but by {@link #cancel}.
 */
interface Feed {
  /**
   * Says whom to wake when there is something to take.
   *
   * @return the first event of the stream
   */
  byte[] begin(Runnable waker);

  /** The next event, or null if there is none now. */
  byte @Nullable [] take();

  /** What was taken is written, or will never be. */
  void written(byte[] event);

  /** Whether all was taken and no more will come. */
  boolean isOver();

  /** The reader is gone. */
  void cancel();
}
