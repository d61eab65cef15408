package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/**
 * Gathers one message to one node, the first that turns out to lack something or to have something
 * that this node lacks.
 */
final class RepairBatch {
  private final int arc;
  private final Ballot ballot;
  private final long epoch;
  private final Limits limits;
  private final boolean room;
  private final List<Entry> pushed = new ArrayList<>();
  private final List<String> pulled = new ArrayList<>();
  private @Nullable Id node;
  private long bytes;

  RepairBatch(int arc, Ballot ballot, long epoch, Limits limits, boolean room) {
    this.arc = arc;
    this.ballot = ballot;
    this.epoch = epoch;
    this.limits = limits;
    this.room = room;
  }

  /**
   * Takes what the cell needs, if it goes to this batch's node; false when the batch is full.
   *
   * @param others who should hold the register, but for this node
   */
  boolean take(Cell cell, List<Voter> others) {
    if (pushed.size() + pulled.size() >= limits.batchRecordsMax()) {
      return false;
    }
    if (cell.isUnknown()) {
      Id source = cell.sources.get(0).node();
      // What a full node cannot keep it would fetch again and again; whoever asks for it is told.
      boolean fits = room || cell.current != null;
      if (fits && !cell.fetching && pushed.isEmpty() && (node == null || node.equals(source))) {
        bytes += Head.textBytesMax(cell.key);
        if (bytes > limits.batchBytesMax() && !pulled.isEmpty()) {
          return false;
        }
        node = source;
        cell.fetching = true;
        pulled.add(cell.key);
      }
      return true;
    }
    Register register = cell.current;
    if (register == null || !pulled.isEmpty()) {
      return true;
    }
    for (Voter other : others) {
      Id copy = other.node();
      if ((node == null || node.equals(copy))
          && !cell.holders.contains(other)
          && !cell.asked.contains(copy)) {
        Entry whole = register.whole(cell.key);
        bytes += whole.sizeBytesMax();
        if (bytes > limits.batchBytesMax() && !pushed.isEmpty()) {
          return false;
        }
        node = copy;
        cell.asked.add(copy);
        pushed.add(whole);
        return true;
      }
    }
    return true;
  }

  @Nullable Repair close() {
    Id to = node;
    if (to == null) {
      return null;
    }
    if (!pulled.isEmpty()) {
      return new Repair.Pull(to, new CopyRequest.Fetch(arc, pulled));
    }
    var heads =
        pushed.stream()
            .map(entry -> new Head(entry.key(), entry.version(), ballot.round()))
            .toList();
    return new Repair.Push(to, CopyRequest.Accept.registers(arc, ballot, epoch, pushed), heads);
  }
}
