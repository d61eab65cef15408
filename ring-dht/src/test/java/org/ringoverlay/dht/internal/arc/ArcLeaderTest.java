package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Seat;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Timer;

/** A daddy and two other members whose messages are carried by hand. */
class ArcLeaderTest {
  private static final int ARC = 5;
  private static final String KEY = "default\0key";
  private static final Voter SELF = new Voter(Id.of("self"), 1);
  private static final Voter B = new Voter(Id.of("b"), 2);
  private static final Voter C = new Voter(Id.of("c"), 3);
  private static final Voter B_AGAIN = new Voter(B.node(), 22);
  private static final List<Id> NODES = List.of(SELF.node(), B.node(), C.node());
  private static final Configuration THREE =
      new Configuration(1, 0, List.of(SELF, B, C), List.of());
  private static final long SECOND = 1_000_000_000L;
  private static final Entry OLD =
      Entry.made(KEY, 1, false, Json.of("old"), Entry.WHOLE, List.of());
  private static final Limits LIMITS = new Limits(2, 2, 100, 10, 10_000);

  private long clock;
  private final Grants grants = new Grants(() -> clock, true);
  private final Shelf shelf = new Shelf(Journal.inMemory(SELF, new NoLoop()), grants, 100);
  private final Sent sent = new Sent();
  private final ArcLeader leader =
      new ArcLeader(
          ARC,
          LIMITS,
          shelf,
          new Stores(),
          sent,
          new Place(SELF.node(), NODES, List.of(), List.of(), List.of(), 3));

  ArcLeaderTest() {
    shelf.met(ARC, THREE);
  }

  // ---- taking over

  @Test
  void leadsWhenAQuorumHasPromised() {
    start();
    Pending put = put("a", 1);
    leader.submit(put, 0);
    assertThat(leader.isPreparing()).isTrue();
    assertThat(sent.prepares).containsExactly(B.node(), C.node());
    promise(B);

    assertThat(leader.isPreparing()).isFalse();
    assertThat(sent.accepts).hasSize(2);
    assertThat(put.isAnswered()).isFalse();
  }

  @Test
  void aPromiseFromAnotherStoreThanTheMembersDoesNotCount() {
    start();
    promise(B_AGAIN);
    assertThat(leader.isPreparing()).isTrue();
    promise(C);
    assertThat(leader.isPreparing()).isFalse();
  }

  @Test
  void needsAQuorumOfTheNewestConfigurationThatAMemberKnows() {
    var d = new Voter(Id.of("d"), 4);
    var newer = new Configuration(3, 0, List.of(SELF, C, d), List.of());
    start();
    promise(B, newer);
    assertThat(leader.isPreparing()).isTrue();
    assertThat(sent.prepares).containsExactly(B.node(), C.node(), d.node());
    promise(d);

    assertThat(leader.isPreparing()).isFalse();
    assertThat(leader.configuration().members()).isEqualTo(newer.members());
  }

  @Test
  void doesNotLeadAnArcOfWhichItIsNoMember() {
    var without = new Configuration(3, 0, List.of(B, C), List.of());
    start();
    Pending put = put("a", 1);
    leader.submit(put, 0);
    promise(B, without);
    promise(C, without);

    assertThat(error(put)).isInstanceOf(RingException.NotOwner.class);
    assertThat(sent.ended).isTrue();
    assertThat(shelf.configuration(ARC)).isEqualTo(without);
  }

  @Test
  void takesAHigherRoundWhenOutrankedOnTheWay() {
    start();
    long round = leader.ballot().round();
    refuse(B, round + 4, null);
    leader.tick(SECOND);

    assertThat(leader.ballot().round()).isEqualTo(round + 5);
    assertThat(leader.isPreparing()).isTrue();
  }

  @Test
  void learnsTheConfigurationFromOneThatRefuses() {
    start();
    refuse(B, 9, new Configuration(3, 0, List.of(B, C), List.of()));
    leader.tick(SECOND);

    assertThat(sent.ended).isTrue();
  }

  @Test
  void takesAHigherRoundThanThoseThatMadeWhatItMeets() {
    start();
    promise(B, new Head(KEY, Versions.next(0, 8), 1));

    assertThat(leader.isPreparing()).isTrue();
    assertThat(leader.ballot().round()).isEqualTo(9);
  }

  @Test
  void asksASilentMemberAgainAndSaysWhomItWaitsFor() {
    start();
    Pending early = get();
    leader.submit(early, 0);
    leader.prepareFailed(B.node(), leader.ballot());
    leader.tick(6 * SECOND);

    assertThat(error(early))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining(B.node().shortString())
        .hasMessageContaining(C.node().shortString());
    assertThat(sent.prepares).containsExactly(B.node(), C.node(), B.node());
    promise(B);
    assertThat(leader.isPreparing()).isFalse();
  }

  @Test
  void aMemberThatTellsItsRegistersInPagesCountsWithTheLast() {
    start();
    var head = new Head(KEY, 1, 0);
    leader.promised(B.node(), leader.ballot(), promiseOf(B, null, List.of(head), true), 0);
    assertThat(leader.isPreparing()).isTrue();
    assertThat(sent.prepares).endsWith(B.node());
    promise(B);

    assertThat(leader.isPreparing()).isFalse();
    leader.submit(get(), 0);
    assertThat(sent.fetches).containsExactly(B.node());
  }

  // ---- changes

  @Test
  void acknowledgesWithTheQuorumsAnswer() {
    lead();
    Pending put = put("a", 1);
    leader.submit(put, 0);
    assertThat(put.isAnswered()).isFalse();

    accept(B);

    assertThat(done(put).copies()).isEqualTo(2);
    assertThat(done(put).existed()).isFalse();
    assertThat(Versions.round(done(put).version())).isEqualTo(leader.ballot().round());
  }

  @Test
  void aFailedCopyIsNoAnswer() {
    lead();
    Pending put = put("a", 1);
    leader.submit(put, 0);
    fail(B);

    assertThat(put.isAnswered()).isFalse();
    accept(C);
    assertThat(done(put).copies()).isEqualTo(2);
  }

  @Test
  void anAnswerFromAnotherStoreThanTheMembersDoesNotCount() {
    lead();
    Pending put = put("a", 1);
    leader.submit(put, 0);

    accept(B_AGAIN);
    assertThat(put.isAnswered()).isFalse();

    accept(C);
    assertThat(put.isAnswered()).isTrue();
  }

  @Test
  void ofOneKeyOneChangeIsUnderWayAndTheNextMeetsItsVersion() {
    lead();
    Pending first = put("a", 1);
    Pending second = put("b", 2);
    leader.submit(first, 0);
    leader.submit(second, 0);
    assertThat(sent.accepts).hasSize(2);

    accept(B);
    assertThat(first.isAnswered()).isTrue();
    assertThat(second.isAnswered()).isFalse();
    Entry step = sent.accepts.get(2).message.entries().get(0);
    assertThat(step.base()).isEqualTo(done(first).version());
    assertThat(step.version()).isEqualTo(step.base() + 1);
  }

  @Test
  void aChangeUnderWayWhenAnotherTakesOverIsUnknownAndAWaitingOneUnchanged() {
    lead();
    Pending underWay = put("a", 1);
    Pending waiting = put("b", 2);
    leader.submit(underWay, 0);
    leader.submit(waiting, 0);

    leader.outranked(new Ballot(9, B.node(), 9), 0);

    assertThat(error(underWay)).isInstanceOf(RingException.OutcomeUnknown.class);
    assertThat(error(waiting)).isInstanceOf(RingException.NotOwner.class);
    assertThat(sent.ended).isTrue();
  }

  @Test
  void aCopyThatPromisedANewerBallotEndsTheReign() {
    lead();
    Pending put = put("a", 1);
    leader.submit(put, 0);
    Sent.Accept message = sent.lastTo(B.node());
    leader.accepted(B.node(), message.message, message.heads, refused(9), 0);

    assertThat(error(put)).isInstanceOf(RingException.OutcomeUnknown.class);
    assertThat(sent.ended).isTrue();
    Pending late = put("b", 1);
    leader.submit(late, 0);
    assertThat(error(late)).isInstanceOf(RingException.NotOwner.class);
  }

  @Test
  void aDaddyWhoseOwnNodePromisedANewerBallotChangesNothing() {
    lead();
    shelf.prepare(new CopyRequest.Prepare(ARC, new Ballot(9, B.node(), 9), ""));
    Pending put = put("a", 1);
    leader.submit(put, 0);

    assertThat(error(put)).isInstanceOf(RingException.NotOwner.class);
    assertThat(sent.accepts).isEmpty();
    assertThat(shelf.records()).isZero();
  }

  @Test
  void moreRequestsThanTheBoundAreRefused() {
    lead();
    leader.submit(put("a", 1), 0);
    leader.submit(put("b", 1), 0);
    leader.submit(put("c", 1), 0);
    Pending tooMany = put("d", 1);
    leader.submit(tooMany, 0);

    assertThat(error(tooMany)).isInstanceOf(RingException.Refused.class);
  }

  @Test
  void saysUnavailableAtOnceWhenTooFewMembersAnswer() {
    lead();
    sent.silent.addAll(List.of(B.node(), C.node()));
    Pending put = put("a", 1);
    leader.submit(put, 0);

    assertThat(error(put))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining(B.node().shortString());
    assertThat(shelf.records()).isZero();
  }

  @Test
  void whatWasSentIsUnknownWhenItsTimeIsOver() {
    lead();
    Pending put = put("a", 1);
    Pending waiting = put("b", 1);
    leader.submit(put, 0);
    leader.submit(waiting, 0);
    leader.tick(6 * SECOND);

    assertThat(error(put)).isInstanceOf(RingException.OutcomeUnknown.class);
    assertThat(error(waiting)).isInstanceOf(RingException.Unavailable.class);
  }

  @Test
  void aCopyThatMissedAStepGetsTheWhole() {
    lead();
    Pending put = put("a", 1);
    leader.submit(put, 0);
    var first = sent.accepts.get(0);
    leader.accepted(
        first.node,
        first.message,
        first.heads,
        new CopyReply.Accepted(true, leader.ballot(), B.store(), List.of(KEY)),
        0);

    assertThat(put.isAnswered()).isFalse();
    assertThat(sent.accepts.get(2).node).isEqualTo(first.node);
    assertThat(sent.accepts.get(2).message.entries().get(0).base()).isEqualTo(Entry.WHOLE);
  }

  @Test
  void aCopyThatDidNotAnswerIsBroughtLevelInTheBackground() {
    lead();
    leader.submit(put("a", 1), 0);
    accept(B);
    fail(C);

    var push = (Repair.Push) leader.nextRepair();
    assertThat(push.node()).isEqualTo(C.node());
    assertThat(push.message().entries()).extracting(Entry::base).containsExactly(Entry.WHOLE);
    assertThat(leader.nextRepair()).isNull();
  }

  @Test
  void everyChangeThatWaitsForAllCopiesIsAnswered() {
    lead();
    Pending first = put("a", 1, Acknowledge.ALL);
    Pending second = put("b", 2, Acknowledge.ALL);
    leader.submit(first, 0);
    leader.submit(second, 0);
    accept(B);
    accept(B);
    assertThat(first.isAnswered()).isFalse();
    assertThat(second.isAnswered()).isFalse();

    accept(C);

    assertThat(done(first).copies()).isEqualTo(3);
    assertThat(done(second).copies()).isEqualTo(3);
    assertThat(done(second).version()).isEqualTo(done(first).version() + 1);
  }

  @Test
  void aRepeatOfAChangeThatWaitsForAllCopiesWaitsForThemToo() {
    lead();
    leader.submit(put("a", 1, Acknowledge.ALL), 0);
    accept(B);
    Pending repeat = put("a", 1, Acknowledge.ALL);
    leader.submit(repeat, 0);
    assertThat(repeat.isAnswered()).isFalse();

    accept(C);

    assertThat(done(repeat).copies()).isEqualTo(3);
  }

  @Test
  void versionsAreCountedPerArcSoThatWhatWasSeenOfOneKeyOrdersTheOthers() {
    lead();
    Pending one = put("a", 1);
    leader.submit(one, 0);
    Pending other =
        new Pending(
            new Request.Put(
                "default",
                "other",
                Json.of(1),
                Condition.NONE,
                Acknowledge.MAJORITY,
                "b",
                0,
                false),
            "default\0other",
            5 * SECOND);
    leader.submit(other, 0);
    for (Sent.Accept accept : List.copyOf(sent.accepts)) {
      Voter voter = accept.node.equals(B.node()) ? B : C;
      leader.accepted(accept.node, accept.message, accept.heads, granted(voter), 0);
    }

    assertThat(done(other).version()).isEqualTo(done(one).version() + 1);
    assertThat(done(other).seen()).isEqualTo(done(other).version());
  }

  @Test
  void aRepeatOfANamedConflictGetsItAgainThoughItsConditionHoldsNow() {
    lead();
    Pending condition = named("k:late", 2);
    leader.submit(condition, 0);
    accept(B);
    assertThat(error(condition)).isInstanceOf(RingException.Conflict.class);
    Pending made = put("a", 1);
    leader.submit(made, 0);
    accept(B);
    assertThat(done(made).existed()).isFalse();

    Pending repeat = named("k:late", 2);
    leader.submit(repeat, 0);
    check(B, 1);

    assertThat(error(repeat)).isInstanceOf(RingException.Conflict.class);
  }

  // ---- reads

  @Test
  void aReadWaitsForTheChangeUnderWayAndForItsConfirmation() {
    lead();
    leader.submit(put("a", 1), 0);
    Pending read = get();
    leader.submit(read, 0);
    assertThat(sent.checks).isEmpty();
    accept(B);
    assertThat(read.isAnswered()).isFalse();

    check(B, 1);

    assertThat(found(read).value()).isEqualTo(Json.of(1));
  }

  @Test
  void aListingWaitsForTheChangeUnderWayAndForItsConfirmation() {
    lead();
    leader.submit(put("a", 1), 0);
    var question = new Request.ListKeys("default", "k", "", null, 10, List.of(), false);
    var listing = new Pending(question, null, 5 * SECOND);
    leader.submit(listing, 0);
    check(B, 1);
    assertThat(listing.isAnswered()).isFalse();
    accept(B);
    assertThat(listing.isAnswered()).isFalse();

    check(B, 2);

    assertThat(listing.answer()).isCompletedWithValue(new Scan.Result(List.of(KEY), null));
  }

  @Test
  void aListingOfSettledKeysIsConfirmed() {
    lead();
    leader.submit(put("a", 1), 0);
    accept(B);
    var question = new Request.ListKeys("default", "", "", null, 10, List.of(), false);
    var listing = new Pending(question, null, 5 * SECOND);
    leader.submit(listing, 0);
    assertThat(listing.isAnswered()).isFalse();

    leader.checked(B.node(), leader.ballot(), 1, refused(9), 0);

    assertThat(error(listing)).isInstanceOf(RingException.NotOwner.class);
  }

  @Test
  void aWatcherIsToldWhenAQuorumHoldsTheChangeAndNotBefore() {
    lead();
    Pending watch = watch(0);
    leader.submit(watch, 0);
    leader.submit(put("a", 1), 0);
    assertThat(watch.isAnswered()).isFalse();

    accept(B);

    long version = Versions.next(0, leader.ballot().round());
    assertThat(watch.answer())
        .isCompletedWithValue(
            new Request.Seen(List.of(new Request.Step(0, version, false, Json.of(1))), version));
  }

  @Test
  void aWatcherIsToldThatNothingCameOnlyWhenThatIsConfirmed() {
    lead();
    Pending watch = watch(0);
    leader.submit(watch, 0);
    assertThat(sent.checks).isEmpty();
    sent.alarms.get(sent.alarms.size() - 1).accept(SECOND);
    assertThat(watch.isAnswered()).isFalse();

    check(B, 1);

    assertThat(watch.answer()).isCompletedWithValue(new Request.Seen(List.of(), 0));
  }

  private static Pending watch(long after) {
    return new Pending(new Request.Watch("default", "key", after, 1_000), KEY, 5 * SECOND);
  }

  @Test
  void aConfirmationFromAnotherStoreThanTheMembersDoesNotCount() {
    lead();
    Pending read = get();
    leader.submit(read, 0);
    check(B_AGAIN, 1);
    assertThat(read.isAnswered()).isFalse();

    check(C, 1);
    assertThat(found(read).present()).isFalse();
  }

  @Test
  void aReadIsNotConfirmedByWhatWasAskedBeforeItCame() {
    lead();
    Pending first = get();
    Pending second = get();
    leader.submit(first, 0);
    leader.submit(second, 0);
    check(B, 1);
    assertThat(first.isAnswered()).isTrue();
    assertThat(second.isAnswered()).isFalse();

    check(C, 1);
    assertThat(second.isAnswered()).isFalse();
    check(C, 2);
    assertThat(second.isAnswered()).isTrue();
  }

  @Test
  void aDaddyThatWasReplacedAnswersNoRead() {
    lead();
    Pending read = get();
    leader.submit(read, 0);
    leader.checked(B.node(), leader.ballot(), 1, refused(9), 0);

    assertThat(error(read)).isInstanceOf(RingException.NotOwner.class);
    assertThat(sent.ended).isTrue();
  }

  @Test
  void aReadThatTooFewCopiesConfirmIsUnavailable() {
    lead();
    Pending read = get();
    leader.submit(read, 0);
    leader.checkFailed(B.node(), leader.ballot(), 1);

    leader.tick(6 * SECOND);

    assertThat(error(read))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining(B.node().shortString())
        .hasMessageContaining(C.node().shortString());
  }

  @Test
  void saysWhoKeepsTheArcOnceThatIsConfirmed() {
    lead();
    var where = new Pending(new Request.Where(SELF.node()), null, 5 * SECOND);
    leader.submit(where, 0);
    assertThat(where.isAnswered()).isFalse();

    check(B, 1);

    assertThat(where.answer().join()).isEqualTo(new Seat(NODES, THREE.epoch()));
  }

  // ---- what was there before

  @Test
  void whatAQuorumHoldsUnderOneBallotIsReadWithoutWritingItBack() {
    keep(OLD, 1);
    start();
    promise(B, new Head(KEY, 1, 1));
    Pending read = get();
    leader.submit(read, 0);
    check(B, 1);

    assertThat(found(read).value()).isEqualTo(Json.of("old"));
    assertThat(sent.accepts).isEmpty();
  }

  @Test
  void whatAQuorumHoldsUnderDifferentBallotsIsWrittenBackBeforeItIsRead() {
    keep(OLD, 2);
    start();
    promise(B, new Head(KEY, 1, 1));
    Pending read = get();
    leader.submit(read, 0);
    assertThat(sent.checks).isEmpty();
    assertThat(sent.lastTo(B.node()).message.entries()).containsExactly(OLD);

    accept(B);
    check(B, 1);
    assertThat(found(read).value()).isEqualTo(Json.of("old"));
  }

  @Test
  void writesBackWhatOnlyOneMemberHoldsBeforeItIsRead() {
    leadWithOldOnCAlone();
    Pending read = get();
    leader.submit(read, 0);
    assertThat(sent.fetches).containsExactly(C.node());

    fetched(C, OLD);
    // This node and C hold it now, but not under one ballot.
    assertThat(sent.checks).isEmpty();
    assertThat(read.isAnswered()).isFalse();
    assertThat(sent.lastTo(B.node()).message.entries()).containsExactly(OLD);
    accept(C);

    check(C, 1);
    assertThat(found(read).value()).isEqualTo(Json.of("old"));
  }

  @Test
  void writesBackWhatItAloneHoldsBeforeItIsRead() {
    keep(OLD, 1);
    lead();
    Pending read = get();
    leader.submit(read, 0);
    assertThat(sent.checks).isEmpty();
    assertThat(sent.lastTo(B.node()).message.entries()).containsExactly(OLD);

    accept(B);
    check(B, 1);
    assertThat(found(read).value()).isEqualTo(Json.of("old"));
  }

  @Test
  void aValueThatOnlyASilentMemberToldOfIsLookedForUnderANewBallot() {
    leadWithOldOnCAlone();
    Pending read = get();
    leader.submit(read, 0);
    sent.silent.add(C.node());

    leader.fetchFailed(C.node(), leader.ballot(), List.of(KEY));

    assertThat(sent.ended).isTrue();
    assertThat(error(read)).isInstanceOf(RingException.NotOwner.class);
  }

  @Test
  void aValueThatAnAnsweringMemberToldOfIsAskedForAgain() {
    leadWithOldOnCAlone();
    leader.submit(get(), 0);

    leader.fetchFailed(C.node(), leader.ballot(), List.of(KEY));

    assertThat(sent.ended).isFalse();
  }

  @Test
  void leadsOnlyWhenItsOwnPromiseIsKeptThoughTheOthersAreAMajority() {
    keep(OLD, 1);
    sent.kept = false;
    start();
    promise(B);
    promise(C);
    assertThat(leader.isPreparing()).isTrue();

    sent.keep();

    assertThat(leader.isPreparing()).isFalse();
    leader.submit(get(), 0);
    assertThat(sent.checks).as("what only this node holds is not shown").isEmpty();
  }

  @Test
  void aDaddyCountsItselfOnlyWhenItKeepsTheChange() {
    lead();
    sent.kept = false;
    Pending put = put("a", 1);
    leader.submit(put, 0);
    accept(B);
    assertThat(put.isAnswered()).isFalse();

    sent.keep();

    assertThat(put.isAnswered()).isTrue();
  }

  @Test
  void aPromiseThatComesLateSparesItsNodeWhatItHolds() {
    keep(OLD, 1);
    start();
    promise(B, new Head(KEY, 1, 1));
    assertThat(leader.isPreparing()).isFalse();

    promise(C, new Head(KEY, 1, 1));

    assertThat(leader.nextRepair()).isNull();
  }

  @Test
  void aPromiseThatComesLateAndTellsOfAnOlderBallotDoesNotCount() {
    leadWithOldOnCAlone();
    fetched(C, OLD);
    leader.submit(get(), 0);

    promise(B, new Head(KEY, 1, 1));
    leader.tick(0);
    assertThat(sent.checks).isEmpty();

    accept(B);
    assertThat(sent.checks).isNotEmpty();
  }

  @Test
  void anOlderBallotsHigherVersionGivesWayToTheNewerBallotsRegister() {
    keep(Entry.made(KEY, 5, false, Json.of("never shown"), Entry.WHOLE, List.of()), 1);
    start();
    promise(B, new Head(KEY, 1, 2));
    Pending read = get();
    leader.submit(read, 0);
    assertThat(sent.fetches).containsExactly(B.node());
    fetched(B, OLD);
    accept(B);
    check(B, 1);

    assertThat(found(read).value()).isEqualTo(Json.of("old"));
    assertThat(shelf.register(ARC, KEY).version()).isEqualTo(1);
  }

  @Test
  void aRegisterThatOnlyASilentMemberHoldsIsUnavailableAndNotAbsent() {
    leadWithOldOnCAlone();
    Pending read = get();
    leader.submit(read, 0);

    leader.fetchFailed(C.node(), leader.ballot(), List.of(KEY));
    leader.tick(SECOND);
    assertThat(read.isAnswered()).isFalse();
    assertThat(sent.fetches).containsExactly(C.node(), C.node());
    leader.tick(6 * SECOND);

    assertThat(error(read))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining(C.node().shortString());
  }

  @Test
  void aRegisterOfANewerDaddyIsNotTakenForTheOneThatIsWanted() {
    leadWithOldOnCAlone();
    Pending read = get();
    leader.submit(read, 0);
    long newer = Versions.next(1, leader.ballot().round() + 1);

    fetched(C, Entry.made(KEY, newer, false, Json.of("newer"), Entry.WHOLE, List.of()));

    assertThat(read.isAnswered()).isFalse();
    assertThat(shelf.records()).isZero();
  }

  @Test
  void aRegisterThatAFullNodeCannotKeepIsNotTakenForAbsent() {
    for (int number = 0; shelf.hasRoom(); number++) {
      shelf.accept(
          CopyRequest.Accept.registers(
              ARC + 1,
              new Ballot(1, B.node(), 1),
              1,
              List.of(
                  Entry.made("default\0" + number, 1, false, Json.of(1), Entry.WHOLE, List.of()))));
    }
    leadWithOldOnCAlone();
    Pending read = get();
    leader.submit(read, 0);

    fetched(C, OLD);

    assertThat(error(read)).isInstanceOf(RingException.Refused.class);
    assertThat(leader.nextRepair()).isNull();
    Pending again = get();
    leader.submit(again, 0);
    assertThat(again.isAnswered()).isFalse();
    assertThat(sent.fetches).hasSize(2);
  }

  // ---- leases

  @Test
  void aReadUnderLeasesOfAQuorumAsksNobody() {
    lead();
    sent.leased = 7;
    leader.confirmed(B, leader.ballot(), 7);
    Pending read = get();
    leader.submit(read, 0);
    assertThat(found(read).present()).isFalse();
    assertThat(sent.checks).isEmpty();
  }

  @Test
  void pitfall05AReadUnderALeaseThatHasEndedAsksAMajority() {
    lead();
    sent.leased = 7;
    leader.confirmed(B, leader.ballot(), 7);
    sent.leased = Leases.NONE;
    Pending read = get();
    leader.submit(read, 0);
    assertThat(read.isAnswered()).isFalse();
    assertThat(sent.checks).containsExactly(B.node(), C.node());
  }

  @Test
  void pitfall17ALeaseCoversOnlyWhatWasConfirmedInItsGeneration() {
    lead();
    sent.leased = 8;
    leader.confirmed(B, leader.ballot(), 7);
    Pending read = get();
    leader.submit(read, 0);
    assertThat(read.isAnswered()).isFalse();
  }

  @Test
  void aLeaseOfAnotherStoreThanTheMembersCoversNothing() {
    lead();
    sent.leased = 7;
    leader.confirmed(B_AGAIN, leader.ballot(), 7);
    Pending read = get();
    leader.submit(read, 0);
    assertThat(read.isAnswered()).isFalse();
  }

  @Test
  void whatWasConfirmedOfAFormerBallotIsNotCovered() {
    lead();
    sent.leased = 7;
    leader.confirmed(B, new Ballot(5, SELF.node(), 1), 7);
    Pending read = get();
    leader.submit(read, 0);
    assertThat(read.isAnswered()).isFalse();
  }

  @Test
  void aMemberThatALeaseBindsIsAskedAgainAsSoonAsTheLeasesHolderHasPromised() {
    start();
    Ballot of = new Ballot(5, C.node(), 5);
    leader.promised(
        B.node(),
        leader.ballot(),
        new CopyReply.Promise(false, of, B.store(), THREE, List.of(), false),
        0);
    assertThat(sent.prepares).containsExactly(B.node(), C.node());
    assertThat(leader.isPreparing()).isTrue();

    promise(C);
    assertThat(sent.relieved).containsExactly(of);
    assertThat(sent.prepares).containsExactly(B.node(), C.node(), B.node());
  }

  private void bound(Voter member, Ballot by) {
    leader.promised(
        member.node(),
        leader.ballot(),
        new CopyReply.Promise(false, by, member.store(), THREE, List.of(), false),
        0);
  }

  @Test
  void aLateRefusalOfAMemberThatALeaseBindsEndsNoReign() {
    lead();
    bound(C, new Ballot(5, B.node(), 5));
    assertThat(sent.ended).isFalse();
    assertThat(leader.isPreparing()).isFalse();
  }

  @Test
  void aMemberThatALeaseBindsIsRelievedByTheDaddyThatLeads() {
    lead();
    Ballot of = new Ballot(5, B.node(), 5);
    leader.submit(put("a", 1), 0);
    leader.accepted(
        C.node(),
        sent.lastTo(C.node()).message(),
        sent.lastTo(C.node()).heads(),
        new CopyReply.Accepted(false, of, C.store(), List.of()),
        SECOND);
    assertThat(sent.relieved).containsExactly(of);
    assertThat(sent.prepares).endsWith(C.node());
  }

  @Test
  void theDaddyOfALeaseThatBindsAMemberIsAskedByTheDaddyThatLeads() {
    lead();
    Id former = Id.of("former");
    Ballot of = new Ballot(5, former, 5);
    leader.submit(put("a", 1), 0);
    Sent.Accept last = sent.lastTo(C.node());
    var refusal = new CopyReply.Accepted(false, of, C.store(), List.of());
    leader.accepted(C.node(), last.message(), last.heads(), refusal, SECOND);
    assertThat(sent.prepares).endsWith(former);
    leader.promised(
        former,
        leader.ballot(),
        new CopyReply.Promise(true, leader.ballot(), 9, THREE, List.of(), false),
        SECOND);
    leader.accepted(C.node(), last.message(), last.heads(), refusal, 2 * SECOND);
    assertThat(sent.relieved).containsExactly(of);
    assertThat(sent.prepares).endsWith(C.node());
  }

  @Test
  void whoseOwnShelfHasPromisedAnotherBallotOfTheSameRoundTriesAHigherOne() {
    grants.grant(C.node(), 1);
    shelf.prepare(new CopyRequest.Prepare(ARC, new Ballot(5, C.node(), 5), ""));
    leader.start(0);
    promise(B);
    assertThat(leader.isPreparing()).isTrue();
    long round = leader.ballot().round();
    clock = SECOND;
    assertThat(
            shelf
                .prepare(new CopyRequest.Prepare(ARC, new Ballot(round, B.node(), 9), ""))
                .granted())
        .isTrue();
    for (int tick = 0; tick < 10; tick++) {
      leader.tick(SECOND * (tick + 1));
    }
    assertThat(leader.ballot().round()).isGreaterThan(round);
  }

  @Test
  void aMemberThatALeaseBindsIsAskedAgainWithTheNextTick() {
    start();
    leader.promised(
        B.node(),
        leader.ballot(),
        new CopyReply.Promise(
            false, new Ballot(5, C.node(), 5), B.store(), THREE, List.of(), false),
        0);
    leader.submit(get(), 0);
    leader.tick(1);
    assertThat(sent.prepares).containsExactly(B.node(), C.node(), B.node());
    assertThat(sent.relieved).isEmpty();
  }

  @Test
  void aMemberThatALeaseBindsDoesNotEndADaddy() {
    lead();
    Pending put = put("a", 1);
    leader.submit(put, 0);
    leader.accepted(
        C.node(),
        sent.lastTo(C.node()).message(),
        sent.lastTo(C.node()).heads(),
        new CopyReply.Accepted(false, new Ballot(1, B.node(), 5), C.store(), List.of()),
        0);
    assertThat(sent.ended).isFalse();
    accept(B);
    assertThat(done(put).version()).isPositive();
  }

  /** Begins after five rounds of others. */
  private void start() {
    shelf.prepare(new CopyRequest.Prepare(ARC, new Ballot(5, C.node(), 5), ""));
    leader.start(0);
  }

  private void leadWithOldOnCAlone() {
    start();
    promise(C, new Head(KEY, OLD.version(), 1));
    assertThat(leader.isPreparing()).isFalse();
  }

  private void lead() {
    start();
    promise(B);
    assertThat(leader.isPreparing()).isFalse();
  }

  private void keep(Entry entry, long round) {
    shelf.accept(
        CopyRequest.Accept.registers(ARC, new Ballot(round, SELF.node(), 7), 1, List.of(entry)));
  }

  private void promise(Voter voter, Head... heads) {
    leader.promised(
        voter.node(), leader.ballot(), promiseOf(voter, null, List.of(heads), false), 0);
  }

  private void promise(Voter voter, Configuration configuration) {
    leader.promised(
        voter.node(), leader.ballot(), promiseOf(voter, configuration, List.of(), false), 0);
  }

  private CopyReply.Promise promiseOf(
      Voter voter, Configuration configuration, List<Head> heads, boolean more) {
    return new CopyReply.Promise(true, leader.ballot(), voter.store(), configuration, heads, more);
  }

  private void refuse(Voter voter, long round, Configuration configuration) {
    var by = new Ballot(round, C.node(), 1);
    leader.promised(
        voter.node(),
        leader.ballot(),
        new CopyReply.Promise(false, by, voter.store(), configuration, List.of(), false),
        0);
  }

  private void accept(Voter voter) {
    Sent.Accept message = sent.lastTo(voter.node());
    leader.accepted(voter.node(), message.message, message.heads, granted(voter), 0);
  }

  private void fail(Voter voter) {
    Sent.Accept message = sent.lastTo(voter.node());
    leader.acceptFailed(voter.node(), message.message.ballot(), message.heads);
  }

  private void check(Voter voter, long number) {
    leader.checked(voter.node(), leader.ballot(), number, granted(voter), 0);
  }

  private void fetched(Voter voter, Entry entry) {
    leader.fetched(
        voter.node(),
        leader.ballot(),
        List.of(entry.key()),
        new CopyReply.Fetched(List.of(entry)),
        0);
  }

  private CopyReply.Accepted granted(Voter voter) {
    return new CopyReply.Accepted(true, leader.ballot(), voter.store(), List.of());
  }

  private static CopyReply.Accepted refused(long round) {
    return new CopyReply.Accepted(false, new Ballot(round, B.node(), 1), B.store(), List.of());
  }

  private static Pending named(String operation, int value) {
    return new Pending(
        new Request.Put(
            "default",
            "key",
            Json.of(value),
            new Condition(Condition.Kind.EXISTS, 0),
            Acknowledge.MAJORITY,
            operation,
            0,
            false),
        KEY,
        5 * SECOND);
  }

  private static Pending put(String operation, int value) {
    return put(operation, value, Acknowledge.MAJORITY);
  }

  private static Pending put(String operation, int value, Acknowledge acknowledge) {
    return new Pending(
        new Request.Put(
            "default", "key", Json.of(value), Condition.NONE, acknowledge, operation, 0, false),
        KEY,
        5 * SECOND);
  }

  private static Pending get() {
    return new Pending(new Request.Get("default", "key", false), KEY, 5 * SECOND);
  }

  private static Request.Done done(Pending pending) {
    assertThat(pending.isAnswered()).isTrue();
    return (Request.Done) pending.answer().join();
  }

  private static Request.Found found(Pending pending) {
    assertThat(pending.isAnswered()).isTrue();
    return (Request.Found) pending.answer().join();
  }

  private static Throwable error(Pending pending) {
    assertThat(pending.isAnswered()).isTrue();
    return pending.answer().handle((reply, error) -> error).join();
  }

  @Test
  void aFormerStoreIsNotAskedForPromisesAgainAndAgain() {
    start();
    int before = sent.prepares.size();
    for (int i = 0; i < 10; i++) {
      promise(B_AGAIN);
    }
    assertThat(sent.prepares).hasSize(before);
  }

  /** Keeps what the leader sends. */
  private static final class Sent implements Outbox {
    private boolean kept = true;
    private long leased;
    private final List<LongConsumer> alarms = new ArrayList<>();
    private final List<LongConsumer> waiting = new ArrayList<>();
    private final List<Accept> accepts = new ArrayList<>();
    private final List<Id> prepares = new ArrayList<>();
    private final List<Ballot> relieved = new ArrayList<>();
    private final List<Id> checks = new ArrayList<>();
    private final List<Id> fetches = new ArrayList<>();
    private final List<Id> silent = new ArrayList<>();
    private boolean ended;

    private record Accept(Id node, CopyRequest.Accept message, List<Head> heads) {}

    private Accept lastTo(Id node) {
      return accepts.stream()
          .filter(accept -> accept.node.equals(node))
          .reduce((earlier, later) -> later)
          .orElseThrow();
    }

    @Override
    public boolean isLeased(Id node, long generation) {
      return generation != Leases.NONE && generation == leased;
    }

    @Override
    public void prepare(Id node, CopyRequest.Prepare message) {
      prepares.add(node);
      if (message.relieved() != null) {
        relieved.add(message.relieved());
      }
    }

    @Override
    public void accept(Id node, CopyRequest.Accept message, List<Head> heads) {
      accepts.add(new Accept(node, message, heads));
    }

    @Override
    public void configure(Id node, CopyRequest.Accept message, Configuration configuration) {}

    @Override
    public void check(Id node, CopyRequest.Check message, long number) {
      checks.add(node);
    }

    @Override
    public void fetch(Id node, CopyRequest.Fetch message) {
      fetches.add(node);
    }

    @Override
    public boolean isKept() {
      return kept;
    }

    @Override
    public void whenKept(LongConsumer then) {
      assertThat(kept).isFalse();
      waiting.add(then);
    }

    private void keep() {
      List<LongConsumer> told = List.copyOf(waiting);
      waiting.clear();
      told.forEach(then -> then.accept(0));
    }

    @Override
    public Timer later(long nanos, LongConsumer then) {
      alarms.add(then);
      return () -> {};
    }

    @Override
    public long now() {
      return 0;
    }

    @Override
    public void tick() {}

    @Override
    public void repair() {}

    @Override
    public void ended() {
      ended = true;
    }

    @Override
    public boolean mayMove() {
      return true;
    }

    @Override
    public void moved() {}

    @Override
    public boolean answers(Id node) {
      return !silent.contains(node);
    }

    @Override
    public long random() {
      return 42;
    }
  }
}
