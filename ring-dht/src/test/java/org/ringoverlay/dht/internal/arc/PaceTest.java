package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Id;

class PaceTest {
  private static final long MILLI = 1_000_000;
  private static final Id NEAR = Id.of("near");
  private static final Id FAR = Id.of("far");
  private final Pace pace = new Pace(2, 16, 2 * MILLI, 1);
  private long now;

  private void answers(Id node, int times, long millis) {
    for (int time = 0; time < times; time++) {
      now += MILLI;
      pace.ended(node, millis * MILLI, now);
    }
  }

  @Test
  void allowsMoreAndMoreWhileAnswersAreQuick() {
    assertThat(pace.allowed()).isEqualTo(2);
    answers(NEAR, 20, 1);
    assertThat(pace.allowed()).isBetween(5, 10);
    answers(NEAR, 500, 1);
    assertThat(pace.allowed()).isEqualTo(16);
  }

  @Test
  void allowsFewerWhenAnswersBecomeSlowAndOneAlways() {
    answers(NEAR, 500, 1);
    answers(NEAR, 3, 30);
    assertThat(pace.allowed()).isLessThan(15);
    answers(NEAR, 100, 30);
    assertThat(pace.allowed()).isEqualTo(1);
    answers(NEAR, 100, 1);
    assertThat(pace.allowed()).isGreaterThan(8);
  }

  @Test
  void waitsBetweenMessagesWhereOneAtATimeIsTooMuch() {
    answers(NEAR, 500, 1);
    assertThat(pace.pauseNanos(MILLI)).isZero();
    answers(NEAR, 100, 8);
    assertThat(pace.allowed()).isEqualTo(1);
    assertThat(pace.pauseNanos(8 * MILLI)).isEqualTo(8 * MILLI);
    assertThat(pace.pauseNanos(5_000 * MILLI)).isEqualTo(50 * MILLI);
    answers(NEAR, 3, 1);
    assertThat(pace.pauseNanos(MILLI)).isZero();
  }

  @Test
  void countsTheBestOfSeveralAnswersIfItIsToldSo() {
    var forgiving = new Pace(2, 16, 2 * MILLI, 3);
    for (int answer = 0; answer < 300; answer++) {
      now += MILLI;
      forgiving.ended(NEAR, answer % 3 == 0 ? MILLI : 40 * MILLI, now);
    }
    assertThat(forgiving.allowed()).as("two of three were late by chance").isEqualTo(16);
    for (int answer = 0; answer < 300; answer++) {
      now += MILLI;
      forgiving.ended(NEAR, 40 * MILLI, now);
    }
    assertThat(forgiving.allowed()).isEqualTo(1);
  }

  @Test
  void whatWasQuickInFormerTimesDoesNotCount() {
    var forgiving = new Pace(8, 16, 2 * MILLI, 8);
    for (int answer = 0; answer < 8; answer++) {
      forgiving.ended(NEAR, MILLI, now);
    }
    int before = forgiving.allowed();
    for (int pause = 0; pause < 3; pause++) {
      now += 11_000 * MILLI;
      forgiving.ended(NEAR, 50 * MILLI, now);
    }
    for (int answer = 0; answer < 8; answer++) {
      forgiving.ended(NEAR, 90 * MILLI, now);
    }
    assertThat(forgiving.allowed()).isLessThan(before + 4);
    for (int answer = 0; answer < 20; answer++) {
      forgiving.ended(NEAR, 90 * MILLI, now);
    }
    assertThat(forgiving.allowed()).isEqualTo(1);
  }

  @Test
  void aWayThatIsLongByItselfIsNoQueue() {
    for (int round = 0; round < 500; round++) {
      answers(NEAR, 1, 1);
      answers(FAR, 1, 80);
    }
    assertThat(pace.allowed()).isEqualTo(16);
  }

  @Test
  void aWayThatBecameLongerIsNoQueueAfterAWhile() {
    answers(NEAR, 100, 1);
    answers(NEAR, 5_000, 20);
    assertThat(pace.allowed()).isEqualTo(1);
    answers(NEAR, 25_000, 20);
    assertThat(pace.allowed()).isEqualTo(16);
  }
}
