package org.ringoverlay.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.RingView;

/**
 * Whether nodes that have come to rest form one ring.
 *
 * <p>In the sense of Zave, "How to Make Chord Correct" (OPODIS 2016, section 4), for leaf sets
 * instead of successor lists: who follows the first neighbours comes to every node and back (one
 * ring, connected), in the order of the circle and once around (ordered), no node hangs beside the
 * ring (no appendages), and each node is in the leaf sets of all those in whose it belongs.
 */
final class RingShape {
  private static final int SHOWN_MAX = 10;

  private RingShape() {}

  /**
   * What is wrong, in sentences; empty if nothing is.
   *
   * @param views what the nodes believe that can all reach each other
   * @param perSide how many neighbours on each side a node is to know
   */
  static List<String> problems(List<RingView> views, int perSide) {
    var circle = new ArrayList<>(views);
    circle.sort(Comparator.comparing(RingView::self));
    var wrong = new ArrayList<String>();
    checkOneRing(circle, wrong);
    for (int at = 0; at < circle.size(); at++) {
      checkLeafSet(circle, at, perSide, wrong);
    }
    return wrong.size() <= SHOWN_MAX ? wrong : wrong.subList(0, SHOWN_MAX);
  }

  /** A node knows exactly the nearest on each side, no matter how many more it knows. */
  private static void checkLeafSet(List<RingView> circle, int at, int perSide, List<String> wrong) {
    RingView view = circle.get(at);
    var expected = new TreeSet<Id>();
    int size = circle.size();
    for (int step = 1; step <= perSide && step < size; step++) {
      expected.add(circle.get((at + step) % size).self());
      expected.add(circle.get(Math.floorMod(at - step, size)).self());
    }
    var known = new TreeSet<Id>();
    for (Member member : view.neighbours(view.self(), perSide)) {
      known.add(member.id());
    }
    for (Id id : expected) {
      if (!known.contains(id)) {
        wrong.add(name(view.self()) + " lacks its neighbour " + name(id));
      }
    }
    for (Id id : known) {
      if (!expected.contains(id)) {
        wrong.add(name(view.self()) + " holds " + name(id) + ", which is not its neighbour");
      }
    }
  }

  /** Following the first neighbours clockwise leads once around and to everybody. */
  private static void checkOneRing(List<RingView> circle, List<String> wrong) {
    if (circle.size() < 2) {
      return;
    }
    var views = new TreeMap<Id, RingView>();
    circle.forEach(view -> views.put(view.self(), view));
    Id first = circle.get(0).self();
    Id at = first;
    int zeros = 0;
    var visited = new TreeSet<Id>();
    while (visited.add(at)) {
      RingView view = views.get(at);
      List<Member> next = view == null ? List.of() : view.neighbours(at, 1);
      if (next.isEmpty()) {
        wrong.add("the way around from " + name(first) + " ends at " + name(at));
        return;
      }
      Id successor = next.get(0).id();
      zeros += successor.compareTo(at) <= 0 ? 1 : 0;
      at = successor;
    }
    if (!at.equals(first)) {
      wrong.add(name(first) + " hangs beside the ring that begins at " + name(at));
    }
    if (visited.size() < circle.size()) {
      wrong.add(
          "the way around from "
              + name(first)
              + " misses "
              + (circle.size() - visited.size())
              + " of "
              + circle.size()
              + " nodes");
    }
    if (zeros != 1) {
      wrong.add("the way around from " + name(first) + " passes zero " + zeros + " times");
    }
  }

  private static String name(Id id) {
    return id.shortString();
  }
}
