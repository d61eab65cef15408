package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.Facts.fact;
import static org.ringoverlay.internal.fake.Facts.node;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
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
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

class FailureDetectorTest {
  private static final Id SELF = node(1);
  private static final long INTERVAL = 100 * MILLIS;
  private static final long SUSPECT = 350 * MILLIS;
  private static final long BURY = 500 * MILLIS;

  /** Links over which each other node answers unless it is silent. */
  private final class World implements FailureDetector.Links, ViewListener {
    final TreeMap<Id, Long> heard = new TreeMap<>();
    final TreeSet<Id> silent = new TreeSet<>();
    int away;
    final List<Id> reached = new ArrayList<>();

    @Override
    public long heardAt(Id id) {
      return heard.getOrDefault(id, Long.MIN_VALUE);
    }

    @Override
    public void reach(Id id) {
      reached.add(id);
    }

    @Override
    public void wasAway() {
      away++;
    }

    @Override
    public void memberChanged(MemberEvent event) {
      events.add(event.member().id().shortString() + " " + event.member().state());
    }

    @Override
    public void viewChanged(RingView before, RingView after) {}

    @Override
    public void givenUp() {}

    @Override
    public void trouble(String what) {}

    @Override
    public void superseded(String why) {
      throw new AssertionError(why);
    }
  }

  private final List<String> events = new ArrayList<>();
  private final FakeLoop loop = new FakeLoop(1);
  private final FakePost post = new FakePost();
  private final World world = new World();
  private final Membership membership =
      new Membership(
          SELF,
          Arcs.standard(),
          new Membership.Limits(100, 100, 16, 4),
          post,
          loop,
          loop,
          loop,
          world);
  private final FailureDetector detector =
      new FailureDetector(
          SELF,
          new FailureDetector.Limits(INTERVAL, SUSPECT, BURY, 10_000 * MILLIS, 2, 2),
          membership,
          world,
          post,
          loop,
          loop,
          loop);

  private void members(int... places) {
    MemberCard card = Facts.card(SELF, 1);
    membership.introduce(card, Json.of(card));
    membership.become(MemberState.ALIVE, "test");
    for (int place : places) {
      membership.apply(List.of(fact(node(place), 1, MemberState.ALIVE)), "test");
    }
    loop.turn();
    post.take();
    events.clear();
    detector.start();
  }

  /** Lets time pass in small steps; nodes that are not silent beat too, and answer their pings. */
  private void run(long nanos) {
    for (long passed = 0; passed < nanos; passed += 10 * MILLIS) {
      loop.advance(10 * MILLIS);
      answer();
    }
  }

  private void answer() {
    List<FakePost.Letter> letters = post.take();
    sent.addAll(letters);
    for (FakePost.Letter letter : letters) {
      if (world.silent.contains(letter.to())) {
        continue;
      }
      if (letter.message() instanceof LinkMessage.Beat) {
        world.heard.put(letter.to(), loop.nanos());
        detector.beat(letter.to(), new LinkMessage.Beat(membership.digest(), null, null));
      } else if (letter.message() instanceof LinkMessage.Ping ping) {
        world.heard.put(letter.to(), loop.nanos());
        detector.pong(letter.to(), new LinkMessage.Pong(ping.number(), membership.digest()));
      }
    }
  }

  private final List<FakePost.Letter> sent = new ArrayList<>();

  private <M extends LinkMessage> List<M> sentTo(Id to, Class<M> kind) {
    return sent.stream()
        .filter(letter -> letter.to().equals(to) && kind.isInstance(letter.message()))
        .map(letter -> kind.cast(letter.message()))
        .toList();
  }

  @Test
  void neighboursThatAnswerAreLeftInPeace() {
    members(2, 3, 4);
    run(20_000 * MILLIS);
    assertThat(events).isEmpty();
    assertThat(sentTo(node(2), LinkMessage.Beat.class).size()).isBetween(195, 201);
    assertThat(sentTo(node(2), LinkMessage.Pong.class)).as("beats need no answer").isEmpty();
    assertThat(sent).noneMatch(letter -> letter.message() instanceof LinkMessage.Probe);
  }

  @Test
  void silentNeighbourIsProbedThenSuspectedThenDead() {
    members(2, 3, 4);
    run(1_000 * MILLIS);
    world.silent.add(node(2));
    run(SUSPECT - 2 * INTERVAL);
    assertThat(events).as("not before its time").isEmpty();
    run(4 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    assertThat(sent)
        .filteredOn(letter -> letter.message().equals(new LinkMessage.Probe(node(2), null)))
        .as("two others were asked")
        .hasSize(2)
        .noneMatch(letter -> letter.to().equals(node(2)));
    run(BURY + 2 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
    assertThat(events)
        .containsExactly(node(2).shortString() + " SUSPECT", node(2).shortString() + " DEAD");
  }

  @Test
  void suspicionAndDeathComeWhenTheirTimeIsOverNotATurnLater() {
    members(2, 3, 4);
    run(1_000 * MILLIS);
    world.silent.add(node(2));
    long last = world.heard.get(node(2));
    while (events.isEmpty()) {
      run(10 * MILLIS);
    }
    assertThat(loop.nanos() - last).isBetween(SUSPECT, SUSPECT + 20 * MILLIS);
    long suspected = loop.nanos();
    while (events.size() < 2) {
      run(10 * MILLIS);
    }
    assertThat(loop.nanos() - suspected).isBetween(BURY - 10 * MILLIS, BURY + 20 * MILLIS);
  }

  @Test
  void suspectThatRefutesInTimeIsAliveAgain() {
    members(2, 3, 4);
    world.silent.add(node(2));
    run(SUSPECT + 2 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    world.silent.remove(node(2));
    world.heard.put(node(2), loop.nanos());
    membership.apply(List.of(fact(node(2), 2, MemberState.ALIVE)), "refuted");
    run(3_000 * MILLIS);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.ALIVE);
    assertThat(events).hasSize(2);
  }

  @Test
  void whoWasHeardByAnotherIsNotSuspected() {
    members(2, 3, 4);
    world.silent.add(node(2));
    for (int i = 0; i < 300; i++) {
      run(INTERVAL / 10);
      for (FakePost.Letter letter : List.copyOf(sent)) {
        if (letter.message() instanceof LinkMessage.Probe && letter.to().equals(node(3))) {
          detector.probed(node(3), new LinkMessage.Probed(node(2), false));
        }
      }
      sent.clear();
    }
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.ALIVE);
    run(SUSPECT + 2 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
  }

  @Test
  void ownPauseIsNotHeldAgainstTheOthers() {
    members(2, 3, 4);
    run(1_000 * MILLIS);
    loop.freeze(5_000 * MILLIS);
    loop.turn();
    answer();
    run(1_000 * MILLIS);
    assertThat(events).isEmpty();
    assertThat(world.away).isEqualTo(1);
  }

  @Test
  void ownPauseDoesNotBuryASuspect() {
    members(2, 3, 4);
    world.silent.add(node(2));
    run(SUSPECT + 2 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    loop.freeze(5_000 * MILLIS);
    run(BURY - 2 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    run(4 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
  }

  @Test
  void shortLagOfTheLoopForgivesNobody() {
    members(2, 3, 4);
    world.silent.add(node(2));
    for (int i = 0; i < 8; i++) {
      loop.freeze(INTERVAL / 2);
      run(INTERVAL);
    }
    assertThat(membership.stateOf(node(2))).isNotEqualTo(MemberState.ALIVE);
    assertThat(world.away).isZero();
  }

  @Test
  void wordOfOneThatWasNotAskedKeepsNobodyAlive() {
    members(2, 3, 4);
    world.silent.add(node(2));
    for (int i = 0; i < 40; i++) {
      run(INTERVAL / 2);
      detector.probed(node(99), new LinkMessage.Probed(node(2), false));
    }
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
  }

  @Test
  void othersAreAskedBeforeASuspicionAlsoWhereThatComesWithinThreeIntervals() {
    members(2, 3, 4);
    detector.stop();
    var hasty =
        new FailureDetector(
            SELF,
            new FailureDetector.Limits(INTERVAL, 2 * INTERVAL, BURY, 10_000 * MILLIS, 2, 2),
            membership,
            world,
            post,
            loop,
            loop,
            loop);
    hasty.start();
    for (int i = 0; i < 40 && membership.stateOf(node(2)) == MemberState.ALIVE; i++) {
      assertThat(loop.waiting()).isLessThan(10);
      loop.advance(INTERVAL / 10);
    }
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    assertThat(post.all(LinkMessage.Probe.class)).contains(new LinkMessage.Probe(node(2), null));
  }

  @Test
  void signOfLifeFromTheFutureSaysNothing() {
    members(2, 3, 4);
    run(1_000 * MILLIS);
    world.silent.add(node(2));
    // As after a clock that went back by an hour.
    world.heard.put(node(2), loop.nanos() + 3_600_000 * MILLIS);
    run(2 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    detector.probe(node(3), new LinkMessage.Probe(node(2), null));
    assertThat(post.to(node(3), LinkMessage.Probed.class)).isEmpty();
    run(BURY + 2 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
  }

  @Test
  void nodeWhereNobodyListensIsSuspectedAtOnce() {
    members(2, 3, 4);
    run(INTERVAL);
    world.silent.add(node(2));
    detector.unlinked(node(2), "connection refused", true);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    assertThat(post.all(LinkMessage.Probe.class)).hasSize(2);
    run(BURY + 2 * INTERVAL);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
  }

  @Test
  void closedConnectionIsReasonToConnectAgainAndNoVerdict() {
    members(2, 3, 4);
    run(INTERVAL);
    detector.unlinked(node(2), "closed", false);
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.ALIVE);
    assertThat(world.reached).containsExactly(node(2));
  }

  @Test
  void whoIsUnknownDepartedOrThisNodeItselfIsNeverAccused() {
    members(2, 3);
    membership.apply(List.of(fact(node(3), 1, MemberState.LEFT)), "left");
    events.clear();
    detector.unlinked(node(99), "refused", true);
    detector.unlinked(node(3), "refused", true);
    detector.unlinked(SELF, "refused", true);
    detector.unlinked(node(3), "closed", false);
    assertThat(events).isEmpty();
    assertThat(world.reached).isEmpty();
  }

  @Test
  void pingIsAnsweredAndAWrongStateIsToldToItsOwner() {
    members(2, 3, 4);
    membership.suspect(node(2), "test");
    loop.turn();
    post.take();
    detector.ping(node(2), new LinkMessage.Ping(7, membership.digest()));
    assertThat(post.to(node(2), LinkMessage.Pong.class).get(0).number()).isEqualTo(7);
    assertThat(post.to(node(2), LinkMessage.News.class).get(0).entries())
        .containsExactly(
            new Entry(
                fact(node(2), 1, MemberState.SUSPECT).card(), 1, MemberState.SUSPECT, "test"));
    detector.ping(node(77), new LinkMessage.Ping(8, membership.digest()));
    assertThat(post.to(node(77), LinkMessage.Want.class))
        .containsExactly(new LinkMessage.Want(List.of(node(77))));
  }

  @Test
  void otherDigestThatLastsLeadsToOneComparison() {
    members(2, 3, 4);
    run(INTERVAL);
    for (int beat = 0; beat < 3; beat++) {
      detector.beat(node(2), new LinkMessage.Beat(membership.digest() + 1, null, null));
    }
    detector.beat(node(2), new LinkMessage.Beat(membership.digest(), null, null));
    run(2 * INTERVAL);
    assertThat(sentTo(node(2), LinkMessage.Sums.class)).as("it was the news, on its way").isEmpty();
    for (int beat = 0; beat < 4; beat++) {
      detector.beat(node(2), new LinkMessage.Beat(membership.digest() + 1, null, null));
    }
    run(2 * INTERVAL);
    assertThat(sentTo(node(2), LinkMessage.Sums.class)).hasSize(1);
    run(5 * INTERVAL);
    assertThat(sentTo(node(2), LinkMessage.Sums.class)).hasSize(1);
  }

  @Test
  void whoWatchesThisNodeThoughItDoesNotWatchBackIsAnswered() {
    members(2, 3, 4, 5, 6, 7);
    run(INTERVAL);
    detector.beat(node(2), new LinkMessage.Beat(membership.digest(), null, null));
    assertThat(post.to(node(2), LinkMessage.Pong.class)).isEmpty();
    detector.beat(node(4), new LinkMessage.Beat(membership.digest(), null, null));
    assertThat(post.to(node(4), LinkMessage.Pong.class)).hasSize(1);
  }

  @Test
  void whereNobodyListensAsOthersFindTooTheMemberIsDead() {
    members(2, 3, 4);
    run(INTERVAL);
    post.take();
    detector.unlinked(node(2), "connection refused", true);
    var asked =
        post.letters.stream()
            .filter(letter -> letter.message() instanceof LinkMessage.Probe)
            .map(FakePost.Letter::to)
            .toList();
    assertThat(asked).hasSize(2);
    detector.probed(asked.get(0), new LinkMessage.Probed(node(2), true));
    detector.probed(asked.get(0), new LinkMessage.Probed(node(2), true));
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    detector.probed(node(99), new LinkMessage.Probed(node(2), true));
    assertThat(membership.stateOf(node(2))).as("was not asked").isEqualTo(MemberState.SUSPECT);
    detector.probed(asked.get(1), new LinkMessage.Probed(node(2), true));
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
  }

  @Test
  void oneWhoHeardTheMemberOutweighsAllWhoDidNot() {
    members(2, 3, 4);
    run(INTERVAL);
    post.take();
    detector.unlinked(node(2), "connection refused", true);
    detector.probed(node(3), new LinkMessage.Probed(node(2), false));
    detector.probed(node(3), new LinkMessage.Probed(node(2), true));
    detector.probed(node(4), new LinkMessage.Probed(node(2), true));
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
  }

  @Test
  void whoFindsThatNobodyListensSaysSoToThoseWhoAsked() {
    members(2, 3, 4);
    run(INTERVAL);
    post.take();
    detector.probe(node(3), new LinkMessage.Probe(node(2), true));
    assertThat(post.to(node(3), LinkMessage.Probed.class))
        .as("that it spoke is no answer")
        .isEmpty();
    detector.unlinked(node(2), "connection refused", true);
    assertThat(post.to(node(3), LinkMessage.Probed.class))
        .containsExactly(new LinkMessage.Probed(node(2), true));
    detector.probe(node(4), new LinkMessage.Probe(node(2), true));
    assertThat(post.to(node(4), LinkMessage.Probed.class))
        .as("just found out")
        .containsExactly(new LinkMessage.Probed(node(2), true));
  }

  @Test
  void probeForAnotherIsPassedOnAndItsAnswerToo() {
    members(2, 3, 4);
    run(INTERVAL);
    loop.advance(2 * INTERVAL);
    post.take();
    detector.probe(node(3), new LinkMessage.Probe(node(4), null));
    assertThat(post.to(node(4), LinkMessage.Ping.class)).hasSize(1);
    detector.pong(node(4), new LinkMessage.Pong(1, membership.digest()));
    assertThat(post.to(node(3), LinkMessage.Probed.class))
        .containsExactly(new LinkMessage.Probed(node(4), false));
    post.take();
    detector.pong(node(4), new LinkMessage.Pong(2, membership.digest()));
    assertThat(post.to(node(3), LinkMessage.Probed.class)).as("once").isEmpty();
  }

  @Test
  void whoSpokeJustNowIsNotAskedWhetherItIsThere() {
    members(2, 3, 4);
    run(INTERVAL);
    post.take();
    detector.probe(node(3), new LinkMessage.Probe(node(4), null));
    assertThat(post.take())
        .containsExactly(new FakePost.Letter(node(3), new LinkMessage.Probed(node(4), false)));
  }

  @Test
  void answerToAProbeIsPassedOnThoughTheClockTurnedInBetween() {
    members(2, 3, 4);
    run(INTERVAL);
    loop.advance(2 * INTERVAL);
    detector.probe(node(3), new LinkMessage.Probe(node(4), null));
    loop.advance(INTERVAL);
    detector.pong(node(4), new LinkMessage.Pong(1, membership.digest()));
    assertThat(post.to(node(3), LinkMessage.Probed.class)).hasSize(1);
  }

  @Test
  void probesForUnknownNodesAndFloodsOfThemAreBounded() {
    members(2, 3, 4);
    detector.probe(node(3), new LinkMessage.Probe(node(99), null));
    assertThat(post.letters).isEmpty();
    for (int asker = 0; asker < 250; asker++) {
      detector.probe(node(asker), new LinkMessage.Probe(node(4), null));
    }
    assertThat(post.to(node(4), LinkMessage.Ping.class)).as("one for all").hasSize(1);
    detector.pong(node(4), new LinkMessage.Pong(1, membership.digest()));
    assertThat(post.all(LinkMessage.Probed.class)).hasSize(64);
  }

  @Test
  void deadMembersAreLookedForNowAndThenAndForgottenInTheEnd() {
    members(2, 3, 4);
    membership.suspect(node(4), "test");
    membership.bury(node(4), "test");
    world.silent.add(node(4));
    run(5_000 * MILLIS);
    assertThat(world.reached).contains(node(4));
    run(6_000 * MILLIS);
    assertThat(membership.stateOf(node(4))).isNull();
  }

  @Test
  void onlyNeighboursAreWatched() {
    members(2, 3, 4, 5, 6, 7, 8, 9);
    run(2_000 * MILLIS);
    assertThat(sentTo(node(2), LinkMessage.Beat.class)).isNotEmpty();
    assertThat(sentTo(node(9), LinkMessage.Beat.class)).isNotEmpty();
    assertThat(sentTo(node(5), LinkMessage.Beat.class)).isEmpty();
  }

  @Test
  void stoppedDetectorAccusesNobody() {
    members(2, 3, 4);
    world.silent.add(node(2));
    run(INTERVAL);
    detector.stop();
    run(10_000 * MILLIS);
    assertThat(events).isEmpty();
    assertThat(loop.waiting()).isZero();
  }

  /** Nodes that beat this one by themselves, whether it beats them or not. */
  private void beatFrom(int place) {
    world.heard.put(node(place), loop.nanos());
    detector.beat(node(place), new LinkMessage.Beat(membership.digest(), null, null));
  }

  @Test
  void neighbourThatBeatsSlowlyIsBeatenSlowlyAndNotAccused() {
    members(2, 3, 4);
    run(5 * INTERVAL);
    world.silent.add(node(2));
    run(5 * INTERVAL);
    events.clear();
    membership.apply(List.of(fact(node(2), 2, MemberState.ALIVE)), "refuted");
    for (int beat = 0; beat < 20; beat++) {
      beatFrom(2);
      run(5 * INTERVAL);
    }
    assertThat(events).containsExactly(node(2).shortString() + " ALIVE");
    assertThat(sentTo(node(2), LinkMessage.Beat.class).size()).as("in 11 seconds").isLessThan(45);
    assertThat(sentTo(node(3), LinkMessage.Beat.class).size()).isGreaterThan(105);
  }

  @Test
  void twoThatWaitedForEachOtherQuickenEachOther() {
    var one = new Watch(INTERVAL, 0);
    var other = new Watch(INTERVAL, 0);
    long oneHeardAt = 0;
    long otherHeardAt = 0;
    int late = 0;
    for (long now = 8 * INTERVAL; now < 120 * INTERVAL; now += INTERVAL) {
      boolean toOther = one.isDue(now, one.silenceNanos(now, oneHeardAt));
      boolean toOne = other.isDue(now, other.silenceNanos(now, otherHeardAt));
      if (toOther) {
        other.rhythm.beat(now);
        otherHeardAt = now;
      }
      if (toOne) {
        one.rhythm.beat(now);
        oneHeardAt = now;
      }
      late += now > 100 * INTERVAL && !(toOne && toOther) ? 1 : 0;
    }
    assertThat(late).isZero();
  }

  @Test
  void suspectThatIsHeardIsNotBuriedUnlessItIsDeafForLong() {
    members(2, 3, 4);
    run(INTERVAL);
    membership.suspect(node(2), "test");
    for (int beat = 0; beat < 20; beat++) {
      run(INTERVAL);
      beatFrom(2);
    }
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.SUSPECT);
    for (int beat = 0; beat < 80; beat++) {
      run(INTERVAL);
      beatFrom(2);
    }
    assertThat(membership.stateOf(node(2))).isEqualTo(MemberState.DEAD);
  }

  @Test
  void suspectThatSpeaksIsRemindedOfItNowAndThen() {
    members(2, 3, 4);
    run(INTERVAL);
    membership.suspect(node(2), "test");
    run(0);
    sent.clear();
    for (int beat = 0; beat < 40; beat++) {
      run(INTERVAL / 10);
      beatFrom(2);
    }
    run(INTERVAL);
    assertThat(sentTo(node(2), LinkMessage.News.class).size()).isBetween(2, 5);
  }

  @Test
  void nearestNeighboursAccuseFirst() {
    members(2, 3, 4, 5, 6, 7);
    run(1_000 * MILLIS);
    world.silent.add(node(2));
    world.silent.add(node(3));
    long last = world.heard.get(node(2));
    while (events.size() < 2) {
      run(MILLIS * 10);
    }
    assertThat(events)
        .containsExactly(node(2).shortString() + " SUSPECT", node(3).shortString() + " SUSPECT");
    assertThat(loop.nanos() - last).isLessThan(SUSPECT + INTERVAL / 2);
  }

  @Test
  void nodeThatIsLateAtEveryTurnTakesItsTimeAndStillFindsADeath() {
    members(2, 3, 4);
    world.silent.add(node(2));
    int turns = 0;
    while (membership.stateOf(node(2)) == MemberState.ALIVE && turns < 200) {
      loop.freeze(3 * INTERVAL);
      loop.turn();
      answer();
      turns++;
    }
    assertThat(turns * 3L * INTERVAL).isBetween(8 * SUSPECT, 24 * SUSPECT);
    assertThat(events).containsExactly(node(2).shortString() + " SUSPECT");
    assertThat(world.away).as("its neighbours know its pace").isZero();
  }

  @Test
  void ofASuspectThatOthersWatchItAsksThem() {
    members(2, 3, 4, 5, 6, 7, 8, 9);
    run(INTERVAL);
    membership.suspect(node(5), "test");
    run(3 * BURY);
    assertThat(sent).noneMatch(letter -> letter.message() instanceof LinkMessage.Want);
    run(24 * BURY);
    assertThat(sent)
        .filteredOn(letter -> letter.message() instanceof LinkMessage.Want)
        .isNotEmpty()
        .allMatch(letter -> List.of(node(3), node(4), node(6), node(7)).contains(letter.to()));
    assertThat(membership.stateOf(node(5))).as("they judge").isEqualTo(MemberState.SUSPECT);
  }

  @Test
  void whoIsNoNeighbourIsNotConnectedToAgain() {
    members(2, 3, 4, 5, 6, 7, 8, 9);
    run(INTERVAL);
    detector.unlinked(node(5), "closed", false);
    assertThat(world.reached).isEmpty();
  }
}
