package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;

class DecisionTest {
  private static final Register ONE =
      new Register(
          100,
          false,
          Json.of(1),
          OperationWindow.EMPTY.plus(new Operation("first", 100, false, 0)));
  private static final Register TOMBSTONE =
      new Register(101, true, Register.NOTHING, ONE.operations());

  @Test
  void aPutMakesTheNextVersionAndRemembersItsOperation() {
    var apply = (Decision.Apply) Decision.on(ONE, put("second", 2, Condition.NONE), 102);

    assertThat(apply.next().version()).isEqualTo(102);
    assertThat(apply.next().value()).isEqualTo(Json.of(2));
    assertThat(apply.operation().existed()).isTrue();
    assertThat(apply.next().operations().find("first")).isNotNull();
    assertThat(apply.next().operations().find("second")).isEqualTo(apply.operation());
  }

  @Test
  void aRepeatGetsTheFirstOutcomeThoughItsConditionNoLongerHolds() {
    Decision decision = Decision.on(ONE, put("first", 1, version(3)), 102);

    assertThat(decision).isEqualTo(new Decision.Repeat(new Operation("first", 100, false, 0)));
  }

  @Test
  void aCallersNameForAnotherPayloadIsRefused() {
    var first = (Decision.Apply) Decision.on(null, put("k:name", 1, Condition.NONE), 100);

    assertThat(Decision.on(first.next(), put("k:name", 1, Condition.NONE), 101))
        .isInstanceOf(Decision.Repeat.class);
    assertThat(reason(Decision.on(first.next(), put("k:name", 2, Condition.NONE), 101)).code())
        .isEqualTo("key-reused");
    assertThat(reason(Decision.on(first.next(), delete("k:name"), 101)).code())
        .isEqualTo("key-reused");
  }

  @Test
  void aTombstoneIsAbsentButItsVersionCounts() {
    assertThat(Decision.on(TOMBSTONE, delete("x"), 102)).isInstanceOf(Decision.Nothing.class);
    assertThat(Decision.on(TOMBSTONE, put("x", 1, version(101)), 102))
        .isInstanceOf(Decision.Reject.class);
    var again =
        (Decision.Apply)
            Decision.on(TOMBSTONE, put("x", 1, new Condition(Condition.Kind.ABSENT, 0)), 102);
    assertThat(again.operation().existed()).isFalse();
  }

  @Test
  void aConflictTellsWhatIsThere() {
    var conflict = (RingException.Conflict) reason(Decision.on(ONE, put("x", 2, version(7)), 102));

    assertThat(conflict.expected()).isEqualTo(OptionalLong.of(7));
    assertThat(conflict.currentVersion()).isEqualTo(OptionalLong.of(100));
    assertThat(conflict.current()).isEqualTo("1");
  }

  @Test
  void aValueThatIsNullIsAValue() {
    var apply =
        (Decision.Apply)
            Decision.on(
                null,
                new Request.Put(
                    "default",
                    "key",
                    Json.parse("null"),
                    Condition.NONE,
                    Acknowledge.MAJORITY,
                    "x"),
                102);
    assertThat(Register.present(apply.next())).isTrue();
  }

  private static RingException reason(Decision decision) {
    return ((Decision.Reject) decision).reason();
  }

  private static Condition version(long version) {
    return new Condition(Condition.Kind.VERSION, version);
  }

  private static Request.Change put(String operation, int value, Condition condition) {
    return new Request.Put(
        "default", "key", Json.of(value), condition, Acknowledge.MAJORITY, operation);
  }

  private static Request.Change delete(String operation) {
    return new Request.Delete("default", "key", Condition.NONE, Acknowledge.MAJORITY, operation);
  }
}
