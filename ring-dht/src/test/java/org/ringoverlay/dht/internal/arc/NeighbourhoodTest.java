package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

class NeighbourhoodTest {
  private static final Arcs ARCS = Arcs.of(4);
  private static final long SECOND = 1_000_000_000L;
  private static final long SETTLED = 10 * SECOND;
  private static final List<String> SERVICES = List.of("dht.copy");
  private static final long GONE = 60 * SECOND;
  private long versions;

  @Test
  void theCopiesShouldBeTheNearestThatOfferTheService() {
    var members = new ArrayList<Member>();
    for (int arc = 0; arc < 16; arc++) {
      members.add(member(arc, MemberState.ALIVE, arc == 5 ? "other" : "dht.copy"));
    }
    Place place = around(members).place(4, List.of(), 3, SETTLED);

    assertThat(place.centre()).isEqualTo(ARCS.centre(4));
    assertThat(place.near())
        .hasSize(3)
        .startsWith(ARCS.centre(4), ARCS.centre(3))
        .doesNotContain(ARCS.centre(5));
    assertThat(place.young()).isEmpty();
  }

  @Test
  void everyMemberOfASmallRingShouldBeACopy() {
    Place place = around(List.of(alive(0), alive(9))).place(4, List.of(), 3, SETTLED);

    assertThat(place.near()).containsExactlyInAnyOrder(ARCS.centre(0), ARCS.centre(9));
    assertThat(place.wanted()).isEqualTo(3);
  }

  @Test
  void aSuspectKeepsItsPlace() {
    Place place = around(List.of(alive(0), suspect(8))).place(0, voters(0, 8), 3, GONE);

    assertThat(place.near()).containsExactly(ARCS.centre(0), ARCS.centre(8));
    assertThat(place.gone()).isEmpty();
  }

  @Test
  void aNodeThatLeavesShouldBeNoCopyAndTheNextShould() {
    Neighbourhood neighbourhood = around(List.of(alive(0), alive(1), alive(2), alive(3)));
    assertThat(neighbourhood.place(0, List.of(), 3, SETTLED).near()).contains(ARCS.centre(0));
    assertThat(neighbourhood.isLeaving()).isFalse();

    assertThat(neighbourhood.leaves(ARCS.centre(0))).isTrue();
    assertThat(neighbourhood.leaves(ARCS.centre(0))).isFalse();

    Place place = neighbourhood.place(0, voters(0, 1, 2), 3, SETTLED);
    assertThat(neighbourhood.isLeaving()).isTrue();
    assertThat(place.near()).containsExactly(ARCS.centre(1), ARCS.centre(2), ARCS.centre(3));
    assertThat(place.leaving()).containsExactly(ARCS.centre(0));
  }

  @Test
  void whoHasLeftIsNotLeavingWhenItComesBack() {
    Neighbourhood neighbourhood = around(List.of(alive(0), alive(4)));
    neighbourhood.leaves(ARCS.centre(4));
    neighbourhood.move(view(List.of(alive(0))), SECOND);
    assertThat(neighbourhood.place(0, voters(0, 4), 3, SECOND).leaving())
        .containsExactly(ARCS.centre(4));
    neighbourhood.move(view(List.of(alive(0), alive(4))), 2 * SECOND);

    Place place = neighbourhood.place(0, voters(0, 4), 3, 2 * SECOND);
    assertThat(place.leaving()).isEmpty();
    assertThat(place.near()).contains(ARCS.centre(4));
  }

  @Test
  void whoKeepsItsCopiesOnADiskAndOnlyStopsIsNotGone() {
    Neighbourhood neighbourhood = around(List.of(alive(0), alive(4), alive(8)));
    neighbourhood.keeps(ARCS.centre(4), true);
    neighbourhood.keeps(ARCS.centre(8), true);
    neighbourhood.leaves(ARCS.centre(8));
    neighbourhood.move(view(List.of(alive(0))), SECOND);

    assertThat(neighbourhood.place(0, voters(0, 4, 8), 3, SECOND).gone())
        .containsExactly(ARCS.centre(8));
    assertThat(neighbourhood.place(0, voters(0, 4, 8), 3, SECOND + GONE).gone())
        .containsExactly(ARCS.centre(4), ARCS.centre(8));
  }

  @Test
  void isAloneWithoutAnotherThatOffersTheService() {
    assertThat(around(List.of(alive(0))).isAlone()).isTrue();
    assertThat(around(List.of(alive(0), member(4, MemberState.ALIVE, "other"))).isAlone()).isTrue();
    assertThat(around(List.of(alive(0), suspect(4))).isAlone()).isFalse();
  }

  @Test
  void whoDiedIsGoneAfterAWhileAndWhoLeftAtOnce() {
    Neighbourhood neighbourhood = around(List.of(alive(0), suspect(4), alive(8)));
    List<Voter> members = voters(0, 4, 8);
    neighbourhood.move(view(List.of(alive(0))), SECOND);

    assertThat(neighbourhood.place(0, members, 3, SECOND).gone()).containsExactly(ARCS.centre(8));
    assertThat(neighbourhood.place(0, members, 3, SECOND + GONE - 1).gone())
        .containsExactly(ARCS.centre(8));
    assertThat(neighbourhood.place(0, members, 3, SECOND + GONE).gone())
        .containsExactly(ARCS.centre(4), ARCS.centre(8));
  }

  @Test
  void aMemberThatWasNeverSeenIsGoneAfterAWhileToo() {
    Neighbourhood neighbourhood = around(List.of(alive(0)));
    List<Voter> members = voters(0, 4);

    assertThat(neighbourhood.place(0, members, 3, SECOND).gone()).isEmpty();
    assertThat(neighbourhood.place(0, members, 3, SECOND + GONE).gone())
        .containsExactly(ARCS.centre(4));
  }

  @Test
  void whoComesBackIsGoneNoMoreAndMayDieOnceMore() {
    Neighbourhood neighbourhood = around(List.of(alive(0), suspect(4), alive(8)));
    List<Voter> members = voters(0, 4, 8);
    neighbourhood.move(view(List.of(alive(0))), 0);
    assertThat(neighbourhood.place(0, members, 3, 0).gone()).containsExactly(ARCS.centre(8));
    assertThat(neighbourhood.place(0, members, 3, GONE).gone()).hasSize(2);

    neighbourhood.move(view(List.of(alive(0), suspect(4), suspect(8))), GONE);
    assertThat(neighbourhood.place(0, members, 3, GONE).gone()).isEmpty();

    neighbourhood.move(view(List.of(alive(0))), GONE);
    assertThat(neighbourhood.place(0, members, 3, GONE + 1).gone()).isEmpty();
  }

  @Test
  void tellsWhoStartedAgain() {
    Neighbourhood neighbourhood = around(List.of(alive(0), alive(4), suspect(8)));

    assertThat(neighbourhood.move(view(List.of(alive(0), again(4), alive(8), alive(12))), SECOND))
        .containsExactly(ARCS.centre(4));
    assertThat(neighbourhood.move(view(List.of(alive(0), again(4), alive(8), alive(12))), SECOND))
        .isEmpty();
  }

  @Test
  void whoComesBackWhileItIsAMemberMayHaveStartedAgain() {
    Neighbourhood neighbourhood = around(List.of(alive(0), suspect(4)));
    neighbourhood.move(view(List.of(alive(0))), SECOND);
    neighbourhood.place(0, voters(0, 4), 3, SECOND);

    assertThat(neighbourhood.move(view(List.of(alive(0), alive(4))), SECOND))
        .containsExactly(ARCS.centre(4));
  }

  @Test
  void whoJoinedOrStartedAgainIsYoungForAWhile() {
    Neighbourhood neighbourhood = around(List.of(alive(0), alive(4), alive(8)));
    neighbourhood.move(view(List.of(alive(0), again(4), alive(8), alive(1))), SETTLED);

    assertThat(neighbourhood.place(0, List.of(), 3, SETTLED).young())
        .containsExactlyInAnyOrder(ARCS.centre(1), ARCS.centre(4));
    assertThat(neighbourhood.place(0, List.of(), 3, 2 * SETTLED - 1).young()).hasSize(2);
    assertThat(neighbourhood.place(0, List.of(), 3, 2 * SETTLED).young()).isEmpty();
  }

  @Test
  void theClosestMemberThatAnswersAndStaysShouldBeTheDaddy() {
    Neighbourhood neighbourhood =
        around(List.of(alive(0), suspect(1), alive(2), alive(3), alive(4)));
    neighbourhood.leaves(ARCS.centre(0));
    Configuration configuration = new Configuration(1, 0, voters(7, 4, 3, 1, 0), List.of());

    // Nearer than all of them is one that is no member.
    assertThat(neighbourhood.preferred(2, configuration))
        .containsExactly(
            ARCS.centre(3), ARCS.centre(4), ARCS.centre(0), ARCS.centre(1), ARCS.centre(7));
    assertThat(neighbourhood.daddy(2, configuration)).isEqualTo(ARCS.centre(3));
  }

  @Test
  void thereIsNoDaddyWhileNoMemberIsInTheRing() {
    Neighbourhood neighbourhood = around(List.of(alive(0), suspect(1)));

    assertThat(neighbourhood.daddy(0, new Configuration(1, 0, voters(4, 5), List.of()))).isNull();
    assertThat(neighbourhood.daddy(0, new Configuration(1, 0, voters(4, 1), List.of())))
        .isEqualTo(ARCS.centre(1));
  }

  @Test
  void whileTheMembersChangeOneOfThoseToComeShouldBeTheDaddy() {
    Neighbourhood neighbourhood = around(List.of(alive(0), alive(1), alive(2)));

    assertThat(neighbourhood.daddy(0, new Configuration(2, 1, voters(0, 1), voters(1, 2))))
        .isEqualTo(ARCS.centre(1));
  }

  @Test
  void whereZonesAreSeveralTheNearestOfEachAreOffered() {
    Neighbourhood neighbourhood =
        around(List.of(in("a", 0), in("a", 1), in("a", 2), in("b", 3), in("c", 9)));
    List<Voter> members = voters(0, 3, 9);

    assertThat(neighbourhood.place(0, List.of(), 3, SETTLED).nodes(voters(0, 1, 2)))
        .containsExactlyInAnyOrder(ARCS.centre(0), ARCS.centre(3), ARCS.centre(9));
    assertThat(neighbourhood.place(0, members, 3, SETTLED).nodes(members))
        .containsExactlyInAnyOrder(ARCS.centre(0), ARCS.centre(3), ARCS.centre(9));
  }

  @Test
  void whereADeadMemberWasIsRemembered() {
    Member suspect =
        new Member(
            ARCS.centre(3), 1, "3:1", "", Map.of("zone", "b"), SERVICES, MemberState.SUSPECT);
    List<Member> others =
        List.of(in("a", 0), in("a", 1), in("b", 4), in("c", 9), in("c", 10), in("b", 12));
    var all = new ArrayList<>(others);
    all.add(3, suspect);
    Neighbourhood neighbourhood = around(all);
    neighbourhood.move(view(others), SETTLED);
    List<Voter> members = voters(0, 3, 9);

    // It keeps its place, and nobody of its zone pushes another zone out.
    assertThat(neighbourhood.place(0, members, 3, SETTLED).nodes(members))
        .containsExactlyInAnyOrder(ARCS.centre(0), ARCS.centre(3), ARCS.centre(10));
  }

  private static Member in(String zone, int arc) {
    return new Member(
        ARCS.centre(arc), 1, arc + ":1", "", Map.of("zone", zone), SERVICES, MemberState.ALIVE);
  }

  private Neighbourhood around(List<Member> members) {
    return new Neighbourhood(view(members), "dht.copy", SETTLED, GONE, 0);
  }

  private RingView view(List<Member> members) {
    return new RingView(versions++, ARCS.centre(0), ARCS, members);
  }

  private static List<Voter> voters(int... arcs) {
    var voters = new ArrayList<Voter>();
    for (int arc : arcs) {
      voters.add(new Voter(ARCS.centre(arc), 1));
    }
    return voters;
  }

  private static Member alive(int arc) {
    return member(arc, MemberState.ALIVE, "dht.copy");
  }

  private static Member suspect(int arc) {
    return member(arc, MemberState.SUSPECT, "dht.copy");
  }

  private static Member member(int arc, MemberState state, String service) {
    Id id = ARCS.centre(arc);
    return new Member(id, 1, "host:1", "", Map.of(), List.of(service), state);
  }

  private static Member again(int arc) {
    Id id = ARCS.centre(arc);
    return new Member(id, 2, "host:1", "", Map.of(), List.of("dht.copy"), MemberState.ALIVE);
  }
}
