package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many change their members at once. */
class GateTest {
  private static final int ALLOWED = 2;

  private final Gate gate = new Gate();
  private final List<String> inside = new ArrayList<>();

  /** Asks again when it is woken, unless it has lost interest. */
  private final class Arc implements Gate.Guest {
    final String name;
    final boolean records;
    boolean wants = true;

    Arc(String name, boolean records) {
      this.name = name;
      this.records = records;
    }

    boolean asks() {
      boolean let = wants && gate.admits(this, ALLOWED);
      if (let) {
        inside.add(name);
      }
      return let;
    }

    @Override
    public boolean holdsRecords() {
      return records;
    }

    @Override
    public void wake(long nowNanos) {
      var unused = asks();
    }
  }

  private Arc empty(String name) {
    return new Arc(name, false);
  }

  @Test
  void soManyAreInsideAndTheNextComesInWhenOneHasLeft() {
    Arc first = empty("1");
    assertThat(first.asks()).isTrue();
    assertThat(empty("2").asks()).isTrue();
    Arc third = empty("3");
    assertThat(third.asks()).isFalse();
    Arc fourth = empty("4");
    assertThat(fourth.asks()).isFalse();

    assertThat(gate.leaves(first)).isTrue();
    gate.wake(ALLOWED, 0);

    assertThat(inside).containsExactly("1", "2", "3");
  }

  @Test
  void whoIsInsideMayAskAgain() {
    Arc first = empty("1");
    assertThat(first.asks()).isTrue();
    assertThat(empty("2").asks()).isTrue();
    assertThat(first.asks()).isTrue();
  }

  @Test
  void thoseWithRecordsHaveAsManyPlacesAgain() {
    assertThat(empty("1").asks()).isTrue();
    assertThat(empty("2").asks()).isTrue();
    assertThat(empty("3").asks()).isFalse();
    assertThat(new Arc("4", true).asks()).isTrue();
    assertThat(new Arc("5", true).asks()).isTrue();
    assertThat(new Arc("6", true).asks()).isFalse();
  }

  @Test
  void nobodyIsWokenWhileThereIsNoPlace() {
    Arc first = new Arc("1", true);
    Arc second = new Arc("2", true);
    Arc third = new Arc("3", true);
    List.of(first, second, third).forEach(arc -> assertThat(arc.asks()).isTrue());
    assertThat(empty("4").asks()).isFalse();

    gate.leaves(first);
    gate.wake(ALLOWED, 0);
    assertThat(inside).doesNotContain("4");

    gate.leaves(second);
    gate.wake(ALLOWED, 0);
    assertThat(inside).contains("4");
  }

  @Test
  void whoHasLostInterestTakesNoPlace() {
    Arc first = empty("1");
    assertThat(first.asks()).isTrue();
    assertThat(empty("2").asks()).isTrue();
    Arc third = empty("3");
    assertThat(third.asks()).isFalse();
    assertThat(empty("4").asks()).isFalse();
    third.wants = false;

    gate.leaves(first);
    gate.wake(ALLOWED, 0);

    assertThat(inside).containsExactly("1", "2", "4");
  }

  @Test
  void whoLeavesWhileItWaitsFreesNothing() {
    Arc first = empty("1");
    assertThat(first.asks()).isTrue();
    assertThat(empty("2").asks()).isTrue();
    Arc third = empty("3");
    assertThat(third.asks()).isFalse();

    assertThat(gate.leaves(third)).isFalse();
    assertThat(gate.leaves(first)).isFalse();
    gate.wake(ALLOWED, 0);
    assertThat(inside).containsExactly("1", "2");
  }
}
