package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.CopyReply.Floored;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.CopyRequest.Floor.Step;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.json.Json;

/** A daddy that collects its tombstones while the other members say what a test has them say. */
class CollectorTest extends ArcLeaderRig {
  private static final long KEPT = 10;

  private int ended;

  private static Pending delete(String operation, long seen) {
    return new Pending(
        new Request.Delete(
            "default", "key", Condition.NONE, Acknowledge.MAJORITY, operation, seen, false),
        KEY,
        5 * SECOND);
  }

  private static Pending put(String operation, long seen) {
    return new Pending(
        new Request.Put(
                "default",
                "key",
                Json.of(operation),
                Condition.NONE,
                Acknowledge.MAJORITY,
                operation,
                0,
                false)
            .sent(seen, false),
        KEY,
        5 * SECOND);
  }

  /** All members know who they are, so that nothing has to be decided first. */
  private void leadThree() {
    start();
    promise(B, THREE);
  }

  private void submit(Pending pending) {
    leader.submit(pending, 0);
    accept(B);
    accept(C);
  }

  private void deleteEverywhere() {
    leadThree();
    submit(put("write", 1));
    submit(delete("delete", 1));
    assertThat(shelf.tombstones(ARC)).isEqualTo(1);
  }

  private void collect(long now) {
    sent.floors.clear();
    leader.collect(now, KEPT, () -> ended++);
  }

  private void answer(Voter voter, boolean same) {
    CopyRequest.Floor asked =
        sent.floors.stream()
            .filter(each -> each.node().equals(voter.node()))
            .reduce((earlier, later) -> later)
            .orElseThrow()
            .message();
    leader.floored(voter.node(), asked, new Floored(true, null, voter.store(), same, 0), 0);
  }

  private List<Step> asked() {
    return sent.floors.stream().map(each -> each.message().step()).toList();
  }

  private long raise() {
    deleteEverywhere();
    collect(0);
    collect(KEPT);
    answer(B, true);
    answer(C, true);
    return shelf.floor(ARC).version();
  }

  @Test
  void anArcWithoutTombstonesIsLeftAlone() {
    leadThree();
    submit(put("write", 1));

    assertThat(leader.isToCollect()).isFalse();
  }

  @Test
  void aTombstoneIsKeptForItsTimeAndGoesWhenAllMembersHoldTheSame() {
    deleteEverywhere();
    assertThat(leader.isToCollect()).isTrue();
    collect(0);
    collect(KEPT - 1);
    assertThat(sent.floors).isEmpty();

    collect(KEPT);
    assertThat(asked()).containsExactly(Step.COMPARE, Step.COMPARE);
    answer(B, true);
    assertThat(shelf.tombstones(ARC)).isEqualTo(1);
    answer(C, true);

    assertThat(shelf.records()).isZero();
    assertThat(shelf.floor(ARC).version()).isPositive();
    assertThat(asked()).containsSubsequence(Step.RAISE, Step.RAISE);
    answer(B, true);
    answer(C, true);
    assertThat(ended).isEqualTo(3);
    assertThat(leader.isToCollect()).isFalse();
  }

  @Test
  void pitfall21AFloorIsNotRaisedOverWhatOneMemberLacksOrHoldsBesides() {
    deleteEverywhere();
    collect(0);
    collect(KEPT);
    answer(B, true);
    answer(C, false);

    assertThat(shelf.tombstones(ARC)).isEqualTo(1);
    assertThat(shelf.floor(ARC)).isEqualTo(Floor.NONE);
    assertThat(asked()).doesNotContain(Step.RAISE);
    assertThat(ended).isEqualTo(2);
  }

  @Test
  void pitfall21AFloorIsNotRaisedWhileAMemberIsSilent() {
    deleteEverywhere();
    sent.silent.add(C.node());
    collect(0);
    collect(KEPT);
    assertThat(sent.floors).isEmpty();

    sent.silent.clear();
    collect(KEPT);
    answer(B, true);
    leader.floorFailed(C.node(), sent.floors.get(1).message(), 0);
    assertThat(shelf.tombstones(ARC)).isEqualTo(1);
    assertThat(ended).isEqualTo(3);
  }

  @Test
  void whatIsNotOnAllMembersIsNotEvenCompared() {
    leadThree();
    submit(put("write", 1));
    leader.submit(delete("delete", 1), 0);
    accept(B);
    collect(0);
    collect(KEPT);

    assertThat(sent.floors).isEmpty();
  }

  @Test
  void whoMissedThatTheFloorRoseIsToldAgain() {
    raise();
    answer(B, true);
    leader.floorFailed(C.node(), sent.floors.get(sent.floors.size() - 1).message(), 0);
    assertThat(leader.isToCollect()).isTrue();

    collect(2 * KEPT);
    assertThat(asked()).containsExactly(Step.RAISE);
    assertThat(sent.floors.get(0).node()).isEqualTo(C.node());
    answer(C, true);
    assertThat(leader.isToCollect()).isFalse();
  }

  @Test
  void anOperationWhoseSenderSawLessThanTheFloorIsNotMadeAgain() {
    long floor = raise();
    Pending again = put("write", 1);
    leader.submit(again, 0);
    assertThat(done(again).forgotten()).isEqualTo(floor);

    Pending fresh = put("fresh", floor);
    submit(fresh);
    assertThat(done(fresh).version()).isGreaterThan(floor);
    Entry sentWhole = sent.lastTo(B.node()).message().entries().get(0);
    assertThat(sentWhole.base()).isEqualTo(Entry.WHOLE);
    assertThat(sentWhole.forgotten()).isEqualTo(floor);

    Pending later = put("write", 1);
    leader.submit(later, 0);
    assertThat(done(later).forgotten()).isEqualTo(floor);
  }

  @Test
  void aNewDaddyTakesTheFloorThatAMemberTellsOf() {
    start();
    leader.promised(
        B.node(),
        leader.ballot(),
        promiseOf(B, null, List.of(), false).above(Versions.before(3)),
        0);
    Pending again = put("write", 1);
    leader.submit(again, 0);

    assertThat(done(again).forgotten()).isEqualTo(Versions.before(3));
  }

  @Test
  void whoeverWatchesAnAbsentKeyFromBelowTheFloorIsToldOfAGapAndADelete() {
    long floor = raise();
    var watch = new Pending(new Request.Watch("default", "key", 1, 1_000), KEY, 5 * SECOND);
    leader.submit(watch, 0);
    for (long number = 1; number <= 4; number++) {
      check(B, number);
    }
    assertThat(watch.isAnswered()).isTrue();

    Request.Seen seen = (Request.Seen) watch.answer().join();
    assertThat(seen.position()).isEqualTo(floor);
    assertThat(seen.steps())
        .containsExactly(new Request.Step(floor - 1, floor, true, Register.NOTHING));
  }

  @Test
  void whoeverWaitsWhenTheFloorRisesHasMissedNothing() {
    deleteEverywhere();
    var waiting =
        new Pending(
            new Request.Watch("default", "absent", 0, 1_000), "default\0absent", 5 * SECOND);
    leader.submit(waiting, 0);
    collect(0);
    collect(KEPT);
    answer(B, true);
    answer(C, true);

    long floor = shelf.floor(ARC).version();
    assertThat(waiting.isAnswered()).isTrue();
    assertThat(waiting.answer().join()).isEqualTo(new Request.Seen(List.of(), floor));
  }
}
