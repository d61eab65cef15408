package org.ringoverlay.spi;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.error.RingException;

/** A node's data directory, locked against every other process. */
public interface Store {
  /** The identity as it was last saved, empty if the directory is fresh. Any thread. */
  Optional<Identity> identity();

  /**
   * Saves the identity. Any thread; does not block.
   *
   * @return completes on the store's own thread once the identity would survive a power cut; fails
   *     with {@code Unavailable} if the disk refused, and then the former identity still stands.
   *     Saves take effect in the order of the calls
   */
  CompletionStage<Void> save(Identity identity);

  /**
   * What a part of the node keeps here, empty if it never wrote. Any thread.
   *
   * @param part its name, 1–32 small letters
   */
  Table table(String part);

  /**
   * Completes with the reason, on the store's own thread, when the disk refused what a part had to
   * keep: from then on the node cannot keep what it promises, and stops.
   */
  CompletionStage<RingException> broken();

  /**
   * Takes no further saves, finishes those that were asked for, then unlocks the directory. Any
   * thread; does not block; a second call gets the same stage.
   *
   * @return completes on the store's own thread once another process may open the directory; fails
   *     with {@code Unavailable} if the lock could not be given back
   */
  CompletionStage<Void> close();
}
