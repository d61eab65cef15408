package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.dht.internal.wire.Finding;
import org.ringoverlay.dht.internal.wire.Fingerprint;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Range;
import org.ringoverlay.dht.internal.wire.Span;

/**
 * Where two nodes hold different registers: ranges whose fingerprints differ are cut into sixteen
 * parts each, arcs first and then the hashes of one arc's keys, until so few registers are left
 * that they are named.
 *
 * <p>Both sides cut alike, so that parts need no names. Reads the shelf alone; on the loop.
 *
 * @see <a href="https://arxiv.org/abs/2212.13567">Meyer 2023, Range-Based Set Reconciliation</a>
 */
final class Reconciliation {
  /** Ranges of one message. */
  static final int RANGES_MAX = 16;

  /** Registers that are named and not cut any further. */
  static final int HELD_MAX = 64;

  static final int PART_BITS = 4;
  static final int PARTS_MAX = 1 << PART_BITS;

  /** So many bits of hashes that more than a few registers never have them in common. */
  static final int BITS_MAX = 60;

  private final Shelf shelf;
  private final int arcs;

  /**
   * Makes one.
   *
   * @param arcs how many arcs the circle has
   */
  Reconciliation(Shelf shelf, int arcs) {
    this.shelf = shelf;
    this.arcs = arcs;
  }

  /** All registers of some arcs. */
  Range of(BitSet some) {
    return told(new Range(Span.of(some), 0, 0, Fingerprint.NOTHING));
  }

  /** The range with the fingerprint of what this node holds now. */
  Range told(Range range) {
    return new Range(range.arcs(), range.bits(), range.prefix(), fingerprint(range));
  }

  /** The parts of a range, each with the fingerprint of what this node holds now. */
  List<Range> parts(Range range) {
    BitSet whole = Span.set(range.arcs(), arcs);
    var parts = new ArrayList<Range>();
    if (whole.cardinality() == 1) {
      for (int part = 0; part < PARTS_MAX; part++) {
        parts.add(
            told(
                new Range(
                    range.arcs(),
                    range.bits() + PART_BITS,
                    range.prefix() << PART_BITS | part,
                    Fingerprint.NOTHING)));
      }
      return parts;
    }
    int size = (whole.cardinality() + PARTS_MAX - 1) / PARTS_MAX;
    var part = new BitSet();
    for (int arc = whole.nextSetBit(0); arc >= 0; arc = whole.nextSetBit(arc + 1)) {
      part.set(arc);
      if (part.cardinality() == size) {
        parts.add(of(part));
        part = new BitSet();
      }
    }
    if (!part.isEmpty()) {
      parts.add(of(part));
    }
    return parts;
  }

  /** Into how many parts a range of so many arcs is cut. */
  static int parts(int some) {
    int size = (some + PARTS_MAX - 1) / PARTS_MAX;
    return some == 1 ? PARTS_MAX : (some + size - 1) / size;
  }

  /** The first arc of a range. */
  static int firstArc(Range range) {
    return range.arcs().get(0).first();
  }

  private Fingerprint fingerprint(Range range) {
    Fingerprint sum = Fingerprint.NOTHING;
    BitSet some = Span.set(range.arcs(), arcs);
    for (int arc = some.nextSetBit(0); arc >= 0; arc = some.nextSetBit(arc + 1)) {
      sum = sum.plus(shelf.fingerprint(arc, range.bits(), range.prefix()));
    }
    return sum;
  }

  /** What another node's ranges come to here: the first of them, at least one, as many as fit. */
  List<Finding> find(List<Range> ranges, long bytesMax) {
    List<List<Head>> named = heads(ranges.stream().filter(this::isToBeNamed).toList());
    var findings = new ArrayList<Finding>();
    int next = 0;
    long bytes = 0;
    for (Range range : ranges) {
      Finding finding;
      if (isToBeNamed(range)) {
        List<Head> held = named.get(next++);
        // What is left out counts as missing here, and is only sent once more.
        held = held.subList(0, Math.min(held.size(), HELD_MAX));
        bytes += held.stream().mapToLong(Head::sizeBytesMax).sum();
        if (bytes > bytesMax && !findings.isEmpty()) {
          break;
        }
        finding = new Finding.Held(held);
      } else if (fingerprint(range).equals(range.fingerprint())) {
        finding = new Finding.Same();
      } else {
        finding = new Finding.Parts(parts(range).stream().map(Range::fingerprint).toList());
      }
      findings.add(finding);
    }
    return findings;
  }

  private boolean isToBeNamed(Range range) {
    BitSet some = Span.set(range.arcs(), arcs);
    if (some.cardinality() > 1 || fingerprint(range).equals(range.fingerprint())) {
      return false;
    }
    return range.bits() == BITS_MAX
        || shelf.records(firstArc(range), range.bits(), range.prefix()) <= HELD_MAX;
  }

  /**
   * What this node holds in ranges of single arcs, each in the order of the keys: one walk over
   * each arc, however many its ranges.
   */
  List<List<Head>> heads(List<Range> ranges) {
    var heads = new ArrayList<List<Head>>();
    var byArc = new TreeMap<Integer, List<Integer>>();
    for (int at = 0; at < ranges.size(); at++) {
      heads.add(new ArrayList<>());
      byArc.computeIfAbsent(firstArc(ranges.get(at)), unused -> new ArrayList<>()).add(at);
    }
    byArc.forEach(
        (arc, wanted) -> {
          for (Map.Entry<String, Register> each : shelf.registers(arc).entrySet()) {
            long hash = Fingerprints.hash(each.getKey());
            for (int at : wanted) {
              Range range = ranges.get(at);
              if (Fingerprints.isWithin(hash, range.bits(), range.prefix())) {
                Register register = each.getValue();
                heads.get(at).add(new Head(each.getKey(), register.version(), register.accepted()));
              }
            }
          }
        });
    return heads;
  }
}
