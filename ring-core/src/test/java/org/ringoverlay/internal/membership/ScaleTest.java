package org.ringoverlay.internal.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ScaleTest {
  private static final int LIMIT = 1_000;

  private final Scale scale = new Scale(LIMIT);

  @Test
  void aRingPastItsLimitIsLargeAndStaysSoUntilItIsHalfAsLarge() {
    assertThat(scale.counted(LIMIT)).isFalse();
    assertThat(scale.counted(LIMIT + 1)).isTrue();
    assertThat(scale.isLarge()).isTrue();
    assertThat(scale.counted(LIMIT + 2)).as("that is known").isFalse();
    for (int i = 0; i < 100; i++) {
      assertThat(scale.estimated(LIMIT / 2 + 1, LIMIT / 2 + 1)).isFalse();
    }
    for (int i = 0; i < 100 && scale.isLarge(); i++) {
      scale.estimated(LIMIT / 2, LIMIT / 2);
    }
    assertThat(scale.isLarge()).isFalse();
    assertThat(scale.number()).isEqualTo(2);
  }

  @Test
  void theHighestNumberWinsAndNoOlderOneDoes() {
    assertThat(scale.hear(7)).isTrue();
    assertThat(scale.hear(7)).isFalse();
    assertThat(scale.hear(6)).isFalse();
    assertThat(scale.isLarge()).isTrue();
    assertThat(scale.hear(-1)).isFalse();
    assertThat(scale.number()).isEqualTo(7);
  }

  @Test
  void oneFrameDoesNotTakeTheNumberToItsEnd() {
    scale.hear(Long.MAX_VALUE);
    assertThat(scale.isLarge()).isTrue();
    assertThat(scale.number()).isEqualTo((1L << 20) + 1);
    var newcomer = new Scale(LIMIT);
    assertThat(newcomer.hear(scale.number() + 1)).isTrue();
    assertThat(newcomer.isLarge()).as("at once what it says").isFalse();
    assertThat(newcomer.hear(scale.number() + 1)).as("and the rest").isTrue();
    assertThat(newcomer.number()).isEqualTo(scale.number() + 1);
  }

  @Test
  void aFewEstimatesDecideNothing() {
    scale.hear(1);
    for (int i = 0; i < 7; i++) {
      assertThat(scale.estimated(1, 1)).isFalse();
    }
    assertThat(scale.estimated(1, 0)).as("one that is none does not count").isFalse();
    assertThat(scale.estimated(1, 1)).isTrue();
  }

  @Test
  void estimatesOfBeforeTheLastChangeDoNotCount() {
    scale.hear(1);
    for (int i = 0; i < 7; i++) {
      scale.estimated(1, 1);
    }
    scale.hear(3);
    assertThat(scale.estimated(1, 1)).isFalse();
  }

  /** Each estimate is some 20 % off; of many nodes none may find that the ring halved. */
  @Test
  void noNodeOfALargeRingTakesItForHalfAsLargeByChance() {
    var random = new Random(1);
    for (int node = 0; node < 5_000; node++) {
      var one = new Scale(LIMIT);
      one.hear(1);
      for (int heard = 0; heard < 40; heard++) {
        boolean small = one.estimated(estimate(random, LIMIT), estimate(random, LIMIT));
        assertThat(small).as("node %d", node).isFalse();
      }
    }
  }

  /** By the gaps between 33 nodes, as a leaf set of 16 on each side sees them. */
  private static long estimate(Random random, int size) {
    double gaps = 0;
    for (int i = 0; i < 32; i++) {
      gaps -= Math.log(1 - random.nextDouble());
    }
    return Math.round(32 * size / gaps);
  }
}
