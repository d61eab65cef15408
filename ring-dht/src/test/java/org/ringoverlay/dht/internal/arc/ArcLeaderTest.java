package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/** A daddy and two copies whose messages are carried by hand. */
class ArcLeaderTest {
  private static final int ARC = 5;
  private static final Id SELF = Id.of("self");
  private static final Id B = Id.of("b");
  private static final Id C = Id.of("c");
  private static final Id FAR = Id.of("far");
  private static final long SECOND = 1_000_000_000L;
  private static final Entry HELD =
      Entry.made("default\0key", 1, false, Json.of("held"), Entry.WHOLE, List.of());
  private static final Limits LIMITS = new Limits(2, 2, 3 * SECOND, 100, 10, 10_000);

  private final Shelf shelf = new Shelf(100);
  private final Sent sent = new Sent();
  private final ArcLeader leader =
      new ArcLeader(
          ARC,
          SELF,
          LIMITS,
          shelf,
          sent,
          new Place(SELF, List.of(SELF, B, C), List.of(SELF, B, C), List.of(), 2, 3, 0));

  @Test
  void leadsOnlyWhenAllWhoAnswerPingsHavePromised() {
    leader.start(0);
    Pending put = put("a", 1);
    leader.submit(put, 0);
    promise(B);
    assertThat(leader.isPreparing()).isTrue();
    promise(C);

    assertThat(leader.isPreparing()).isFalse();
    assertThat(sent.accepts).hasSize(2);
    assertThat(put.isAnswered()).isFalse();
  }

  @Test
  void acknowledgesWithTheMajoritysAnswer() {
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
  void aReadWaitsForTheChangeUnderWayAndForItsConfirmation() {
    lead();
    leader.submit(put("a", 1), 0);
    Pending read = get();
    leader.submit(read, 0);
    assertThat(sent.checks).isEmpty();
    accept(B);
    assertThat(read.isAnswered()).isFalse();

    leader.checked(B, leader.ballot(), 1, granted(), 0);

    assertThat(((Request.Found) read.answer().join()).value()).isEqualTo(Json.of(1));
  }

  @Test
  void aDaddyThatWasReplacedAnswersNoRead() {
    lead();
    Pending read = get();
    leader.submit(read, 0);
    leader.checked(B, leader.ballot(), 1, refused(9), 0);

    assertThat(error(read)).isInstanceOf(RingException.NotOwner.class);
    assertThat(sent.ended).isTrue();
  }

  @Test
  void aChangeUnderWayWhenAnotherTakesOverIsUnknownAndAWaitingOneUnchanged() {
    lead();
    Pending underWay = put("a", 1);
    Pending waiting = put("b", 2);
    leader.submit(underWay, 0);
    leader.submit(waiting, 0);

    leader.outranked(new Ballot(9, B, 9), 0);

    assertThat(error(underWay)).isInstanceOf(RingException.OutcomeUnknown.class);
    assertThat(error(waiting)).isInstanceOf(RingException.NotOwner.class);
  }

  @Test
  void writesBackWhatOnlyOneMemberHoldsBeforeItIsRead() {
    var old = Entry.made("default\0key", 1, false, Json.of("old"), Entry.WHOLE, List.of());
    leader.start(0);
    promise(B);
    leader.promised(
        C,
        leader.ballot(),
        new CopyRequest.Promise(
            true, leader.ballot(), List.of(new Head(old.key(), old.version())), false),
        0);
    Pending read = get();
    leader.submit(read, 0);
    assertThat(sent.fetches).containsExactly(C);

    leader.fetched(
        C, leader.ballot(), List.of(old.key()), new CopyRequest.Fetched(List.of(old)), 0);

    // This node and C make a majority; the read is confirmed like any other.
    leader.checked(C, leader.ballot(), 1, granted(), 0);
    assertThat(((Request.Found) read.answer().join()).value()).isEqualTo(Json.of("old"));
    assertThat(leader.nextRepair()).isInstanceOf(Repair.Push.class);
  }

  @Test
  void writesBackWhatItAloneHoldsBeforeItIsRead() {
    var former = new Ballot(1, SELF, 7);
    var old = Entry.made("default\0key", 1, false, Json.of("old"), Entry.WHOLE, List.of());
    shelf.accept(ARC, former, List.of(old));
    lead();
    Pending read = get();
    leader.submit(read, 0);
    assertThat(sent.checks).isEmpty();
    assertThat(sent.lastTo(B).message().entries()).containsExactly(old);

    accept(B);
    leader.checked(B, leader.ballot(), 1, granted(), 0);
    assertThat(((Request.Found) read.answer().join()).value()).isEqualTo(Json.of("old"));
  }

  @Test
  void takesAHigherRoundWhenOutrankedOnTheWay() {
    leader.start(0);
    long round = leader.ballot().round();
    leader.promised(
        B,
        leader.ballot(),
        new CopyRequest.Promise(false, new Ballot(round + 4, C, 1), List.of(), false),
        0);
    leader.tick(SECOND);

    assertThat(leader.ballot().round()).isEqualTo(round + 5);
    assertThat(leader.isPreparing()).isTrue();
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
    leader.place(
        new Place(SELF, List.of(SELF), List.of(SELF, B, C), List.of(B, C), 2, 3, 0), List.of(), 0);
    Pending put = put("a", 1);
    leader.submit(put, 0);

    assertThat(error(put))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining(B.shortString());
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
    leader.submit(put("a", 1), 0);
    var first = sent.accepts.get(0);
    leader.accepted(
        first.node,
        leader.ballot(),
        first.heads,
        new CopyRequest.Accepted(true, leader.ballot(), List.of("default\0key"), List.of()),
        0);

    assertThat(sent.accepts.get(2).node).isEqualTo(first.node);
    assertThat(sent.accepts.get(2).message.entries().get(0).base()).isEqualTo(Entry.WHOLE);
  }

  @Test
  void aCopyThatStartedAgainIsBroughtLevelAgain() {
    lead();
    leader.submit(put("a", 1), 0);
    accept(B);
    accept(C);
    assertThat(leader.isLevel()).isTrue();

    leader.place(
        new Place(SELF, List.of(SELF, B, C), List.of(SELF, B, C), List.of(), 2, 3, 0),
        List.of(B),
        0);

    assertThat(leader.isLevel()).isFalse();
    assertThat(leader.nextRepair()).extracting(Repair::node).isEqualTo(B);
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
  void aRegisterThatAFullNodeCannotKeepIsNotTakenForAbsent() {
    for (int number = 0; shelf.hasRoom(); number++) {
      shelf.accept(
          ARC + 1,
          new Ballot(1, B, 1),
          List.of(Entry.made("default\0" + number, 1, false, Json.of(1), Entry.WHOLE, List.of())));
    }
    var held = Entry.made("default\0key", 1, false, Json.of("held"), Entry.WHOLE, List.of());
    leader.start(0);
    promise(B);
    promise(C, held);
    Pending read = get();
    leader.submit(read, 0);

    fetched(held);

    assertThat(error(read)).isInstanceOf(RingException.Refused.class);
    assertThat(leader.isLevel()).isFalse();
    assertThat(leader.nextRepair()).isNull();
  }

  @Test
  void aRegisterOfANewerDaddyEndsTheOldOnesReign() {
    var held = Entry.made("default\0key", 1, false, Json.of("held"), Entry.WHOLE, List.of());
    leader.start(0);
    promise(B);
    promise(C, held);
    Pending read = get();
    leader.submit(read, 0);
    long newer = Versions.next(held.version(), leader.ballot().round() + 1);

    fetched(Entry.made(held.key(), newer, false, Json.of("newer"), Entry.WHOLE, List.of()));

    assertThat(error(read)).isInstanceOf(RingException.NotOwner.class);
    assertThat(sent.ended).isTrue();
    assertThat(shelf.records()).isZero();
  }

  @Test
  void aFarHolderThatIsSilentButAMemberIsAskedUntilItTells() {
    leader.start(0);
    leader.hear(FAR);
    promise(B);
    promise(C);
    leader.tick(0);
    assertThat(sent.prepares).endsWith(FAR);
    Pending early = get();
    leader.submit(early, 0);

    leader.prepareFailed(FAR, leader.ballot());
    leader.tick(6 * SECOND);

    assertThat(error(early))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining(FAR.shortString());
    assertThat(sent.prepares).filteredOn(FAR::equals).hasSize(2);
    assertThat(leader.isPreparing()).isTrue();

    promise(FAR, HELD);
    assertThat(leader.isPreparing()).isFalse();
    assertThat(sent.fetches).isEmpty();
    leader.submit(get(), 6 * SECOND);
    assertThat(sent.fetches).containsExactly(FAR);
  }

  @Test
  void aFarHolderThatIsGoneIsWaitedForNoMore() {
    leader.start(0);
    leader.hear(FAR);
    promise(B);
    promise(C);
    leader.tick(0);
    sent.gone.add(FAR);

    leader.prepareFailed(FAR, leader.ballot());
    leader.tick(0);

    assertThat(leader.isPreparing()).isFalse();
  }

  @Test
  void aRegisterThatOnlyASilentMemberHoldsIsUnavailableAndNotAbsent() {
    leadWithHeldByFarAlone();
    Pending read = get();
    leader.submit(read, 0);

    leader.fetchFailed(FAR, leader.ballot(), List.of(HELD.key()));
    leader.tick(SECOND);
    assertThat(read.isAnswered()).isFalse();
    assertThat(sent.fetches).containsExactly(FAR, FAR);
    leader.tick(6 * SECOND);

    assertThat(error(read))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining(FAR.shortString());
  }

  @Test
  void aRegisterThatOnlyAGoneMemberHeldIsAbsent() {
    leadWithHeldByFarAlone();
    Pending read = get();
    leader.submit(read, 0);
    sent.gone.add(FAR);

    leader.fetchFailed(FAR, leader.ballot(), List.of(HELD.key()));
    leader.tick(0);
    leader.checked(B, leader.ballot(), 1, granted(), 0);

    assertThat(((Request.Found) read.answer().join()).present()).isFalse();
  }

  @Test
  void aMemberThatSaysLateThatItHoldsSomethingIsAskedUntilItTellsWhat() {
    lead();
    leader.hear(FAR);
    leader.prepareFailed(FAR, leader.ballot());
    assertThat(leader.tick(0)).isTrue();
    assertThat(sent.prepares).filteredOn(FAR::equals).hasSize(2);

    promise(FAR, HELD);
    leader.submit(get(), 0);
    assertThat(sent.fetches).containsExactly(FAR);
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
    sent.accepts.forEach(
        accept -> leader.accepted(accept.node, leader.ballot(), accept.heads, granted(), 0));

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
    leader.checked(B, leader.ballot(), 1, granted(), 0);

    assertThat(error(repeat)).isInstanceOf(RingException.Conflict.class);
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
        "default\0key",
        5 * SECOND);
  }

  @Test
  void aReadThatTooFewCopiesConfirmIsUnavailable() {
    lead();
    Pending read = get();
    leader.submit(read, 0);
    leader.checkFailed(B, leader.ballot(), 1);

    leader.tick(6 * SECOND);

    assertThat(error(read))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining(B.shortString())
        .hasMessageContaining(C.shortString());
  }

  private void leadWithHeldByFarAlone() {
    leader.start(0);
    leader.hear(FAR);
    promise(B);
    promise(C);
    leader.tick(0);
    promise(FAR, HELD);
    assertThat(leader.isPreparing()).isFalse();
  }

  private void promise(Id node, Entry held) {
    var heads = List.of(new Head(held.key(), held.version()));
    leader.promised(
        node, leader.ballot(), new CopyRequest.Promise(true, leader.ballot(), heads, false), 0);
  }

  private void fetched(Entry entry) {
    leader.fetched(
        C, leader.ballot(), List.of(entry.key()), new CopyRequest.Fetched(List.of(entry)), 0);
  }

  private void lead() {
    leader.start(0);
    promise(B);
    promise(C);
    assertThat(leader.isPreparing()).isFalse();
  }

  private void promise(Id node) {
    leader.promised(
        node, leader.ballot(), new CopyRequest.Promise(true, leader.ballot(), List.of(), false), 0);
  }

  private void accept(Id node) {
    Sent.Accept message = sent.lastTo(node);
    leader.accepted(node, message.message.ballot(), message.heads, granted(), 0);
  }

  private void fail(Id node) {
    Sent.Accept message = sent.lastTo(node);
    leader.acceptFailed(node, message.message.ballot(), message.heads);
  }

  private CopyRequest.Accepted granted() {
    return new CopyRequest.Accepted(true, leader.ballot(), List.of(), List.of());
  }

  private static CopyRequest.Accepted refused(long round) {
    return new CopyRequest.Accepted(false, new Ballot(round, B, 1), List.of(), List.of());
  }

  private static Pending put(String operation, int value) {
    return put(operation, value, Acknowledge.MAJORITY);
  }

  private static Pending put(String operation, int value, Acknowledge acknowledge) {
    return new Pending(
        new Request.Put(
            "default", "key", Json.of(value), Condition.NONE, acknowledge, operation, 0, false),
        "default\0key",
        5 * SECOND);
  }

  private static Pending get() {
    return new Pending(new Request.Get("default", "key", false), "default\0key", 5 * SECOND);
  }

  private static Request.Done done(Pending pending) {
    return (Request.Done) pending.answer().join();
  }

  private static Throwable error(Pending pending) {
    assertThat(pending.isAnswered()).isTrue();
    return pending.answer().handle((reply, error) -> error).join();
  }

  /** Keeps what the leader sends. */
  private static final class Sent implements Outbox {
    private final List<Accept> accepts = new ArrayList<>();
    private final List<Id> prepares = new ArrayList<>();
    private final List<Id> checks = new ArrayList<>();
    private final List<Id> gone = new ArrayList<>();
    private final List<Id> fetches = new ArrayList<>();
    private boolean ended;

    private record Accept(Id node, CopyRequest.Accept message, List<Head> heads) {}

    private Accept lastTo(Id node) {
      return accepts.stream()
          .filter(accept -> accept.node.equals(node))
          .reduce((earlier, later) -> later)
          .orElseThrow();
    }

    @Override
    public void prepare(Id node, CopyRequest.Prepare message) {
      prepares.add(node);
    }

    @Override
    public void accept(Id node, CopyRequest.Accept message, List<Head> heads) {
      accepts.add(new Accept(node, message, heads));
    }

    @Override
    public void check(Id node, CopyRequest.Check message, long number) {
      checks.add(node);
    }

    @Override
    public void fetch(Id node, CopyRequest.Fetch message) {
      fetches.add(node);
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
    public boolean isMember(Id node) {
      return !gone.contains(node);
    }

    @Override
    public long random() {
      return 42;
    }
  }
}
