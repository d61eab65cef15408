package org.ringoverlay.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ringoverlay.internal.fake.Facts.node;
import static org.ringoverlay.internal.fake.FakeLoop.MILLIS;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.fake.FakeLoop;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;

class HandoversTest {
  private static final Id HOP = node(2);
  private static final Id OTHER = node(3);

  private final FakeLoop loop = new FakeLoop(1);
  private final TreeMap<Id, Long> heard = new TreeMap<>();
  private final List<String> missed = new ArrayList<>();
  private final Handovers handovers =
      new Handovers(
          new Handovers.Limits(100 * MILLIS, 3_000 * MILLIS, 4, 1_000),
          id -> heard.getOrDefault(id, Long.MIN_VALUE),
          loop,
          loop,
          (hop, message, times) -> missed.add(hop.shortString() + " " + message.sequence()));

  private static Envelope request(long sequence) {
    return new Envelope(
        Kind.REQUEST,
        0,
        1,
        16,
        0,
        node(9),
        node(1),
        1,
        sequence,
        0,
        1,
        1_000_000,
        "echo",
        new byte[100],
        0,
        100);
  }

  private int handOver(long sequence) {
    return handovers.handOver(HOP, request(sequence), 0);
  }

  /** So many handovers, each acknowledged after so long. */
  private void roundTrips(int count, long nanos) {
    for (int i = 0; i < count; i++) {
      int number = handOver(1_000 + i);
      loop.advance(nanos);
      handovers.acknowledged(HOP, List.of(number));
    }
  }

  @Test
  void aMillionAcknowledgementsNobodyAskedForChangeNothing() {
    handOver(1);
    long strays = 0;
    for (int number = 2; number <= 1_000_001; number++) {
      strays += handovers.acknowledged(HOP, List.of(number));
      strays += handovers.acknowledged(OTHER, List.of(1));
    }
    assertThat(strays).isEqualTo(2_000_000);
    loop.advance(1_000 * MILLIS);
    assertThat(missed).as("the one that waits is not acknowledged by a stranger").hasSize(1);
    assertThat(handovers.isDoubted(OTHER)).isFalse();
  }

  @Test
  void whatIsAcknowledgedIsForgotten() {
    int number = handOver(1);
    assertThat(number).isPositive();
    assertThat(handovers.acknowledged(OTHER, List.of(number))).as("strays").isEqualTo(1);
    assertThat(handovers.acknowledged(HOP, List.of(number, number, 77))).as("strays").isEqualTo(2);
    loop.advance(60_000 * MILLIS);
    assertThat(missed).isEmpty();
    assertThat(handovers.isDoubted(HOP)).isFalse();
    assertThat(loop.waiting()).as("no timer runs for nothing").isZero();
  }

  @Test
  void whatIsNotAcknowledgedIsGivenBackOnceAndTheHopDoubted() {
    handOver(1);
    loop.advance(200 * MILLIS);
    assertThat(missed).isEmpty();
    loop.advance(140 * MILLIS);
    assertThat(missed).containsExactly(HOP.shortString() + " 1");
    assertThat(handovers.isDoubted(HOP)).isTrue();
    assertThat(handovers.isDoubted(OTHER)).isFalse();
    loop.advance(2_900 * MILLIS);
    assertThat(missed).hasSize(1);
    loop.advance(200 * MILLIS);
    assertThat(handovers.isDoubted(HOP)).as("tried again after a while").isFalse();
  }

  @Test
  void theTimeoutFollowsTheRoundTripsAndDoublesWithEachMiss() {
    roundTrips(50, 200 * MILLIS);
    handOver(1);
    loop.advance(180 * MILLIS);
    assertThat(missed).as("a slow road, but a steady one").isEmpty();
    loop.advance(80 * MILLIS);
    assertThat(missed).hasSize(1);
    handOver(2);
    loop.advance(380 * MILLIS);
    assertThat(missed).hasSize(1);
    loop.advance(100 * MILLIS);
    assertThat(missed).hasSize(2);

    roundTrips(50, 10 * MILLIS);
    handOver(3);
    loop.advance(80 * MILLIS);
    assertThat(missed).as("no less than the shortest").hasSize(2);
    loop.advance(60 * MILLIS);
    assertThat(missed).hasSize(3);
  }

  @Test
  void aHopThatIsHeardAgainIsDoubtedNoMore() {
    handOver(1);
    loop.advance(400 * MILLIS);
    assertThat(handovers.isDoubted(HOP)).isTrue();
    heard.put(HOP, loop.nanos() - 390 * MILLIS);
    assertThat(handovers.isDoubted(HOP)).as("that was before").isTrue();
    heard.put(HOP, loop.nanos());
    loop.advance(10 * MILLIS);
    assertThat(handovers.isDoubted(HOP)).isFalse();
  }

  @Test
  void beyondTheBoundHandoversAreNotWatched() {
    for (int i = 1; i <= 4; i++) {
      assertThat(handOver(i)).isPositive();
    }
    assertThat(handOver(5)).isZero();
    handovers.notSent(HOP, 4);
    assertThat(handOver(6)).isPositive();
    loop.advance(1_000 * MILLIS);
    assertThat(missed).hasSize(4).noneMatch(each -> each.endsWith(" 4"));
  }

  @Test
  void answersAreKeptWholeWithinTheBytesAllowed() {
    Envelope answer = request(1).answer(Kind.REPLY, 0, OTHER, new byte[600]);
    int number = handovers.handOver(HOP, answer, 2);
    assertThat(number).isPositive();
    assertThat(handovers.handOver(OTHER, answer, 0)).as("too many bytes").isZero();
    handovers.acknowledged(HOP, List.of(number));
    assertThat(handovers.handOver(OTHER, answer, 0)).isPositive();
    loop.advance(400 * MILLIS);
    assertThat(missed).containsExactly(OTHER.shortString() + " 1");
    assertThat(handovers.handOver(HOP, answer, 0)).isPositive();
  }
}
