package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

class ShelfTest {
  private static final int ARC = 3;
  private static final Ballot FIRST = new Ballot(1, Id.of("a"), 11);
  private static final Ballot SECOND = new Ballot(2, Id.of("b"), 22);
  private static final Voter SELF = new Voter(Id.of("self"), 7);
  private static final Voter B = new Voter(Id.of("b"), 8);
  private static final Voter C = new Voter(Id.of("c"), 9);

  private long now;
  private final Grants grants = new Grants(() -> now, true);
  private final Shelf shelf = new Shelf(Journal.inMemory(SELF, new NoLoop()), grants, 3);

  @Test
  void whoMeetsAConfigurationOfALaterGenerationDropsWhatItHoldsOfBefore() {
    keep(FIRST, whole("old", 1));
    var later = new Ballot(Versions.firstOf(1), B.node(), 5);
    keep(later, whole("new", Versions.next(0, later.round())));
    shelf.met(ARC + 1, new Configuration(1, 1, List.of(SELF, B, C), List.of()));
    keepIn(ARC + 1, FIRST, whole("old", 1));

    var succeeded = new Configuration(1 << 20, later.round(), List.of(B), List.of());
    shelf.met(ARC, succeeded);
    shelf.met(ARC + 1, succeeded);

    assertThat(shelf.register(ARC, "old")).isNull();
    assertThat(shelf.register(ARC, "new")).isNotNull();
    assertThat(shelf.register(ARC + 1, "old")).isNull();
    assertThat(shelf.records()).isEqualTo(1);
    assertThat(shelf.voiced()).isEmpty();
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC + 1, SECOND, "")).granted()).isFalse();
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC + 1, later, "")).granted()).isFalse();
    shelf.met(ARC, new Configuration(1 << 21, later.round(), List.of(SELF), List.of()));
    assertThat(shelf.register(ARC, "new")).isNotNull();
  }

  @Test
  void whoSucceedsKeepsWhatItIsGivenAndNothingElse() {
    keep(FIRST, whole("one", 1), whole("two", 1));
    var ballot = new Ballot(Versions.firstOf(1), SELF.node(), 5);
    var alone = new Configuration(1 << 20, ballot.round(), List.of(SELF), List.of());
    Register one = shelf.register(ARC, "one").again(Versions.next(0, ballot.round()));
    assertThatThrownBy(() -> shelf.succeed(ARC, ballot, alone, Map.of("one", one)))
        .isInstanceOf(RingException.Refused.class);
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, ballot, "")).granted()).isTrue();
    shelf.succeed(ARC, ballot, alone, Map.of("one", one.acceptedUnder(ballot.round())));

    assertThat(shelf.registers(ARC)).containsOnlyKeys("one");
    assertThat(shelf.records()).isEqualTo(1);
    assertThat(shelf.configuration(ARC)).isEqualTo(alone);
    assertThat(shelf.promised(ARC)).isEqualTo(ballot);
    assertThat(shelf.voiced()).containsExactly(ARC);
    assertThatThrownBy(
            () -> shelf.succeed(ARC, ballot, alone, Map.of("a", one, "b", one, "c", one, "d", one)))
        .isInstanceOf(RingException.Refused.class);
    assertThat(shelf.registers(ARC)).containsOnlyKeys("one");
  }

  @Test
  void pitfall13KeepsNothingOfAnOlderBallotOnceANewerOneIsPromised() {
    keep(FIRST, whole("key", 1));
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, "")).heads())
        .containsExactly(new Head("key", 1, 1));

    var late = keep(FIRST, whole("key", 2));

    assertThat(late.granted()).isFalse();
    assertThat(late.promised()).isEqualTo(SECOND);
    assertThat(shelf.register(ARC, "key")).extracting(Register::version).isEqualTo(1L);
    assertThat(shelf.check(ARC, FIRST).granted()).isFalse();
    assertThat(shelf.check(ARC, SECOND).granted()).isTrue();
  }

  @Test
  void whoAcceptsOrConfirmsABallotHasPromisedIt() {
    keep(SECOND, whole("key", 1));
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, "")).granted()).isFalse();

    shelf.check(ARC + 1, SECOND);
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC + 1, FIRST, "")).granted()).isFalse();
  }

  @Test
  void whileALeaseLastsNobodyElsesBallotIsPromised() {
    grants.grant(FIRST.daddy(), 1);
    shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, ""));

    var refusal = shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, ""));
    assertThat(refusal.granted()).isFalse();
    assertThat(refusal.promised()).isEqualTo(FIRST);
    assertThat(keep(SECOND, whole("key", 1)).granted()).isFalse();
    assertThat(shelf.check(ARC, SECOND).granted()).isFalse();
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC + 1, SECOND, "")).granted()).isTrue();

    now = 500_000_000;
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, "")).granted()).isTrue();
  }

  @Test
  void aLeaseKeepsNobodyFromANewerBallotOfItsHolder() {
    grants.grant(FIRST.daddy(), 1);
    shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, ""));
    var next = new Ballot(3, FIRST.daddy(), 33);
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, next, "")).granted()).isTrue();
  }

  @Test
  void whoseDaddyHasPromisedAnotherBallotIsRelieved() {
    grants.grant(FIRST.daddy(), 1);
    shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, ""));
    var other = new Ballot(1, FIRST.daddy(), 12);
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, "", other)).granted()).isFalse();
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, "", FIRST)).granted()).isTrue();
  }

  @Test
  void aStampIsTakenByWhoHoldsTheRegisterAloneAndNeverStoresAValue() {
    keep(FIRST, whole("same", 1), whole("other", 1));
    Entry same = Register.of(whole("same", 1), null).stamp("same");
    Entry other = Register.of(whole("other", 2), null).stamp("other");
    Entry none = Register.of(whole("none", 3), null).stamp("none");

    assertThat(keep(SECOND, same, other, none).behind()).containsExactly("other", "none");

    assertThat(shelf.register(ARC, "same").accepted()).isEqualTo(SECOND.round());
    assertThat(shelf.register(ARC, "same").value()).isEqualTo(whole("same", 1).value());
    assertThat(shelf.register(ARC, "other").version()).isEqualTo(1);
    assertThat(shelf.register(ARC, "none")).isNull();
  }

  @Test
  void forgetsWhatCameToNothingUnlessItIsAnotherRegisterByNow() {
    keep(FIRST, whole("leftover", 1), whole("newer", 2), whole("again", 3));
    keep(SECOND, whole("again", 3));
    var heads =
        List.of(
            new Head("leftover", 1, 1),
            new Head("newer", 1, 1),
            new Head("again", 3, 1),
            new Head("again", 3, 2),
            new Head("none", 1, 1));

    var late = shelf.forget(new CopyRequest.Forget(ARC, FIRST, heads, 0));
    assertThat(late.granted()).isFalse();
    assertThat(shelf.records()).isEqualTo(3);
    var reply = shelf.forget(new CopyRequest.Forget(ARC, SECOND, heads, 0));

    assertThat(reply.granted()).isTrue();
    assertThat(shelf.registers(ARC)).containsOnlyKeys("newer", "again");
    assertThat(shelf.records()).isEqualTo(2);
    keep(SECOND, whole("leftover", 1));
    shelf.forget(new CopyRequest.Forget(ARC, SECOND, List.of(new Head("leftover", 1, 2)), 0));
    assertThat(shelf.register(ARC, "leftover")).isNotNull();
  }

  @Test
  void aRoundBelongsToOneAttempt() {
    shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, ""));
    var sameRound = new Ballot(1, Id.of("a"), 12);

    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, sameRound, "")).granted()).isFalse();
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, "")).granted()).isTrue();
  }

  @Test
  void aBallotOfOneArcSaysNothingOfAnother() {
    shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, ""));
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC + 1, FIRST, "")).granted()).isTrue();
  }

  @Test
  void aPromiseTellsStoreAndConfiguration() {
    var configuration = new Configuration(4, 1, List.of(SELF, B), List.of());
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, "")).configuration()).isNull();
    propose(FIRST, configuration, false);

    var promise = shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, ""));

    assertThat(promise.granted()).isTrue();
    assertThat(promise.store()).isEqualTo(SELF.store());
    assertThat(promise.configuration()).isEqualTo(configuration);
  }

  @Test
  void whoGrantsNoPromiseTellsTheConfigurationAndNoHeads() {
    var configuration = new Configuration(4, 1, List.of(SELF, B), List.of());
    keep(FIRST, whole("key", 1));
    propose(SECOND, configuration, false);

    var refusal = shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, ""));

    assertThat(refusal.granted()).isFalse();
    assertThat(refusal.promised()).isEqualTo(SECOND);
    assertThat(refusal.store()).isEqualTo(SELF.store());
    assertThat(refusal.configuration()).isEqualTo(configuration);
    assertThat(refusal.heads()).isEmpty();
  }

  @Test
  void underOneBallotTheHigherVersionStays() {
    keep(FIRST, whole("key", 5));

    var reply = keep(FIRST, whole("key", 4));

    assertThat(reply.granted()).isTrue();
    assertThat(reply.behind()).isEmpty();
    assertThat(shelf.register(ARC, "key")).extracting(Register::version).isEqualTo(5L);
  }

  @Test
  void theRegisterOfANewerBallotReplacesAHigherVersionOfAnOlderOne() {
    keep(FIRST, whole("key", 5));

    var reply = keep(SECOND, whole("key", 4));

    assertThat(reply.granted()).isTrue();
    assertThat(reply.behind()).isEmpty();
    Register held = shelf.register(ARC, "key");
    assertThat(held.version()).isEqualTo(4);
    assertThat(held.value()).isEqualTo(Json.of(4L));
    assertThat(held.accepted()).isEqualTo(2);
  }

  @Test
  void theSameVersionIsHeldUnderTheNewerBallotFromThenOn() {
    keep(FIRST, whole("key", 5));

    // What was held is complete already, so even a step without its base will do.
    var step =
        Entry.made("key", 5, false, Json.of(5L), 4, List.of(Operation.made("o5", 5, true, 0)));
    assertThat(keep(SECOND, step).behind()).isEmpty();

    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, "")).heads())
        .containsExactly(new Head("key", 5, 2));
    assertThat(shelf.register(ARC, "key").operations().list()).hasSize(1);
  }

  @Test
  void aStepNeedsTheRegisterThatItBuildsOn() {
    keep(FIRST, whole("key", 1));
    var step =
        Entry.made("key", 3, false, Json.of(3), 2, List.of(Operation.made("o3", 3, true, 0)));
    assertThat(keep(FIRST, step).behind()).containsExactly("key");
    assertThat(shelf.register(ARC, "key")).extracting(Register::version).isEqualTo(1L);

    var next =
        Entry.made("key", 2, false, Json.of(2), 1, List.of(Operation.made("o2", 2, true, 0)));
    assertThat(keep(FIRST, next).behind()).isEmpty();
    assertThat(keep(FIRST, step).behind()).isEmpty();

    Register held = shelf.register(ARC, "key");
    assertThat(held.version()).isEqualTo(3);
    assertThat(held.operations().find("o1")).isNotNull();
    assertThat(held.operations().find("o2")).isNotNull();
  }

  @Test
  void aStepOfANewerBallotDoesNotBuildOnAHigherVersionOfAnOlderOne() {
    keep(FIRST, whole("key", 5));
    var step =
        Entry.made("key", 9, false, Json.of(9), 4, List.of(Operation.made("o9", 9, true, 0)));

    assertThat(keep(SECOND, step).behind()).containsExactly("key");

    assertThat(shelf.register(ARC, "key")).extracting(Register::version).isEqualTo(5L);
  }

  @Test
  void theFirstStepOfAKeyNeedsNothing() {
    var step =
        Entry.made("key", 1, false, Json.of(1), 0, List.of(Operation.made("o1", 1, false, 0)));

    assertThat(keep(FIRST, step).behind()).isEmpty();

    assertThat(shelf.register(ARC, "key")).extracting(Register::version).isEqualTo(1L);
  }

  @Test
  void theNewerConfigurationIsKept() {
    var joint = new Configuration(2, 1, List.of(SELF, B), List.of(SELF, C));
    propose(FIRST, joint, false);

    // A later epoch is newer, whatever the ballot; of one epoch that of the later ballot is.
    propose(SECOND, new Configuration(1, 2, List.of(SELF, B), List.of()), false);
    assertThat(shelf.configuration(ARC)).isEqualTo(joint);
    propose(SECOND, joint.again(2), false);
    assertThat(shelf.configuration(ARC)).isEqualTo(joint.again(2));

    shelf.met(ARC, joint);
    assertThat(shelf.configuration(ARC)).isEqualTo(joint.again(2));
    shelf.met(ARC, joint.changed(2));
    assertThat(shelf.configuration(ARC)).isEqualTo(joint.changed(2));
  }

  @Test
  void aConfigurationOfAnOlderBallotThanWasPromisedIsNotKept() {
    shelf.prepare(new CopyRequest.Prepare(ARC, SECOND, ""));

    var late = propose(FIRST, new Configuration(2, 1, List.of(SELF, B), List.of()), false);

    assertThat(late.granted()).isFalse();
    assertThat(shelf.configuration(ARC)).isNull();
  }

  @Test
  void aDecidedConfigurationWithoutThisNodeDropsItsRegistersButKeepsItsPromise() {
    var without = new Configuration(3, 2, List.of(B, C), List.of());
    keep(FIRST, whole("a", 1), whole("b", 1));
    keepIn(ARC + 1, FIRST, whole("c", 1));

    assertThat(propose(SECOND, without, true).granted()).isTrue();

    assertThat(shelf.records()).isEqualTo(1);
    assertThat(shelf.records(ARC)).isZero();
    assertThat(shelf.register(ARC, "a")).isNull();
    assertThat(shelf.configuration(ARC)).isEqualTo(without);
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, "")).granted()).isFalse();
  }

  @Test
  void aConfigurationWithoutThisNodeThatIsNotDecidedDropsNothing() {
    keep(FIRST, whole("a", 1));

    propose(SECOND, new Configuration(3, 2, List.of(B, C), List.of()), false);

    assertThat(shelf.register(ARC, "a")).isNotNull();
  }

  @Test
  void aDecidedConfigurationDropsNothingOfAMemberOrWhereANewerOneIsKnown() {
    keep(FIRST, whole("a", 1));
    propose(SECOND, new Configuration(3, 2, List.of(SELF, B), List.of()), true);
    assertThat(shelf.records()).isEqualTo(1);

    propose(SECOND, new Configuration(2, 2, List.of(B, C), List.of()), true);
    assertThat(shelf.records()).isEqualTo(1);
  }

  @Test
  void itsFormerStoreIsNoMember() {
    keep(FIRST, whole("a", 1));
    var former = new Voter(SELF.node(), SELF.store() + 1);

    propose(SECOND, new Configuration(3, 2, List.of(former, B), List.of()), true);

    assertThat(shelf.records()).isZero();
    assertThat(shelf.voiced()).isEmpty();
  }

  @Test
  void theFounderAloneDecidesInAllArcs() {
    shelf.found(2);
    assertThat(shelf.voiced()).containsExactly(0, 1);
    assertThat(shelf.configuration(1)).isEqualTo(Configuration.founded(SELF));
    assertThat(shelf.configuration(2)).isNull();

    var others = new Configuration(3, 2, List.of(B, C), List.of());
    shelf.met(0, others);
    assertThat(shelf.voiced()).as("until it is decided").containsExactly(0, 1);
    shelf.decided(0, others);
    assertThat(shelf.voiced()).containsExactly(1);
  }

  @Test
  void moreRecordsThanTheBoundAreRefusedAndNoneOfThemIsKept() {
    keep(FIRST, whole("a", 1), whole("b", 1));

    assertThatThrownBy(() -> keep(FIRST, whole("c", 1), whole("d", 1), whole("a", 2)))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.dht.records.max");

    assertThat(shelf.records()).isEqualTo(2);
    assertThat(shelf.register(ARC, "a").version()).isEqualTo(1);
    assertThat(keep(FIRST, whole("c", 1)).granted()).isTrue();
    assertThat(shelf.hasRoom()).isFalse();
  }

  @Test
  void tellsHeadsInPages() {
    keep(FIRST, whole("a", 1), whole("b", 2), whole("c", 3));

    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, ""), 10, 1).heads()).hasSize(1);
    assertThat(shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, ""), 10, 1).more()).isTrue();
    var first = shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, ""), 2, Long.MAX_VALUE);
    assertThat(first.heads()).containsExactly(new Head("a", 1, 1), new Head("b", 2, 1));
    assertThat(first.more()).isTrue();
    var rest = shelf.prepare(new CopyRequest.Prepare(ARC, FIRST, "b"), 2, Long.MAX_VALUE);
    assertThat(rest.heads()).containsExactly(new Head("c", 3, 1));
    assertThat(rest.more()).isFalse();
  }

  @Test
  void fetchesAtLeastOneRegisterHoweverLarge() {
    keep(FIRST, whole("a", 1), whole("b", 2));

    assertThat(shelf.fetch(ARC, List.of("a", "b"), 1).entries()).hasSize(1);
    assertThat(shelf.fetch(ARC, List.of("a", "b"), 10_000).entries()).hasSize(2);
    assertThat(shelf.fetch(ARC, List.of("x"), 10_000).entries()).isEmpty();
  }

  private CopyReply.Accepted keep(Ballot ballot, Entry... entries) {
    return keepIn(ARC, ballot, entries);
  }

  private CopyReply.Accepted keepIn(int arc, Ballot ballot, Entry... entries) {
    return shelf.accept(CopyRequest.Accept.registers(arc, ballot, 1, List.of(entries)));
  }

  private CopyReply.Accepted propose(Ballot ballot, Configuration configuration, boolean decided) {
    return shelf.accept(CopyRequest.Accept.configuration(ARC, ballot, configuration, decided));
  }

  private static Entry whole(String key, long version) {
    return Entry.made(
        key,
        version,
        false,
        Json.of(version),
        Entry.WHOLE,
        List.of(Operation.made("o" + version, version, version > 1, 0)));
  }
}
