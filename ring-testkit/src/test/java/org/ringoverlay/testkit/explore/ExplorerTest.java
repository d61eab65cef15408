package org.ringoverlay.testkit.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplorerTest {
  /** Two jugs of three and five: Die Hard's puzzle, whose states can be counted by hand. */
  private record Jugs(int small, int big) {}

  private record JugModel(int forbidden) implements Model<Jugs> {
    @Override
    public Jugs initial() {
      return new Jugs(0, 0);
    }

    @Override
    public void steps(Jugs jugs, Steps<Jugs> steps) {
      steps.step("fill the small", new Jugs(3, jugs.big));
      steps.step("fill the big", new Jugs(jugs.small, 5));
      steps.step("empty the small", new Jugs(0, jugs.big));
      steps.step("empty the big", new Jugs(jugs.small, 0));
      int toBig = Math.min(jugs.small, 5 - jugs.big);
      steps.step("small into big", new Jugs(jugs.small - toBig, jugs.big + toBig));
      int toSmall = Math.min(jugs.big, 3 - jugs.small);
      steps.step("big into small", new Jugs(jugs.small + toSmall, jugs.big - toSmall));
    }

    @Override
    public long fingerprint(Jugs jugs) {
      return new Fingerprint().add(jugs.small).add(jugs.big).value();
    }

    @Override
    public @Nullable String flaw(Jugs jugs) {
      return jugs.big == forbidden ? forbidden + " in the big one" : null;
    }
  }

  @Test
  void everyStateIsReachedOnce() {
    Explored all = Explorer.explore(new JugModel(9), 1_000);
    assertThat(all.flaw()).isNull();
    assertThat(all.complete()).isTrue();
    assertThat(all.states()).isEqualTo(16);
    assertThat(all.steps()).isEqualTo(16 * 6);
    assertThat(all.toString()).isEqualTo("16 states, 96 steps between them, 7 deep, which is all");
  }

  @Test
  void theShortestWayToAFlawIsTold() {
    Explored found = Explorer.explore(new JugModel(4), 1_000);
    assertThat(found.flaw()).isEqualTo("4 in the big one");
    assertThat(found.complete()).isFalse();
    assertThat(found.trace())
        .containsExactly(
            "fill the big",
            "big into small",
            "empty the small",
            "big into small",
            "fill the big",
            "big into small");
  }

  @Test
  void aBoundThatCutsItShortIsTold() {
    Explored some = Explorer.explore(new JugModel(9), 7);
    assertThat(some.states()).isEqualTo(7);
    assertThat(some.complete()).isFalse();
    assertThat(some.flaw()).isNull();
    assertThatThrownBy(() -> Explorer.explore(new JugModel(9), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFlawAtTheBeginningHasNoTrace() {
    Explored found = Explorer.explore(new JugModel(0), 1_000);
    assertThat(found.flaw()).isEqualTo("0 in the big one");
    assertThat(found.trace()).isEmpty();
  }

  /** A counter, long enough that the tables grow. */
  private record CounterModel(int last) implements Model<Integer> {
    @Override
    public Integer initial() {
      return 0;
    }

    @Override
    public void steps(Integer state, Steps<Integer> steps) {
      if (state < last) {
        steps.step("one more", state + 1);
        steps.step("twice as many", Math.min(last, 2 * state));
      }
    }

    @Override
    public long fingerprint(Integer state) {
      return new Fingerprint().add(state).value();
    }

    @Override
    public @Nullable String flaw(Integer state) {
      return null;
    }
  }

  @Test
  void manyStatesAreKeptApart() {
    Explored all = Explorer.explore(new CounterModel(200_000), 1_000_000);
    assertThat(all.states()).isEqualTo(200_001);
    assertThat(all.complete()).isTrue();
  }
}
