package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

class ChurnTest {
  private static final Arcs ARCS = Arcs.of(4);
  private static final long GONE = 100;
  private final Churn churn = new Churn("dht.copy", GONE, 0);
  private long versions;

  @Test
  void theTimeOfAllNodesIsAddedUp() {
    view(0, "0", "1", "2");
    view(10, "0", "1");
    assertThat(churn.seen(20).nodeNanos()).isEqualTo(30 + 20);
    assertThat(churn.seen(20).nodes()).isEqualTo(2);
  }

  @Test
  void whoWasDoubtedAndVanishedIsLostWhenItIsGone() {
    view(0, "0", "1", "2?");
    view(10, "0", "1");
    assertThat(churn.seen(GONE + 9).losses()).isZero();
    assertThat(churn.seen(GONE + 10).losses()).isEqualTo(1);
    assertThat(churn.seen(5 * GONE).losses()).isEqualTo(1);
  }

  @Test
  void whoSaidGoodbyeIsNotLost() {
    view(0, "0", "1", "2");
    view(10, "0", "1");
    assertThat(churn.seen(5 * GONE).losses()).isZero();
  }

  @Test
  void whoComesBackIsNotLostHoweverLate() {
    view(0, "0", "1?", "2?");
    view(10, "0");
    view(20, "0", "1");
    assertThat(churn.seen(5 * GONE).losses()).isEqualTo(1);
    view(6 * GONE, "0", "1", "2");
    assertThat(churn.seen(6 * GONE).losses()).isZero();
  }

  @Test
  void aRepairLastsFromTheDeathUntilNobodyCountsOnTheDead() {
    view(0, "0", "1?", "2?");
    view(10, "0");
    churn.sweep(Set.of(id(0), id(1)), 20);
    churn.sweep(Set.of(id(0), id(1)), 30);
    assertThat(churn.seen(30).repairs()).isZero();
    churn.sweep(Set.of(id(0)), 50);

    // Node 2 was a member of none of the arcs.
    assertThat(churn.seen(60).repairs()).isEqualTo(1);
    assertThat(churn.seen(60).repairNanos()).isEqualTo(40);
  }

  private void view(long now, String... nodes) {
    var members = new ArrayList<Member>();
    for (String node : nodes) {
      boolean doubted = node.endsWith("?");
      members.add(
          new Member(
              id(Integer.parseInt(node.replace("?", ""))),
              1,
              "host:1",
              "",
              Map.of(),
              List.of("dht.copy"),
              doubted ? MemberState.SUSPECT : MemberState.ALIVE));
    }
    churn.view(new RingView(versions++, id(0), ARCS, members), now);
  }

  private static Id id(int arc) {
    return ARCS.centre(arc);
  }
}
