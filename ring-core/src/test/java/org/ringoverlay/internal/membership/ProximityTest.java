package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.DeafListener;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.fake.FakeLoop;
import org.ringoverlay.internal.fake.FakePost;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/** Which of two that fit a slot stands in it. */
class ProximityTest {
  private static final int MEMBERS = 400;
  private static final int FULL_MAX = 40;

  private final Random random = new Random(7);
  private final FakeLoop loop = new FakeLoop(1);
  private final FakePost post = new FakePost();
  private final Id self = Id.of("self");
  private final Membership membership =
      new Membership(
          self,
          Arcs.standard(),
          new Membership.Limits(1_000, FULL_MAX, 4, 2),
          post,
          loop,
          loop,
          loop,
          new DeafListener());
  private final TreeSet<Id> others = new TreeSet<>();

  @BeforeEach
  void largeRing() {
    MemberCard card = Facts.card(self, 1);
    membership.introduce(card, Json.of(card));
    membership.become(MemberState.ALIVE, "test");
    for (int i = 0; i < MEMBERS; i++) {
      Id id = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
      others.add(id);
      membership.apply(List.of(Facts.fact(id, 2, MemberState.ALIVE)), "told");
    }
    loop.advance(5_000 * MILLIS);
    membership.proximity().turn();
    post.take();
  }

  /** One that is not known and would stand in the slot of another. */
  private Id candidate() {
    for (Id id : others) {
      if (membership.view().find(id).isEmpty() && self.commonPrefix(id) == 0) {
        return id;
      }
    }
    throw new AssertionError("all are known");
  }

  private Id holderFor(Id candidate) {
    for (Member member : membership.view().members()) {
      if (member.id().commonPrefix(candidate) > 0) {
        return member.id();
      }
    }
    throw new AssertionError("the slot is free");
  }

  private void tellOf(Id id) {
    membership.apply(List.of(Facts.fact(id, 2, MemberState.ALIVE)), "told");
  }

  private LinkMessage.Ping ping(Id to) {
    List<LinkMessage.Ping> pings = post.to(to, LinkMessage.Ping.class);
    return pings.get(pings.size() - 1);
  }

  private void answersAfter(Id id, long millis) {
    loop.advance(millis * MILLIS);
    assertThat(membership.proximity().pong(id, ping(id).number())).isTrue();
  }

  private void race(Id candidate, long candidateMillis, Id holder, long holderMillis) {
    answersAfter(holder, holderMillis);
    answersAfter(candidate, 100);
    long first = Math.min(candidateMillis, holderMillis);
    boolean nearer = candidateMillis == first;
    answersAfter(nearer ? candidate : holder, first);
    answersAfter(nearer ? holder : candidate, Math.max(candidateMillis, holderMillis) - first);
  }

  private void tryAgainst(Id holder, Id candidate) {
    post.linked.add(holder);
    tellOf(candidate);
  }

  @Test
  void theNearerOneTakesTheSlot() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    tryAgainst(holder, candidate);
    assertThat(membership.addressOf(candidate)).as("it can be reached").isNotNull();
    assertThat(membership.view().find(candidate)).as("and is no member yet").isEmpty();
    race(candidate, 10, holder, 30);
    assertThat(membership.view().find(candidate)).isPresent();
    assertThat(membership.view().find(holder)).isEmpty();
  }

  @Test
  void oneThatIsHardlyNearerDoesNot() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    tryAgainst(holder, candidate);
    race(candidate, 29, holder, 30);
    assertThat(membership.view().find(candidate)).isEmpty();
    assertThat(membership.view().find(holder)).isPresent();
    assertThat(membership.addressOf(candidate)).as("it is forgotten").isNull();
  }

  @Test
  void nobodyIsConnectedWhereNobodyCanBeNearer() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    tryAgainst(holder, candidate);
    answersAfter(holder, 1);
    assertThat(post.to(candidate, LinkMessage.Ping.class)).isEmpty();
    assertThat(membership.addressOf(candidate)).as("it is forgotten").isNull();
  }

  @Test
  void slotsThroughWhichNothingGoesAreLeftAlone() {
    Id candidate = candidate();
    tellOf(candidate);
    assertThat(post.all(LinkMessage.Ping.class)).isEmpty();
    assertThat(membership.addressOf(candidate)).isNull();
  }

  @Test
  void aHolderThatIsSilentTwiceLosesTheSlotToOneThatAnswers() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    tryAgainst(holder, candidate);
    loop.advance(1_001 * MILLIS);
    membership.proximity().turn();
    assertThat(membership.view().find(holder)).as("a frame may be lost").isPresent();
    assertThat(post.to(candidate, LinkMessage.Ping.class)).isEmpty();
    tryAgainst(holder, candidate);
    loop.advance(999 * MILLIS);
    membership.proximity().turn();
    assertThat(post.to(candidate, LinkMessage.Ping.class)).isEmpty();
    loop.advance(2 * MILLIS);
    membership.proximity().turn();
    answersAfter(candidate, 100);
    assertThat(membership.view().find(holder)).isPresent();
    answersAfter(candidate, 100);
    assertThat(membership.view().find(holder)).isEmpty();
    assertThat(membership.view().find(candidate)).isPresent();
  }

  @Test
  void aCandidateThatIsSilentTakesNothing() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    tryAgainst(holder, candidate);
    answersAfter(holder, 500);
    answersAfter(candidate, 100);
    loop.advance(1_001 * MILLIS);
    membership.proximity().turn();
    assertThat(membership.view().find(holder)).isPresent();
    assertThat(membership.addressOf(candidate)).as("it is forgotten").isNull();
  }

  @Test
  void whoLeavesDuringItsTrialTakesNoSlot() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    tryAgainst(holder, candidate);
    answersAfter(holder, 50);
    answersAfter(candidate, 1);
    answersAfter(holder, 50);
    long number = ping(candidate).number();
    membership.apply(List.of(Facts.fact(candidate, 3, MemberState.LEFT)), "told");
    assertThat(membership.proximity().pong(candidate, number)).isFalse();
    assertThat(membership.view().find(candidate)).isEmpty();
    assertThat(membership.view().find(holder)).isPresent();
  }

  @Test
  void answerToAQuestionThatWasNotAskedCountsForNothing() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    tryAgainst(holder, candidate);
    long number = ping(holder).number();
    assertThat(membership.proximity().pong(holder, number + 1)).isFalse();
    assertThat(membership.proximity().pong(candidate, number)).isFalse();
    answersAfter(holder, 30);
    assertThat(membership.proximity().pong(holder, number)).as("once").isFalse();
    long first = ping(candidate).number();
    answersAfter(candidate, 1);
    assertThat(membership.proximity().pong(candidate, first)).as("once").isFalse();
    assertThat(membership.proximity().pong(holder, number)).as("nor later").isFalse();
    assertThat(membership.view().find(candidate)).isEmpty();
  }

  @Test
  void aHolderThatCannotBeReachedLosesTheSlotToOneThatAnswers() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    membership.proximity().unreachable(holder);
    tellOf(candidate);
    assertThat(post.to(holder, LinkMessage.Ping.class)).isEmpty();
    answersAfter(candidate, 100);
    answersAfter(candidate, 100);
    assertThat(membership.view().find(holder)).isEmpty();
    assertThat(membership.view().find(candidate)).isPresent();
  }

  @Test
  void ofASlotThereIsOneTrialAtATime() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    post.linked.add(holder);
    for (Id id : others) {
      if (membership.view().find(id).isEmpty() && holder.commonPrefix(id) > 0) {
        tellOf(id);
      }
    }
    assertThat(post.to(holder, LinkMessage.Ping.class)).hasSize(1);
    loop.advance(1_001 * MILLIS);
    membership.proximity().turn();
    assertThat(post.all(LinkMessage.Ping.class)).as("it was silent once").hasSize(1);
  }

  @Test
  void whoWasAwayItselfJudgesNobody() {
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    tryAgainst(holder, candidate);
    for (int times = 0; times < 3; times++) {
      loop.advance(2_000 * MILLIS);
      membership.proximity().interrupted();
      membership.proximity().turn();
      tellOf(candidate);
    }
    assertThat(post.to(candidate, LinkMessage.Ping.class)).isEmpty();
    assertThat(membership.view().find(holder)).isPresent();
  }

  @Test
  void aWinIsFollowedByTheNextRoundSoon() {
    for (int i = 0; i < 3_600; i++) {
      loop.advance(1_000 * MILLIS);
      post.linked.addAll(others);
      membership.proximity().turn();
    }
    Id candidate = candidate();
    Id holder = holderFor(candidate);
    post.take();
    tryAgainst(holder, candidate);
    race(candidate, 10, holder, 30);
    assertThat(membership.view().find(candidate)).isPresent();
    assertThat(post.all(LinkMessage.Settle.class)).isEmpty();
    loop.advance(6_000 * MILLIS);
    membership.proximity().turn();
    assertThat(post.to(candidate, LinkMessage.Settle.class)).as("it knows who is near").hasSize(1);
  }

  @Test
  void nothingIsAskedWhereNobodyIsConnected() {
    for (int i = 0; i < 100; i++) {
      loop.advance(1_000 * MILLIS);
      membership.proximity().turn();
    }
    assertThat(post.letters).isEmpty();
  }

  @Test
  void trialsAreFewAndTheRarerTheLongerNoneIsWon() {
    var rounds = new ArrayList<Long>();
    post.linked.addAll(others);
    for (int millis = 0; millis < 3_600_000; millis += 250) {
      for (Id id : others) {
        if (millis % 60_000 == 0 && membership.view().find(id).isEmpty()) {
          tellOf(id);
        }
      }
      assertThat(post.all(LinkMessage.Ping.class)).hasSizeLessThanOrEqualTo(Proximity.TRIALS);
      for (FakePost.Letter letter : List.copyOf(post.letters)) {
        if (letter.message() instanceof LinkMessage.Ping ping) {
          membership.proximity().pong(letter.to(), ping.number());
        }
      }
      if (!post.all(LinkMessage.Settle.class).isEmpty()) {
        rounds.add((long) millis);
      }
      post.take();
      loop.advance(250 * MILLIS);
      membership.proximity().turn();
    }
    assertThat(rounds).hasSizeBetween(10, 30);
    assertThat(rounds.get(rounds.size() - 1) - rounds.get(rounds.size() - 2))
        .isGreaterThan(120_000);
  }

  @Test
  void whoIsStillJoiningFarAwayTakesNoSlot() {
    var fitting = new ArrayList<Id>();
    for (int i = 0; i < 2_000; i++) {
      Id id = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
      if (!membership.wouldBeLeaf(id)) {
        membership.apply(List.of(Facts.fact(id, 1, MemberState.JOINING)), "told");
        assertThat(membership.view().find(id)).as("nobody would tell when it has joined").isEmpty();
        tellOf(id);
        membership.view().find(id).ifPresent(member -> fitting.add(member.id()));
      }
    }
    assertThat(fitting).as("slots that were free").isNotEmpty();
  }

  @Test
  void whoConnectsIsAskedForItsFactWhereItMayBeOfUse() {
    Id candidate = candidate();
    membership.connected(candidate);
    assertThat(post.letters).as("nothing goes through its slot").isEmpty();
    post.linked.addAll(others);
    membership.connected(candidate);
    assertThat(post.to(candidate, LinkMessage.Want.class)).hasSize(1);
    for (Id id : List.copyOf(others)) {
      tellOf(id);
    }
    post.take();
    membership.connected(candidate());
    assertThat(post.letters).as("there are trials enough").isEmpty();
  }
}
