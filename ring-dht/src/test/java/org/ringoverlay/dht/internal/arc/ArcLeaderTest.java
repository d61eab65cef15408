package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/** A daddy and two other members whose messages are carried by hand. */
class ArcLeaderTest extends ArcLeaderRig {
  // ---- taking over

  @Test
  void whoKnowsNoConfigurationOfAGenerationLeadsInNoneOfItsBallots() {
    start();
    refuse(B, Versions.firstOf(1), THREE);
    leader.tick(SECOND);

    assertThat(sent.ended).isTrue();
    assertThat(leader.ballot().round()).isLessThan(Versions.ROUND_MAX);
  }

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
  void pitfall11WhoIsBehindNeedsAQuorumOfTheNewestConfigurationThatAMemberKnows() {
    var d = new Voter(Id.of("d"), 4);
    var newer = new Configuration(7, 0, List.of(SELF, C, d), List.of());
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

  @Test
  void aFormerStoreIsNotAskedForPromisesAgainAndAgain() {
    start();
    int before = sent.prepares.size();
    for (int i = 0; i < 10; i++) {
      promise(B_AGAIN);
    }
    assertThat(sent.prepares).hasSize(before);
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
    Entry step = sent.accepts.get(2).message().entries().get(0);
    assertThat(step.base()).isEqualTo(done(first).version());
    assertThat(step.version()).isEqualTo(step.base() + 1);
  }

  @Test
  void changesThatWaitForOneKeyAreMadeOneAfterTheOtherAndSentInOne() {
    lead();
    Pending first = submitted(put("a", 1));
    Pending second = submitted(put("b", 2));
    Pending third = submitted(put("c", 3));
    clock += 4 * MILLISECOND;
    accept(B);

    assertThat(sent.accepts).hasSize(4);
    Entry step = sent.lastTo(C.node()).message().entries().get(0);
    assertThat(step.operations()).extracting(Operation::id).containsExactly("b", "c");
    assertThat(step.value()).isEqualTo(Json.of(3));
    assertThat(step.base()).isEqualTo(done(first).version());
    assertThat(second.isAnswered()).isFalse();
    assertThat(third.isAnswered()).isFalse();

    accept(B);
    assertThat(done(second).version()).isEqualTo(step.base() + 1);
    assertThat(done(third).version()).isEqualTo(step.base() + 2).isEqualTo(step.version());
    Pending repeat = submitted(put("b", 2));
    assertThat(done(repeat).version()).isEqualTo(done(second).version());
  }

  /** A register remembers so many operations; those who repeat one have time to. */
  @Test
  void ofOneKeyNoMoreIsSentInOneThanTimeHasPassedFor() {
    lead();
    submitted(put("a", 1));
    submitted(put("b", 2));
    submitted(put("c", 3));
    clock += 2 * MILLISECOND;
    accept(B);
    assertThat(operationsOfTheLast()).containsExactly("b");

    submitted(put("d", 4));
    clock += 4 * MILLISECOND;
    accept(B);
    assertThat(operationsOfTheLast()).containsExactly("c", "d");
  }

  private List<String> operationsOfTheLast() {
    return sent.lastTo(C.node()).message().entries().get(0).operations().stream()
        .map(Operation::id)
        .toList();
  }

  @Test
  void whatComesToNothingIsDecidedWhenThoseBeforeItAreHeld() {
    lead();
    submitted(put("a", 1));
    Pending second = submitted(put("b", 2));
    Pending third = submitted(ifVersion(1, "c", 3));
    clock += 4 * MILLISECOND;
    accept(B);

    Entry step = sent.lastTo(B.node()).message().entries().get(0);
    assertThat(step.operations()).extracting(Operation::id).containsExactly("b");
    accept(B);
    assertThat(third.isAnswered()).isFalse();
    check(B, 1);
    assertThat(error(third))
        .isInstanceOfSatisfying(
            RingException.Conflict.class,
            conflict -> assertThat(conflict.currentVersion()).hasValue(done(second).version()));
  }

  @Test
  void ofChangesThatAreSentInOneEachMeetsWhatTheOneBeforeMade() {
    lead();
    submitted(put("a", 1));
    long next = sent.lastTo(B.node()).message().entries().get(0).version() + 1;
    submitted(put("b", 2));
    Pending third = submitted(ifVersion(next, "c", 3));
    clock += 4 * MILLISECOND;
    accept(B);
    accept(B);

    assertThat(done(third).version()).isEqualTo(next + 1);
    assertThat(done(third).existed()).isTrue();
  }

  @Test
  void allThatWereSentInOneAreUnknownWhenAnotherTakesOver() {
    lead();
    submitted(put("a", 1));
    Pending second = submitted(put("b", 2));
    Pending third = submitted(put("c", 3));
    clock += 4 * MILLISECOND;
    accept(B);

    leader.outranked(new Ballot(9, B.node(), 9), 0);

    assertThat(error(second)).isInstanceOf(RingException.OutcomeUnknown.class);
    assertThat(error(third)).isInstanceOf(RingException.OutcomeUnknown.class);
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
  void pitfall13ACopyThatPromisedANewerBallotEndsTheReign() {
    lead();
    Pending put = put("a", 1);
    leader.submit(put, 0);
    Sent.Accept message = sent.lastTo(B.node());
    leader.accepted(B.node(), message.message(), message.heads(), refused(9), 0);

    assertThat(error(put)).isInstanceOf(RingException.OutcomeUnknown.class);
    assertThat(sent.ended).isTrue();
    Pending late = put("b", 1);
    leader.submit(late, 0);
    assertThat(error(late)).isInstanceOf(RingException.NotOwner.class);
  }

  @Test
  void pitfall13ADaddyWhoseOwnNodePromisedANewerBallotChangesNothing() {
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
        first.node(),
        first.message(),
        first.heads(),
        new CopyReply.Accepted(true, leader.ballot(), B.store(), List.of(KEY)),
        0);

    assertThat(put.isAnswered()).isFalse();
    assertThat(sent.accepts.get(2).node()).isEqualTo(first.node());
    assertThat(sent.accepts.get(2).message().entries().get(0).base()).isEqualTo(Entry.WHOLE);
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
      Voter voter = accept.node().equals(B.node()) ? B : C;
      leader.accepted(accept.node(), accept.message(), accept.heads(), granted(voter), 0);
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
  void aCopyThatMissedAChangeIsBroughtLevelThoughNobodyWaits() {
    lead();
    leader.configured(B.node(), leader.ballot(), leader.configuration(), granted(B), 0);
    leader.configured(C.node(), leader.ballot(), leader.configuration(), granted(C), 0);
    leader.tick(1);
    Pending one = put("a", 1);
    leader.submit(one, 0);
    accept(B);
    assertThat(one.isAnswered()).isTrue();
    int before = sent.repairs;
    fail(C);
    assertThat(sent.repairs).as("not in a tight circle").isEqualTo(before);

    leader.tick(SECOND);

    assertThat(sent.repairs).isEqualTo(before + 1);
    leader.tick(2 * SECOND);
    assertThat(sent.repairs).isEqualTo(before + 1);
  }
}
