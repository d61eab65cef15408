package org.ringoverlay.dht.internal.wire;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

/**
 * One attempt of one node to be the daddy of one arc.
 *
 * @param round grows from attempt to attempt; 0 is no ballot
 * @param daddy who makes the attempt
 * @param nonce drawn anew for every attempt, so that a node that lost its memory cannot pass for
 *     its former self
 */
public record Ballot(long round, Id daddy, long nonce) {
  /** The ballot of an arc that nobody has taken up. */
  public static final Ballot NONE = new Ballot(0, Id.ZERO, 0);

  /** What a peer left out stands for no ballot. */
  public static Ballot orNone(@Nullable Ballot ballot) {
    return ballot == null ? NONE : ballot;
  }
}
