package org.ringoverlay.dht.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringoverlay.dht.model.ArcModel.Bounds;
import org.ringoverlay.dht.model.ArcModel.Without;
import org.ringoverlay.testkit.explore.Explored;
import org.ringoverlay.testkit.explore.Explorer;

/**
 * Every state of the model within its bounds, and each defence taken out once. What is tagged
 * {@code wide} takes some minutes and is asked for with {@code -Dringtest.excluded=}.
 */
@Tag("protocol")
@Execution(ExecutionMode.CONCURRENT)
class ArcModelTest {
  private static final Bounds LEASES = new Bounds(3, 2, 1, 0, 0, 3, 1, true);

  private static final int STATES_MAX = 100_000_000;

  static List<Arguments> whole() {
    return List.of(
        Arguments.of(new Bounds(3, 3, 2, 0, 1, false), List.of()),
        Arguments.of(new Bounds(3, 4, 2, 0, 2, true), List.of()),
        Arguments.of(new Bounds(4, 2, 2, 1, 0, true), List.of()),
        Arguments.of(LEASES, List.of()),
        Arguments.of(new Bounds(4, 3, 1, 2, 1, true), ArcModel.DISCORD));
  }

  static List<Arguments> wide() {
    return List.of(
        Arguments.of(new Bounds(3, 3, 1, 0, 0, 3, 1, true), List.of()),
        Arguments.of(new Bounds(4, 2, 1, 1, 0, 2, 0, true), List.of()),
        Arguments.of(new Bounds(4, 2, 2, 1, 1, true), List.of()),
        Arguments.of(new Bounds(4, 2, 1, 2, 1, true), List.of()),
        Arguments.of(new Bounds(4, 2, 1, 1, 1, false), List.of()),
        Arguments.of(new Bounds(4, 4, 2, 2, 0, true), ArcModel.DISCORD));
  }

  @ParameterizedTest
  @MethodSource("whole")
  void nothingIsLostInAnyOrder(Bounds bounds, List<String> beginning) {
    explore(bounds, beginning);
  }

  @ParameterizedTest
  @MethodSource("wide")
  @Tag("wide")
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void nothingIsLostWithinWiderBounds(Bounds bounds, List<String> beginning) {
    explore(bounds, beginning);
  }

  private static void explore(Bounds bounds, List<String> beginning) {
    Explored all = Explorer.explore(new ArcModel(bounds, beginning), STATES_MAX);
    System.out.println(bounds + (beginning.isEmpty() ? "" : " after discord") + ": " + all);
    assertThat(all.flaw()).as(all.toString()).isNull();
    assertThat(all.complete()).as(all.toString()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Without.class)
  void aDefenceThatIsTakenOutIsMissed(Without without) {
    Explored found =
        switch (without) {
          case PROMISES, MEMORY, CHECKS, WRITING_BACK, BALLOTS_OF_VALUES ->
              Explorer.explore(new ArcModel(new Bounds(3, 4, 2, 0, 2, true), without), STATES_MAX);
          case JOINT_CONFIGURATION,
              MAJORITY_OF_THE_NEW,
              MAJORITY_OF_THE_OLD,
              HIGHER_CONFIGURATIONS,
              TRANSFER ->
              Explorer.explore(new ArcModel(new Bounds(4, 2, 2, 1, 0, true), without), STATES_MAX);
          case REFUSALS, GENERATIONS, COVER, WAITING, OWN_PROMISE, RELIEF ->
              Explorer.explore(new ArcModel(LEASES, without), STATES_MAX);
          case BALLOTS_OF_CONFIGURATIONS ->
              Explorer.explore(
                  new ArcModel(new Bounds(4, 4, 2, 2, 0, true), ArcModel.DISCORD, without),
                  STATES_MAX);
        };
    System.out.println(without + ": " + found);
    assertThat(found.flaw()).as(found.toString()).isNotNull();
  }
}
