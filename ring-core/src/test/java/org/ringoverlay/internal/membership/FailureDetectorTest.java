package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.Facts.fact;
import static org.ringoverlay.internal.fake.Facts.node;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.internal.wire.MemberCard;
import org.ringoverlay.json.Json;
import org.ringoverlay.view.MemberState;

class FailureDetectorTest extends DetectorSeat {
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

  private void dies(int place) {
    membership.suspect(node(place), "test");
    membership.bury(node(place), "test");
    world.silent.add(node(place));
  }

  @Test
  void deadMembersAreLookedForNowAndThenAndForgottenInTheEnd() {
    members(2, 3, 4);
    dies(4);
    run(5_000 * MILLIS);
    assertThat(world.reached).contains(node(4));
    run(6_000 * MILLIS);
    assertThat(membership.stateOf(node(4))).isNull();
  }

  @Test
  void nobodyIsLookedForWhereAPresentMemberListens() {
    members(2, 3, 4);
    dies(4);
    String address = Facts.card(node(4), 1).address();
    var successor = new MemberCard(node(5), 1, address, null, Map.of(), List.of("echo"));
    membership.apply(List.of(new Entry(Json.of(successor), 1, MemberState.ALIVE)), "test");
    run(8_000 * MILLIS);
    assertThat(world.reached).isEmpty();
    assertThat(sentTo(node(4), LinkMessage.Ping.class)).isEmpty();
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
