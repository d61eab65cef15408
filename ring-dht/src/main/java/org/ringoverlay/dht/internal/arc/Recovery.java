package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * Brings to the daddy the registers of which others hold newer ones than it does itself.
 *
 * <p>Heads come with promises and with the answers of copies; the register behind a head is fetched
 * from whoever is known to hold it. Plain state, on the loop.
 */
final class Recovery {
  private final int arc;
  private final Id self;
  private final Ballot ballot;
  private final Shelf shelf;
  private final Outbox out;
  private final Map<String, Cell> cells;
  private final List<Id> heard = new ArrayList<>();

  /** Who says that it holds something and has not told what; true while it is being asked. */
  private final Map<Id, Boolean> asking = new LinkedHashMap<>();

  Recovery(int arc, Id self, Ballot ballot, Shelf shelf, Outbox out, Map<String, Cell> cells) {
    this.arc = arc;
    this.self = self;
    this.ballot = ballot;
    this.shelf = shelf;
    this.out = out;
    this.cells = cells;
  }

  /** Takes up what the takeover learned. */
  void begin(Takeover won) {
    heard.addAll(won.heard());
  }

  /** A node has told of these registers; whether that was all that it holds. */
  void heard(Id node, List<Head> heads, boolean more) {
    heads.forEach(head -> learn(node, head));
    if (!more) {
      asking.remove(node);
      if (!heard.contains(node)) {
        heard.add(node);
      }
    }
    out.repair();
  }

  /** A node says that it holds something: it is asked until it tells what, or is gone. */
  void hear(Id node) {
    if (!heard.contains(node) && asking.putIfAbsent(node, true) == null) {
      ask(node);
      out.tick();
    }
  }

  private void ask(Id node) {
    out.prepare(node, new CopyRequest.Prepare(arc, ballot, ""));
  }

  /** A node that was asked did not answer. */
  void unheard(Id node) {
    if (!out.isMember(node)) {
      asking.remove(node);
    } else if (asking.containsKey(node)) {
      asking.put(node, false);
    }
  }

  boolean isAsking() {
    return !asking.isEmpty();
  }

  /** Asks again who did not answer. */
  void tick() {
    asking.replaceAll(
        (node, beingAsked) -> {
          if (!beingAsked) {
            ask(node);
          }
          return true;
        });
  }

  boolean hasHeard(Id node) {
    return heard.contains(node);
  }

  /** A node holds a version. */
  void learn(Id node, Head head) {
    if (Versions.round(head.version()) > ballot.round()) {
      return;
    }
    cells
        .computeIfAbsent(head.key(), key -> new Cell(key, shelf.register(arc, key)))
        .learn(head.version(), List.of(node));
  }

  /** These nodes may have forgotten what they were heard to hold. */
  void forgetAll(List<Id> nodes) {
    heard.removeAll(nodes);
    cells.values().forEach(cell -> cell.forgetAll(nodes, self));
  }

  /** Hastens a register that somebody waits for. */
  void fetch(Cell cell) {
    if (cell.isUnknown() && !cell.fetching) {
      cell.fetching = true;
      out.fetch(cell.sources.get(0), new CopyRequest.Fetch(arc, List.of(cell.key)));
    }
  }

  /** Whether a reply holds a register that only a newer daddy can have made. */
  boolean isOutranked(List<String> keys, CopyRequest.Fetched reply) {
    // Between its head and this register the node has heard of a newer daddy.
    return reply.entries().stream()
        .anyMatch(
            entry ->
                keys.contains(entry.key())
                    && cells.containsKey(entry.key())
                    && Versions.round(entry.version()) > ballot.round());
  }

  /**
   * A node sent what it holds of these keys.
   *
   * @return the cells that were waiting for it
   */
  List<Cell> fetched(Id node, List<String> keys, CopyRequest.Fetched reply) {
    for (Entry entry : reply.entries()) {
      Cell cell = keys.contains(entry.key()) ? cells.get(entry.key()) : null;
      if (cell != null && entry.version() > cell.version()) {
        adopt(cell, node, entry);
      }
    }
    var moved = new ArrayList<Cell>();
    String first = keys.isEmpty() ? "" : keys.get(0);
    for (String key : keys) {
      Cell cell = cells.get(key);
      if (cell != null && cell.fetching) {
        cell.fetching = false;
        if (cell.sourceVersion <= cell.version()) {
          cell.sources.clear();
        } else if (key.equals(first) && !hasNewer(reply, cell)) {
          // At least the first would have come if the node had it still.
          cell.forget(node, self);
        }
        moved.add(cell);
      }
    }
    out.repair();
    return moved;
  }

  /** Whether a newer register came that this node had no room for. */
  private static boolean hasNewer(CopyRequest.Fetched reply, Cell cell) {
    return reply.entries().stream()
        .anyMatch(entry -> entry.key().equals(cell.key) && entry.version() > cell.version());
  }

  private void adopt(Cell cell, Id node, Entry entry) {
    try {
      if (!shelf.accept(arc, ballot, List.of(entry)).granted()) {
        return;
      }
    } catch (RingException.Refused full) {
      List.copyOf(cell.queue).forEach(pending -> pending.fail(full));
      cell.queue.clear();
      return;
    }
    Register adopted = shelf.register(arc, cell.key);
    if (adopted != null) {
      cell.becomes(adopted, self);
      cell.holds(node);
      if (entry.version() == cell.sourceVersion) {
        cell.sources.forEach(cell::holds);
      }
    }
  }

  /**
   * A node did not send what was asked of it. While it is a member it may hold the only copy of
   * what was acknowledged, so it is asked again.
   */
  void fetchFailed(Id node, List<String> keys) {
    for (String key : keys) {
      Cell cell = cells.get(key);
      if (cell != null) {
        cell.fetching = false;
        if (!out.isMember(node)) {
          // What only departed members held is gone with them: what is left is the newest.
          cell.forget(node, self);
        } else if (cell.sources.remove(node)) {
          cell.sources.add(node);
        }
      }
    }
    out.tick();
  }
}
