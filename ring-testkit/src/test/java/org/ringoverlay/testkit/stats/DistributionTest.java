package org.ringoverlay.testkit.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistributionTest {
  @Test
  void quantilesAreNearestRanks() {
    var numbers = new Distribution();
    for (int i = 1_000; i >= 1; i--) {
      numbers.add(i);
    }
    assertThat(numbers.count()).isEqualTo(1_000);
    assertThat(numbers.min()).isEqualTo(1);
    assertThat(numbers.quantile(0.5)).isEqualTo(500);
    assertThat(numbers.quantile(0.999)).isEqualTo(999);
    assertThat(numbers.max()).isEqualTo(1_000);
    assertThat(numbers.mean()).isEqualTo(500.5);
    assertThat(numbers.shareUpTo(250)).isEqualTo(0.25);
    assertThat(numbers.shareUpTo(0)).isZero();
    numbers.add(0);
    assertThat(numbers.min()).isZero();
  }

  @Test
  void ofNothingThereIsNoQuantile() {
    var none = new Distribution();
    assertThatThrownBy(() -> none.quantile(0.5)).isInstanceOf(IllegalStateException.class);
    assertThat(none).hasToString("none");
  }

  @Test
  void anUpperBoundIsThatOfClopperAndPearson() {
    // qbeta(0.95, k + 1, n - k) in R.
    assertThat(Confidence.upperBound(0, 10)).isCloseTo(0.2588656, within(1e-7));
    assertThat(Confidence.upperBound(1, 10)).isCloseTo(0.3941633, within(1e-7));
    assertThat(Confidence.upperBound(5, 100)).isCloseTo(0.1022534, within(1e-6));
    assertThat(Confidence.upperBound(9, 10)).isCloseTo(0.9948838, within(1e-7));
    assertThat(Confidence.upperBound(3, 3)).isEqualTo(1);
    assertThat(Confidence.upperBound(0, 0)).isEqualTo(1);
  }

  @Test
  void withoutFailuresItIsTheRuleOfThree() {
    assertThat(Confidence.upperBound(0, 3_000_000)).isCloseTo(1e-6, within(2e-9));
    assertThat(Confidence.upperBound(0, 300_000)).isLessThan(1e-5);
    assertThat(Confidence.upperBound(1, 300_000)).isGreaterThan(1e-5);
  }

  @Test
  void manyFailuresAreNoTrouble() {
    assertThat(Confidence.upperBound(500_000, 1_000_000)).isBetween(0.5, 0.501);
  }
}
