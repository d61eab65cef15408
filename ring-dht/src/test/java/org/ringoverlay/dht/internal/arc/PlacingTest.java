package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** In which order, and how often, a node looks at its arcs. */
class PlacingTest {
  private static final int ARCS = 20;
  private static final int FULL = 15;

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final List<Integer> looked = new ArrayList<>();
  private final BitSet present = new BitSet();
  private final List<String> told = new ArrayList<>();

  private final Placing placing =
      new Placing(
          new NoLoop() {
            @Override
            public boolean execute(Runnable task) {
              return tasks.add(task);
            }
          },
          new Placing.Arcs() {
            @Override
            public BitSet all() {
              return present;
            }

            @Override
            public boolean holdsRecords(int arc) {
              return arc == FULL;
            }

            @Override
            public void place(int arc) {
              looked.add(arc);
            }
          });

  PlacingTest() {
    present.set(0, ARCS);
  }

  private void turn() {
    tasks.remove().run();
  }

  private void run() {
    while (!tasks.isEmpty()) {
      turn();
    }
  }

  @Test
  void thoseWithRecordsComeFirstAndAFewInEachTurn() {
    placing.all();
    assertThat(looked).isEmpty();
    turn();
    assertThat(looked).hasSizeLessThan(ARCS / 2).startsWith(FULL, 0, 1);
    run();
    assertThat(looked).hasSize(ARCS).doesNotHaveDuplicates();
  }

  @Test
  void whatChangesMeanwhileIsLookedAtInOneMorePass() {
    placing.all();
    turn();
    placing.all();
    placing.all();
    run();
    assertThat(looked).hasSize(2 * ARCS);
  }

  @Test
  void whoeverAsksIsToldAtOnceIfThereIsNothingToLookAt() {
    placing.whenDone(() -> told.add("now"));
    assertThat(told).containsExactly("now");
  }

  /** Else nobody would be told while members come and go. */
  @Test
  void whoeverAsksWaitsForThePassThatBeginsWithWhatThereIsAndForNoOther() {
    placing.all();
    turn();
    placing.whenDone(() -> told.add("first"));
    placing.all();
    placing.whenDone(() -> told.add("second"));
    while (told.isEmpty()) {
      turn();
    }
    assertThat(told).containsExactly("first");
    assertThat(looked).hasSize(ARCS);

    turn();
    placing.all();
    placing.whenDone(() -> told.add("third"));
    while (told.size() < 2) {
      turn();
    }
    assertThat(told).containsExactly("first", "second");
    assertThat(looked).hasSize(2 * ARCS);
    run();
    assertThat(told).containsExactly("first", "second", "third");
    assertThat(looked).hasSize(3 * ARCS);
  }

  @Test
  void aNodeWithoutArcsIsThroughAtOnce() {
    present.clear();
    placing.all();
    placing.whenDone(() -> told.add("now"));
    run();
    assertThat(told).containsExactly("now");
    present.set(0, ARCS);
    placing.all();
    run();
    assertThat(IntStream.range(0, ARCS).boxed()).allMatch(looked::contains);
  }
}
