package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

class RingShapeTest {
  private static final int NODES = 12;

  @Test
  void aRingWhoseNodesKnowTheirNeighboursIsOne() {
    assertThat(RingShape.problems(views(at -> true), 16)).isEmpty();
    assertThat(RingShape.problems(pruned(3), 3)).isEmpty();
    assertThat(RingShape.problems(List.of(view(0, at -> at == 0)), 16)).isEmpty();
  }

  @Test
  void twoRingsAreNotOne() {
    var views = new ArrayList<RingView>();
    for (int node = 0; node < NODES; node++) {
      int half = node % 2;
      views.add(view(node, at -> at % 2 == half));
    }
    assertThat(RingShape.problems(views, 1)).anyMatch(wrong -> wrong.contains("misses 6 of 12"));
  }

  @Test
  void anAppendageIsFound() {
    // All but node 5 pass over it; it itself knows where it belongs.
    var views = new ArrayList<RingView>();
    for (int node = 0; node < NODES; node++) {
      int self = node;
      views.add(view(node, at -> at != 5 || self == 5));
    }
    assertThat(RingShape.problems(views, 1))
        .anyMatch(wrong -> wrong.contains("lacks its neighbour"))
        .anyMatch(wrong -> wrong.contains("misses 1 of 12"));
  }

  @Test
  void aRingTwiceAroundIsNotOrdered() {
    // Each knows only the node after the next, with an odd number of nodes.
    var views = new ArrayList<RingView>();
    for (int node = 0; node < 11; node++) {
      int next = (node + 2) % 11;
      int self = node;
      views.add(view(node, at -> at == next || at == self));
    }
    assertThat(RingShape.problems(views, 1))
        .anyMatch(wrong -> wrong.contains("passes zero 2 times"));
  }

  @Test
  void aDeadNeighbourInALeafSetIsFound() {
    List<RingView> views = views(at -> true).subList(0, NODES - 1);
    assertThat(RingShape.problems(views, 2))
        .anyMatch(wrong -> wrong.contains("is not its neighbour"));
  }

  @RingTest(nodes = 9)
  void aRealRingHasTheShapeAndLosesItWhileADeadNodeIsBelieved(SimRing ring) {
    ring.settle();
    ring.checkShape(16);
    ring.killSilently(4);
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(() -> ring.checkShape(16)).getMessage())
        .contains("which is not its neighbour");
    ring.settle();
    ring.checkShape(16);
  }

  private static List<RingView> views(IntPredicate known) {
    return IntStream.range(0, NODES).mapToObj(node -> view(node, known)).toList();
  }

  /** Each knows so many on each side and nobody else. */
  private static List<RingView> pruned(int perSide) {
    return IntStream.range(0, NODES)
        .mapToObj(
            node ->
                view(
                    node,
                    at -> {
                      int away = Math.floorMod(at - node, NODES);
                      return Math.min(away, NODES - away) <= perSide;
                    }))
        .toList();
  }

  private static RingView view(int node, IntPredicate known) {
    List<Member> members =
        IntStream.range(0, NODES).filter(known).mapToObj(RingShapeTest::member).toList();
    return new RingView(0, idOf(node), Arcs.standard(), members);
  }

  private static Member member(int node) {
    return new Member(idOf(node), 1, "n" + node + ":1", "", Map.of(), List.of(), MemberState.ALIVE);
  }

  /** Unsigned order is the order of the numbers. */
  private static Id idOf(int node) {
    return Id.of((long) node << 56, 0, 0);
  }
}
