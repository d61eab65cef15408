package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimingWheelTest {
  private static final class Numbered extends Event {
    final int number;

    Numbered(long at, int number) {
      super(null);
      this.at = at;
      this.number = number;
    }

    @Override
    void run() {
      throw new AssertionError("the wheel runs nothing");
    }

    @Override
    public String toString() {
      return number + "@" + at;
    }
  }

  /** Compares with a sorted list, through thousands of additions, removals and polls. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void keepsTheOrderOfTimesAndOfAdding(long seed) {
    Chance chance = Chance.of(seed, "wheel");
    var wheel = new TimingWheel();
    var model = new ArrayList<Numbered>();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      long choice = chance.below(10);
      if (choice < 5) {
        long far = 1L << chance.below(1 + chance.below(45));
        var event = new Numbered(now + (chance.below(4) == 0 ? 0 : chance.below(far)), step);
        wheel.add(event);
        model.add(event);
      } else if (choice < 6 && !model.isEmpty()) {
        wheel.remove(model.remove((int) chance.below(model.size())));
      } else {
        long limit = now + chance.below(1L << chance.below(40));
        Numbered expected =
            model.stream()
                .filter(event -> event.at <= limit)
                .min(Comparator.comparingLong((Numbered e) -> e.at).thenComparingInt(e -> e.number))
                .orElse(null);
        Event polled = wheel.poll(limit);
        assertThat(polled).isSameAs(expected);
        model.remove(expected);
        now = expected == null ? limit : expected.at;
      }
      assertThat(wheel.size()).isEqualTo(model.size());
    }
  }

  @Test
  void holdsWhatIsCenturiesAway() {
    var wheel = new TimingWheel();
    List<Numbered> events =
        List.of(new Numbered(Long.MAX_VALUE, 0), new Numbered(1L << 62, 1), new Numbered(5, 2));
    events.forEach(wheel::add);

    assertThat(wheel.poll(4)).isNull();
    assertThat(wheel.poll(Long.MAX_VALUE)).isSameAs(events.get(2));
    assertThat(wheel.poll(Long.MAX_VALUE)).isSameAs(events.get(1));
    assertThat(wheel.poll(Long.MAX_VALUE)).isSameAs(events.get(0));
    assertThat(wheel.poll(Long.MAX_VALUE)).isNull();
  }

  @Test
  void refusesThePastAndAnEventThatIsPlannedAlready() {
    var wheel = new TimingWheel();
    var event = new Numbered(1_000, 0);
    wheel.add(event);

    assertThatThrownBy(() -> wheel.add(event)).isInstanceOf(IllegalStateException.class);
    assertThat(wheel.poll(2_000)).isSameAs(event);
    assertThatThrownBy(() -> wheel.add(new Numbered(999, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void removingTwiceOrLateDoesNothing() {
    var wheel = new TimingWheel();
    var event = new Numbered(10, 0);
    wheel.remove(event);
    wheel.add(event);
    wheel.remove(event);
    wheel.remove(event);

    assertThat(wheel.size()).isZero();
    assertThat(wheel.poll(Long.MAX_VALUE)).isNull();
  }
}
