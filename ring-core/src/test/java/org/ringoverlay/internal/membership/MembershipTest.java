package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.Facts.fact;
import static org.ringoverlay.internal.fake.Facts.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.fake.FakeLoop;
import org.ringoverlay.internal.fake.FakePost;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

class MembershipTest {
  private static final List<MemberState> STATES = List.of(MemberState.values());
  private static final List<Integer> ALL_PARTS = IntStream.range(0, 64).boxed().toList();

  /** One node's membership with its ears. */
  private static final class Seat implements ViewListener {
    final Id self;
    final FakeLoop loop;
    final FakePost post = new FakePost();
    final Membership membership;
    final List<MemberEvent> events = new ArrayList<>();
    final List<String> superseded = new ArrayList<>();
    final List<String> troubles = new ArrayList<>();

    Seat(int place, long incarnation, FakeLoop loop) {
      this.self = node(place);
      this.loop = loop;
      this.membership =
          new Membership(
              self,
              Arcs.standard(),
              new Membership.Limits(100, 100, 16, 4),
              post,
              loop,
              loop,
              loop,
              this);
      MemberCard card = Facts.card(self, incarnation);
      membership.introduce(card, Json.of(card));
      membership.become(MemberState.ALIVE, "test");
      settle();
    }

    void settle() {
      loop.turn();
      post.take();
      events.clear();
    }

    void hear(Id from, LinkMessage message) {
      if (message instanceof LinkMessage.Sums sums) {
        membership.gossip().sums(from, sums);
      } else if (message instanceof LinkMessage.Have have) {
        membership.gossip().have(from, have);
      } else if (message instanceof LinkMessage.Want want) {
        membership.gossip().want(from, want);
      } else if (message instanceof LinkMessage.Lacking lacking) {
        membership.gossip().lacking(from, lacking);
      } else if (message instanceof LinkMessage.News news) {
        membership.gossip().news(from, news);
      }
    }

    @Override
    public void memberChanged(MemberEvent event) {
      events.add(event);
    }

    @Override
    public void viewChanged(RingView before, RingView after) {
      assertThat(after.version()).isEqualTo(before.version() + 1);
    }

    @Override
    public void givenUp() {}

    @Override
    public void trouble(String what) {
      troubles.add(what);
    }

    @Override
    public void superseded(String why) {
      superseded.add(why);
    }
  }

  private final FakeLoop loop = new FakeLoop(1);
  private final Seat seat = new Seat(1, 3, loop);

  private void apply(Entry... entries) {
    seat.membership.apply(List.of(entries), "told");
  }

  @Test
  void newMemberIsSeenAndRidesOnTheNextBeats() {
    apply(fact(node(2), 1, MemberState.ALIVE), fact(node(3), 1, MemberState.ALIVE));
    assertThat(seat.membership.view().alive()).extracting(Member::id).contains(node(2), node(3));
    assertThat(seat.events).hasSize(2);
    assertThat(seat.events.get(0).before()).isNull();
    seat.settle();
    for (int beat = 0; beat < 2; beat++) {
      assertThat(seat.membership.gossip().factsForBeats())
          .extracting(LinkMessage.Seen::id)
          .contains(node(2), node(3));
    }
    assertThat(seat.membership.gossip().factsForBeats()).as("it is no news any more").isNull();
    apply(fact(node(2), 1, MemberState.ALIVE));
    assertThat(seat.membership.gossip().factsForBeats()).isNull();
    loop.turn();
    assertThat(seat.post.letters).isEmpty();
    assertThat(seat.events).isEmpty();
  }

  @Test
  void deathIsToldToAllByTheNearestBeforeTheDeadWhoeverFoundIt() {
    for (int place = 2; place <= 60; place++) {
      apply(fact(node(place), 1, MemberState.ALIVE));
    }
    seat.settle();
    hearOfDeath(30);
    assertThat(down()).as("another one is nearer before it").isEmpty();
    hearOfDeath(3);
    assertThat(down()).as("one lives in between").isEmpty();
    hearOfDeath(2);
    assertThat(deadIn(down()))
        .as("nobody else does, and 3 was left to 2 to tell, which was dead itself")
        .contains(node(2), node(3));
  }

  @Test
  void deathsOfNeighboursThatComeInOneMessageAreAllTold() {
    for (int place = 2; place <= 60; place++) {
      apply(fact(node(place), 1, MemberState.ALIVE));
    }
    seat.settle();
    apply(fact(node(2), 1, MemberState.DEAD), fact(node(3), 1, MemberState.DEAD));
    loop.turn();
    assertThat(deadIn(down())).contains(node(2), node(3));
    loop.advance(11_000_000_000L);
    apply(fact(node(4), 1, MemberState.DEAD));
    loop.turn();
    assertThat(deadIn(down())).as("what was long ago is known").containsOnly(node(4));
  }

  private static List<Id> deadIn(List<LinkMessage.News> news) {
    return news.stream()
        .flatMap(each -> each.entries().stream())
        .map(entry -> Objects.requireNonNull(MemberTable.sound(entry)).id())
        .toList();
  }

  @Test
  void whatNobodyCouldOutdoIsNotBelieved() {
    apply(fact(node(2), 1, MemberState.ALIVE));
    apply(
        fact(node(2), 1L << 53, MemberState.DEAD), fact(seat.self, 3, 1L << 53, MemberState.DEAD));
    assertThat(seat.membership.stateOf(node(2))).isEqualTo(MemberState.ALIVE);
    assertThat(seat.membership.selfEntry().version()).isLessThan(100);
  }

  private void hearOfDeath(int place) {
    seat.hear(node(5), new LinkMessage.News(List.of(fact(node(place), 1, MemberState.DEAD)), null));
    loop.turn();
  }

  private List<LinkMessage.News> down() {
    return seat.post.take().stream()
        .map(letter -> letter.message())
        .filter(LinkMessage.News.class::isInstance)
        .map(LinkMessage.News.class::cast)
        .filter(news -> news.row() != null)
        .toList();
  }

  @Test
  void fullTableIsToldOfWithTheNumberOfFactsTurnedAwayAndNotEachTime() {
    for (int place = 2; place <= 100; place++) {
      apply(fact(node(place), 1, MemberState.ALIVE));
    }
    apply(fact(node(100), 2, MemberState.ALIVE), fact(node(100), 2, MemberState.ALIVE));
    assertThat(seat.troubles).as("what is known has room").isEmpty();

    for (int place = 101; place < 121; place++) {
      apply(fact(node(place), 1, MemberState.ALIVE));
    }
    assertThat(seat.membership.view().members()).hasSize(100);
    assertThat(seat.troubles).singleElement().asString().contains("ring.members.max", "1 fact ");
    loop.advance(10_000 * FakeLoop.MILLIS);
    apply(fact(node(121), 1, MemberState.ALIVE));
    assertThat(seat.troubles).hasSize(2).last().asString().contains("20 facts");
  }

  @Test
  void accusedMemberIsToldThatItIsSuspected() {
    apply(fact(node(2), 1, MemberState.ALIVE));
    seat.settle();
    seat.membership.suspect(node(2), "silent");
    loop.turn();
    assertThat(seat.post.to(node(2), LinkMessage.News.class).get(0).entries())
        .containsExactly(
            new Entry(Json.of(Facts.card(node(2), 1)), 1, MemberState.SUSPECT, "silent"));
    seat.settle();
    seat.membership.bury(node(2), "silent still");
    loop.turn();
    assertThat(seat.post.to(node(2), LinkMessage.News.class)).hasSize(1);
    assertThat(seat.membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
  }

  @Test
  void onlyASuspectIsBuriedAndOnlyWhoSeemsWellIsSuspected() {
    apply(fact(node(2), 1, MemberState.ALIVE));
    seat.membership.bury(node(2), "too early");
    assertThat(seat.membership.stateOf(node(2))).isEqualTo(MemberState.ALIVE);
    apply(fact(node(2), 1, MemberState.LEFT));
    seat.membership.suspect(node(2), "it left");
    assertThat(seat.membership.stateOf(node(2))).isEqualTo(MemberState.LEFT);
    seat.membership.suspect(node(99), "unknown");
    assertThat(seat.membership.stateOf(node(99))).isNull();
  }

  @Test
  void suspicionOfItselfIsRefutedByAHigherVersion() {
    for (MemberState accusation :
        List.of(MemberState.SUSPECT, MemberState.DEAD, MemberState.LEFT)) {
      apply(fact(node(2), 1, MemberState.ALIVE));
      seat.settle();
      long version = seat.membership.selfEntry().version();
      apply(fact(seat.self, 3, version, accusation));
      assertThat(seat.membership.selfEntry().version()).isGreaterThan(version);
      assertThat(seat.membership.stateOf(seat.self)).isEqualTo(MemberState.ALIVE);
      loop.turn();
      assertThat(seat.post.to(node(2), LinkMessage.News.class).get(0).entries())
          .containsExactly(seat.membership.selfEntry());
    }
  }

  @Test
  void refutationOutdoesAnAccusationFarAhead() {
    apply(fact(seat.self, 3, 1_000, MemberState.DEAD));
    assertThat(seat.membership.selfEntry().version()).isEqualTo(1_001);
    assertThat(seat.membership.stateOf(seat.self)).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void accusationAtTheEndOfAllVersionsIsUnsound() {
    long version = seat.membership.selfEntry().version();
    apply(fact(seat.self, 3, Long.MAX_VALUE, MemberState.DEAD));
    assertThat(seat.membership.selfEntry().version()).isEqualTo(version);
    assertThat(seat.membership.stateOf(seat.self)).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void whatIsSaidOfAnOlderStartOfItselfIsOutdated() {
    long version = seat.membership.selfEntry().version();
    apply(fact(seat.self, 2, 99, MemberState.DEAD));
    assertThat(seat.membership.selfEntry().version()).isEqualTo(version);
    assertThat(seat.superseded).isEmpty();
  }

  @Test
  void laterStartOfTheSameNodeSupersedesThisOne() {
    apply(fact(seat.self, 4, 1, MemberState.JOINING));
    assertThat(seat.superseded).hasSize(1);
    assertThat(seat.superseded.get(0)).contains("4").contains("3");
    assertThat(seat.membership.selfEntry().card()).isEqualTo(Json.of(Facts.card(seat.self, 3)));
  }

  @Test
  void departedMembersAreForgottenWhenTheirTimeIsOver() {
    apply(fact(node(2), 1, MemberState.DEAD), fact(node(3), 1, MemberState.ALIVE));
    long at = loop.nanos();
    seat.membership.forgetDeparted(at);
    assertThat(seat.membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
    seat.membership.forgetDeparted(at + 1);
    assertThat(seat.membership.stateOf(node(2))).isNull();
    assertThat(seat.membership.stateOf(node(3))).isEqualTo(MemberState.ALIVE);
  }

  @Test
  void departedMemberThatAnotherForgotIsNotForcedOnItAgain() {
    apply(fact(node(2), 1, MemberState.DEAD));
    seat.settle();
    seat.membership.gossip().have(node(9), new LinkMessage.Have(ALL_PARTS, List.of()));
    assertThat(seat.post.to(node(9), LinkMessage.Lacking.class))
        .allMatch(news -> news.entries().stream().allMatch(entry -> entry.state().isPresent()));
  }

  @Test
  void haveAndWantMakeTwoTablesEqual() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var world = new FakeLoop(seed);
      var a = new Seat(201, 1, world);
      var b = new Seat(202, 1, world);
      for (Seat side : List.of(a, b)) {
        var facts = new ArrayList<Entry>();
        for (int i = 0; i < 8; i++) {
          facts.add(
              fact(
                  node(random.nextInt(6)),
                  1 + random.nextInt(2),
                  1 + random.nextInt(3),
                  STATES.get(random.nextInt(5))));
        }
        side.membership.apply(facts, "told");
        side.settle();
      }
      a.membership.gossip().compareWith(b.self);
      var seats = new TreeMap<Id, Seat>();
      seats.put(a.self, a);
      seats.put(b.self, b);
      exchange(seats, world);
      // Whom one held dead and the other alive both suspect now; nobody refutes.
      for (Seat side : seats.values()) {
        for (int place = 0; place < 6; place++) {
          side.membership.bury(node(place), "never refuted it");
        }
      }
      exchange(seats, world);
      assertThat(a.membership.digest()).as("seed %d", seed).isEqualTo(b.membership.digest());
      assertThat(a.membership.view().members())
          .as("seed %d", seed)
          .isEqualTo(b.membership.view().members());
    }
  }

  private static void exchange(Map<Id, Seat> seats, FakeLoop world) {
    for (int round = 0; round < 10; round++) {
      world.turn();
      for (Seat from : seats.values()) {
        for (FakePost.Letter letter : from.post.take()) {
          Seat to = seats.get(letter.to());
          if (to == null) {
            continue;
          }
          to.hear(from.self, letter.message());
        }
      }
    }
  }

  @Test
  void hostileHaveAndWantAreAnsweredWithinBounds() {
    var seen = new ArrayList<LinkMessage.Seen>();
    seen.add(null);
    seen.add(new LinkMessage.Seen(null, 1, 1, MemberState.ALIVE));
    seen.add(new LinkMessage.Seen(node(5), 1, 1, null));
    seen.add(new LinkMessage.Seen(node(6), Long.MAX_VALUE, Long.MAX_VALUE, MemberState.ALIVE));
    seat.membership.gossip().have(node(9), new LinkMessage.Have(ALL_PARTS, seen));
    assertThat(seat.post.to(node(9), LinkMessage.Want.class))
        .containsExactly(new LinkMessage.Want(List.of(node(6))));
    seat.settle();
    var ids = new ArrayList<Id>();
    ids.add(null);
    for (int i = 0; i < 1_000; i++) {
      ids.add(seat.self);
    }
    seat.membership.gossip().want(node(9), new LinkMessage.Want(ids));
    assertThat(seat.post.all(LinkMessage.Lacking.class).stream().mapToInt(n -> n.entries().size()))
        .allMatch(size -> size <= 500);
    assertThat(
            seat.post.all(LinkMessage.Lacking.class).stream()
                .mapToInt(n -> n.entries().size())
                .sum())
        .isLessThanOrEqualTo(100);
  }

  @Test
  void factsAboutMoreMembersThanTheBoundAreLeftOut() {
    var crowd = new ArrayList<Entry>();
    for (int place = 2; place < 255; place++) {
      crowd.add(fact(node(place), 1, MemberState.ALIVE));
    }
    seat.membership.apply(crowd, "told");
    assertThat(seat.membership.view().members()).hasSize(100);
    assertThat(seat.membership.view().find(seat.self)).isPresent();
  }

  private static List<Id> ids(List<Entry> entries) {
    return entries.stream().map(entry -> entry.card().as(MemberCard.class).id()).toList();
  }

  @Test
  void whoSettlesIsToldWhatItLacksAroundItAndWhatItIsHeldFor() {
    for (int place = 10; place < 60; place += 10) {
      apply(fact(node(place), 1, MemberState.ALIVE));
    }
    Seat other = new Seat(30, 1, loop);
    LinkMessage.Settle blank = other.membership.surroundings().ask(1);
    assertThat(ids(seat.membership.surroundings().answer(other.self, blank)))
        .containsExactlyInAnyOrder(seat.self, node(10), node(20), node(40), node(50));

    other.membership.apply(seat.membership.surroundings().answer(other.self, blank), "told");
    seat.membership.apply(List.of(other.membership.selfEntry()), "told");
    assertThat(
            seat.membership
                .surroundings()
                .answer(other.self, other.membership.surroundings().ask(2)))
        .as("it has said what it knows")
        .isEmpty();

    seat.membership.suspect(other.self, "silent");
    List<Entry> held =
        seat.membership.surroundings().answer(other.self, other.membership.surroundings().ask(3));
    assertThat(held).anyMatch(entry -> entry.state() == MemberState.SUSPECT);
  }

  @Test
  void whoDepartedFirstGivesWayToNewcomersInAFullTable() {
    for (int place = 2; place <= 100; place++) {
      apply(fact(node(place), 1, place == 7 ? MemberState.LEFT : MemberState.ALIVE));
      loop.advance(1);
    }
    apply(fact(node(8), 2, MemberState.LEFT));
    apply(fact(node(101), 1, MemberState.ALIVE));
    assertThat(seat.membership.stateOf(node(101))).isEqualTo(MemberState.ALIVE);
    assertThat(seat.membership.stateOf(node(7))).as("the first that departed").isNull();
    assertThat(seat.membership.stateOf(node(8))).isEqualTo(MemberState.LEFT);
    assertThat(seat.troubles).isEmpty();
  }
}
