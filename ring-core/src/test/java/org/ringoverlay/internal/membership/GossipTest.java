package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.Facts.fact;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.DeafListener;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.fake.FakeLoop;
import org.ringoverlay.internal.fake.FakePost;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberState;

/** How far a fact goes, and how often it is sent. */
class GossipTest {
  private static final int SIZE = 200;

  /** A node with its outgoing letters. */
  private record Seat(Membership membership, FakePost post, FakeLoop loop) {}

  private final Random random = new Random(11);
  private final TreeMap<Id, Seat> ring = new TreeMap<>();

  private void ring(int size) {
    var entries = new ArrayList<Entry>();
    while (ring.size() < size) {
      Id id = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
      ring.put(id, seat(id));
      entries.add(fact(id, 2, MemberState.ALIVE));
    }
    ring.values().forEach(seat -> seat.membership().apply(entries, "told"));
    settle();
  }

  private static Seat seat(Id id) {
    return seat(id, 1_000);
  }

  private static Seat seat(Id id, int membersMax) {
    var loop = new FakeLoop(id.hashCode());
    var post = new FakePost();
    var membership =
        new Membership(
            id,
            Arcs.standard(),
            new Membership.Limits(membersMax, membersMax, 16, 4),
            post,
            loop,
            loop,
            loop,
            new DeafListener());
    MemberCard card = Facts.card(id, 1);
    membership.introduce(card, Json.of(card));
    membership.become(MemberState.ALIVE, "test");
    return new Seat(membership, post, loop);
  }

  private void settle() {
    for (Seat seat : ring.values()) {
      seat.loop().turn();
      seat.post().take();
      while (seat.membership().gossip().factsForBeats() != null) {
        seat.post().take();
      }
    }
  }

  /** Delivers every letter until none is left; each of them is lost so often. */
  private int deliver(double loss) {
    int sent = 0;
    boolean quiet = false;
    while (!quiet) {
      quiet = true;
      for (Seat seat : ring.values()) {
        seat.loop().turn();
        for (FakePost.Letter letter : seat.post().take()) {
          quiet = false;
          sent++;
          Seat to = ring.get(letter.to());
          if (to != null
              && random.nextDouble() >= loss
              && letter.message() instanceof LinkMessage.News news) {
            to.membership().gossip().news(seat.membership().self(), news);
          }
        }
      }
    }
    return sent;
  }

  private long whoSee(Id id, MemberState state) {
    return ring.values().stream().filter(seat -> seat.membership().stateOf(id) == state).count();
  }

  @Test
  void whatAllMustKnowReachesEachAboutOnce() {
    ring(SIZE);
    Seat leaver = ring.firstEntry().getValue();
    leaver.membership().become(MemberState.LEFT, "left");
    int sent = deliver(0);
    assertThat(beat()).as("nobody asks for what it was told in short").isZero();
    assertThat(whoSee(leaver.membership().self(), MemberState.LEFT)).isEqualTo(SIZE);
    assertThat(sent).as("the others are told by one beat").isLessThan(SIZE);
  }

  @Test
  void whoComesIsToldWithItsCardToEachOnce() {
    ring(SIZE);
    Id id = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
    Seat newcomer = seat(id);
    ring.values().forEach(seat -> newcomer.membership().apply(seat.membership().entries(), "told"));
    newcomer.post().take();
    ring.put(id, newcomer);
    newcomer.membership().become(MemberState.ALIVE, "joined");
    int sent = deliver(0);
    assertThat(whoSee(id, MemberState.ALIVE)).isEqualTo(SIZE + 1);
    assertThat(sent).isBetween(SIZE, SIZE + 8);
  }

  @Test
  void treeGoesOverConnectionsThatAreThere() {
    ring(SIZE);
    Seat one = ring.firstEntry().getValue();
    Id self = one.membership().self();
    ring.keySet().stream()
        .filter(id -> self.commonPrefix(id) == 0 && id.digit(1) == 7)
        .forEach(one.post().linked::add);
    one.membership().become(MemberState.LEFT, "left");
    one.loop().turn();
    assertThat(
            one.post().take().stream()
                .filter(
                    letter ->
                        letter.message() instanceof LinkMessage.News news && news.row() != null)
                .map(FakePost.Letter::to)
                .filter(id -> self.commonPrefix(id) == 0))
        .filteredOn(id -> one.post().linked.stream().anyMatch(each -> each.digit(0) == id.digit(0)))
        .isNotEmpty()
        .allMatch(one.post().linked::contains);
  }

  @Test
  void aDeathThatManyFindIsToldToAllByOne() {
    ring(SIZE);
    Id dead = new ArrayList<>(ring.keySet()).get(50);
    ring.remove(dead);
    for (Seat seat : ring.values()) {
      if (seat.membership().view().neighbours(dead, 4).stream()
          .anyMatch(member -> member.id().equals(seat.membership().self()))) {
        seat.membership().suspect(dead, "silent");
        seat.membership().bury(dead, "silent still");
      }
    }
    int sent = deliver(0);
    beat();
    assertThat(whoSee(dead, MemberState.DEAD)).isEqualTo(SIZE - 1);
    assertThat(sent)
        .as("the tree, and eight who tell each other")
        .isLessThan(SIZE + 8 * 8 + 8 + 30);
  }

  @Test
  void whatTheTreeLostTheBeatsBring() {
    ring(SIZE);
    Seat leaver = ring.firstEntry().getValue();
    Id gone = leaver.membership().self();
    leaver.membership().become(MemberState.LEFT, "left");
    deliver(0.3);
    assertThat(whoSee(gone, MemberState.LEFT)).isLessThan(SIZE);
    for (int turn = 0; turn < 60 && whoSee(gone, MemberState.LEFT) < SIZE; turn++) {
      beat();
    }
    assertThat(whoSee(gone, MemberState.LEFT)).isEqualTo(SIZE);
  }

  /** One beat of each; tells how many messages followed on it. */
  private int beat() {
    for (Seat seat : ring.values()) {
      var facts = seat.membership().gossip().factsForBeats();
      if (facts != null) {
        for (var neighbour : seat.membership().view().neighbours(seat.membership().self(), 4)) {
          ring.get(neighbour.id())
              .membership()
              .gossip()
              .shortFacts(seat.membership().self(), facts);
        }
      }
    }
    return wanted();
  }

  private int wanted() {
    int sent = 0;
    for (Seat seat : ring.values()) {
      for (FakePost.Letter letter : seat.post().take()) {
        sent++;
        Seat to = ring.get(letter.to());
        if (letter.message() instanceof LinkMessage.Want want) {
          to.membership().gossip().want(seat.membership().self(), want);
        } else if (letter.message() instanceof LinkMessage.Lacking lacking) {
          to.membership().gossip().lacking(seat.membership().self(), lacking);
        }
      }
    }
    return sent;
  }

  @Test
  void newsThatComesAgainDoesNotGoRoundAgain() {
    ring(20);
    Seat one = ring.firstEntry().getValue();
    Id other = ring.lastKey();
    var news = new LinkMessage.News(List.of(fact(other, 3, MemberState.ALIVE)), 0);
    one.membership().gossip().news(other, news);
    one.loop().turn();
    assertThat(one.post().take()).isNotEmpty();
    one.membership().gossip().news(other, news);
    one.membership()
        .gossip()
        .news(other, new LinkMessage.News(List.of(fact(other, 2, MemberState.ALIVE)), 0));
    one.loop().turn();
    assertThat(one.post().take()).isEmpty();
  }

  @Test
  void whoIsHeldDeadByTheOtherHalfIsHeardFirst() {
    ring(20);
    Seat one = ring.firstEntry().getValue();
    Id accused = ring.lastKey();
    var theirs = List.of(fact(accused, 2, MemberState.DEAD));
    one.membership().gossip().lacking(Id.of("half"), new LinkMessage.Lacking(theirs));
    assertThat(one.membership().stateOf(accused)).isEqualTo(MemberState.SUSPECT);
    one.loop().turn();
    assertThat(one.post().to(accused, LinkMessage.News.class)).hasSize(1);
    one.membership()
        .gossip()
        .lacking(
            Id.of("half"), new LinkMessage.Lacking(List.of(fact(accused, 3, MemberState.DEAD))));
    assertThat(one.membership().stateOf(accused)).isEqualTo(MemberState.DEAD);
  }

  @Test
  void aComparisonOfLargeTablesIsCutIntoMessagesByTheCircle() {
    Seat seat = seat(Facts.node(1), 10_000);
    var entries = new ArrayList<Entry>();
    for (int i = 1; i < 9_000; i++) {
      Id id = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
      entries.add(fact(id, 2, MemberState.ALIVE));
    }
    seat.membership().apply(entries, "told");

    seat.membership()
        .gossip()
        .sums(Facts.node(2), new LinkMessage.Sums(Collections.nCopies(64, 0L)));

    List<LinkMessage.Have> told = seat.post().to(Facts.node(2), LinkMessage.Have.class);
    assertThat(told.stream().flatMap(have -> have.parts().stream()))
        .containsExactlyElementsOf(IntStream.range(0, 64).boxed().toList());
    assertThat(told.stream().flatMap(have -> have.seen().stream())).hasSize(9_000);
    assertThat(told).hasSizeGreaterThan(4).allMatch(have -> have.seen().size() <= 2_048);
  }
}
