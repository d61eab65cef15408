package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

class SoundnessTest {
  private static final Arcs ARCS = Arcs.of(4);
  private static final Id DADDY = Id.of("daddy");
  private static final String KEY = "default\0key";
  private static final int ARC = ARCS.indexOf(Keys.idOfFull(KEY));
  private static final Ballot BALLOT = new Ballot(4, DADDY, 9);

  private final Shelf shelf =
      new Shelf(
          Journal.inMemory(new Voter(Id.of("self"), 1), new NoLoop()),
          new Grants(() -> 0, true),
          100);

  /** The version that is so many after one of the ballot's. */
  private static long version(int number) {
    return Versions.before(BALLOT.round()) + number;
  }

  private void check(int version, long base, int... operations) {
    List<Operation> seen = new ArrayList<>();
    for (int each : operations) {
      seen.add(Operation.made("o" + each, version(each), true, 0));
    }
    Entry entry = Entry.made(KEY, version(version), false, Json.of(1), base, seen);
    Soundness.check(
        ARCS, shelf, CopyRequest.Accept.registers(ARC, BALLOT, 1, List.of(entry)), DADDY);
  }

  private void isRefused(int version, long base, int... operations) {
    assertThatThrownBy(() -> check(version, base, operations))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("no register");
  }

  @Test
  void aRegisterHasSeenItsOperationsOneAfterTheOther() {
    assertThatCode(() -> check(9, Entry.WHOLE, 2, 5, 9)).doesNotThrowAnyException();
    assertThatCode(() -> check(9, Entry.WHOLE)).doesNotThrowAnyException();
    isRefused(9, Entry.WHOLE, 5, 2);
    isRefused(9, Entry.WHOLE, 5, 5);
    isRefused(9, Entry.WHOLE, 10);
  }

  @Test
  void whatAStepAddsComesAfterAllThatItsBaseHasSeen() {
    assertThatCode(() -> check(9, version(4), 5, 9)).doesNotThrowAnyException();
    isRefused(9, version(4), 4);
    isRefused(9, version(4), 3, 9);
  }
}
