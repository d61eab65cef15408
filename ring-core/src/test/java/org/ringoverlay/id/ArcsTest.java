package org.ringoverlay.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArcsTest {

  private static final long SEED = 20_260_303L;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 11, 12, 13, 20})
  void everyIdLiesInTheRangeOfItsArcAndNoOther(int bits) {
    Arcs arcs = Arcs.of(bits);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 2_000; round++) {
      Id id = Ids.any(random);
      int index = arcs.indexOf(id);
      int other = random.nextInt(arcs.count());
      assertThat(arcs.range(index).contains(id)).as("seed %d: %s", SEED, id).isTrue();
      assertThat(arcs.range(other).contains(id)).as("seed %d", SEED).isEqualTo(other == index);
      assertThat(arcs.address(id)).as("seed %d", SEED).isEqualTo(arcs.centre(index));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 7, 12})
  void arcsFollowEachOtherAndCloseTheCircle(int bits) {
    Arcs arcs = Arcs.of(bits);
    for (int i = 0; i < arcs.count(); i++) {
      IdRange range = arcs.range(i);
      assertThat(range.to()).isEqualTo(arcs.range((i + 1) % arcs.count()).from());
      assertThat(arcs.indexOf(range.from())).isEqualTo(i);
      assertThat(arcs.indexOf(range.to().previous())).isEqualTo(i);
      assertThat(arcs.centre(i))
          .isEqualTo(
              bits == 0 ? Id.of(Long.MIN_VALUE, 0, 0) : Id.midpoint(range.from(), range.to()));
    }
  }

  @Test
  void thereAre4096UnlessTheFounderSaysOtherwise() {
    assertThat(Arcs.standard().count()).isEqualTo(4_096);
    assertThat(Arcs.standard()).isEqualTo(Arcs.of(12)).hasSameHashCodeAs(Arcs.of(12));
  }

  @Test
  void anArcIsCalledByItsPrefixAndItsLength() {
    assertThat(Arcs.of(12).name(0xa3f)).isEqualTo("a3f/12");
    assertThat(Arcs.of(12).name(1)).isEqualTo("001/12");
    assertThat(Arcs.of(5).name(31)).isEqualTo("f8/5");
    assertThat(Arcs.of(1).name(1)).isEqualTo("8/1");
    assertThat(Arcs.of(0).name(0)).isEqualTo("0/0");
    assertThat(Arcs.of(12).centre(0xa3f)).hasToString("a3f8" + "0".repeat(36));
  }

  @Test
  void numbersOutOfBoundsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Arcs.of(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> Arcs.of(21));
    assertThatThrownBy(() -> Arcs.of(3).centre(8)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Arcs.of(3).range(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Arcs.of(3).name(8)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
