package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Timer;

/** A daddy whose messages lie until the node that they are for is told to answer. */
class ReconfigurationTest {
  private static final int ARC = 5;
  private static final String KEY = "default\0key";
  private static final Voter SELF = new Voter(Id.of("self"), 1);
  private static final Voter B = new Voter(Id.of("b"), 2);
  private static final Voter C = new Voter(Id.of("c"), 3);
  private static final Voter D = new Voter(Id.of("d"), 4);
  private static final Voter E = new Voter(Id.of("e"), 5);
  private static final long SECOND = 1_000_000_000L;
  private static final long ROUND = 6;
  private static final Configuration THREE =
      new Configuration(1, 0, List.of(SELF, B, C), List.of());

  private final Map<Id, Shelf> shelves = new HashMap<>();

  /** How many registers a member tells of at once. */
  private int page = 100;

  private final Shelf shelf =
      new Shelf(Journal.inMemory(SELF, new NoLoop()), new Grants(() -> 0, true), 100);
  private final Stores stores = new Stores();
  private final Post post = new Post();
  private final ArcLeader leader =
      new ArcLeader(
          ARC,
          new Limits(10, 10, 100, 10, 10_000),
          shelf,
          stores,
          post,
          place(3, List.of(SELF, B, C), List.of(), List.of()));
  private long now;
  private int operations;

  ReconfigurationTest() {
    for (Voter voter : List.of(B, C, D, E)) {
      shelves.put(
          voter.node(),
          new Shelf(Journal.inMemory(voter, new NoLoop()), new Grants(() -> 0, true), 100));
    }
    meet(THREE, SELF, B, C);
    shelf.prepare(new CopyRequest.Prepare(ARC, new Ballot(ROUND - 1, C.node(), 5), ""));
  }

  @Test
  void nothingIsProposedWhileTheMembersAreThoseThatShouldBe() {
    lead();
    write();

    assertThat(leader.tick(now)).isFalse();
    assertThat(post.letters).isEmpty();
    assertThat(leader.configuration()).isEqualTo(THREE.again(ROUND));
  }

  @Test
  void aNewcomerIsFilledBeforeTheJointConfigurationIsProposed() {
    lead();
    write();
    stores.heard(D.node(), D.store());
    move(4, List.of(SELF, B, C, D), List.of(), List.of());
    leader.tick(now);
    assertThat(post.letters).isEmpty();

    repair();
    assertThat(post.letters).extracting(Letter::node).containsExactly(D.node());
    answer(D);
    answer(B);

    assertThat(shelfOf(D).records()).isEqualTo(1);
    assertThat(leader.configuration().epoch()).isEqualTo(2);
    assertThat(leader.configuration().members()).containsExactly(SELF, B, C);
    assertThat(leader.configuration().next()).containsExactlyInAnyOrder(SELF, B, C, D);
    assertThat(proposedTo(D)).containsExactly(leader.configuration());
  }

  @Test
  void aNewcomerWhoseStoreIsNotKnownIsSentNothing() {
    lead();
    write();
    move(4, List.of(SELF, B, C, D), List.of(), List.of());

    repair();
    assertThat(post.letters).isEmpty();

    stores.heard(D.node(), D.store());
    repair();
    assertThat(post.letters).extracting(Letter::node).containsExactly(D.node());
  }

  @Test
  void whatIsWrittenMeanwhileGoesToTheNewcomerTooButItsAnswerDoesNotCount() {
    lead();
    stores.heard(D.node(), D.store());
    move(4, List.of(SELF, B, C, D), List.of(), List.of());
    // There is nothing to fill it with, so the change begins at once and waits for the members.
    assertThat(proposedTo(B)).containsExactly(THREE.again(ROUND));
    Pending put = put();
    leader.submit(put, now);
    answer(D);
    assertThat(shelfOf(D).records()).isEqualTo(1);
    assertThat(put.isAnswered()).isFalse();

    answer(C, ReconfigurationTest::isOfRegisters);
    assertThat(put.isAnswered()).isTrue();
  }

  @Test
  void theConfigurationThatWasMetIsProposedAgainBeforeItChanges() {
    leadAndFillDAndE();

    assertThat(leader.configuration()).isEqualTo(THREE.again(ROUND));
    assertThat(proposedTo(B)).containsExactly(THREE.again(ROUND));
    assertThat(proposedTo(D)).isEmpty();
    answer(C);
    assertThat(leader.configuration().joint()).isTrue();
  }

  @Test
  void theNewOneIsProposedOnlyWhenBothMajoritiesHoldTheJointOne() {
    leadToJoint();
    answer(D);
    answer(E);
    assertThat(leader.configuration().joint()).isTrue();

    answer(B);

    Configuration changed = leader.configuration();
    assertThat(changed.joint()).isFalse();
    assertThat(changed.epoch()).isEqualTo(3);
    assertThat(changed.members()).containsExactlyInAnyOrder(SELF, D, E);
    assertThat(proposedTo(D)).containsExactly(changed);
  }

  @Test
  void theMajorityOfTheOldAloneIsNotEnough() {
    leadToJoint();
    answer(B);
    answer(C);
    assertThat(leader.configuration().joint()).isTrue();
    answer(E);
    assertThat(leader.configuration().joint()).isFalse();
  }

  @Test
  void pitfall18AKeyThatTwoMembersHoldIsCarriedToBothMajorities() {
    leadToJoint();
    Pending put = put();
    leader.submit(put, now);
    for (Voter voter : List.of(B, C, D, E)) {
      answer(voter, letter -> !isOfRegisters(letter));
    }
    assertThat(leader.configuration().joint()).isTrue();
    answer(B);
    assertThat(leader.configuration().joint()).isTrue();
    assertThat(put.isAnswered()).isFalse();

    answer(D);

    assertThat(put.isAnswered()).isTrue();
    assertThat(leader.configuration().joint()).isFalse();
  }

  @Test
  void aReadMeanwhileIsConfirmedByBothMajorities() {
    leadToJoint();
    post.letters.clear();
    Pending read = new Pending(new Request.Get("default", "key", false), KEY, 9 * SECOND);
    leader.submit(read, now);
    answer(D);
    answer(E);
    assertThat(read.isAnswered()).isFalse();

    answer(C);
    assertThat(read.isAnswered()).isTrue();
  }

  @Test
  void anAnswerToAnEarlierProposalDoesNotCount() {
    lead();
    stores.heard(D.node(), D.store());
    move(4, List.of(SELF, B, C, D), List.of(), List.of());
    Letter early = post.take(C.node(), letter -> true).get(0);
    answer(B);
    assertThat(leader.configuration().joint()).isTrue();
    answer(B);

    deliver(C, early);
    assertThat(leader.configuration().joint()).isTrue();
    answer(C);
    assertThat(leader.configuration().joint()).isFalse();
  }

  @Test
  void anAnswerFromAnotherStoreThanTheMembersDoesNotCount() {
    leadToJoint();
    answer(D);
    startAgain(new Voter(B.node(), 22));
    answer(B);
    assertThat(leader.configuration().joint()).isTrue();

    answer(C);
    assertThat(leader.configuration().joint()).isFalse();
  }

  @Test
  void aProposalThatWasLostIsSentAgainWithTheNextTick() {
    leadToJoint();
    Configuration joint = leader.configuration();
    post.take(D.node(), letter -> true);
    leader.configureFailed(D.node(), leader.ballot());
    assertThat(leader.tick(now)).isTrue();

    assertThat(proposedTo(D)).containsExactly(joint);
  }

  @Test
  void pitfall03OfTwoChangesThatRaceTheOneOfTheOlderBallotEnds() {
    leadToJoint();
    shelfOf(D).prepare(new CopyRequest.Prepare(ARC, new Ballot(ROUND + 1, E.node(), 5), ""));
    answer(D);

    assertThat(post.ended).isTrue();
  }

  @Test
  void pitfall03WhoeverMeetsAnUnfinishedChangeGoesOnWithIt() {
    Configuration joint = THREE.joint(3, List.of(SELF, D, E));
    meet(joint, B, D);
    leader.start(now);
    answer(B);
    assertThat(leader.isPreparing()).isTrue();
    answer(D);
    assertThat(leader.isPreparing()).isFalse();

    // The ring as it is wishes for none of this.
    assertThat(leader.configuration()).isEqualTo(joint.again(ROUND));
    assertThat(proposedTo(E)).containsExactly(joint.again(ROUND));
    answer(C);
    assertThat(leader.configuration().joint()).isTrue();
    answer(E);
    assertThat(leader.configuration()).isEqualTo(joint.changed(ROUND));
  }

  @Test
  void aChangeThatTheTakeoverDidNotHearOfIsOverruledWhenItIsMet() {
    lead();
    write();
    shelf.met(ARC, THREE.joint(ROUND - 3, List.of(SELF, D, E)));
    leader.wake(now);
    answer(B);
    Configuration joint = leader.configuration();
    assertThat(joint.joint()).isTrue();
    assertThat(joint.next()).containsExactlyInAnyOrder(SELF, B, C);
    answer(B);

    assertThat(leader.configuration()).isEqualTo(joint.changed(ROUND));
    answer(B);
    assertThat(leader.tick(now)).isFalse();
    assertThat(shelf.configuration(ARC)).isEqualTo(leader.configuration());
    assertThat(leader.decided()).isEqualTo(shelf.configuration(ARC));
  }

  @Test
  void whoMeetsWhatALaterBallotLedToEnds() {
    lead();
    write();
    shelf.met(ARC, THREE.joint(ROUND + 1, List.of(SELF, D, E)));

    leader.wake(now);

    assertThat(post.ended).isTrue();
  }

  @Test
  void aMemberThatMissedWhatOthersDecidedIsToldWhenItAnswers() {
    leadToJoint();
    answer(B);
    answer(D);
    answer(D);
    Configuration changed = leader.configuration();
    assertThat(leader.decided()).isEqualTo(changed);
    post.take(E.node(), letter -> true);
    post.silent.add(E.node());
    leader.configureFailed(E.node(), leader.ballot());
    leader.wake(now);
    assertThat(proposedTo(E)).isEmpty();

    post.silent.remove(E.node());
    leader.wake(now);
    assertThat(proposedTo(E)).containsExactly(changed);
    answer(E);
    leader.wake(now);
    assertThat(proposedTo(E)).isEmpty();
    assertThat(shelfOf(E).configuration(ARC)).isEqualTo(changed);
  }

  /** B and this node have met the configuration, and C has not promised when the ballot leads. */
  private Configuration leadWithWhatOnlySomeHaveMet() {
    Configuration newer = new Configuration(3, 2, List.of(SELF, B, C), List.of());
    meet(newer, SELF, B);
    leader.start(now);
    answer(B);
    assertThat(leader.isPreparing()).isFalse();
    return newer;
  }

  @Test
  void aMemberWhosePromiseComesLateIsToldWhatItDoesNotKnow() {
    Configuration newer = leadWithWhatOnlySomeHaveMet();

    answer(C);

    assertThat(proposedTo(C)).containsExactly(newer.again(ROUND));
    assertThat(proposedTo(B)).isEmpty();
  }

  @Test
  void aMemberWhosePromiseWasLostIsToldWhatItMayNotKnow() {
    Configuration newer = leadWithWhatOnlySomeHaveMet();

    leader.prepareFailed(C.node(), leader.ballot());
    leader.wake(now);

    assertThat(proposedTo(C)).containsExactly(newer.again(ROUND));
    assertThat(proposedTo(B)).isEmpty();

    post.take(C.node(), letter -> true);
    leader.configureFailed(C.node(), leader.ballot());
    assertThat(proposedTo(C)).isEmpty();
    leader.tick(now);
    assertThat(proposedTo(C)).as("told again, though nobody waits").hasSize(1);
  }

  @Test
  void aBallotGoesAboveThatOfWhatWasMet() {
    meet(THREE.again(ROUND + 3), C);
    leader.start(now);
    answer(C);
    assertThat(leader.isPreparing()).isTrue();
    answer(B);
    answer(C);

    assertThat(leader.isPreparing()).isFalse();
    assertThat(leader.configuration()).isEqualTo(THREE.again(ROUND + 4));
  }

  @Test
  void aLeaderThatMeetsAJointConfigurationFillsTheNewcomersFirst() {
    Configuration joint = THREE.joint(3, List.of(SELF, D, E));
    meet(joint, SELF, B, C);
    var former = new Ballot(ROUND - 1, C.node(), 5);
    Entry old = Entry.made(KEY, 1, false, Json.of("old"), Entry.WHOLE, List.of());
    for (Shelf each : List.of(shelf, shelfOf(B), shelfOf(C))) {
      each.accept(CopyRequest.Accept.registers(ARC, former, 1, List.of(old)));
    }
    leader.start(now);
    answer(B);
    answer(D);
    for (Voter voter : List.of(B, C, D, E)) {
      answer(voter);
    }
    assertThat(leader.configuration()).isEqualTo(joint.again(ROUND));

    repair();
    answer(B);
    assertThat(leader.configuration().joint()).isTrue();
    answer(E);

    assertThat(leader.configuration()).isEqualTo(joint.changed(ROUND));
    assertThat(shelfOf(E).register(ARC, KEY).value()).isEqualTo(Json.of("old"));
  }

  @Test
  void leaversAreToldOnceTheNewOneIsDecided() {
    leadToJoint();
    answer(B);
    answer(D);
    Configuration changed = leader.configuration();
    assertThat(changed.joint()).isFalse();
    assertThat(proposedTo(B)).doesNotContain(changed);
    assertThat(shelfOf(B).records()).isEqualTo(1);

    answer(D);

    assertThat(proposedTo(B)).containsExactly(changed);
    assertThat(leader.tick(now)).isTrue();
    answer(B);
    answer(C);
    assertThat(shelfOf(B).records()).isZero();
    assertThat(shelfOf(C).records()).isZero();
    assertThat(shelfOf(D).records()).isEqualTo(1);
    assertThat(leader.tick(now)).isFalse();
  }

  @Test
  void aLeaverThatDoesNotAnswerIsToldAgainUntilItIsGone() {
    leadToJoint();
    answer(C);
    answer(D);
    answer(D);
    answer(C);
    Configuration changed = leader.configuration();
    post.take(B.node(), letter -> true);
    leader.configureFailed(B.node(), leader.ballot());
    assertThat(leader.tick(now)).isTrue();
    assertThat(proposedTo(B)).containsExactly(changed);
    post.take(B.node(), letter -> true);
    leader.configureFailed(B.node(), leader.ballot());

    move(3, List.of(SELF, D, E), List.of(B), List.of());

    assertThat(leader.tick(now)).isFalse();
    assertThat(proposedTo(B)).isEmpty();
  }

  @Test
  void aDaddyThatLeavesEndsWhenTheNewMembersHaveDecided() {
    lead();
    write();
    stores.heard(D.node(), D.store());
    move(3, List.of(B, C, D), List.of(), List.of(SELF));
    repair();
    answer(D);
    answer(B);
    answer(B);
    answer(D);
    Configuration changed = leader.configuration();
    assertThat(changed.members()).containsExactlyInAnyOrder(B, C, D);
    answer(B);
    assertThat(post.ended).isFalse();
    assertThat(shelf.records()).isEqualTo(1);

    answer(D);

    assertThat(post.ended).isTrue();
    assertThat(shelf.records()).isZero();
    assertThat(shelf.configuration(ARC)).isEqualTo(changed);
    Pending late = put();
    leader.submit(late, now);
    assertThat(late.answer().handle((reply, error) -> error).join())
        .isInstanceOf(RingException.NotOwner.class);
  }

  @Test
  void aNodeThatStartedAgainWithAnotherStoreIsReplacedByItsNewSelf() {
    lead();
    write();
    var again = new Voter(C.node(), 33);
    startAgain(again);
    Pending put = put();
    leader.submit(put, now);
    answer(B);
    // It lacks what the change builds on, and is filled before it is a member.
    answer(C);
    assertThat(proposedTo(B)).isEmpty();
    answer(C);
    assertThat(shelfOf(C).records()).isEqualTo(1);
    assertThat(proposedTo(B)).containsExactly(THREE.again(ROUND));
    answer(B);
    assertThat(leader.configuration().members()).containsExactly(SELF, B, C);
    assertThat(leader.configuration().next()).containsExactlyInAnyOrder(SELF, B, again);
    answer(B);
    answer(B);

    assertThat(leader.configuration().epoch()).isEqualTo(3);
    assertThat(leader.configuration().members()).containsExactlyInAnyOrder(SELF, B, again);
    assertThat(leader.tick(now)).isFalse();
    assertThat(shelfOf(C).records()).isEqualTo(1);
  }

  @Test
  void doesWithoutANewcomerThatIsNotReadyAfterAWhile() {
    lead();
    stores.heard(D.node(), D.store());
    move(5, List.of(SELF, B, C, D, E), List.of(), List.of());
    now = 2 * SECOND - 1;
    leader.tick(now);
    assertThat(post.letters).isEmpty();

    now++;
    leader.tick(now);
    answer(B);

    assertThat(leader.configuration().next()).containsExactlyInAnyOrder(SELF, B, C, D);
  }

  @Test
  void whoLeavesGoesAfterAWhileThoughNobodyIsReady() {
    lead();
    move(3, List.of(SELF, B, D), List.of(), List.of(C));
    leader.tick(now);
    assertThat(post.letters).isEmpty();

    now = 2 * SECOND;
    leader.tick(now);
    answer(B);

    assertThat(leader.configuration().next()).containsExactlyInAnyOrder(SELF, B);
  }

  @Test
  void aDeathNeverMakesTheMembersFewer() {
    lead();
    move(3, List.of(SELF, B, D), List.of(C), List.of());
    now = 60 * SECOND;
    leader.tick(now);
    assertThat(post.letters).isEmpty();

    stores.heard(D.node(), D.store());
    leader.wake(now);
    answer(B);
    assertThat(leader.configuration().next()).containsExactlyInAnyOrder(SELF, B, D);
  }

  /** The members become this node, D and E, in place of B and C that leave. */
  private void leadToJoint() {
    leadAndFillDAndE();
    answer(B);
    assertThat(leader.configuration().next()).containsExactlyInAnyOrder(SELF, D, E);
    post.take(C.node(), letter -> !leader.configuration().equals(letter.configuration()));
  }

  private void leadAndFillDAndE() {
    lead();
    write();
    stores.heard(D.node(), D.store());
    stores.heard(E.node(), E.store());
    move(3, List.of(SELF, D, E), List.of(), List.of(B, C));
    repair();
    answer(D);
    answer(E);
  }

  private void lead() {
    leader.start(now);
    answer(B);
    answer(C);
    assertThat(leader.ballot().round()).isEqualTo(ROUND);
    assertThat(leader.isPreparing()).isFalse();
  }

  private void write() {
    Pending put = put();
    leader.submit(put, now);
    answer(B);
    answer(C);
    assertThat(put.isAnswered()).isTrue();
  }

  private Pending put() {
    return new Pending(
        new Request.Put(
            "default",
            "key",
            Json.of(1),
            Condition.NONE,
            Acknowledge.MAJORITY,
            "o" + operations++,
            0,
            false),
        KEY,
        now + 5 * SECOND);
  }

  private void meet(Configuration configuration, Voter... voters) {
    for (Voter voter : voters) {
      (voter.equals(SELF) ? shelf : shelfOf(voter)).met(ARC, configuration);
    }
  }

  private Shelf shelfOf(Voter voter) {
    return shelves.get(voter.node());
  }

  private void startAgain(Voter voter) {
    shelves.put(
        voter.node(),
        new Shelf(Journal.inMemory(voter, new NoLoop()), new Grants(() -> 0, true), 100));
  }

  private void move(int wanted, List<Voter> near, List<Voter> gone, List<Voter> leaving) {
    leader.place(place(wanted, near, gone, leaving), now);
  }

  private static Place place(int wanted, List<Voter> near, List<Voter> gone, List<Voter> leaving) {
    return new Place(SELF.node(), nodes(near), List.of(), nodes(gone), nodes(leaving), wanted);
  }

  private static List<Id> nodes(List<Voter> voters) {
    return voters.stream().map(Voter::node).toList();
  }

  private void repair() {
    for (Repair next = leader.nextRepair(); next != null; next = leader.nextRepair()) {
      if (next instanceof Repair.Push push) {
        post.accept(push.node(), push.message(), push.heads());
      } else if (next instanceof Repair.Pull pull) {
        post.fetch(pull.node(), pull.message());
      }
    }
  }

  /** A node answers all that lies for it now; not what comes of that. */
  private void answer(Voter voter) {
    answer(voter, letter -> true);
  }

  private void answer(Voter voter, Predicate<Letter> which) {
    for (Letter letter : post.take(voter.node(), which)) {
      deliver(voter, letter);
    }
  }

  private void deliver(Voter voter, Letter letter) {
    Id node = voter.node();
    Shelf its = shelfOf(voter);
    if (letter.message instanceof CopyRequest.Prepare prepare) {
      var reply = its.prepare(prepare, page, Long.MAX_VALUE);
      leader.promised(node, prepare.ballot(), reply, now);
    } else if (letter.message instanceof CopyRequest.Accept accept && isOfRegisters(letter)) {
      leader.accepted(node, accept, letter.heads, its.accept(accept), now);
    } else if (letter.message instanceof CopyRequest.Accept accept) {
      leader.configured(node, accept.ballot(), letter.configuration, its.accept(accept), now);
    } else if (letter.message instanceof CopyRequest.Check check) {
      var reply = its.check(ARC, check.ballot());
      leader.checked(node, check.ballot(), letter.number, reply, now);
    } else if (letter.message instanceof CopyRequest.Fetch fetch) {
      var reply = its.fetch(ARC, fetch.keys(), Long.MAX_VALUE);
      leader.fetched(node, leader.ballot(), fetch.keys(), reply, now);
    } else if (letter.message instanceof CopyRequest.Floor floor) {
      leader.floored(node, floor, its.floors().answer(floor), now);
    }
  }

  private static boolean isOfRegisters(Letter letter) {
    return letter.message instanceof CopyRequest.Accept && letter.configuration == null;
  }

  /** The configurations that lie for a node. */
  private List<Configuration> proposedTo(Voter voter) {
    return post.letters.stream()
        .filter(letter -> letter.node.equals(voter.node()) && letter.configuration != null)
        .map(Letter::configuration)
        .toList();
  }

  /** A message on its way, and what comes back with its reply. */
  private record Letter(
      Id node, CopyRequest message, List<Head> heads, Configuration configuration, long number) {}

  @Test
  void whatThisNodeHoldsUnderAnOlderBallotThanTheQuorumIsStampedToo() {
    page = 1;
    Entry one = Entry.made(KEY, 1, false, Json.of("old"), Entry.WHOLE, List.of());
    Entry two = Entry.made(KEY + 1, 2, false, Json.of("old"), Entry.WHOLE, List.of());
    var own = new Ballot(ROUND - 1, C.node(), 5);
    var newer = new Ballot(ROUND, B.node(), 5);
    shelf.accept(CopyRequest.Accept.registers(ARC, own, 1, List.of(one, two)));
    for (Shelf each : List.of(shelfOf(B), shelfOf(C))) {
      each.accept(CopyRequest.Accept.registers(ARC, newer, 1, List.of(one, two)));
    }
    shelf.prepare(new CopyRequest.Prepare(ARC, newer, ""));
    leader.start(now);
    answer(C); // first page of two
    answer(B);
    answer(B); // quorum: this node and B, but of KEY the holders are C and B
    answer(C);
    move(3, List.of(SELF, B), List.of(), List.of(C));
    for (int round = 0; round < 10; round++) {
      now = round * SECOND;
      leader.tick(now);
      repair();
      answer(B);
      answer(C);
    }
    assertThat(leader.configuration().joint()).isFalse();
  }

  @Test
  void aFormerStoreIsNotProposedToAgainAndAgain() {
    lead();
    write();
    startAgain(new Voter(C.node(), 33));
    leader.submit(put(), now);
    answer(B);
    answer(C);
    answer(C);
    answer(C); // the proposal; B is silent
    assertThat(proposedTo(C)).isEmpty();
  }

  @Test
  void aFormerStoreIsNotAskedToConfirmAgainAndAgain() {
    lead();
    startAgain(new Voter(C.node(), 33));
    leader.submit(new Pending(new Request.Get("default", "key", false), KEY, 9 * SECOND), now);
    Predicate<Letter> checks = letter -> letter.message instanceof CopyRequest.Check;
    answer(C, checks);
    assertThat(post.take(C.node(), checks)).isEmpty();
  }

  @Test
  void patienceBeginsAnewWithEachChange() {
    lead();
    move(4, List.of(SELF, B, C, D), List.of(), List.of());
    move(3, List.of(SELF, B, C), List.of(), List.of());
    assertThat(leader.tick(now)).isFalse();
    now = 60 * SECOND;
    move(3, List.of(SELF, B, D), List.of(), List.of(C));
    assertThat(post.letters).isEmpty();
  }

  @Test
  void aLeaverDoesNotLeaveAMajorityThatNeedsAGoneMember() {
    lead();
    write();
    post.silent.add(C.node());
    move(3, List.of(SELF), List.of(C), List.of(B));
    answer(B);
    answer(B);
    Pending put = put();
    leader.submit(put, now);
    answer(B);
    assertThat(put.isAnswered()).isTrue();
  }

  @Test
  void aLeavingDaddyKeepsItsVoiceUntilTheOthersHoldTheNextConfiguration() {
    lead();
    write();
    stores.heard(D.node(), D.store());
    move(3, List.of(B, C, D), List.of(), List.of(SELF));
    repair();
    answer(D);
    answer(B);
    answer(B);
    answer(D);
    assertThat(leader.configuration().joint()).isFalse();
    for (Voter each : List.of(B, C, D)) {
      assertThat(shelfOf(each).configuration(ARC).epoch()).isLessThan(3);
    }
    assertThat(shelf.voiced()).containsExactly(ARC);
  }

  /** Keeps what the leader sends until it is answered. */
  private static final class Post extends CalmOutbox {
    private final List<Letter> letters = new ArrayList<>();

    private List<Letter> take(Id node, Predicate<Letter> which) {
      List<Letter> taken =
          letters.stream()
              .filter(letter -> letter.node.equals(node) && which.test(letter))
              .toList();
      letters.removeAll(taken);
      return taken;
    }

    @Override
    public void prepare(Id node, CopyRequest.Prepare message) {
      letters.add(new Letter(node, message, List.of(), null, 0));
    }

    @Override
    public void accept(Id node, CopyRequest.Accept message, List<Head> heads) {
      letters.add(new Letter(node, message, heads, null, 0));
    }

    @Override
    public void configure(Id node, CopyRequest.Accept message, Configuration configuration) {
      letters.add(new Letter(node, message, List.of(), configuration, 0));
    }

    @Override
    public void check(Id node, CopyRequest.Check message, long number) {
      letters.add(new Letter(node, message, List.of(), null, number));
    }

    @Override
    public void forget(Id node, CopyRequest.Forget message) {}

    @Override
    public void floor(Id node, CopyRequest.Floor message) {
      letters.add(new Letter(node, message, List.of(), null, 0));
    }

    @Override
    public void fetch(Id node, CopyRequest.Fetch message) {
      letters.add(new Letter(node, message, List.of(), null, 0));
    }

    @Override
    public boolean isKept() {
      return true;
    }

    @Override
    public void whenKept(LongConsumer then) {
      throw new AssertionError("all is kept at once here");
    }

    @Override
    public Timer later(long nanos, LongConsumer then) {
      throw new AssertionError("nothing here is to vanish");
    }
  }
}
