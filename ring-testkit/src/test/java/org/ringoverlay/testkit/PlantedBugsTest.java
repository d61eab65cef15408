package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Every built-in invariant finds the bug that was planted for it, and the failure replays. */
class PlantedBugsTest {
  private static final Pattern TRACE = Pattern.compile("trace ([0-9a-f]{1,16})");
  private static final Pattern SEED = Pattern.compile("-Dtestkit\\.seed=(\\d+)");

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
    String found = failureOf(bug, null);
    assertThat(found)
        .startsWith("The invariant '" + invariant + "' is broken: ")
        .contains("mvn -o -q test -pl ")
        .contains("-Dtest=PlantedBugs#" + bug);

    String seed = only(SEED, found);
    assertThat(found).contains("seed " + seed);
    String again = failureOf(bug, seed);
    assertThat(again).isEqualTo(found);
    assertThat(only(TRACE, again)).isEqualTo(only(TRACE, found));

    String other = failureOf(bug, "123456");
    assertThat(only(SEED, other)).isEqualTo("123456");
    assertThat(only(TRACE, other)).isNotEqualTo(only(TRACE, found));
  }

  private static String only(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  /** Runs one method of {@link PlantedBugs} as a build would, and gives what it fails with. */
  private static String failureOf(String bug, String seed) {
    String before = System.getProperty("testkit.seed");
    try {
      if (seed != null) {
        System.setProperty("testkit.seed", seed);
      } else {
        System.clearProperty("testkit.seed");
      }
      var failures = new ArrayList<Throwable>();
      var request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(selectMethod(PlantedBugs.class, bug, Simulation.class.getName()))
              .build();
      LauncherFactory.create().execute(request, new Failures(failures));
      assertThat(failures).hasSize(1);
      return failures.get(0).getMessage();
    } finally {
      if (before == null) {
        System.clearProperty("testkit.seed");
      } else {
        System.setProperty("testkit.seed", before);
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
