package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Timer;

/** Leases of one node from another, each side with a clock of its own. */
class LeasesTest {
  private static final Id HOLDER = Id.of("holder");
  private static final Id GRANTOR = Id.of("grantor");
  private static final long SESSION = 5;

  private final Loop loop = new Loop();
  private final ArrayDeque<Asked> asked = new ArrayDeque<>();
  private final Grants grants = new Grants(() -> loop.now, true);
  private final Leases leases =
      new Leases(
          () -> loop.now,
          loop,
          (node, request, answered, failed) -> asked.add(new Asked(request, answered, failed)),
          SESSION,
          true);

  private record Asked(
      CopyRequest.Lease request, Consumer<CopyReply.Leased> answered, Runnable failed) {}

  /** Runs timers when it is told which time it is. */
  private static final class Loop extends NoLoop {
    private final List<Due> timers = new ArrayList<>();
    private long now = 1_000;

    private record Due(long at, Runnable task) {}

    @Override
    public boolean execute(Runnable task) {
      task.run();
      return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      var due = new Due(now + delayNanos, task);
      timers.add(due);
      return () -> timers.remove(due);
    }

    void run(long millis) {
      long until = now + millis(millis);
      while (true) {
        Due next = null;
        for (Due timer : timers) {
          next = next == null || timer.at < next.at ? timer : next;
        }
        if (next == null || next.at > until) {
          break;
        }
        timers.remove(next);
        now = next.at;
        next.task.run();
      }
      now = until;
    }
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** The grantor takes the oldest request, and its answer arrives at once. */
  private void answer(long session) {
    Asked next = asked.remove();
    next.answered().accept(new CopyReply.Leased(session, grants.grant(HOLDER, SESSION)));
  }

  private long granted() {
    assertThat(leases.isInForce(GRANTOR, Leases.NONE)).isFalse();
    answer(1);
    long generation = leases.generation(GRANTOR);
    assertThat(generation).isNotEqualTo(Leases.NONE);
    return generation;
  }

  @Test
  void nobodyIsAskedBeforeSomebodyReads() {
    loop.run(10_000);
    assertThat(asked).isEmpty();
    assertThat(leases.generation(GRANTOR)).isEqualTo(Leases.NONE);
  }

  @Test
  void aLeaseIsInForceUntilALittleBeforeItsGrantorIsFree() {
    long generation = granted();
    loop.run(480);
    assertThat(leases.isInForce(GRANTOR, generation)).isTrue();
    loop.run(10);
    assertThat(leases.isInForce(GRANTOR, generation)).isFalse();
    assertThat(grants.bind(HOLDER)).isTrue();
    loop.run(10);
    assertThat(grants.bind(HOLDER)).isFalse();
  }

  @Test
  void itCountsFromWhenItWasAskedFor() {
    leases.isInForce(GRANTOR, Leases.NONE);
    loop.run(400);
    answer(1);
    long generation = leases.generation(GRANTOR);
    loop.run(80);
    assertThat(leases.isInForce(GRANTOR, generation)).isTrue();
    loop.run(10);
    assertThat(leases.isInForce(GRANTOR, generation)).isFalse();
  }

  @Test
  void renewalsKeepTheGenerationWhileTheyComeInTime() {
    long generation = granted();
    for (int renewal = 0; renewal < 40; renewal++) {
      assertThat(leases.isInForce(GRANTOR, generation)).isTrue();
      loop.run(125);
      answer(1);
    }
    assertThat(leases.isInForce(GRANTOR, generation)).isTrue();
  }

  @Test
  void pitfall17ALeaseThatLapsedAndWasGrantedAgainIsAnotherOne() {
    long generation = granted();
    loop.run(490);
    answer(1);
    assertThat(leases.isInForce(GRANTOR, generation)).isFalse();
    assertThat(leases.generation(GRANTOR)).isNotIn(generation, Leases.NONE);
  }

  @Test
  void aLeaseOfAGrantorThatStartedAgainIsAnotherOne() {
    long generation = granted();
    loop.run(125);
    answer(2);
    assertThat(leases.isInForce(GRANTOR, generation)).isFalse();
    assertThat(leases.generation(GRANTOR)).isNotIn(generation, Leases.NONE);
  }

  @Test
  void aGrantorThatDoesNotAnswerIsLeftAloneUntilItIsFree() {
    granted();
    loop.run(125);
    asked.remove().failed().run();
    leases.isInForce(GRANTOR, Leases.NONE);
    loop.run(500);
    leases.isInForce(GRANTOR, Leases.NONE);
    assertThat(asked).isEmpty();
    assertThat(grants.bind(HOLDER)).isFalse();
    loop.run(625);
    assertThat(asked).hasSize(1);
  }

  @Test
  void whoReadsNoMoreAsksNoMore() {
    granted();
    for (int renewal = 0; renewal < 7; renewal++) {
      loop.run(125);
      answer(1);
    }
    loop.run(10_000);
    assertThat(asked).isEmpty();
    assertThat(loop.timers).isEmpty();
  }

  @Test
  void whatWasGivenBackBindsNobodyAndIsNotAskedForAgain() {
    long generation = granted();
    leases.end();
    assertThat(leases.isInForce(GRANTOR, generation)).isFalse();
    assertThat(asked.getLast().request()).isEqualTo(new CopyRequest.Lease(SESSION, true));
    grants.end(HOLDER, SESSION);
    assertThat(grants.bind(HOLDER)).isFalse();
  }

  @Test
  void whatAFormerProcessGaveBackIsNotTakenFromThePresentOne() {
    granted();
    grants.end(HOLDER, SESSION - 1);
    assertThat(grants.bind(HOLDER)).isTrue();
  }

  @Test
  void aLateRequestOfAFormerProcessTakesNothingFromThePresentOne() {
    granted();
    grants.grant(HOLDER, SESSION - 1);
    grants.end(HOLDER, SESSION - 1);
    assertThat(grants.bind(HOLDER)).isTrue();
  }

  @Test
  void aGrantorThatGivesNoneIsNotAskedInATightCircle() {
    leases.isInForce(GRANTOR, Leases.NONE);
    asked.remove().answered().accept(new CopyReply.Leased(1, 0));
    leases.isInForce(GRANTOR, Leases.NONE);
    loop.run(900);
    assertThat(asked).isEmpty();
    assertThat(new Grants(() -> loop.now, false).grant(HOLDER, SESSION)).isZero();
  }

  @Test
  void whoStartsAgainWithItsPromisesIsBoundToEverybodyForOneLease() {
    var again = new Grants(() -> loop.now, true);
    assertThat(again.bind(HOLDER)).isFalse();
    again.startsAgain();
    assertThat(again.bind(HOLDER)).isTrue();
    loop.run(500);
    assertThat(again.bind(HOLDER)).isFalse();
  }
}
