package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Voter;

/** Goes round the keys of a reign and gathers what brings copies level, a message at a time. */
final class Repairs {
  private final int arc;
  private final Ballot ballot;
  private final Limits limits;
  private String cursor = "";

  Repairs(int arc, Ballot ballot, Limits limits) {
    this.arc = arc;
    this.ballot = ballot;
    this.limits = limits;
  }

  /**
   * The next message, null if there is none to send now.
   *
   * @param epoch of the present configuration
   * @param others who should hold everything, but for this node
   * @param room whether this node can keep one more key
   */
  @Nullable Repair next(
      NavigableMap<String, Cell> cells, long epoch, List<Voter> others, boolean room) {
    var batch = new RepairBatch(arc, ballot, epoch, limits, room);
    for (Cell cell : cells.tailMap(cursor, true).values()) {
      if (!batch.take(cell, others)) {
        cursor = cell.key;
        return batch.close();
      }
    }
    for (Cell cell : cells.headMap(cursor, false).values()) {
      if (!batch.take(cell, others)) {
        cursor = cell.key;
        return batch.close();
      }
    }
    cursor = "";
    return batch.close();
  }
}
