package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Rules;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;

class DecisionTest {
  private static final Register ONE =
      Register.made(
          100,
          false,
          Json.of(1),
          OperationWindow.EMPTY.plus(Operation.made("first", 100, false, 0)));
  private static final Register TOMBSTONE =
      Register.made(101, true, Register.NOTHING, ONE.operations());

  @Test
  void aPutMakesTheNextVersionAndRemembersItsOperation() {
    var apply = (Decision.Apply) decide(ONE, put("second", 2, Condition.NONE), 102);

    assertThat(apply.next().version()).isEqualTo(102);
    assertThat(apply.next().value()).isEqualTo(Json.of(2));
    assertThat(apply.operation().existed()).isTrue();
    assertThat(apply.next().operations().find("first")).isNotNull();
    assertThat(apply.next().operations().find("second")).isEqualTo(apply.operation());
  }

  @Test
  void aRepeatGetsTheFirstOutcomeThoughItsConditionNoLongerHolds() {
    Decision decision = decide(ONE, put("first", 1, version(3)), 102);

    assertThat(decision).isEqualTo(new Decision.Repeat(Operation.made("first", 100, false, 0)));
  }

  @Test
  void aCallersNameForAnotherPayloadIsRefused() {
    var first = (Decision.Apply) decide(null, put("k:name", 1, Condition.NONE), 100);

    assertThat(decide(first.next(), put("k:name", 1, Condition.NONE), 101))
        .isInstanceOf(Decision.Repeat.class);
    assertThat(reason(decide(first.next(), put("k:name", 2, Condition.NONE), 101)).code())
        .isEqualTo("key-reused");
    assertThat(reason(decide(first.next(), delete("k:name"), 101)).code()).isEqualTo("key-reused");
  }

  @Test
  void payloadsOfOneJavaHashAreTwoPayloads() {
    var first = (Decision.Apply) decide(null, put("k:name", "Aa"), 100);

    assertThat(reason(decide(first.next(), put("k:name", "BB"), 101)).code())
        .isEqualTo("key-reused");
  }

  @Test
  void whatMayHaveBeenForgottenIsNotDone() {
    Register busy = ONE;
    for (int number = 101; number <= 228; number++) {
      busy =
          ((Decision.Apply) decide(busy, seeing(put("o" + number, 1, Condition.NONE), 100), number))
              .next();
    }

    assertThat(busy.operations().forgotten()).isEqualTo(100);
    assertThat(decide(busy, seeing(put("first", 1, Condition.NONE), 99), 229))
        .isEqualTo(new Decision.Forgotten(100));
    assertThat(decide(busy, seeing(put("first", 1, version(7)), 99), 229))
        .isEqualTo(new Decision.Forgotten(100));
    assertThat(decide(busy, seeing(put("new", 1, Condition.NONE), 100), 229))
        .isInstanceOf(Decision.Apply.class);
  }

  @Test
  void aNamedConflictIsRememberedAndMakesNoNewValue() {
    var absent = new Condition(Condition.Kind.ABSENT, 0);
    var remembered = (Decision.Apply) decide(ONE, put("k:once", 2, absent), 102);
    assertThat(remembered.next().version()).isEqualTo(102);
    assertThat(remembered.next().written()).isEqualTo(100);
    assertThat(remembered.next().value()).isEqualTo(Json.of(1));

    Register deleted = ((Decision.Apply) decide(remembered.next(), delete("k:away"), 103)).next();
    var repeat = (Decision.Repeat) decide(deleted, put("k:once", 2, absent), 104);

    assertThat(repeat.first().result()).isEqualTo(Operation.Outcome.CONFLICT);
    var told =
        (RingException.Conflict)
            Decision.conflict(put("k:once", 2, absent), deleted, repeat.first().found());
    assertThat(told.currentVersion()).isEqualTo(OptionalLong.of(100));
    assertThat(told.current()).isNull();
  }

  @Test
  void aNamedDeleteOfNothingDeletesNothingLater() {
    var nothing = (Decision.Apply) decide(null, delete("k:away"), 100);
    assertThat(Register.present(nothing.next())).isFalse();
    Register made =
        ((Decision.Apply) decide(nothing.next(), put("x", 1, Condition.NONE), 101)).next();

    var repeat = (Decision.Repeat) decide(made, delete("k:away"), 102);

    assertThat(repeat.first().done(3, 3, 101)).isEqualTo(new Request.Done(0, false, 3, 3, 101, 0));
  }

  @Test
  void aConflictOfAnAttemptThatMayComeAgainIsRemembered() {
    assertThat(decide(ONE, put("l:x", 2, version(7)).sent(100, true), 102))
        .isInstanceOf(Decision.Apply.class);
    assertThat(decide(ONE, put("l:x", 2, version(7)).sent(100, false), 102))
        .isInstanceOf(Decision.Reject.class);
  }

  @Test
  void aConflictWithARecordThatMustExistNamesNoVersion() {
    var exists = new Condition(Condition.Kind.EXISTS, 0);
    var conflict = (RingException.Conflict) reason(decide(TOMBSTONE, put("x", 2, exists), 102));

    assertThat(conflict.mustExist()).isTrue();
    assertThat(conflict.expected()).isEmpty();
    assertThat(conflict.currentVersion()).isEmpty();
    assertThat(conflict).hasMessageContaining("expected to exist and is absent");
  }

  @Test
  void aTombstoneIsAbsentButItsVersionCounts() {
    assertThat(decide(TOMBSTONE, delete("x"), 102)).isInstanceOf(Decision.Nothing.class);
    assertThat(decide(TOMBSTONE, put("x", 1, version(101)), 102))
        .isInstanceOf(Decision.Reject.class);
    var again =
        (Decision.Apply)
            decide(TOMBSTONE, put("x", 1, new Condition(Condition.Kind.ABSENT, 0)), 102);
    assertThat(again.operation().existed()).isFalse();
  }

  @Test
  void aConflictTellsWhatIsThere() {
    var conflict = (RingException.Conflict) reason(decide(ONE, put("x", 2, version(7)), 102));

    assertThat(conflict.expected()).isEqualTo(OptionalLong.of(7));
    assertThat(conflict.currentVersion()).isEqualTo(OptionalLong.of(100));
    assertThat(conflict.current()).isEqualTo("1");
  }

  @Test
  void aPutWithoutATimeVanishesAfterThatOfItsNamespace() {
    var rules = new Rules(5_000, 0);
    var apply = (Decision.Apply) Decision.on(ONE, put("second", 2, Condition.NONE), 102, 0, rules);
    assertThat(apply.next().ttlMillis()).isEqualTo(5_000);
    assertThat(((Decision.Apply) Decision.on(ONE, delete("x"), 102, 0, rules)).next().ttlMillis())
        .isZero();
  }

  @Test
  void aValueOverItsNamespacesBoundIsRefusedUnlessItWasWrittenBefore() {
    var rules = new Rules(0, 3);
    assertThat(reason(Decision.on(ONE, put("x", "four"), 102, 0, rules)).code())
        .isEqualTo("too-large");
    assertThat(Decision.on(ONE, put("x", 123, Condition.NONE), 102, 0, rules))
        .isInstanceOf(Decision.Apply.class);

    var made = (Decision.Apply) decide(ONE, put("x", "four"), 102);
    assertThat(Decision.on(made.next(), put("x", "four"), 103, 0, rules))
        .isInstanceOf(Decision.Repeat.class);
  }

  @Test
  void ofARepeatOverTheBoundNobodyKnowsWhetherItsFirstSendingWasSooner() {
    Request.Change repeat = put("x", "four").sent(100, true);
    assertThat(reason(Decision.on(ONE, repeat, 102, 0, new Rules(0, 3))).code())
        .isEqualTo("outcome-unknown");
  }

  @Test
  void aValueThatIsNullIsAValue() {
    var apply =
        (Decision.Apply)
            decide(
                null,
                new Request.Put(
                    "default",
                    "key",
                    Json.parse("null"),
                    Condition.NONE,
                    Acknowledge.MAJORITY,
                    "x",
                    0,
                    false),
                102);
    assertThat(Register.present(apply.next())).isTrue();
  }

  private static Decision decide(Register current, Request.Change change, long version) {
    return Decision.on(current, change, version, 0, Rules.NONE);
  }

  private static RingException reason(Decision decision) {
    return ((Decision.Reject) decision).reason();
  }

  private static Condition version(long version) {
    return new Condition(Condition.Kind.VERSION, version);
  }

  private static Request.Change seeing(Request.Change change, long version) {
    return change.sent(version, false);
  }

  private static Request.Change put(String operation, String value) {
    return new Request.Put(
        "default",
        "key",
        Json.of(value),
        Condition.NONE,
        Acknowledge.MAJORITY,
        operation,
        0,
        false);
  }

  private static Request.Change put(String operation, int value, Condition condition) {
    return new Request.Put(
        "default", "key", Json.of(value), condition, Acknowledge.MAJORITY, operation, 0, false);
  }

  private static Request.Change delete(String operation) {
    return new Request.Delete(
        "default", "key", Condition.NONE, Acknowledge.MAJORITY, operation, 0, false);
  }
}
