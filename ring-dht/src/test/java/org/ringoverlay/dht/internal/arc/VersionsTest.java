package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VersionsTest {
  @Test
  void countsUpWithinARound() {
    long first = Versions.next(0, 7);
    long second = Versions.next(first, 7);

    assertThat(second).isEqualTo(first + 1);
    assertThat(Versions.round(second)).isEqualTo(7);
    assertThat(Versions.counter(second)).isEqualTo(2);
  }

  @Test
  void aLaterRoundIsAboveAllOfAnEarlierOne() {
    long last = (7L << 26) | ((1L << 26) - 1);
    assertThat(Versions.next(last, 8)).isGreaterThan(last);
  }

  @Test
  void aRoundEndsInsteadOfRunningIntoTheNext() {
    long last = (7L << 26) | ((1L << 26) - 1);
    assertThat(Versions.next(last, 7)).isEqualTo(Versions.EXHAUSTED);
  }

  @Test
  void theLargestRoundStaysBelowTheLargestVersion() {
    assertThat(Versions.next(0, Versions.ROUND_MAX)).isPositive().isLessThan(Versions.MAX);
  }

  @Test
  void neverMakesAVersionBelowTheCurrentOne() {
    long current = Versions.next(0, 8);
    assertThatThrownBy(() -> Versions.next(current, 7)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLaterGenerationIsAboveAllRoundsOfAnEarlierOne() {
    long first = Versions.firstOf(1);
    assertThat(Versions.next(0, first))
        .isGreaterThan(Versions.next(0, Versions.ROUND_MAX))
        .isLessThan(Versions.MAX);
    assertThat(Versions.generation(Versions.next(0, first))).isEqualTo(1);
    assertThat(Versions.generation(Versions.next(0, Versions.ROUND_MAX))).isZero();
    assertThat(Versions.isLast(first - 2)).isTrue();
    assertThat(Versions.isLast(first)).isFalse();
  }

  @Test
  void theLastGenerationIsTheThirtyFirst() {
    assertThat(Versions.next(0, Versions.firstOf(31))).isPositive().isLessThan(Versions.MAX);
    assertThat(Versions.firstOf(32)).isEqualTo(Versions.EXHAUSTED);
  }
}
