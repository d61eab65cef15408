package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * Brings to the daddy the registers that others hold and it does not.
 *
 * <p>Heads come with promises; the register behind a head is fetched from whoever told of it. Plain
 * state, on the loop.
 */
final class Recovery {
  private final int arc;
  private final Ballot ballot;
  private final LongSupplier epoch;
  private final Shelf shelf;
  private final Outbox out;
  private final Map<String, Cell> cells;

  /** Told of each register that this node's shelf took. */
  private final Consumer<Cell> taken;

  Recovery(
      int arc,
      Ballot ballot,
      LongSupplier epoch,
      Shelf shelf,
      Outbox out,
      Map<String, Cell> cells,
      Consumer<Cell> taken) {
    this.arc = arc;
    this.ballot = ballot;
    this.epoch = epoch;
    this.shelf = shelf;
    this.out = out;
    this.cells = cells;
    this.taken = taken;
  }

  /** Hastens a register that somebody waits for. */
  void fetch(Cell cell) {
    if (cell.isUnknown() && !cell.fetching) {
      cell.fetching = true;
      out.fetch(cell.sources.get(0).node(), new CopyRequest.Fetch(arc, List.of(cell.key)));
    }
  }

  /**
   * A node sent what it holds of these keys.
   *
   * @return the cells that were waiting for it
   */
  List<Cell> fetched(Id node, List<String> keys, CopyReply.Fetched reply) {
    for (Entry entry : reply.entries()) {
      Cell cell = keys.contains(entry.key()) ? cells.get(entry.key()) : null;
      if (cell != null
          && cell.isUnknown()
          && cell.wanted != null
          && entry.version() == cell.wanted.version()) {
        adopt(cell, entry);
      }
    }
    var moved = new ArrayList<Cell>();
    for (String key : keys) {
      Cell cell = cells.get(key);
      if (cell != null && cell.fetching) {
        cell.fetching = false;
        moved.add(cell);
        passOver(cell, node);
      }
    }
    out.repair();
    return moved;
  }

  private void adopt(Cell cell, Entry entry) {
    try {
      var own = CopyRequest.Accept.registers(arc, ballot, epoch.getAsLong(), List.of(entry));
      if (!shelf.accept(own).granted()) {
        return;
      }
    } catch (RingException.Refused full) {
      List.copyOf(cell.queue).forEach(pending -> pending.fail(full));
      cell.queue.clear();
      return;
    }
    Register adopted = shelf.register(arc, cell.key);
    if (adopted != null) {
      cell.found(adopted, ballot.round());
      taken.accept(cell);
    }
  }

  /** A node did not send what was asked of it. The next is asked, and in the end it again. */
  void fetchFailed(Id node, List<String> keys) {
    for (String key : keys) {
      Cell cell = cells.get(key);
      if (cell != null) {
        cell.fetching = false;
        passOver(cell, node);
      }
    }
    out.tick();
  }

  private static void passOver(Cell cell, Id node) {
    if (cell.sources.size() > 1 && cell.sources.get(0).node().equals(node)) {
      cell.sources.add(cell.sources.remove(0));
    }
  }
}
