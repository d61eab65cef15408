package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Head;

/**
 * What a daddy has to do about a member that holds other registers than it does.
 *
 * <p>A key that holds something has its register accepted once more under the daddy's ballot, which
 * makes it no more final than it is. A key that holds nothing was never decided, for a quorum told
 * the ballot so: what the member holds of it came to nothing, and is forgotten.
 *
 * @param behind keys whose registers the member is to be sent
 * @param stamped keys whose registers it holds, accepted under another ballot
 * @param leftovers what the member is to forget
 */
record Levelling(List<Cell> behind, List<Cell> stamped, List<Head> leftovers) {
  /**
   * Finds out.
   *
   * @param cells all keys of the arc that hold something
   * @param own what this node held of a range when it was compared
   * @param theirs what the member held
   * @param leftoversMax the most that one message has forgotten; the next comparison finds the rest
   */
  static Levelling of(
      Map<String, Cell> cells, List<Head> own, List<Head> theirs, int leftoversMax) {
    var levelling = new Levelling(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    var different = new TreeMap<String, Head>();
    theirs.forEach(head -> different.put(head.key(), head));
    for (Head head : own) {
      Head other = different.remove(head.key());
      if (!head.equals(other)) {
        levelling.add(cells.get(head.key()), other);
      }
    }
    for (Head head : different.values()) {
      Cell cell = cells.get(head.key());
      if (cell != null) {
        levelling.add(cell, head);
      } else if (levelling.leftovers.size() < leftoversMax) {
        levelling.leftovers.add(head);
      }
    }
    return levelling;
  }

  private void add(@Nullable Cell cell, @Nullable Head theirs) {
    if (cell != null && isAtRest(cell)) {
      boolean held = theirs != null && theirs.version() == cell.version();
      (held ? stamped : behind).add(cell);
    }
  }

  /** Whether nothing is under way that brings its copies level anyway. */
  private static boolean isAtRest(Cell cell) {
    return cell.settled && !cell.isUnknown() && cell.current != null && cell.asked.isEmpty();
  }
}
