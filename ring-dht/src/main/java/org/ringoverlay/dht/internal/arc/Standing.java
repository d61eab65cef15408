package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Request;

/**
 * Where a watch of a prefix stands: after which version all of each arc was told, and of which arcs
 * the present values are still to be told. On the loop.
 */
final class Standing {
  /** 0 where no key of the prefix ever was. */
  private final TreeMap<Integer, Long> positions = new TreeMap<>();

  /**
   * The arcs of which the present values are still to be told, and the versions up to which deletes
   * are not.
   */
  private final TreeMap<Integer, Long> whole = new TreeMap<>();

  /** Of those of which some were told: the newest version when that began. */
  private final TreeMap<Integer, Long> since = new TreeMap<>();

  /** The arcs of which it is not known where the watch begins. */
  private final BitSet unplaced = new BitSet();

  /** Begins without knowing anything. */
  Standing(int arcs) {
    unplaced.set(0, arcs);
  }

  private long position(int arc) {
    return positions.getOrDefault(arc, 0L);
  }

  /** A daddy told where an arc stands now; whether that is known of all arcs then. */
  boolean place(List<Request.Reach> reached, BitSet covered) {
    for (Request.Reach reach : reached) {
      if (unplaced.get(reach.arc()) && reach.position() > 0) {
        positions.put(reach.arc(), reach.position());
      }
    }
    unplaced.andNot(covered);
    return unplaced.isEmpty();
  }

  /** The watch goes on from these positions. */
  void resume(SortedMap<Integer, Long> from) {
    positions.clear();
    positions.putAll(from);
  }

  /** All that there is comes first, of every arc that holds, or held, a key. */
  void beginAnew() {
    positions.forEach((arc, position) -> whole.merge(arc, position, Math::max));
    positions.clear();
    since.clear();
  }

  /** What to ask for these arcs. */
  List<Request.Mark> marks(BitSet arcs) {
    var marks = new ArrayList<Request.Mark>();
    Request.@Nullable Mark last = null;
    for (int arc = arcs.nextSetBit(0); arc >= 0; arc = arcs.nextSetBit(arc + 1)) {
      long after = unplaced.get(arc) ? Request.Watch.FROM_NOW : position(arc);
      long deletesAfter = whole.getOrDefault(arc, Request.Mark.CHANGES);
      long began = since.getOrDefault(arc, 0L);
      if (last != null
          && last.last() == arc - 1
          && last.after() == after
          && last.deletesAfter() == deletesAfter
          && last.since() == began) {
        last = new Request.Mark(last.first(), arc, after, deletesAfter, began);
        marks.set(marks.size() - 1, last);
      } else {
        last = new Request.Mark(arc, arc, after, deletesAfter, began);
        marks.add(last);
      }
    }
    return marks;
  }

  /** Whether a change of an arc was told. */
  boolean isTold(int arc, long version) {
    return version <= position(arc);
  }

  /** A change of an arc was told, the first after those that were. */
  void told(int arc, long version) {
    positions.put(arc, version);
  }

  /** All of an answer was told; whether changes are missing, so that all has to begin anew. */
  boolean reach(List<Request.Reach> reached) {
    boolean missed = false;
    for (Request.Reach reach : reached) {
      if (reach.missed()) {
        missed = true;
        whole.putIfAbsent(reach.arc(), 0L);
        continue;
      }
      if (reach.position() > position(reach.arc())) {
        positions.put(reach.arc(), reach.position());
      }
      if (!reach.more()) {
        whole.remove(reach.arc());
        since.remove(reach.arc());
      } else if (whole.containsKey(reach.arc())) {
        since.put(reach.arc(), reach.since());
      }
    }
    return missed;
  }

  /** From where the watch can be resumed. */
  String text(Bookmark bookmark) {
    return whole.isEmpty() ? bookmark.text(positions) : bookmark.textOfNone();
  }
}
