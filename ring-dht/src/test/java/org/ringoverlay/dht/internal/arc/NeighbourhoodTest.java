package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

class NeighbourhoodTest {
  private static final Arcs ARCS = Arcs.of(4);
  private static final long SECOND = 1_000_000_000L;
  private long versions;

  @Test
  void theCopiesAreTheNearestThatAnswerAndOfferTheService() {
    var members = new ArrayList<Member>();
    for (int arc = 0; arc < 16; arc++) {
      members.add(member(arc, MemberState.ALIVE, arc == 5 ? "other" : "dht.copy"));
    }
    Place place = around(members).place(4);

    assertThat(place.root()).isEqualTo(ARCS.centre(4));
    assertThat(place.copies())
        .hasSize(3)
        .startsWith(ARCS.centre(4), ARCS.centre(3))
        .doesNotContain(ARCS.centre(5));
    assertThat(place.asked()).hasSize(7).doesNotContain(ARCS.centre(5));
    assertThat(place.need()).isEqualTo(2);
  }

  @Test
  void everyMemberOfASmallRingIsACopyAndIsAsked() {
    Place place = around(List.of(alive(0), alive(9))).place(4);

    assertThat(place.copies()).hasSize(2);
    assertThat(place.asked()).hasSize(2);
    assertThat(place.need()).isEqualTo(2);
    assertThat(place.wanted()).isEqualTo(3);
  }

  @Test
  void aSuspectIsNoCopyButStillCounts() {
    Place place = around(List.of(alive(0), suspect(8))).place(0);

    assertThat(place.copies()).containsExactly(ARCS.centre(0));
    assertThat(place.asked()).hasSize(2);
    assertThat(place.suspects()).containsExactly(ARCS.centre(8));
    assertThat(place.need()).isEqualTo(2);
  }

  @Test
  void aNodeThatLeavesIsNoCopyOfItsOwnUnlessItIsAlone() {
    Place place = around(List.of(alive(0), alive(4), alive(8))).withoutSelf().place(0);
    assertThat(place.copies()).doesNotContain(ARCS.centre(0)).hasSize(2);
    assertThat(place.need()).isEqualTo(2);

    assertThat(around(List.of(alive(0))).withoutSelf().isLeaving()).isFalse();
  }

  @Test
  void rememberedAreThoseThatDiedAndNotThoseThatLeft() {
    Neighbourhood before = around(List.of(alive(0), suspect(4), alive(8)));

    Neighbourhood after = before.after(view(List.of(alive(0))), 0, SECOND);
    assertThat(after.place(0).goneLately()).isEqualTo(1);

    assertThat(after.after(view(List.of(alive(0))), SECOND, SECOND).place(0).goneLately()).isZero();
    assertThat(after.after(view(List.of(alive(0), alive(4))), 0, SECOND).place(0).goneLately())
        .isZero();
  }

  @Test
  void newcomersAreThoseThatWereNotThereOrStartedAgain() {
    Neighbourhood before = around(List.of(alive(0), alive(4), suspect(8)));
    Member again =
        new Member(
            ARCS.centre(4), 2, "host:1", "", Map.of(), List.of("dht.copy"), MemberState.ALIVE);

    Neighbourhood after =
        before.after(view(List.of(alive(0), again, alive(8), alive(12))), 0, SECOND);

    assertThat(after.newcomers()).containsExactly(ARCS.centre(4), ARCS.centre(12));
    assertThat(after.withoutSelf().newcomers()).isEmpty();
  }

  private Neighbourhood around(List<Member> members) {
    return Neighbourhood.of(view(members), "dht.copy", 3, 7);
  }

  private RingView view(List<Member> members) {
    return new RingView(versions++, ARCS.centre(0), ARCS, members);
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
}
