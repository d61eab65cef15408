package org.ringoverlay.testkit.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.spi.Table;
import org.ringoverlay.testkit.DiskFate;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** Each incident does to the ring what it says, and ends when it says. */
class PlaybackTest {
  private static final long SECOND = 1_000;

  private static Playback play(SimRing ring, Incident... incidents) {
    var timed = new ArrayList<Schedule.Timed>();
    for (Incident incident : incidents) {
      timed.add(new Schedule.Timed(SECOND, incident));
    }
    return new Schedule(ring.simulation().seed(), timed).playOn(ring);
  }

  private static void runSeconds(SimRing ring, double seconds) {
    ring.run(Duration.ofNanos((long) (seconds * 1e9)));
  }

  @RingTest(nodes = 5)
  void crashesSeveralAtOnceAndStartsThemAgain(SimRing ring) {
    play(ring, new Incident.Crash(List.of(1, 3), false, 2 * SECOND, DiskFate.LOST));
    assertThat(ring.running()).containsExactly(0, 1, 2, 3, 4);
    runSeconds(ring, 1.5);
    assertThat(ring.running()).containsExactly(0, 2, 4);
    runSeconds(ring, 5);
    assertThat(ring.running()).containsExactly(0, 1, 2, 3, 4);
    ring.settle();
  }

  @RingTest
  void aDiskIsFoundAsTheScheduleSays(Simulation simulation) {
    SimRing ring = simulation.ring(5, NodePlan::durable);
    ring.run(Duration.ofSeconds(10));
    for (int node = 1; node < 5; node++) {
      ring.kill(node);
      ring.restart(node);
    }
    ring.run(Duration.ofSeconds(10));
    var before =
        new ArrayList<>(ring.running().stream().map(node -> ring.node(node).id()).toList());

    play(
        ring,
        new Incident.Crash(List.of(1), false, SECOND, DiskFate.KEPT),
        new Incident.Crash(List.of(2), false, SECOND, DiskFate.TAIL_LOST),
        new Incident.Crash(List.of(3), true, SECOND, DiskFate.LOST),
        new Incident.Crash(List.of(4), true, SECOND, DiskFate.OLDER));
    runSeconds(ring, 60);

    assertThat(ring.node(1).id()).isEqualTo(before.get(1));
    assertThat(ring.node(1).incarnation()).isEqualTo(3);
    assertThat(ring.node(2).id()).isEqualTo(before.get(2));
    assertThat(ring.node(2).incarnation()).isEqualTo(3);
    assertThat(ring.node(3).id()).isNotEqualTo(before.get(3));
    assertThat(ring.node(4).id()).isEqualTo(before.get(4));
    assertThat(ring.node(4).incarnation()).isLessThanOrEqualTo(2);
  }

  @RingTest
  void aDiskThatFailsEndsTheNodeWhichStartsAgainAndAFullOneHasRoomAgain(Simulation simulation) {
    SimRing ring = simulation.ring(3, NodePlan::durable);
    ring.settle();
    play(ring, new Incident.DiskFails(1, 2 * SECOND), new Incident.DiskFills(2, 2 * SECOND));
    runSeconds(ring, 1.5);
    Table full = ring.node(2).table("part").orElseThrow();
    assertThat(full.hasRoom()).isFalse();
    Table broken = ring.node(1).table("part").orElseThrow();
    var refused = broken.write(List.of(Table.Change.put(new byte[] {1}, new byte[] {1})));
    assertThatThrownBy(() -> ring.await(refused)).isInstanceOf(RingException.Unavailable.class);
    ring.await(ring.node(1).closed());
    assertThat(ring.hasEnded(1)).isTrue();
    assertThat(ring.running()).containsExactly(0, 2);

    runSeconds(ring, 2);
    assertThat(full.hasRoom()).isTrue();
    ring.settle();
    assertThat(ring.running()).containsExactly(0, 1, 2);
    assertThat(ring.hasEnded(1)).isFalse();
    assertThat(ring.node(1).incarnation()).isEqualTo(2);
  }

  @RingTest
  void freezesAndThaws(SimRing ring) {
    play(ring, new Incident.Freeze(List.of(2), SECOND));
    runSeconds(ring, 1.5);
    assertThat(ring.host(2).isFrozen()).isTrue();
    runSeconds(ring, 1);
    assertThat(ring.host(2).isFrozen()).isFalse();
  }

  @RingTest(nodes = 4)
  void cutsFullyPartlyAndOneWay(SimRing ring) {
    Simulation world = ring.simulation();
    play(
        ring,
        new Incident.Cut(List.of(0), List.of(), false, 0, SECOND),
        new Incident.Cut(List.of(1), List.of(2), true, 0, SECOND));
    runSeconds(ring, 1.5);
    assertThat(world.isCut(ring.host(0), ring.host(3))).isTrue();
    assertThat(world.isCut(ring.host(3), ring.host(0))).isTrue();
    assertThat(world.isCut(ring.host(1), ring.host(2))).isTrue();
    assertThat(world.isCut(ring.host(2), ring.host(1))).isFalse();
    assertThat(world.isCut(ring.host(1), ring.host(3))).isFalse();
    runSeconds(ring, 1);
    assertThat(world.isCut(ring.host(0), ring.host(3))).isFalse();
    assertThat(world.isCut(ring.host(1), ring.host(2))).isFalse();
  }

  @RingTest(nodes = 2)
  void aPartitionThatFlapsComesAndGoes(SimRing ring) {
    play(ring, new Incident.Cut(List.of(0), List.of(), false, 100, SECOND));
    var seen = new ArrayList<Boolean>();
    runSeconds(ring, 1.05);
    for (int tenth = 0; tenth < 12; tenth++) {
      seen.add(ring.simulation().isCut(ring.host(0), ring.host(1)));
      runSeconds(ring, 0.1);
    }
    assertThat(seen)
        .containsExactly(
            true, false, true, false, true, false, true, false, true, false, false, false);
  }

  @RingTest
  void noiseAndTailsBeginAndEnd(SimRing ring) {
    play(
        ring,
        new Incident.Burst(1, 0, 0, 0, SECOND),
        new Incident.HeavyTail(1, 5 * SECOND, 3 * SECOND));
    runSeconds(ring, 0.9);
    assertThat(ring.simulation().framesLost()).isZero();
    runSeconds(ring, 1.2);
    long lost = ring.simulation().framesLost();
    assertThat(lost).isPositive();
    runSeconds(ring, 10);
    assertThat(ring.simulation().framesLost()).isEqualTo(lost);
    ring.settle();
  }

  @RingTest(nodes = 2)
  void aSlowNodeAnswersLater(SimRing ring) {
    Duration usual = timeOfAnAnswer(ring);
    play(ring, new Incident.Slow(List.of(1), 10_000, 5 * SECOND));
    runSeconds(ring, 2);
    assertThat(timeOfAnAnswer(ring)).isGreaterThan(usual.multipliedBy(10));
  }

  private static Duration timeOfAnAnswer(SimRing ring) {
    Duration begin = ring.simulation().elapsed();
    ring.await(ring.node(0).trace(ring.node(1).id()));
    return ring.simulation().elapsed().minus(begin);
  }

  @RingTest(nodes = 2)
  void clocksDriftAndJump(SimRing ring) {
    long skew = ring.host(1).clock().nanos() - ring.host(0).clock().nanos();
    play(ring, new Incident.ClockRate(1, 10_000, 2 * SECOND), new Incident.ClockJump(1, SECOND));
    runSeconds(ring, 10);
    long later = ring.host(1).clock().nanos() - ring.host(0).clock().nanos();
    assertThat(later - skew).isEqualTo(1_020_000_000);
  }

  @RingTest(nodes = 4)
  void nodesJoinAndLeave(SimRing ring) {
    play(ring, new Incident.Join(3), new Incident.Leave(2));
    runSeconds(ring, 10);
    ring.settle();
    assertThat(ring.running()).containsExactly(0, 1, 3, 4, 5, 6);
  }

  @RingTest
  void aNodeThatCouldNotHandEverythingOverComesBack(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            4,
            plan -> {
              plan.durable();
              if (plan.index() == 2) {
                plan.service(new Keeper());
              }
            });
    ring.settle();
    play(ring, new Incident.Leave(1), new Incident.Leave(2));
    runSeconds(ring, 6.5);
    assertThat(ring.running()).containsExactly(0, 3);
    runSeconds(ring, 5);
    assertThat(ring.running()).containsExactly(0, 2, 3);
    ring.settle();
  }

  /** A service that cannot hand over what it has. */
  private static final class Keeper implements RingService<Json> {
    @Override
    public String name() {
      return "keeper";
    }

    @Override
    public Class<Json> requestType() {
      return Json.class;
    }

    @Override
    public CompletionStage<?> handle(Json request, Context context) {
      return CompletableFuture.completedFuture(request);
    }

    @Override
    public CompletionStage<Long> leaving() {
      return new CompletableFuture<>();
    }
  }

  @RingTest
  void whatCannotHappenDoesNot(SimRing ring) {
    Playback playback =
        play(
            ring,
            new Incident.Crash(List.of(9), false, SECOND, DiskFate.LOST),
            new Incident.Crash(List.of(1), false, 0, DiskFate.LOST),
            new Incident.Leave(1),
            new Incident.Freeze(List.of(1), SECOND),
            new Incident.Cut(List.of(8), List.of(), false, 0, SECOND),
            new Incident.ClockRate(7, 5, SECOND));
    playback.finish();
    assertThat(playback.struck()).isEqualTo(6);
    assertThat(ring.running()).containsExactly(0, 2);
    ring.settle();
  }

  @RingTest(nodes = 4)
  void calmEndsWhatLastsAndLetsNothingMoreHappen(SimRing ring) {
    Playback playback =
        new Schedule(
                ring.simulation().seed(),
                List.of(
                    new Schedule.Timed(0, new Incident.Freeze(List.of(1), 60 * SECOND)),
                    new Schedule.Timed(
                        0, new Incident.Crash(List.of(2), true, 60 * SECOND, DiskFate.KEPT)),
                    new Schedule.Timed(0, new Incident.Burst(1, 0, 0, 0, 60 * SECOND)),
                    new Schedule.Timed(
                        0, new Incident.Cut(List.of(0), List.of(), false, 70, 60 * SECOND)),
                    new Schedule.Timed(9 * SECOND, new Incident.Leave(3))))
            .playOn(ring);
    runSeconds(ring, 1);
    playback.calm();
    ring.settle();
    runSeconds(ring, 70);
    ring.settle();
    assertThat(ring.running()).containsExactly(0, 1, 2, 3);
    assertThat(playback.struck()).isEqualTo(4);
  }
}
