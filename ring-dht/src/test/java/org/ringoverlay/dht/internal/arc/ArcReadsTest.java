package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Seat;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/** Reads, listings and watches at a daddy, confirmed by a majority or under leases. */
class ArcReadsTest extends ArcLeaderRig {
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
  void pitfall19AConflictTellsWhatAMajorityHoldsAndOnlyWhenThatIsConfirmed() {
    lead();
    leader.submit(put("a", 1), 0);
    Pending absent = onlyIfAbsent("b");
    leader.submit(absent, 0);
    check(B, 1);
    assertThat(absent.isAnswered()).as("the value is not at a majority").isFalse();
    accept(B);
    assertThat(absent.isAnswered()).as("nobody said that the ballot stands").isFalse();

    check(B, 1);

    assertThat(error(absent))
        .isInstanceOfSatisfying(
            RingException.Conflict.class,
            conflict -> assertThat(conflict.current()).isEqualTo("1"));
  }

  private static Pending onlyIfAbsent(String operation) {
    return new Pending(
        new Request.Put(
            "default",
            "key",
            Json.of(2),
            new Condition(Condition.Kind.ABSENT, 0),
            Acknowledge.MAJORITY,
            operation,
            0,
            false),
        KEY,
        5 * SECOND);
  }

  @Test
  void pitfall19AListingWaitsForTheChangeUnderWayAndForItsConfirmation() {
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
  void pitfall19AWatcherIsToldWhenAQuorumHoldsTheChangeAndNotBefore() {
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
}
