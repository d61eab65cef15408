package org.ringoverlay.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.call.Repeats.Found;
import org.ringoverlay.internal.fake.Facts;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;

class RepeatsTest {
  private static final Repeats.Limits WIDE = new Repeats.Limits(1_000, 1 << 20, 100, 1_000);
  private static final Id ASKER = Facts.node(1);
  private static final Id SELF = Facts.node(2);

  private static Envelope request(Id asker, long sequence, long oldestOpen) {
    return request(asker, 1, sequence, oldestOpen, 0);
  }

  private static Envelope request(
      Id asker, long incarnation, long sequence, long oldestOpen, int flags) {
    return new Envelope(
        Kind.REQUEST,
        flags,
        1,
        16,
        0,
        SELF,
        asker,
        incarnation,
        sequence,
        oldestOpen,
        1,
        1_000_000,
        "echo",
        new byte[0],
        0,
        0);
  }

  private static Envelope answer(Envelope request, int bytes) {
    return request.answer(Kind.REPLY, 0, SELF, new byte[bytes]);
  }

  private static Envelope attempt(int number) {
    Envelope first = request(ASKER, 1, 1, 1, number > 1 ? Envelope.REPEAT : 0);
    return new Envelope(
        first.kind(),
        first.flags(),
        1,
        16,
        0,
        SELF,
        ASKER,
        1,
        1,
        1,
        Envelope.attempt(number),
        1_000_000,
        "echo",
        new byte[0],
        0,
        0);
  }

  @Test
  void answerSpeaksForAllAttemptsThatCameHere() {
    var repeats = new Repeats(WIDE);
    assertThat(repeats.look(attempt(2))).isInstanceOf(Found.First.class);
    assertThat(repeats.look(attempt(1))).isInstanceOf(Found.InWork.class);
    Envelope said = repeats.done(attempt(2), answer(attempt(2), 10), 0);
    assertThat(said.attempts()).isEqualTo(0b11);
    assertThat(repeats.look(attempt(4)))
        .isInstanceOfSatisfying(
            Found.Answered.class, found -> assertThat(found.answer().attempts()).isEqualTo(0b1011));
  }

  private static Envelope run(Repeats repeats, Envelope request, long now) {
    assertThat(repeats.look(request)).isInstanceOf(Found.First.class);
    Envelope answer = answer(request, 10);
    repeats.done(request, answer, now);
    return answer;
  }

  @Test
  void firstRunsThenIsInWorkThenIsAnsweredAlike() {
    var repeats = new Repeats(WIDE);
    Envelope request = request(ASKER, 1, 1);
    assertThat(repeats.look(request)).isInstanceOf(Found.First.class);
    assertThat(repeats.look(request)).isInstanceOf(Found.InWork.class);
    Envelope answer = answer(request, 10);
    repeats.done(request, answer, 0);
    assertThat(repeats.look(request)).isEqualTo(new Found.Answered(answer));
    repeats.done(request, answer(request, 99), 0);
    assertThat(repeats.look(request)).as("the first stays").isEqualTo(new Found.Answered(answer));
  }

  @Test
  void sameNumberOfAnotherAskerOrIncarnationIsAnotherRequest() {
    var repeats = new Repeats(WIDE);
    run(repeats, request(ASKER, 1, 1), 0);
    assertThat(repeats.look(request(Facts.node(9), 1, 1))).isInstanceOf(Found.First.class);
    assertThat(repeats.look(request(ASKER, 2, 1, 1, 0))).isInstanceOf(Found.First.class);
  }

  @Test
  void whatItsAskerNoLongerWaitsForIsStaleAndItsAnswerIsLetGo() {
    var repeats = new Repeats(WIDE);
    run(repeats, request(ASKER, 1, 1), 0);
    run(repeats, request(ASKER, 2, 1), 0);
    assertThat(repeats.answersHeld()).isEqualTo(2);
    run(repeats, request(ASKER, 3, 3), 0);
    assertThat(repeats.answersHeld()).isEqualTo(1);
    assertThat(repeats.look(request(ASKER, 2, 1))).isInstanceOf(Found.Stale.class);
  }

  @Test
  void oldWatermarkDoesNotTakeANewerOneBack() {
    var repeats = new Repeats(WIDE);
    run(repeats, request(ASKER, 5, 5), 0);
    assertThat(repeats.look(request(ASKER, 4, 1))).isInstanceOf(Found.Stale.class);
    assertThat(repeats.look(request(ASKER, 4, 4))).isInstanceOf(Found.Stale.class);
  }

  @Test
  void beyondTheCountTheOldestIsForgottenAndSaidToBe() {
    var repeats = new Repeats(new Repeats.Limits(3, 1 << 20, 100, 1_000));
    for (int sequence = 1; sequence <= 4; sequence++) {
      run(repeats, request(ASKER, sequence, 1), 0);
    }
    assertThat(repeats.answersHeld()).isEqualTo(3);
    assertThat(repeats.look(request(ASKER, 1, 1))).isInstanceOf(Found.Forgotten.class);
    assertThat(repeats.look(request(ASKER, 2, 1))).isInstanceOf(Found.Answered.class);
  }

  @Test
  void beyondTheBytesTheOldestIsForgotten() {
    Envelope first = request(ASKER, 1, 1);
    int answerBytes = answer(first, 10).sizeBytes();
    var repeats = new Repeats(new Repeats.Limits(1_000, 2L * answerBytes, 100, 1_000));
    for (int sequence = 1; sequence <= 3; sequence++) {
      run(repeats, request(ASKER, sequence, 1), 0);
    }
    assertThat(repeats.answersHeld()).isEqualTo(2);
    assertThat(repeats.look(first)).isInstanceOf(Found.Forgotten.class);
  }

  @Test
  void answerThatAloneIsTooLargeIsForgottenAtOnce() {
    var repeats = new Repeats(new Repeats.Limits(10, 100, 100, 1_000));
    Envelope request = request(ASKER, 1, 1);
    repeats.look(request);
    repeats.done(request, answer(request, 1_000), 0);
    assertThat(repeats.answersHeld()).isZero();
    assertThat(repeats.look(request)).isInstanceOf(Found.Forgotten.class);
  }

  @Test
  void beyondTheAgeIsForgottenAndNotAMomentBefore() {
    var repeats = new Repeats(WIDE);
    run(repeats, request(ASKER, 1, 1), 0);
    repeats.age(1_000);
    assertThat(repeats.look(request(ASKER, 1, 1))).isInstanceOf(Found.Answered.class);
    repeats.age(1_001);
    assertThat(repeats.look(request(ASKER, 1, 1))).isInstanceOf(Found.Forgotten.class);
    assertThat(repeats.answersHeld()).isZero();
  }

  @Test
  void requestInWorkIsNeverForgotten() {
    var repeats = new Repeats(new Repeats.Limits(1, 1 << 20, 100, 1_000));
    repeats.look(request(ASKER, 1, 1));
    for (int sequence = 2; sequence < 50; sequence++) {
      run(repeats, request(ASKER, sequence, 1), sequence * 10_000L);
    }
    assertThat(repeats.look(request(ASKER, 1, 1))).isInstanceOf(Found.InWork.class);
  }

  @Test
  void requestThatWasTurnedAwayMayRunLater() {
    var repeats = new Repeats(WIDE);
    Envelope request = request(ASKER, 1, 1);
    repeats.look(request);
    repeats.undone(request);
    assertThat(repeats.look(request)).isInstanceOf(Found.First.class);
  }

  @Test
  void longestSilentAskerIsForgottenFirst() {
    var repeats = new Repeats(new Repeats.Limits(1_000, 1 << 20, 3, 1_000));
    for (int asker = 1; asker <= 3; asker++) {
      run(repeats, request(Facts.node(asker), 1, 1), 0);
    }
    repeats.look(request(Facts.node(1), 1, 1));
    run(repeats, request(Facts.node(4), 1, 1), 0);
    assertThat(repeats.answersHeld()).isEqualTo(3);
    assertThat(repeats.look(request(Facts.node(1), 1, 1))).isInstanceOf(Found.Answered.class);
  }

  @Test
  void repeatOfAnAskerThatWasForgottenDoesNotRunAgain() {
    var repeats = new Repeats(new Repeats.Limits(1_000, 1 << 20, 2, 1_000));
    for (int asker = 1; asker <= 3; asker++) {
      run(repeats, request(Facts.node(asker), 5, 1), 0);
    }
    Envelope repeat = request(Facts.node(1), 1, 5, 1, Envelope.REPEAT);
    assertThat(repeats.look(repeat)).isInstanceOf(Found.Forgotten.class);
    assertThat(repeats.look(repeat)).as("and again").isInstanceOf(Found.Forgotten.class);
    assertThat(repeats.look(request(Facts.node(1), 6, 1)))
        .as("what is new runs")
        .isInstanceOf(Found.First.class);
  }

  @Test
  void askersAreBoundedThoughNothingOfTheirsMayRun() {
    var repeats = new Repeats(new Repeats.Limits(1_000, 1 << 20, 3, 1_000));
    for (int asker = 1; asker <= 4; asker++) {
      run(repeats, request(Facts.node(asker), 1, 1), 0);
    }
    for (int incarnation = 1; incarnation <= 100; incarnation++) {
      Envelope repeat = request(ASKER, 100 + incarnation, 5, 1, Envelope.REPEAT);
      assertThat(repeats.look(repeat)).isInstanceOf(Found.Forgotten.class);
    }
    assertThat(repeats.askersHeld()).isEqualTo(3);
  }

  @Test
  void repeatFromAnUnknownAskerRunsWhileNobodyWasForgotten() {
    var repeats = new Repeats(WIDE);
    assertThat(repeats.look(request(ASKER, 1, 5, 1, Envelope.REPEAT)))
        .as("its first attempt was lost on the way")
        .isInstanceOf(Found.First.class);
  }

  @Test
  void memoryIsBoundedThoughOneOldAnswerStays() {
    var repeats = new Repeats(WIDE);
    run(repeats, request(Facts.node(7), 1, 1), 0);
    for (int sequence = 1; sequence <= 10_000; sequence++) {
      run(repeats, request(ASKER, sequence, sequence), 1);
    }
    assertThat(repeats.answersHeld()).isEqualTo(2);
    assertThat(repeats.remembered()).isLessThan(1_000);
  }

  @Test
  void noRequestRunsTwiceWhateverIsForgotten() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var repeats = new Repeats(new Repeats.Limits(5, 2_000, 3, 50));
      Map<String, Integer> runs = new HashMap<>();
      long[] oldest = {1, 1, 1, 1, 1};
      long now = 0;
      for (int step = 0; step < 300; step++) {
        now += random.nextInt(10);
        int asker = random.nextInt(5);
        if (random.nextInt(8) == 0) {
          oldest[asker]++;
        }
        long sequence = oldest[asker] + random.nextInt(6);
        String name = asker + "-" + sequence;
        int flags = runs.containsKey(name) ? Envelope.REPEAT : 0;
        Envelope request = request(Facts.node(asker), 1, sequence, oldest[asker], flags);
        if (repeats.look(request) instanceof Found.First) {
          assertThat(runs.merge(name, 1, Integer::sum)).as("seed %d, %s", seed, name).isEqualTo(1);
          if (random.nextInt(3) > 0) {
            repeats.done(request, answer(request, random.nextInt(300)), now);
          }
        }
        assertThat(repeats.answersHeld()).isLessThanOrEqualTo(5);
      }
    }
  }
}
