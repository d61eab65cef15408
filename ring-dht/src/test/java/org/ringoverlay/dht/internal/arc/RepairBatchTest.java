package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

class RepairBatchTest {
  private static final Voter B = new Voter(Id.of("b"), 2);
  private static final Voter C = new Voter(Id.of("c"), 3);
  private static final List<Voter> OTHERS = List.of(B, C);
  private static final long BYTES_MAX = 100_000;
  private static final Limits LIMITS = new Limits(1, 1, 100, 10_000, BYTES_MAX);
  private static final Ballot BALLOT = new Ballot(4, Id.of("self"), 1);

  private final RepairBatch batch = new RepairBatch(5, BALLOT, 1, LIMITS, true);

  @Test
  void countsWhatRegistersRememberAndSplitsByBytes() {
    OperationWindow window = OperationWindow.EMPTY;
    for (int number = 0; number < OperationWindow.OPERATIONS_MAX; number++) {
      window =
          window.plus(Operation.made("k:" + "\"".repeat(128), number + 1, true, Long.MIN_VALUE));
    }
    int taken = 0;
    while (batch.take(cell("default\0" + taken, window), OTHERS)) {
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
    while (batch.take(unknown("default\0" + "\u0001".repeat(500) + taken), OTHERS)) {
      taken++;
    }

    var pull = (Repair.Pull) batch.close();
    assertThat(pull).isNotNull();
    assertThat(pull.message()).isEqualTo(new CopyRequest.Fetch(5, pull.message().keys()));
    assertThat(pull.message().keys()).hasSize(taken);
    assertThat(Json.of(pull.message()).size()).isLessThan((int) BYTES_MAX + 1_000);
  }

  @Test
  void splitsByRecords() {
    var two = new RepairBatch(5, BALLOT, 1, new Limits(1, 1, 100, 2, BYTES_MAX), true);

    assertThat(two.take(cell("a"), OTHERS)).isTrue();
    assertThat(two.take(cell("b"), OTHERS)).isTrue();
    assertThat(two.take(cell("c"), OTHERS)).isFalse();
  }

  @Test
  void gathersWholeRegistersForOneNode() {
    Cell first = cell("a");
    Cell second = cell("b");
    batch.take(first, OTHERS);
    batch.take(second, OTHERS);

    var push = (Repair.Push) batch.close();
    assertThat(push.node()).isEqualTo(B.node());
    assertThat(push.message().ballot()).isEqualTo(BALLOT);
    assertThat(push.message().configuration()).isNull();
    assertThat(push.message().entries()).extracting(Entry::base).containsOnly(Entry.WHOLE);
    assertThat(push.heads()).containsExactly(new Head("a", 500, 4), new Head("b", 500, 4));
    assertThat(first.asked).containsExactly(B.node());
  }

  @Test
  void sendsNothingToWhoHoldsItOrWasSentIt() {
    Cell held = cell("a");
    held.holds(B);
    held.asked.add(C.node());
    assertThat(batch.take(held, OTHERS)).isTrue();
    assertThat(batch.close()).isNull();

    Cell lacking = cell("b");
    lacking.holds(B);
    batch.take(lacking, OTHERS);
    assertThat(batch.close()).extracting(Repair::node).isEqualTo(C.node());
  }

  @Test
  void whatAMemberHeldInAFormerStoreIsSentAgain() {
    Cell cell = cell("a");
    cell.holds(new Voter(B.node(), 1));
    cell.holds(C);
    batch.take(cell, OTHERS);

    assertThat(batch.close()).extracting(Repair::node).isEqualTo(B.node());
  }

  @Test
  void doesNotAskAndSendInOneMessage() {
    Cell sent = cell("b");
    batch.take(unknown("a"), OTHERS);
    batch.take(sent, OTHERS);

    assertThat(batch.close()).isInstanceOf(Repair.Pull.class);
    assertThat(sent.asked).isEmpty();
  }

  @Test
  void aFullNodeAsksForNothingMore() {
    var full = new RepairBatch(5, BALLOT, 1, LIMITS, false);
    assertThat(full.take(unknown("a"), OTHERS)).isTrue();

    assertThat(full.close()).isNull();
  }

  private static Cell cell(String key) {
    return cell(key, OperationWindow.EMPTY);
  }

  private static Cell cell(String key, OperationWindow window) {
    return new Cell(key, Register.made(500, false, Json.of(1), window));
  }

  private static Cell unknown(String key) {
    var cell = new Cell(key, null);
    cell.wanted = new Head(key, 7, 1);
    cell.sources.add(B);
    return cell;
  }
}
