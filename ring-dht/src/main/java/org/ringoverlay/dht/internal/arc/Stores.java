package org.ringoverlay.dht.internal.arc;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/** Which store each node was last heard to keep. On the loop. */
final class Stores {
  /** More are not remembered: they are asked again. */
  private static final int NODES_MAX = 100_000;

  private final Map<Id, Voter> byNode = new TreeMap<>();

  /** A node said which store it keeps. */
  Voter heard(Id node, long store) {
    if (byNode.size() >= NODES_MAX && !byNode.containsKey(node)) {
      byNode.clear();
    }
    Voter known = byNode.get(node);
    if (known != null && known.store() == store) {
      return known;
    }
    var voter = new Voter(node, store);
    byNode.put(node, voter);
    return voter;
  }

  /** The node and its store, null while that is not known. */
  @Nullable Voter of(Id node) {
    return byNode.get(node);
  }

  /** Whether the node of a voter keeps another store now. */
  boolean isReplaced(Voter voter) {
    Voter known = byNode.get(voter.node());
    return known != null && known.store() != voter.store();
  }

  /** A node is in the ring no more, or started again. */
  void forget(Id node) {
    byNode.remove(node);
  }
}
