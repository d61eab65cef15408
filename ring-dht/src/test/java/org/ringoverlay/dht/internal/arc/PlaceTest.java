package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;

/** Nodes named by how near they are to the arc: the first is the nearest. */
class PlaceTest {
  private static final Arcs ARCS = Arcs.of(4);
  private static final Id CENTRE = ARCS.centre(0);
  private static final Id N0 = CENTRE;
  private static final Id N1 = ARCS.centre(1);
  private static final Id N2 = ARCS.centre(2);
  private static final Id N3 = ARCS.centre(3);
  private static final Id N4 = ARCS.centre(4);
  private static final List<Id> NONE = List.of();

  @Test
  void theNearestKeepTheArc() {
    assertThat(place(List.of(N0, N1, N2), NONE, NONE, NONE).nodes(voters(N0, N2, N4)))
        .containsExactly(N0, N1, N2);
  }

  @Test
  void fewerThanWantedIfThereAreNoMore() {
    assertThat(place(List.of(N0, N3), NONE, NONE, NONE).nodes(voters(N3))).containsExactly(N0, N3);
  }

  @Test
  void aMemberThatIsMissingButNotGoneKeepsItsPlace() {
    assertThat(place(List.of(N0, N2, N3), NONE, NONE, NONE).nodes(voters(N0, N1, N2)))
        .containsExactly(N0, N1, N2);
  }

  @Test
  void aGoneMemberGoesWhenAnotherTakesItsPlace() {
    assertThat(place(List.of(N0, N2, N3), NONE, List.of(N1), NONE).nodes(voters(N0, N1, N2)))
        .containsExactly(N0, N2, N3);
  }

  @Test
  void aGoneMemberStaysWhileThereIsNoOtherInItsStead() {
    assertThat(place(List.of(N0, N2), NONE, List.of(N1), NONE).nodes(voters(N0, N1, N2)))
        .containsExactlyInAnyOrder(N0, N1, N2);
  }

  @Test
  void ofTwoGoneMembersOneStaysWhenThereIsOneOther() {
    assertThat(place(List.of(N0, N3), NONE, List.of(N1, N2), NONE).nodes(voters(N0, N1, N2)))
        .hasSize(3)
        .contains(N0, N3)
        .containsAnyOf(N1, N2);
  }

  @Test
  void aGoneMemberIsNotKeptToMakeTheMembersMore() {
    var five = new Place(CENTRE, List.of(N0, N2), NONE, List.of(N1), NONE, 5);
    assertThat(five.nodes(voters(N0, N1))).containsExactly(N0, N2);
  }

  @Test
  void aYoungNewcomerWaitsWhileThereAreMembersEnough() {
    assertThat(place(List.of(N0, N1, N2), List.of(N1), NONE, NONE).nodes(voters(N0, N2, N3)))
        .containsExactly(N0, N2, N3);
  }

  @Test
  void aYoungNewcomerMovesInWhereMembersLack() {
    assertThat(place(List.of(N0, N1), List.of(N1), NONE, NONE).nodes(voters(N0)))
        .containsExactly(N0, N1);
    assertThat(place(List.of(N0, N1, N2), List.of(N1), List.of(N3), NONE).nodes(voters(N0, N2, N3)))
        .containsExactly(N0, N1, N2);
  }

  @Test
  void aYoungMemberIsAMemberLikeAnyOther() {
    assertThat(place(List.of(N0, N1, N2), List.of(N1), NONE, NONE).nodes(voters(N0, N1, N2)))
        .containsExactly(N0, N1, N2);
  }

  @Test
  void whoLeavesGoesAndAnotherTakesItsPlace() {
    assertThat(place(List.of(N0, N2, N3), NONE, NONE, List.of(N1)).nodes(voters(N0, N1, N2)))
        .containsExactly(N0, N2, N3);
  }

  @Test
  void whoLeavesGoesThoughThereIsNoOther() {
    assertThat(place(List.of(N0, N2), NONE, NONE, List.of(N1)).nodes(voters(N0, N1, N2)))
        .containsExactly(N0, N2);
    assertThat(place(List.of(N0, N2), NONE, List.of(N1), List.of(N1)).nodes(voters(N0, N1, N2)))
        .containsExactly(N0, N2);
  }

  @Test
  void aNodeCountsOnceThoughTwoOfItsStoresAreMembers() {
    var members = List.of(new Voter(N0, 1), new Voter(N1, 1), new Voter(N1, 2));
    assertThat(place(List.of(N0, N1, N2), NONE, NONE, NONE).nodes(members))
        .containsExactly(N0, N1, N2);
  }

  private static Place place(List<Id> near, List<Id> young, List<Id> gone, List<Id> leaving) {
    return new Place(CENTRE, near, young, gone, leaving, 3);
  }

  private static List<Voter> voters(Id... nodes) {
    var voters = new ArrayList<Voter>();
    for (Id node : nodes) {
      voters.add(new Voter(node, 1));
    }
    return voters;
  }
}
