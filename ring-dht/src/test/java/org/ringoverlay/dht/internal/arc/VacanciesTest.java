package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Timer;

/** In which order, and when, a node takes over the arcs that it should lead. */
class VacanciesTest {
  private static final long MILLI = 1_000_000;
  private static final int RECORDS_FROM = 100;

  private long now;
  private final Loop loop = new Loop();
  private final Upkeep upkeep = new Upkeep(loop, () -> now, 8, 64);
  private final Ring ring = new Ring();
  private final Vacancies vacancies =
      new Vacancies(ring, upkeep, loop, Settings.defaults(DhtSettings.ALL));

  /** Runs tasks, and timers as late as the loop is. */
  private final class Loop extends NoLoop {
    final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    final PriorityQueue<Due> timers = new PriorityQueue<>(Comparator.comparingLong(Due::at));
    long lateNanos;

    record Due(long at, Runnable task) {}

    @Override
    public boolean execute(Runnable task) {
      return tasks.add(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      timers.add(new Due(now + delayNanos, task));
      return () -> {};
    }

    void run(long millis) {
      long end = now + millis * MILLI;
      while (true) {
        while (!tasks.isEmpty()) {
          tasks.remove().run();
        }
        if (timers.isEmpty() || timers.element().at + lateNanos > end) {
          now = end;
          return;
        }
        Due due = timers.remove();
        now = Math.max(now, due.at + lateNanos);
        due.task.run();
      }
    }
  }

  /** What this node sees of the ring, and what it has begun to lead. */
  private static final class Ring implements Vacancies.Successor {
    final List<Integer> led = new ArrayList<>();
    final Set<Integer> gone = new TreeSet<>();
    final Set<Integer> goes = new TreeSet<>();

    @Override
    public void look() {}

    @Override
    public boolean shouldLead(int arc) {
      return !led.contains(arc);
    }

    @Override
    public boolean isDaddyThere(int arc) {
      return !gone.contains(arc);
    }

    @Override
    public boolean doesDaddyStay(int arc) {
      return !gone.contains(arc) && !goes.contains(arc);
    }

    @Override
    public boolean holdsRecords(int arc) {
      return arc >= RECORDS_FROM;
    }

    @Override
    public void lead(int arc) {
      led.add(arc);
    }
  }

  @Test
  void anArcWhoseDaddyIsGoneIsTakenOverAtOnceHoweverLateTheLoopIs() {
    loop.lateNanos = 100 * MILLI;
    ring.gone.add(7);

    vacancies.add(7);
    loop.run(0);

    assertThat(ring.led).containsExactly(7);
  }

  @Test
  void whereTheDaddyGoesArcsWithRecordsComeFirst() {
    for (int arc : List.of(1, 2, 101, 102)) {
      ring.goes.add(arc);
      vacancies.add(arc);
    }

    loop.run(0);

    assertThat(ring.led).containsExactly(101, 102, 1, 2);
  }

  @Test
  void whereTheDaddyStaysTheLoopHasToBeCalmAndEmptyArcsComeFirst() {
    List.of(101, 1, 102, 2).forEach(vacancies::add);

    loop.run(400);
    assertThat(ring.led).isEmpty();
    loop.run(1_000);
    assertThat(ring.led).containsExactly(1, 2, 101, 102);
  }

  @Test
  void aLateLoopTakesNothingOverFromADaddyThatStaysUntilItIsCalm() {
    loop.lateNanos = 20 * MILLI;
    vacancies.add(101);

    loop.run(5_000);
    assertThat(ring.led).isEmpty();
    loop.lateNanos = 0;
    loop.run(1_000);
    assertThat(ring.led).containsExactly(101);
  }

  @Test
  void aLoopThatIsAlwaysLateIsNotWaitedForForEver() {
    loop.lateNanos = 20 * MILLI;
    vacancies.add(101);

    loop.run(9_000);
    assertThat(ring.led).isEmpty();
    loop.run(2_000);
    assertThat(ring.led).containsExactly(101);
  }

  @Test
  void norIsOneThatHardlyRuns() {
    loop.lateNanos = 400 * MILLI;
    vacancies.add(101);

    loop.run(12_000);

    assertThat(ring.led).containsExactly(101);
  }

  @Test
  void thoseThatHaveToWaitKeepNobodyElseWaiting() {
    loop.lateNanos = 20 * MILLI;
    for (int arc = 101; arc < 301; arc++) {
      vacancies.add(arc);
    }
    loop.run(500);

    ring.goes.add(300);
    vacancies.add(300);
    loop.run(0);

    assertThat(ring.led).containsExactly(300);
  }
}
