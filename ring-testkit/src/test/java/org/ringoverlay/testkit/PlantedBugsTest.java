package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.ringoverlay.testkit.schedule.Climate;
import org.ringoverlay.testkit.schedule.Schedule;

/** Every built-in invariant finds the bug that was planted for it, and the failure replays. */
class PlantedBugsTest {
  private static final String SEED_PROPERTY = "ringtest.seed";
  private static final Pattern TRACE = Pattern.compile("trace ([0-9a-f]{1,16})");
  private static final Pattern SEED = Pattern.compile("-Dringtest\\.seed=(\\d+)");

  @ParameterizedTest
  @CsvSource({
    "aNodeForgetsItself, 'a view is sorted, without doubles, and holds its node'",
    "aNodeSeesAnotherTwice, 'a view is sorted, without doubles, and holds its node'",
    "aNodeCutsTheCircleOtherwise, nodes that agree on the members divide the circle",
    "aCrashedProcessGoesOnSending, a crashed process never sends",
    "aClockGoesBack, time is monotone",
    "aHandlerRunsTwice, a handler gets a request once"
  })
  @SuppressWarnings("SystemOut") // the commands printed below it are for people to try
  void isFoundAndReplaysToTheSameTrace(String bug, String invariant) {
    System.out.println("Planted on purpose: " + bug + ", to be found by '" + invariant + "'");
    String found = failureOf(bug, SEED_PROPERTY, null);
    assertThat(found)
        .startsWith("The invariant '" + invariant + "' is broken: ")
        .contains("mvn -o -q test -pl ")
        .contains("-Dtest=PlantedBugs#" + bug);

    String seed = only(SEED, found);
    assertThat(found).contains("seed " + seed);
    String again = failureOf(bug, SEED_PROPERTY, seed);
    assertThat(again).isEqualTo(found);
    assertThat(only(TRACE, again)).isEqualTo(only(TRACE, found));

    String other = failureOf(bug, SEED_PROPERTY, "123456");
    assertThat(only(SEED, other)).isEqualTo("123456");
    assertThat(only(TRACE, other)).isNotEqualTo(only(TRACE, found));
  }

  @Test
  void aScheduleShrinksToAFileThatReplays() throws IOException {
    Path file = Path.of("target", "schedules", "PlantedBugs-aCountIsKeptByItsRootAlone-7.json");
    Files.deleteIfExists(file);

    String small = failureOf("aCountIsKeptByItsRootAlone", SEED_PROPERTY, "7");

    Schedule drawn = Schedule.draw(7, Climate.of(5).incidents(45, Duration.ofMinutes(2)));
    Schedule left = Schedule.parse(Files.readString(file));
    assertThat(drawn.size()).isGreaterThanOrEqualTo(30);
    assertThat(left.size()).isBetween(1, 3);
    assertThat(small)
        .startsWith("The count went down")
        .contains("-Dtest=PlantedBugs#aCountIsKeptByItsRootAlone -Dringtest.schedule=" + file);

    String again = failureOf("aCountIsKeptByItsRootAlone", "ringtest.schedule", file.toString());
    assertThat(again).isEqualTo(small);
  }

  private static String only(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  /** Runs one method of {@link PlantedBugs} as a build would, and gives what it fails with. */
  private static String failureOf(String bug, String property, String value) {
    String before = System.getProperty(property);
    try {
      if (value != null) {
        System.setProperty(property, value);
      } else {
        System.clearProperty(property);
      }
      var failures = new ArrayList<Throwable>();
      Method method =
          Arrays.stream(PlantedBugs.class.getDeclaredMethods())
              .filter(each -> each.getName().equals(bug))
              .findFirst()
              .orElseThrow();
      var request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(selectMethod(PlantedBugs.class, method))
              .build();
      LauncherFactory.create().execute(request, new Failures(failures));
      assertThat(failures).hasSize(1);
      return failures.get(0).getMessage();
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }

  private record Failures(List<Throwable> thrown) implements TestExecutionListener {
    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      result.getThrowable().ifPresent(thrown::add);
    }
  }
}
