package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;

/** What a new daddy makes of the registers that it finds. */
class InheritedRegistersTest extends ArcLeaderRig {
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
    assertThat(sent.lastTo(B.node()).message().entries()).containsExactly(OLD);

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
    assertThat(sent.lastTo(B.node()).message().entries()).containsExactly(OLD);
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
    assertThat(sent.lastTo(B.node()).message().entries()).containsExactly(OLD);

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
}
