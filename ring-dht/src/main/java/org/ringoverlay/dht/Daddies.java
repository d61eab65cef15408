package org.ringoverlay.dht;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

/**
 * Which nodes last answered as daddies of arcs, so that a request goes straight to one. While
 * members come and go the node nearest to a key may be one that has no record yet and much to do. A
 * hint: whoever is asked passes the request on. Bounded: of more than 4,096 arcs one may take the
 * place of another. On the loop.
 */
final class Daddies {
  private static final int ENTRIES_MAX = 4_096;

  private final int[] arcs = new int[ENTRIES_MAX];
  private final @Nullable Id[] nodes = new Id[ENTRIES_MAX];

  Daddies() {
    Arrays.fill(arcs, -1);
  }

  /** Who last answered for an arc, null if nobody did. */
  @Nullable Id of(int arc) {
    int place = arc % ENTRIES_MAX;
    return arcs[place] == arc ? nodes[place] : null;
  }

  void answered(int arc, Id node) {
    int place = arc % ENTRIES_MAX;
    arcs[place] = arc;
    nodes[place] = node;
  }

  /** Whoever was asked as an arc's daddy gave no answer of one. */
  void forget(int arc) {
    int place = arc % ENTRIES_MAX;
    if (arcs[place] == arc) {
      nodes[place] = null;
    }
  }
}
