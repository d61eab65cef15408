package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class DurabilityTest {
  private static final double YEAR_NANOS = 365.25 * 24 * 3600 * 1e9;
  private static final double HOUR_NANOS = 3600e9;

  @Test
  void oneCopyLivesAsLongAsItsNode() {
    assertThat(Durability.yearsToLoss(1, 0.5, 0.001)).isEqualTo(2);
  }

  @Test
  void twoOfThreeAreLostAsTheKnownFormulaSays() {
    // (5 λ + μ) / 6 λ²
    double rate = 0.25;
    double repair = 0.01;
    assertThat(Durability.yearsToLoss(3, rate, repair))
        .isCloseTo((5 * rate + 1 / repair) / (6 * rate * rate), Percentage.withPercentage(1e-9));
  }

  @Test
  void aSimulationOfTheModelComesToTheSame() {
    var random = new Random(7);
    double rate = 1;
    double repair = 0.2;
    int runs = 20_000;
    double total = 0;
    for (int run = 0; run < runs; run++) {
      int lost = 0;
      while (lost < 3) {
        double further = (5 - lost) * rate;
        double back = lost == 0 ? 0 : 1 / repair;
        total += -Math.log(1 - random.nextDouble()) / (further + back);
        lost += random.nextDouble() * (further + back) < further ? 1 : -1;
      }
    }
    assertThat(Durability.yearsToLoss(5, rate, repair))
        .isCloseTo(total / runs, Percentage.withPercentage(3));
  }

  @Test
  void theBoundOfTheRateIsThatOfGarwood() {
    // Half of the 95 % quantiles of chi-square with 2, 4, 12 and 202 degrees of freedom.
    assertThat(Durability.expectedAtMost(0)).isCloseTo(2.9957, within(1e-4));
    assertThat(Durability.expectedAtMost(1)).isCloseTo(4.7439, within(1e-4));
    assertThat(Durability.expectedAtMost(5)).isCloseTo(10.5130, within(1e-4));
    assertThat(Durability.expectedAtMost(100)).isCloseTo(118.0786, within(0.05));
    assertThat(Durability.expectedAtMost(5_000)).isBetween(5_100.0, 5_130.0);
  }

  @Test
  void whoHasSeenNothingAdvisesNothing() {
    Durability none = Durability.of(0, 0, HOUR_NANOS, 0, 1, 4096, 1e-6);

    assertThat(none.yearsToLoss()).isEmpty();
    assertThat(none.yearsToLossAtLeast()).isZero();
    assertThat(none.advised()).isEmpty();
    assertThat(none.risk(7).orElseThrow().likely()).isEmpty();
    assertThat(none.risk(7).orElseThrow().atMost()).isEqualTo(1);
  }

  @Test
  void moreCopiesAndMoreTimeWithoutALossMakeItSurer() {
    Durability year = Durability.of(YEAR_NANOS, 0, HOUR_NANOS / 10, 0, 9, 4096, 1e-6);
    Durability years = Durability.of(100 * YEAR_NANOS, 0, HOUR_NANOS / 10, 0, 9, 4096, 1e-6);

    for (int copies = 3; copies <= 7; copies += 2) {
      assertThat(year.risk(copies).orElseThrow().atMost())
          .isLessThan(year.risk(copies - 2).orElseThrow().atMost());
      assertThat(years.risk(copies).orElseThrow().atMost())
          .isLessThan(year.risk(copies).orElseThrow().atMost());
    }
    assertThat(years.advised()).hasValue(3);
    assertThat(year.advised().orElse(9)).isGreaterThan(3);
  }

  @Test
  void theAdviceRestsOnTheRateThatCannotBeExcludedAndNotOnThatWhichWasSeen() {
    Durability few = Durability.of(20 * YEAR_NANOS, 1, HOUR_NANOS, 1, 5, 4096, 3e-5);
    Durability.Risk three = few.risk(3).orElseThrow();

    assertThat(few.yearsToLoss().orElseThrow()).isCloseTo(20, within(1e-9));
    assertThat(three.likely().orElseThrow()).isLessThan(3e-5);
    assertThat(three.atMost()).isGreaterThan(3e-5);
    assertThat(few.advised()).hasValue(5);
  }

  @Test
  void arcsOfTheSameNodesGoTogether() {
    double one = Durability.risk(3, 0.1, 1e-4, 1);
    assertThat(Durability.risk(3, 0.1, 1e-4, 9)).isCloseTo(9 * one, Percentage.withPercentage(1));
  }
}
