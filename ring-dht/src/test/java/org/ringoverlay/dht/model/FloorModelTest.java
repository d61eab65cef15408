package org.ringoverlay.dht.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringoverlay.dht.model.FloorModel.Beginning;
import org.ringoverlay.dht.model.FloorModel.Bounds;
import org.ringoverlay.dht.model.FloorModel.Without;
import org.ringoverlay.testkit.explore.Explored;
import org.ringoverlay.testkit.explore.Explorer;

/**
 * Every state of the model within its bounds, and each defence taken out once. What is tagged
 * {@code wide} takes a minute and is asked for with {@code -Dringtest.excluded=}.
 */
class FloorModelTest {
  private static final int STATES_MAX = 20_000_000;

  static List<Bounds> whole() {
    return List.of(
        new Bounds(1, 1, 1, Beginning.CALM),
        new Bounds(2, 0, 1, Beginning.CALM),
        new Bounds(2, 1, 1, Beginning.DELETED));
  }

  static List<Bounds> wide() {
    return List.of(new Bounds(2, 1, 1, Beginning.MADE), new Bounds(2, 1, 1, Beginning.RAISED));
  }

  @ParameterizedTest
  @MethodSource("whole")
  void nothingIsRevivedOrMadeTwiceInAnyOrder(Bounds bounds) {
    explore(bounds);
  }

  @ParameterizedTest
  @MethodSource("wide")
  @Tag("wide")
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void nothingIsRevivedOrMadeTwiceWithinWiderBounds(Bounds bounds) {
    explore(bounds);
  }

  private static void explore(Bounds bounds) {
    Explored all = Explorer.explore(new FloorModel(bounds), STATES_MAX);
    System.out.println(bounds + ": " + all);
    assertThat(all.flaw()).as(all.toString()).isNull();
    assertThat(all.complete()).as(all.toString()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Without.class)
  void aDefenceThatIsTakenOutIsMissed(Without without) {
    var bounds =
        switch (without) {
          case ALL_MEMBERS, LATENESS, JOINING, CLEANING, JOINING_ONCE ->
              new Bounds(2, 1, 1, Beginning.DELETED);
          case WINDOW, FORGETTING, TAKEOVER -> new Bounds(2, 1, 1, Beginning.MADE);
          case REASON -> new Bounds(3, 1, 1, Beginning.RAISED);
        };
    Explored found = Explorer.explore(new FloorModel(bounds, without), STATES_MAX);
    System.out.println(without + ": " + found);
    assertThat(found.flaw()).as(found.toString()).isNotNull();
  }
}
