package org.ringoverlay.console.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/** How what a node tells is written down. */
class RingEventsTest {
  private static final Id SELF = Id.of("self");
  private static final Id PEER = Id.of("peer");

  private Instant now = Instant.parse("2030-01-02T03:04:05.678901Z");
  private final InstantSource clock = () -> now;
  private final RingEvents events = new RingEvents(new EventLog(1_000, 1_000_000, 7), clock);

  private static Member member(Id id, MemberState state) {
    return new Member(
        id, 3, "127.0.0.1:7400", "127.0.0.1:8400", Map.of("zone", "a"), List.of(), state);
  }

  private List<String> told() {
    var told = new ArrayList<String>();
    var reader = events.log().readAfter(EventLog.BEGINNING);
    for (EventLog.Item item = reader.take(); item != null; item = reader.take()) {
      told.add(new String(((EventLog.Item.Event) item).json(), UTF_8));
    }
    return told;
  }

  private void change(Id id, MemberState before, MemberState now, String cause) {
    events.memberChanged(SELF, new MemberEvent(member(id, now), before, cause));
  }

  @Test
  void aChangeOfAMemberHasItsCause() {
    change(PEER, MemberState.ALIVE, MemberState.SUSPECT, "no answer for 812 ms");
    assertThat(told())
        .containsExactly(
            "{\"at\":\"2030-01-02T03:04:05.678Z\",\"kind\":\"suspected\",\"node\":\""
                + PEER
                + "\",\"before\":\"alive\",\"state\":\"suspect\",\"cause\":\"no answer for 812 ms\","
                + "\"listen\":\"127.0.0.1:7400\",\"http\":\"127.0.0.1:8400\",\"incarnation\":3}");
    assertThat(events.changeOf(PEER))
        .contains(
            new RingEvents.Change(
                "no answer for 812 ms", Instant.parse("2030-01-02T03:04:05.678Z")));
    change(PEER, MemberState.SUSPECT, MemberState.DEAD, "never refuted it");
    assertThat(events.changeOf(PEER)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      value = {
        "null, JOINING, came",
        "null, ALIVE, joined",
        "JOINING, ALIVE, joined",
        "LEFT, ALIVE, joined",
        "SUSPECT, ALIVE, refuted",
        "DEAD, ALIVE, refuted",
        "DEAD, JOINING, came",
        "ALIVE, SUSPECT, suspected",
        "SUSPECT, DEAD, died",
        "ALIVE, LEFT, left"
      })
  void eachChangeHasItsKind(MemberState before, MemberState after, String kind) {
    change(PEER, before, after, "why");
    assertThat(Json.parse(told().get(0)).at("/kind")).contains(Json.of(kind));
  }

  private RingView view(long version, Collection<Member> members) {
    return new RingView(version, SELF, Arcs.standard(), members);
  }

  @Test
  void aViewIsToldWhenItsSizeChanged() {
    var both = List.of(member(SELF, MemberState.ALIVE), member(PEER, MemberState.ALIVE));
    events.viewChanged(view(1, both));
    events.viewChanged(view(2, both));
    events.viewChanged(
        view(3, List.of(member(SELF, MemberState.ALIVE), member(PEER, MemberState.SUSPECT))));
    String at = "{\"at\":\"2030-01-02T03:04:05.678Z\",\"kind\":\"view\",";
    assertThat(told())
        .containsExactly(
            at + "\"members\":2,\"alive\":2,\"estimate\":2,\"complete\":true}",
            at + "\"members\":2,\"alive\":1,\"estimate\":2,\"complete\":true}");
  }

  @Test
  void whatPeersCanCauseWithoutEndIsBoundedAndCounted() {
    for (int i = 0; i < 500; i++) {
      events.trouble(SELF, "trouble " + i);
      events.refusedFrame("127.0.0.1:9", "too long by " + i);
      events.slowHandler("echo", 300_000_000, "a\nb");
    }
    assertThat(told()).hasSize(3 * RingEvents.PER_SECOND_MAX);
    now = now.plusSeconds(1);
    events.trouble(SELF, "again");
    events.slowHandler("echo", 400_000_000, "");
    List<String> told = told();
    assertThat(told.get(told.size() - 2))
        .isEqualTo(
            "{\"at\":\"2030-01-02T03:04:06.678Z\",\"kind\":\"trouble\",\"cause\":\"again\","
                + "\"leftOut\":498}");
    assertThat(told.get(told.size() - 1))
        .isEqualTo(
            "{\"at\":\"2030-01-02T03:04:06.678Z\",\"kind\":\"slow-handler\",\"service\":\"echo\","
                + "\"millis\":400,\"over\":true,\"stack\":\"\",\"leftOut\":498}");
    assertThat(told.get(2)).contains("\"over\":false,\"stack\":\"a | b\",\"leftOut\":0");
  }

  @Test
  void whatOneRepeatsIsToldAgainOnlyAfterAWhile() {
    for (int second = 0; second < 25; second++) {
      events.refusedFrame("127.0.0.1:9", "waited in vain");
      now = now.plusSeconds(1);
    }
    events.refusedFrame("127.0.0.1:8", "waited in vain");
    assertThat(told())
        .map(event -> Json.parse(event))
        .extracting(
            event -> event.at("/remote").orElseThrow().as(String.class),
            event -> event.at("/at").orElseThrow().as(String.class).substring(17, 19),
            event -> event.at("/leftOut").orElseThrow().as(int.class))
        .containsExactly(
            tuple("127.0.0.1:9", "05", 0),
            tuple("127.0.0.1:9", "15", 9),
            tuple("127.0.0.1:9", "25", 9),
            tuple("127.0.0.1:8", "30", 4));
  }

  @Test
  void foreignTextIsCutAndLosesWhatATerminalCouldObey() {
    change(PEER, null, MemberState.ALIVE, "\u001b[31m" + "x".repeat(100_000) + "\n");
    assertThat(told().get(0)).hasSizeLessThan(1_000).doesNotContain("\u001b");
  }

  @Test
  void whatIsRememberedOfMembersGoesWithThem() {
    IntStream.range(0, 1_000)
        .forEach(i -> change(Id.of("member " + i), null, MemberState.ALIVE, "why"));
    events.viewChanged(view(1, List.of(member(Id.of("member 3"), MemberState.ALIVE))));
    assertThat(events.changeOf(Id.of("member 3"))).isPresent();
    assertThat(events.changeOf(Id.of("member 4"))).isEmpty();
  }
}
