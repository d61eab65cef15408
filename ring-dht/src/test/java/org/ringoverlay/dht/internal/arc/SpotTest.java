package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/** Nodes named by how near they are: the first is the nearest. */
class SpotTest {
  private static final Arcs ARCS = Arcs.of(4);
  private static final List<Id> NODES =
      List.of(id(0), id(1), id(2), id(3), id(4), id(5), id(6), id(7));

  @Test
  void withoutAWordOfWhereTheyAreTheNearestAreTaken() {
    assertThat(Spot.spread(NODES, Map.of(), 3)).containsExactly(id(0), id(1), id(2));
    assertThat(Spot.spread(NODES.subList(0, 2), Map.of(), 3)).containsExactly(id(0), id(1));
  }

  @Test
  void theNearestOfEachZoneIsTaken() {
    Map<Id, Spot> spots = zones("a", "a", "a", "b", "b", "a", "c", "c");

    assertThat(Spot.spread(NODES, spots, 3)).containsExactly(id(0), id(3), id(6));
    assertThat(Spot.spread(NODES, spots, 5)).containsExactly(id(0), id(1), id(3), id(4), id(6));
  }

  @Test
  void anotherHostCountsForMoreThanAnotherZone() {
    var spots = new TreeMap<Id, Spot>();
    spots.put(id(0), new Spot("one", "a"));
    spots.put(id(1), new Spot("one", "b"));
    spots.put(id(2), new Spot("two", "a"));

    assertThat(Spot.spread(NODES.subList(0, 3), spots, 2)).containsExactly(id(0), id(2));
  }

  @Test
  void processesOfOneHostWillDoWhereThereIsNoOther() {
    var spots = new TreeMap<Id, Spot>();
    NODES.forEach(node -> spots.put(node, new Spot("one", "")));

    assertThat(Spot.spread(NODES, spots, 3)).containsExactly(id(0), id(1), id(2));
  }

  @Test
  void whoHasNoLabelSharesAZoneWithNobody() {
    // So the first node that is given a label draws no arcs to itself.
    assertThat(Spot.spread(NODES, zones("", "", "", "", "", "", "", "a"), 3))
        .containsExactly(id(0), id(1), id(2));
    assertThat(Spot.spread(NODES, zones("a", "a", "", "", "", "", "", ""), 3))
        .containsExactly(id(0), id(2), id(3));
  }

  @Test
  void aChangeInOneZoneMovesNothingInTheOthers() {
    Map<Id, Spot> before = zones("a", "b", "b", "c", "a", "b", "c", "a");
    assertThat(Spot.spread(NODES, before, 3)).containsExactly(id(0), id(1), id(3));

    assertThat(Spot.spread(List.of(id(0), id(2), id(3), id(4), id(5), id(6)), before, 3))
        .containsExactly(id(0), id(2), id(3));
  }

  @Test
  void itMattersWhoIsTakenWhereHostsAreSharedOrZonesAreSeveral() {
    assertThat(Spot.differ(List.of(new Spot("a", ""), new Spot("b", "")))).isFalse();
    assertThat(Spot.differ(List.of(new Spot("a", ""), new Spot("a", "")))).isFalse();
    assertThat(Spot.differ(List.of(new Spot("a", "z"), new Spot("a", "z")))).isFalse();
    assertThat(Spot.differ(List.of(new Spot("a", ""), new Spot("a", ""), new Spot("b", ""))))
        .isTrue();
    assertThat(Spot.differ(List.of(new Spot("a", "y"), new Spot("b", "z")))).isTrue();
  }

  @Test
  void aHostIsWhatStandsBeforeThePortOfAnAddress() {
    assertThat(spotOf("10.0.0.1:7400", Map.of("zone", "z"))).isEqualTo(new Spot("10.0.0.1", "z"));
    assertThat(spotOf("[fe80::1]:7400", Map.of())).isEqualTo(new Spot("[fe80::1]", ""));
    assertThat(spotOf("name", Map.of("rack", "r"))).isEqualTo(new Spot("name", ""));
  }

  private static Spot spotOf(String address, Map<String, String> labels) {
    return Spot.of(new Member(id(0), 1, address, "", labels, List.of(), MemberState.ALIVE));
  }

  private static Map<Id, Spot> zones(String... zones) {
    var spots = new TreeMap<Id, Spot>();
    for (int at = 0; at < zones.length; at++) {
      spots.put(id(at), new Spot("host " + at, zones[at]));
    }
    return spots;
  }

  private static Id id(int distance) {
    return ARCS.centre(distance);
  }
}
