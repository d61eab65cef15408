package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

class RepairBatchTest {
  private static final Id SELF = Id.of("self");
  private static final Id B = Id.of("b");
  private static final Place PLACE =
      new Place(SELF, List.of(SELF, B), List.of(SELF, B), List.of(), 2, 3, 0);
  private static final long BYTES_MAX = 100_000;
  private static final Limits LIMITS = new Limits(1, 1, 1, 100, 10_000, BYTES_MAX);

  private final RepairBatch batch = new RepairBatch(5, SELF, new Ballot(1, SELF, 1), LIMITS, true);

  @Test
  void countsWhatRegistersRememberAndSplitsByBytes() {
    OperationWindow window = OperationWindow.EMPTY;
    for (int number = 0; number < OperationWindow.OPERATIONS_MAX; number++) {
      window =
          window.plus(Operation.made("k:" + "\"".repeat(128), number + 1, true, Long.MIN_VALUE));
    }
    int taken = 0;
    while (batch.take(cell("default\0" + taken, window), PLACE)) {
      taken++;
    }

    assertThat(taken).isPositive();
    var push = (Repair.Push) batch.close();
    assertThat(push).isNotNull();
    assertThat(push.message().entries()).hasSize(taken);
    assertThat(Json.of(push.message()).size()).isLessThan((int) BYTES_MAX + 10_000);
  }

  @Test
  void splitsTheQuestionForRegistersByBytesToo() {
    int taken = 0;
    while (batch.take(unknown("default\0" + "\u0001".repeat(500) + taken), PLACE)) {
      taken++;
    }

    var pull = (Repair.Pull) batch.close();
    assertThat(pull).isNotNull();
    assertThat(pull.message()).isEqualTo(new CopyRequest.Fetch(5, pull.message().keys()));
    assertThat(pull.message().keys()).hasSize(taken);
    assertThat(Json.of(pull.message()).size()).isLessThan((int) BYTES_MAX + 1_000);
  }

  private static Cell cell(String key, OperationWindow window) {
    return new Cell(key, Register.made(500, false, Json.of(1), window));
  }

  private static Cell unknown(String key) {
    var cell = new Cell(key, null);
    cell.learn(7, List.of(B));
    return cell;
  }
}
