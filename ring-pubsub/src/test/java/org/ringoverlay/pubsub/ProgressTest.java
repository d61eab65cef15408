package org.ringoverlay.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.NodeRequest.Item;
import org.ringoverlay.pubsub.NodeRequest.Missed;

class ProgressTest {
  private static final long OLD = 5;
  private static final long NEW = 9;
  private static final long TERM = 1L << 32;

  private final Progress progress = new Progress();
  private final List<String> heard = new ArrayList<>();
  private int withoutRoom;
  private final Progress.Listener listener =
      new Progress.Listener() {
        @Override
        public int message(long seq, Json value) {
          heard.add("" + seq);
          return withoutRoom;
        }

        @Override
        public void gap(long from, long to) {
          heard.add(from + "-" + to);
        }
      };

  private List<Missed> take(long reign, long number, long after, Item... items) {
    return progress.take(new Batch("t", reign, number, after, Arrays.asList(items)), listener);
  }

  private static Item message(long seq) {
    return Item.message(seq, Json.of(seq));
  }

  @Test
  void givesWhatComesAfterItsBeginning() {
    progress.begin(10, OLD);
    take(OLD, 1, 10, message(11), message(12));

    assertThat(heard).containsExactly("11", "12");
    assertThat(progress.last()).isEqualTo(12);
  }

  @Test
  void givesNothingFromBeforeItsBeginning() {
    progress.begin(10, OLD);
    take(OLD, 1, 8, message(9), message(10), message(11));

    assertThat(heard).containsExactly("11");
  }

  @Test
  void givesARepeatedBatchOnce() {
    progress.begin(0, OLD);
    withoutRoom = 2;
    List<Missed> first = take(OLD, 1, 0, message(1), Item.gap(2, 3));
    List<Missed> again = take(OLD, 1, 0, message(1), Item.gap(2, 3));

    assertThat(heard).containsExactly("1", "2-3");
    assertThat(first).containsExactly(new Missed(1, 2));
    assertThat(again).isEqualTo(first);
  }

  @Test
  void givesOneBatchMoreThanOnceOnlyInParts() {
    progress.begin(0, OLD);
    take(OLD, 1, 0, message(1), message(2));
    take(OLD, 2, 1, message(2), message(3));

    assertThat(heard).containsExactly("1", "2", "3");
  }

  @Test
  void tellsAGapWhenTheRootBelievesItHasMore() {
    progress.begin(0, OLD);
    take(OLD, 1, 0, message(1));
    take(OLD, 3, 4, message(5));

    assertThat(heard).containsExactly("1", "2-4", "5");
  }

  @Test
  void goesOnUnderANewReign() {
    progress.begin(0, OLD);
    take(OLD, 1, 0, message(1));
    take(NEW, 1, 1, message(TERM + 1));

    assertThat(heard).containsExactly("1", "" + (TERM + 1));
    assertThat(progress.reign()).isEqualTo(NEW);
  }

  @Test
  void takesStragglersOfTheOldReignUntilTheNewOneSpeaks() {
    progress.begin(0, OLD);
    take(OLD, 1, 0, message(1));
    take(OLD, 2, 1, message(2));
    take(NEW, 1, 1, message(TERM + 1));
    List<Missed> late = take(OLD, 3, 2, message(3));

    assertThat(heard).containsExactly("1", "2", "" + (TERM + 1), "3-3");
    assertThat(late).containsExactly(new Missed(3, Integer.MAX_VALUE));
  }

  @Test
  void knowsARepeatOfTheOldReignFromAStraggler() {
    progress.begin(0, OLD);
    take(OLD, 1, 0, message(1));
    take(NEW, 1, 1, message(TERM + 1));
    List<Missed> repeated = take(OLD, 1, 0, message(1));

    assertThat(heard).containsExactly("1", "" + (TERM + 1));
    assertThat(repeated).isEmpty();
  }

  @Test
  void tellsAGapOfAFormerReignWithoutGoingBack() {
    progress.begin(0, OLD);
    take(OLD, 1, 0, message(1));
    take(NEW, 1, 1, message(TERM + 1), Item.gap(2, 5), message(TERM + 2));

    assertThat(heard).containsExactly("1", "" + (TERM + 1), "2-5", "" + (TERM + 2));
    assertThat(progress.last()).isEqualTo(TERM + 2);
  }

  @Test
  void whatWasNeverGivenCountsAsMissedHoweverOftenItComes() {
    progress.begin(0, OLD);
    take(OLD, 1, 0, message(1));
    take(NEW, 1, 1, Item.gap(2, 3));
    List<Missed> first = take(OLD, 2, 1, message(2), message(3));
    List<Missed> again = take(OLD, 2, 1, message(2), message(3));

    assertThat(first).extracting(Missed::seq).containsExactly(2L, 3L);
    assertThat(again).as("its answer may have been lost").isEqualTo(first);
    assertThat(take(OLD, 1, 0, message(1))).as("this one was given").isEmpty();
  }

  @Test
  void batchThatComesAfterALaterOneIsNotTakenForOneThatWasGiven() {
    progress.begin(0, OLD);
    take(OLD, 2, 0, Item.gap(1, 2), message(3));
    assertThat(take(OLD, 1, 0, message(1), message(2)))
        .extracting(Missed::seq)
        .containsExactly(1L, 2L);
  }

  @Test
  void forgetsWhereItWasWhenItEnds() {
    progress.begin(10, OLD);
    progress.end();

    assertThat(progress.isFollowing()).isFalse();
    assertThat(progress.last()).isZero();
    assertThatThrownBy(() -> take(OLD, 1, 10, message(11)))
        .isInstanceOf(IllegalStateException.class);
    progress.begin(3, NEW);
    take(NEW, 1, 3, message(4));
    assertThat(heard).containsExactly("4");
  }
}
