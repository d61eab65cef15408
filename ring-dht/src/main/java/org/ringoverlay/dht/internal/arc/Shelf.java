package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest.Accepted;
import org.ringoverlay.dht.internal.wire.CopyRequest.Fetched;
import org.ringoverlay.dht.internal.wire.CopyRequest.Promise;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.error.RingException;

/**
 * What one node keeps and has promised: the acceptor of Paxos, one per arc, with a register per
 * key.
 *
 * <p>Once a ballot is promised for an arc nothing of an older one is kept, so that a daddy that was
 * replaced, or slept, finds out at the first node that it asks. Between registers of one key the
 * higher version wins.
 *
 * <p>Bounded in records; the promises are bounded by the number of arcs. On the loop.
 *
 * @see <a href="https://arxiv.org/abs/1802.07000">Rystsov 2018, CASPaxos, section 2.2</a>
 */
final class Shelf {
  private final Map<Integer, Arc> arcs = new TreeMap<>();
  private final int recordsMax;
  private int records;

  private static final class Arc {
    private Ballot promised = Ballot.NONE;
    private final TreeMap<String, Register> registers = new TreeMap<>();
    private long changes;
  }

  Shelf(int recordsMax) {
    this.recordsMax = recordsMax;
  }

  /** Promises a ballot if no newer one was promised, and lists all registers. */
  Promise prepare(int index, Ballot ballot) {
    return prepare(index, ballot, "", Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * Promises a ballot if no newer one was promised, and lists the registers after a key, as many as
   * fit, but at least one if there is any.
   */
  Promise prepare(int index, Ballot ballot, String after, int headsMax, long bytesMax) {
    Arc arc = arcs.computeIfAbsent(index, unused -> new Arc());
    if (!stands(arc, ballot)) {
      return new Promise(false, arc.promised, List.of(), false);
    }
    arc.promised = ballot;
    var heads = new ArrayList<Head>();
    boolean more = false;
    long bytes = 0;
    for (Map.Entry<String, Register> held : arc.registers.tailMap(after, false).entrySet()) {
      var head = new Head(held.getKey(), held.getValue().version());
      bytes += head.sizeBytesMax();
      if (heads.size() == headsMax || (bytes > bytesMax && !heads.isEmpty())) {
        more = true;
        break;
      }
      heads.add(head);
    }
    return new Promise(true, ballot, heads, more);
  }

  /**
   * Keeps registers, all or none.
   *
   * @throws RingException.Refused if there is no room for the new ones
   */
  Accepted accept(int index, Ballot ballot, List<Entry> entries) {
    Arc arc = arcs.computeIfAbsent(index, unused -> new Arc());
    if (!stands(arc, ballot)) {
      return new Accepted(false, arc.promised, List.of(), List.of());
    }
    long fresh = entries.stream().filter(entry -> !arc.registers.containsKey(entry.key())).count();
    if (records + fresh > recordsMax) {
      throw new RingException.Refused(
          "This node holds " + records + " records; ring.dht.records.max is " + recordsMax + ".");
    }
    arc.promised = ballot;
    arc.changes++;
    var behind = new ArrayList<String>();
    var higher = new ArrayList<Head>();
    for (Entry entry : entries) {
      Register held = arc.registers.get(entry.key());
      long version = Register.versionOf(held);
      if (version > entry.version()) {
        higher.add(new Head(entry.key(), version));
      } else if (version < entry.version()) {
        if (entry.base() == Entry.WHOLE || entry.base() == version) {
          put(arc, entry.key(), Register.of(entry, held));
        } else {
          behind.add(entry.key());
        }
      }
    }
    return new Accepted(true, ballot, behind, higher);
  }

  /** Promises a ballot if no newer one was promised. */
  Accepted check(int index, Ballot ballot) {
    Arc arc = arcs.computeIfAbsent(index, unused -> new Arc());
    boolean granted = stands(arc, ballot);
    if (granted) {
      arc.promised = ballot;
    }
    return new Accepted(granted, arc.promised, List.of(), List.of());
  }

  /** The registers of these keys, as many as fit, but at least one if there is any. */
  Fetched fetch(int index, List<String> keys, long bytesMax) {
    var found = new ArrayList<Entry>();
    long bytes = 0;
    for (String key : keys) {
      Register register = register(index, key);
      if (register != null) {
        Entry entry = register.whole(key);
        bytes += entry.sizeBytesMax();
        if (bytes > bytesMax && !found.isEmpty()) {
          break;
        }
        found.add(entry);
      }
    }
    return new Fetched(found);
  }

  @Nullable Register register(int index, String key) {
    Arc arc = arcs.get(index);
    return arc == null ? null : arc.registers.get(key);
  }

  Ballot promised(int index) {
    Arc arc = arcs.get(index);
    return arc == null ? Ballot.NONE : arc.promised;
  }

  /** Whether there is room for one more key. */
  boolean hasRoom() {
    return records < recordsMax;
  }

  /** How many registers there are, tombstones included. */
  int records() {
    return records;
  }

  /** Grows with everything that is asked of this node to keep of an arc. */
  long changes(int index) {
    Arc arc = arcs.get(index);
    return arc == null ? 0 : arc.changes;
  }

  /** The arcs of which there are registers, in order. */
  List<Integer> held() {
    var held = new ArrayList<Integer>();
    arcs.forEach(
        (index, arc) -> {
          if (!arc.registers.isEmpty()) {
            held.add(index);
          }
        });
    return held;
  }

  /** Forgets the registers of an arc, but not what was promised. */
  void release(int index) {
    Arc arc = arcs.get(index);
    if (arc != null) {
      records -= arc.registers.size();
      arc.registers.clear();
    }
  }

  private void put(Arc arc, String key, Register register) {
    if (arc.registers.put(key, register) == null) {
      records++;
    }
  }

  private static boolean stands(Arc arc, Ballot ballot) {
    return ballot.round() > arc.promised.round() || ballot.equals(arc.promised);
  }
}
