package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;

/**
 * Who is to be asked for arcs, from round to round: their daddies, as far as this node knows; and
 * of arcs that were asked of the wrong node, or of one that does not answer, others.
 *
 * <p>On the loop, a part of the arcs in each turn.
 */
final class Assignment {
  /** Arcs that one turn of the loop assigns to nodes. */
  private static final int ASSIGNED_IN_TURN_MAX = 1_024;

  private static final int SOUGHT_AT_ONCE_MAX = 256;

  private final Ring ring;
  private final Shelf shelf;
  private final Leaders leaders;
  private final Directory directory;
  private final TreeMap<Id, Assigned> assigned = new TreeMap<>();

  /** Nodes to which there was no way in the last round, so that others are to stand in for them. */
  private final TreeSet<Id> outOfReach = new TreeSet<>();

  /** Why nodes gave no answer in this round. */
  private final TreeMap<Id, RingException> failed = new TreeMap<>();

  /** The arcs that were asked of a node that should not lead them, or is not there any more. */
  private final BitSet misplaced = new BitSet();

  /** How many of their members have said that they should not lead them. */
  private final TreeMap<Integer, Integer> disowned = new TreeMap<>();

  /** Arcs that a node is to be asked for, and those that it is to take over. */
  private static final class Assigned {
    final BitSet arcs = new BitSet();
    final BitSet firmly = new BitSet();
  }

  /**
   * One question to one node.
   *
   * @param arcs at most {@link Request.ListKeys#ARCS_MAX}
   * @param firmly whether the node is to take them over
   */
  record Asked(Id node, BitSet arcs, boolean firmly) {}

  Assignment(Ring ring, Shelf shelf, Leaders leaders, Directory directory) {
    this.ring = ring;
    this.shelf = shelf;
    this.leaders = leaders;
    this.directory = directory;
  }

  /**
   * A node gave no answer in this round. Arcs of which nobody is in the ring any more of those who
   * were, or were to become, their members when this node last heard of them, have others by now:
   * these are looked for.
   */
  void failed(Asked asked, RingException why) {
    failed.put(asked.node(), why);
    Neighbourhood around = leaders.refresh();
    asked.arcs().stream()
        .filter(
            arc -> {
              Configuration known = shelf.configuration(arc);
              return known != null
                  && leaders.preferred(arc, known).stream().noneMatch(around::isThere);
            })
        .forEach(misplaced::set);
  }

  /** A node should not lead these arcs, as far as it knows. */
  void disowned(BitSet arcs) {
    misplaced.or(arcs);
    arcs.stream()
        .filter(arc -> shelf.configuration(arc) != null)
        .forEach(arc -> disowned.merge(arc, 1, Integer::sum));
  }

  /** A node leads these arcs. */
  void owned(BitSet arcs) {
    if (!disowned.isEmpty()) {
      disowned.keySet().removeIf(arcs::get);
    }
  }

  /** Why nodes gave no answer, for people to read; empty if all did. */
  String failures() {
    var text = new StringBuilder();
    for (Map.Entry<Id, RingException> each : failed.entrySet()) {
      text.append(" Node ")
          .append(each.getKey().shortString())
          .append(" gave no answer: ")
          .append(each.getValue().getMessage());
    }
    return text.toString();
  }

  /** What came of a question that failed. */
  static RingException reason(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof RingException known
        ? known
        : new RingException.HandlerFailed(String.valueOf(cause.getMessage()));
  }

  /**
   * Begins a round.
   *
   * @param missing the arcs; must not change meanwhile
   * @param hurried whether there is no time to look for those who keep arcs
   * @param then told what to ask, at once or in another turn
   */
  void assign(BitSet missing, BooleanSupplier hurried, Consumer<List<Asked>> then) {
    outOfReach.clear();
    failed.forEach(
        (node, reason) -> {
          if (reason instanceof RingException.NoRoute) {
            outOfReach.add(node);
          }
        });
    failed.clear();
    leaders.refresh();
    misplaced.and(missing);
    seek(misplaced.nextSetBit(0), hurried, () -> assign(missing, 0, then));
  }

  /** Finds out who keeps the arcs that were asked for at the wrong node, a few at a time. */
  private void seek(int from, BooleanSupplier hurried, Runnable then) {
    var some = new ArrayList<Integer>();
    int arc = from;
    for (; arc >= 0 && some.size() < SOUGHT_AT_ONCE_MAX; arc = misplaced.nextSetBit(arc + 1)) {
      some.add(arc);
    }
    if (some.isEmpty() || hurried.getAsBoolean()) {
      misplaced.clear();
      then.run();
      return;
    }
    int next = arc;
    int[] sought = {some.size()};
    for (int each : some) {
      var unused =
          directory
              .find(each, leaders.refresh())
              .whenComplete(
                  (found, unknown) -> {
                    sought[0]--;
                    if (sought[0] == 0) {
                      seek(next, hurried, then);
                    }
                  });
    }
  }

  private void assign(BitSet missing, int from, Consumer<List<Asked>> then) {
    Neighbourhood around = leaders.refresh();
    int arc = missing.nextSetBit(from);
    for (int count = 0; arc >= 0 && count < ASSIGNED_IN_TURN_MAX; count++) {
      assign(arc, around);
      arc = missing.nextSetBit(arc + 1);
    }
    if (arc >= 0) {
      int next = arc;
      ring.scheduler().execute(() -> assign(missing, next, then));
      return;
    }
    var asked = new ArrayList<Asked>();
    assigned.forEach(
        (node, theirs) -> {
          split(node, theirs.arcs, false, asked);
          split(node, theirs.firmly, true, asked);
        });
    assigned.clear();
    then.accept(asked);
  }

  /**
   * Of its members the first that can be reached should lead an arc, unless it says that it should
   * not: it may have lost its store. Then the next is asked, and when all of them have said so one
   * is to take the arc over, as it would for any other request.
   */
  private void assign(int arc, Neighbourhood around) {
    Configuration configuration = shelf.configuration(arc);
    Id node;
    boolean firmly = false;
    if (configuration != null) {
      List<Id> members = leaders.preferred(arc, configuration);
      var reachable = new ArrayList<>(members);
      reachable.removeAll(outOfReach);
      if (reachable.isEmpty()) {
        reachable.addAll(members);
      }
      int said = disowned.getOrDefault(arc, 0);
      node = reachable.get(said % reachable.size());
      firmly = said >= reachable.size() || outOfReach.contains(members.get(0));
    } else {
      List<Member> nearest = around.nearest(around.view().arcs().centre(arc), 1);
      node = nearest.isEmpty() ? ring.id() : nearest.get(0).id();
    }
    Assigned theirs = assigned.computeIfAbsent(node, unused -> new Assigned());
    (firmly ? theirs.firmly : theirs.arcs).set(arc);
  }

  private static void split(Id node, BitSet theirs, boolean firmly, List<Asked> asked) {
    var some = new BitSet();
    int count = 0;
    for (int arc = theirs.nextSetBit(0); arc >= 0; arc = theirs.nextSetBit(arc + 1)) {
      some.set(arc);
      count++;
      if (count == Request.ListKeys.ARCS_MAX) {
        asked.add(new Asked(node, some, firmly));
        some = new BitSet();
        count = 0;
      }
    }
    if (count > 0) {
      asked.add(new Asked(node, some, firmly));
    }
  }
}
