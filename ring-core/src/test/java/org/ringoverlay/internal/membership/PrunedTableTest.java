package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
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
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/** Tables past their limit: what is kept, and that messages still find their roots. */
class PrunedTableTest {
  private static final int LEAVES = 4;
  private static final int FULL_MAX = 40;

  private final Random random = new Random(5);
  private final TreeMap<Id, Membership> ring = new TreeMap<>();
  private final TreeMap<Id, FakeLoop> loops = new TreeMap<>();
  private final TreeMap<Id, FakePost> posts = new TreeMap<>();

  private void ring(int size) {
    var entries = new ArrayList<Entry>();
    while (ring.size() < size) {
      Id id = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
      ring.put(id, member(id));
      entries.add(Facts.fact(id, 2, MemberState.ALIVE));
    }
    ring.values()
        .forEach(
            membership -> {
              Collections.shuffle(entries, random);
              membership.apply(entries, "told");
            });
  }

  private Membership member(Id id) {
    var loop = new FakeLoop(1);
    var post = new FakePost();
    loops.put(id, loop);
    posts.put(id, post);
    var membership =
        new Membership(
            id,
            Arcs.standard(),
            new Membership.Limits(1_000, FULL_MAX, LEAVES, 2),
            post,
            loop,
            loop,
            loop,
            new DeafListener());
    MemberCard card = Facts.card(id, 1);
    membership.introduce(card, Json.of(card));
    membership.become(MemberState.ALIVE, "test");
    return membership;
  }

  @Test
  void aTablePastItsLimitKeepsTheLeafSetAndAMemberForEachPrefix() {
    ring(400);
    List<Id> circle = new ArrayList<>(ring.keySet());
    for (int at = 0; at < circle.size(); at++) {
      Membership membership = ring.get(circle.get(at));
      RingView view = membership.view();
      for (int step = -LEAVES; step <= LEAVES; step++) {
        assertThat(view.find(circle.get(Math.floorMod(at + step, circle.size())))).isPresent();
      }
      assertThat(view.isComplete()).isFalse();
      assertThat(view.members().size()).isLessThan(80);
      for (Id other : circle) {
        int row = circle.get(at).commonPrefix(other);
        assertThat(other.equals(circle.get(at)) || knowsPrefix(view, other, row + 1)).isTrue();
      }
    }
  }

  private static boolean knowsPrefix(RingView view, Id other, int digits) {
    return view.members().stream().anyMatch(member -> member.id().commonPrefix(other) >= digits);
  }

  @Test
  void everyMessageFindsItsRootInAFewHops() {
    ring(400);
    var all = new ArrayList<Member>();
    ring.forEach((id, membership) -> membership.view().find(id).ifPresent(all::add));
    long hops = 0;
    int runs = 4_000;
    List<Id> circle = new ArrayList<>(ring.keySet());
    for (int run = 0; run < runs; run++) {
      boolean exact = run % 4 == 0;
      Id target =
          exact
              ? circle.get(random.nextInt(circle.size()))
              : Id.of(random.nextLong(), random.nextLong(), random.nextInt());
      Id at = circle.get(random.nextInt(circle.size()));
      Id root = new RingView(0, at, Arcs.standard(), all).root(target).id();
      for (int hop = 0; hop < 10; hop++) {
        Id next = ring.get(at).nextHop(target, exact, nobody -> false);
        if (next.equals(at)) {
          break;
        }
        at = next;
        hops++;
      }
      assertThat(at).isEqualTo(root);
      assertThat(ring.get(at).view().isSurelyRoot(target)).isTrue();
    }
    assertThat((double) hops / runs).isLessThan(2.4);
  }

  @Test
  void theSizeIsEstimatedByHowDenselyTheLeavesLie() {
    ring(400);
    double mean =
        ring.values().stream()
            .mapToLong(membership -> membership.view().sizeEstimate())
            .average()
            .orElse(0);
    assertThat(mean).isBetween(300.0, 600.0);
  }

  @Test
  void aSmallRingIsKnownInFullAndAShrunkOneAgain() {
    ring(FULL_MAX);
    Membership one = ring.firstEntry().getValue();
    assertThat(one.view().isComplete()).isTrue();
    assertThat(one.view().members()).hasSize(FULL_MAX);

    ring(200);
    assertThat(one.view().isComplete()).isFalse();
    for (Member member : one.view().members()) {
      if (!member.id().equals(one.self())) {
        one.apply(List.of(Facts.fact(member.id(), 2, MemberState.LEFT)), "told");
      }
    }
    assertThat(one.view().isComplete()).isTrue();
  }

  @Test
  void aNodeToldOfNobodyForADirectMessageSaysThatThereIsNoWay() {
    ring(400);
    Membership one = ring.firstEntry().getValue();
    Id beside = one.self().next();
    assertThat(one.nextHop(beside, true, nobody -> false)).isNull();
    assertThat(one.nextHop(beside, false, nobody -> false)).isNotNull();
  }

  @Test
  void aDirectMessageIsNotForThisNodeThoughAllWhoAreCloserAreSuspected() {
    ring(400);
    Membership one = ring.firstEntry().getValue();
    Id far = one.self().previous();
    while (one.view().covers(far) || one.view().find(far).isPresent()) {
      far = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
    }
    for (Member member : one.view().members()) {
      if (!member.id().equals(one.self())) {
        one.suspect(member.id(), "test");
      }
    }
    assertThat(one.view().covers(far)).isFalse();
    assertThat(one.nextHop(far, true, nobody -> false)).isNull();
    assertThat(one.nextHop(far, false, nobody -> false)).isEqualTo(one.self());
  }

  @Test
  void ofManyThatDepartedTheLatestAreRememberedAndTold() {
    ring(400);
    Membership one = ring.lastEntry().getValue();
    FakePost post = posts.get(one.self());
    for (int place = 0; place < 64; place++) {
      one.apply(List.of(Facts.fact(Facts.node(place), 2, MemberState.DEAD)), "told");
    }
    loops.get(one.self()).advance(1_000);
    Id leaf = one.view().neighbours(one.self(), 1).get(1).id();
    one.suspect(leaf, "test");
    one.bury(leaf, "test");
    loops.get(one.self()).advance(1_000);
    assertThat(one.stateOf(leaf)).isEqualTo(MemberState.DEAD);
    one.apply(List.of(Facts.fact(Facts.node(65), 2, MemberState.DEAD)), "told");
    assertThat(one.stateOf(leaf)).isEqualTo(MemberState.DEAD);

    loops.get(one.self()).turn();
    post.take();
    one.become(MemberState.LEFT, "test");
    loops.get(one.self()).turn();
    assertThat(post.all(LinkMessage.News.class)).isNotEmpty();
  }

  @Test
  void whatWouldNotBeKeptChangesNothing() {
    ring(400);
    Membership one = ring.firstEntry().getValue();
    long version = one.view().version();
    var beyond = new ArrayList<Entry>();
    for (Id id : ring.keySet()) {
      if (one.view().find(id).isEmpty()) {
        beyond.add(Facts.fact(id, 2, MemberState.ALIVE));
      }
    }
    assertThat(beyond).hasSizeGreaterThan(300);
    one.apply(beyond, "told");
    assertThat(one.view().version()).isEqualTo(version);
  }
}
