package org.ringoverlay.dht.internal.wire;

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
  public int compareTo(Voter other) {
    int byNode = node.compareTo(other.node);
    return byNode != 0 ? byNode : Long.compare(store, other.store);
  }
}
