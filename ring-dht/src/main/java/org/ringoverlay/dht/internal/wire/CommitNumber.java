package org.ringoverlay.dht.internal.wire;

import org.ringoverlay.error.RingException;

/**
 * How far a node's store was when somebody saw it.
 *
 * @param store the store
 * @param commit the number of a commit that was on its disk by then; 0 if nobody knows of any
 */
public record CommitNumber(long store, long commit) {
  /** Numbers above are no sound node's: it would have to commit for longer than disks last. */
  public static final long COMMIT_MAX = 1L << 53;

  /**
   * Checks it.
   *
   * @throws RingException.InvalidInput if a sound node cannot have told of it
   */
  public void check() {
    if (commit < 0 || commit > COMMIT_MAX) {
      throw new RingException.InvalidInput("A message tells of no number of a commit.");
    }
  }
}
