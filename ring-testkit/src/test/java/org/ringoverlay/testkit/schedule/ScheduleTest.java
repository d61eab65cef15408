package org.ringoverlay.testkit.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.ringoverlay.testkit.DiskFate;

class ScheduleTest {
  private static final Climate ALL = Climate.of(7).incidents(200, Duration.ofMinutes(10));

  @Test
  void isTheSameForTheSameSeedAndNotForAnother() {
    assertThat(Schedule.draw(7, ALL)).isEqualTo(Schedule.draw(7, ALL));
    assertThat(Schedule.draw(8, ALL).incidents()).isNotEqualTo(Schedule.draw(7, ALL).incidents());
  }

  @Test
  void holdsEveryKindOfIncident() {
    var kinds = new TreeSet<String>();
    Schedule.draw(1, ALL)
        .incidents()
        .forEach(timed -> kinds.add(timed.incident().getClass().getSimpleName()));

    assertThat(kinds)
        .containsExactly(
            "Burst",
            "ClockJump",
            "ClockRate",
            "Crash",
            "Cut",
            "DiskFails",
            "Freeze",
            "HeavyTail",
            "Join",
            "Leave",
            "Slow",
            "Upgrade");
  }

  @Test
  void holdsOnlyTheKindsAskedFor() {
    Climate crashes = ALL.only(EnumSet.of(Climate.Kind.POWER_CUT));

    assertThat(Schedule.draw(3, crashes).incidents())
        .isNotEmpty()
        .allSatisfy(timed -> assertThat(((Incident.Crash) timed.incident()).silently()).isTrue());
  }

  @Test
  void leavesEnoughNodesRunningAtAnyMoment() {
    for (long seed = 0; seed < 50; seed++) {
      Schedule schedule = Schedule.draw(seed, ALL);
      for (Schedule.Timed timed : schedule.incidents()) {
        assertThat(running(schedule, timed.atMillis())).isGreaterThanOrEqualTo(4);
      }
    }
  }

  /** Nodes there at a time that are neither down nor frozen nor gone. */
  private static int running(Schedule schedule, long at) {
    int nodes = 7;
    var out = new TreeSet<Integer>();
    for (Schedule.Timed timed : schedule.incidents()) {
      Incident incident = timed.incident();
      boolean now = timed.atMillis() <= at && at <= timed.atMillis() + incident.forMillis();
      if (incident instanceof Incident.Crash crash && now) {
        out.addAll(crash.nodes());
      } else if (incident instanceof Incident.Freeze freeze && now) {
        out.addAll(freeze.nodes());
      } else if (incident instanceof Incident.Leave leave && timed.atMillis() <= at) {
        out.add(leave.node());
      } else if (incident instanceof Incident.Join join && timed.atMillis() + 5_000 <= at) {
        nodes += join.count();
      }
    }
    return nodes - out.size();
  }

  @Test
  void comesBackFromItsFile() {
    Schedule drawn = Schedule.draw(5, ALL);

    assertThat(Schedule.parse(drawn.toJson())).isEqualTo(drawn);
    assertThat(drawn.toJson().lines()).hasSizeGreaterThan(drawn.size());
  }

  @Test
  void refusesAFileThatSaysWhatCannotBe() {
    String bad =
        "{\"seed\":1,\"incidents\":[{\"atMillis\":-1,\"incident\":{\"type\":\"leave\",\"node\":1}}]}";

    assertThatThrownBy(() -> Schedule.parse(bad)).hasMessageContaining("0 ms");
  }

  @Test
  void shrinksToTheTwoThatMatter() {
    Schedule drawn = Schedule.draw(5, ALL);
    var crash = new Incident.Crash(List.of(2, 5, 6), true, 9_123, DiskFate.OLDER);
    var leave = new Incident.Leave(4);
    var incidents = new ArrayList<>(drawn.incidents());
    incidents.add(new Schedule.Timed(61_234, crash));
    incidents.add(new Schedule.Timed(99_999, leave));
    var said = new ArrayList<String>();

    Shrinker.Shrunk small =
        Shrinker.shrink(
            drawn.with(incidents), bug(), ScheduleTest::failsWithBoth, 1_000, said::add);

    assertThat(small.schedule().incidents())
        .containsExactly(
            new Schedule.Timed(0, new Incident.Crash(List.of(5), false, 0, DiskFate.KEPT)),
            new Schedule.Timed(0, leave));
    assertThat(small.finished()).isTrue();
    assertThat(small.runs()).isLessThan(400);
    assertThat(said).isNotEmpty();
  }

  @Test
  void stopsAtTheBoundWithTheSmallestSoFar() {
    var incidents = new ArrayList<>(Schedule.draw(5, ALL).incidents());
    incidents.add(new Schedule.Timed(1, new Incident.Crash(List.of(5), true, 0, DiskFate.KEPT)));
    incidents.add(new Schedule.Timed(2, new Incident.Leave(4)));
    Schedule failing = new Schedule(5, incidents);

    Shrinker.Shrunk small =
        Shrinker.shrink(failing, bug(), ScheduleTest::failsWithBoth, 10, line -> {});

    assertThat(small.runs()).isEqualTo(10);
    assertThat(small.finished()).isFalse();
    assertThat(small.schedule().size()).isLessThanOrEqualTo(failing.size());
    assertThat(failsWithBoth(small.schedule())).isPresent();
  }

  @Test
  void doesNotTakeAnotherFailureForTheSame() {
    Schedule failing =
        new Schedule(
            5,
            List.of(
                new Schedule.Timed(1, new Incident.Leave(4)),
                new Schedule.Timed(2, new Incident.Leave(3))));

    Shrinker.Shrunk small =
        Shrinker.shrink(
            failing,
            new AssertionError("both left at 17"),
            schedule ->
                Optional.of(
                    new AssertionError(schedule.size() == 2 ? "both left at 3" : "one left")),
            100,
            line -> {});

    assertThat(small.schedule().size()).isEqualTo(2);
    assertThat(small.failure()).hasMessageStartingWith("both left");
  }

  private static AssertionError bug() {
    return new AssertionError("node 5 crashed before node 4 left, at 17 s");
  }

  private static Optional<Throwable> failsWithBoth(Schedule schedule) {
    boolean crashed = false;
    for (Schedule.Timed timed : schedule.incidents()) {
      if (timed.incident() instanceof Incident.Crash crash && crash.nodes().contains(5)) {
        crashed = true;
      }
      if (crashed && timed.incident() instanceof Incident.Leave leave && leave.node() == 4) {
        return Optional.of(
            new AssertionError("node 5 crashed before node 4 left, at " + timed.atMillis() + " s"));
      }
    }
    return Optional.empty();
  }
}
