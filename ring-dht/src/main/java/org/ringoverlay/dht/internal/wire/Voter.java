package org.ringoverlay.dht.internal.wire;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

/**
 * A member of an arc: a node, and the store that it keeps. A node that lost its store is another
 * voter, for it has forgotten what it promised.
 *
 * @param node the node
 * @param store drawn when the store was made
 */
public record Voter(Id node, long store) implements Comparable<Voter> {
  /** What a peer left out is nobody. */
  public Voter {
    node = node == null ? Id.ZERO : node;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    // Compared with each message: the stores of two differ nearly always.
    return other instanceof Voter voter && store == voter.store && node.equals(voter.node);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(store);
  }

  @Override
  public int compareTo(Voter other) {
    int byNode = node.compareTo(other.node);
    return byNode != 0 ? byNode : Long.compare(store, other.store);
  }
}
