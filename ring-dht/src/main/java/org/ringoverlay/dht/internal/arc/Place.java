package org.ringoverlay.dht.internal.arc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

/**
 * Who matters to an arc, in one node's view.
 *
 * @param root the node that gets the arc's messages, null if none does
 * @param copies the members that keep copies, the closest first; the answering ones alone
 * @param asked the members that are asked for what they know when the arc gets another daddy, the
 *     closest first, suspects among them
 * @param suspects those of {@code asked} that are under suspicion
 * @param need how many copies make a change or a read final
 * @param wanted how many copies the ring wants
 * @param goneLately how many members that may have held copies died lately
 */
record Place(
    @Nullable Id root,
    List<Id> copies,
    List<Id> asked,
    List<Id> suspects,
    int need,
    int wanted,
    int goneLately) {
  Place {
    copies = List.copyOf(copies);
    asked = List.copyOf(asked);
    suspects = List.copyOf(suspects);
  }

  static int majority(int count) {
    return count / 2 + 1;
  }

  /** How many copies may be out of reach without an acknowledged change being lost with them. */
  int spare() {
    return wanted - majority(wanted);
  }
}
