package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private static final class Named extends TimerWheel.Entry {
    final long tick;

    Named(long tick) {
      this.tick = tick;
    }
  }

  private final TimerWheel wheel = new TimerWheel();
  private final List<Long> fired = new ArrayList<>();

  private Named add(long tick) {
    var entry = new Named(tick);
    wheel.add(entry, tick);
    return entry;
  }

  private void advance(long tick) {
    wheel.advance(tick, entry -> fired.add(((Named) entry).tick));
  }

  @Test
  void firesAtTheTickAndNotBefore() {
    for (long tick : new long[] {1, 63, 64, 65, 4095, 4096, 300_000, 20_000_000, 1L << 40}) {
      add(tick);
      advance(tick - 1);
      assertThat(fired).doesNotContain(tick);
      advance(tick);
      assertThat(fired).endsWith(tick);
    }
    assertThat(wheel.size()).isZero();
    assertThat(wheel.nextTick()).isEqualTo(TimerWheel.NEVER);
  }

  @Test
  void firesEarlierTicksFirstAfterALongSleep() {
    for (long tick : new long[] {70_000, 5, 4_096, 64, 69_999, 1}) {
      add(tick);
    }
    advance(1_000_000);
    assertThat(fired).containsExactly(1L, 5L, 64L, 4_096L, 69_999L, 70_000L);
  }

  @Test
  void treatsWhatIsLateAsDueNext() {
    advance(1_000);
    add(3);
    assertThat(wheel.nextTick()).isEqualTo(1_001);
    advance(1_001);
    assertThat(fired).containsExactly(3L);
  }

  @Test
  void forgetsACancelledTimerAtOnce() {
    for (int i = 0; i < 100_000; i++) {
      assertThat(wheel.remove(add(1_000 + i))).isTrue();
    }
    assertThat(wheel.size()).isZero();
    assertThat(wheel.nextTick()).isEqualTo(TimerWheel.NEVER);
  }

  @Test
  void letsATaskCancelAndAddOthers() {
    var victim = add(10);
    add(9);
    wheel.advance(
        10,
        entry -> {
          fired.add(((Named) entry).tick);
          if (wheel.remove(victim)) {
            add(10);
            add(11);
          }
        });
    assertThat(fired).containsExactly(9L, 10L);
    assertThat(wheel.remove(victim)).isFalse();
    advance(11);
    assertThat(fired).containsExactly(9L, 10L, 11L);
  }

  @Test
  void behavesLikeASortedMap() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var model = new TreeMap<Long, List<Named>>();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          long tick = now + 1 + random.nextLong(1L << (1 + random.nextInt(30)));
          model.computeIfAbsent(tick, t -> new ArrayList<>()).add(add(tick));
        }
        case 2 -> {
          if (!model.isEmpty()) {
            long near = now + random.nextLong(1L << 20);
            var some =
                model.ceilingEntry(near) == null ? model.lastEntry() : model.ceilingEntry(near);
            Named gone = some.getValue().remove(0);
            if (some.getValue().isEmpty()) {
              model.remove(some.getKey());
            }
            assertThat(wheel.remove(gone)).as("seed %d", seed).isTrue();
          }
        }
        default -> {
          assertThat(wheel.nextTick())
              .as("seed %d", seed)
              .isLessThanOrEqualTo(model.isEmpty() ? TimerWheel.NEVER : model.firstKey());
          now += random.nextLong(1L << (1 + random.nextInt(22)));
          long upTo = now;
          var expected = new ArrayList<Long>();
          model.headMap(now, true).forEach((t, all) -> all.forEach(one -> expected.add(t)));
          model.headMap(now, true).clear();
          fired.clear();
          advance(upTo);
          assertThat(fired).as("seed %d", seed).isEqualTo(expected);
        }
      }
    }
    assertThat(wheel.size()).isEqualTo(model.values().stream().mapToInt(List::size).sum());
  }
}
