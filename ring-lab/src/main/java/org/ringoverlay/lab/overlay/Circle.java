package org.ringoverlay.lab.overlay;

import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;

/** Nodes that count at a moment, and which of them is whose root, by the letter of the rule. */
record Circle(NavigableSet<Id> nodes, Arcs arcs) {
  /**
   * Copies the nodes.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Circle of(Collection<Id> nodes, Arcs arcs) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("a circle without a node has no roots");
    }
    return new Circle(new TreeSet<>(nodes), arcs);
  }

  /** The same without some, who may be none of them. */
  Circle without(Collection<Id> gone) {
    var left = new TreeSet<>(nodes);
    left.removeAll(gone);
    return of(left, arcs);
  }

  /** The node with that very ID, else the one closest to the centre of its arc. */
  Id rootOf(Id target) {
    if (nodes.contains(target)) {
      return target;
    }
    Id place = arcs.address(target);
    Id root = nodes.first();
    for (Id node : nodes) {
      if (Id.compareDistance(place, node, root) < 0) {
        root = node;
      }
    }
    return root;
  }
}
