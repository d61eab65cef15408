package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.testkit.lookup.LookupTally;
import org.ringoverlay.testkit.lookup.Lookups;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;

/** Who is held dead, and who is not: slow nodes, bad links, clocks that jump. */
class DetectionTest {
  private static final Duration SETTLED_MAX = Duration.ofSeconds(10);
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final int PER_SECOND = 10;

  /** More nodes than one watches, so that some hear of a suspect by others alone. */
  private static final int NODES = 14;

  private final List<String> deaths = new ArrayList<>();
  private final Lookups lookups = new Lookups();

  private SimRing ring(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            NODES,
            plan -> {
              plan.builder().extensions(List.of());
              lookups.install(plan);
              plan.observer(new Deaths());
            });
    ring.settle();
    return ring;
  }

  private final class Deaths implements RingObserver {
    @Override
    public void memberChanged(Id node, MemberEvent event) {
      if (event.member().state() == MemberState.DEAD) {
        deaths.add(event.member().address() + ": " + event.cause());
      }
    }
  }

  private LookupTally lookUpFor(SimRing ring, Duration time) {
    lookups.start(ring, PER_SECOND, DEADLINE, Duration.ZERO);
    ring.run(time);
    lookups.stop();
    ring.run(DEADLINE);
    return lookups.finish();
  }

  private static boolean isHeldDead(SimRing ring, int by, Id node) {
    return ring.node(by).view().find(node).isEmpty();
  }

  @RingTest(seeds = 5)
  void aNeighbourThatIsSlowForEverIsNeverHeldDead(Simulation simulation) {
    SimRing ring = ring(simulation);
    ring.host(3).slow(Duration.ofMillis(60));
    ring.run(Duration.ofMinutes(3));

    assertThat(deaths).isEmpty();
    ring.host(3).slow(Duration.ZERO);
    assertThat(ring.settle()).isLessThan(SETTLED_MAX);
  }

  @RingTest(seeds = 5)
  void aSlowNodeDoesNotHoldUpTheLookupsOfOthers(Simulation simulation) {
    SimRing ring = ring(simulation);
    Id slow = ring.node(3).id();
    ring.host(3).slow(Duration.ofMillis(60));
    LookupTally tally = lookUpFor(ring, Duration.ofSeconds(30));

    assertThat(deaths).isEmpty();
    assertThat(tally.wrongRoot()).isZero();
    assertThat(tally.misses())
        .as("only what the slow node asks or answers itself may be late")
        .allMatch(
            miss -> miss.asker() == 3 || ring.node(0).view().root(miss.target()).id().equals(slow));
  }

  @RingTest(seeds = 5)
  void aSlowNodeThatStopsIsHeldDeadToo(Simulation simulation) {
    SimRing ring = ring(simulation);
    Id slow = ring.node(3).id();
    ring.host(3).slow(Duration.ofMillis(60));
    ring.run(Duration.ofSeconds(30));
    assertThat(deaths).isEmpty();
    ring.freeze(3);
    ring.run(Duration.ofSeconds(15));

    assertThat(ring.running())
        .filteredOn(node -> node != 3)
        .allMatch(node -> isHeldDead(ring, node, slow));
  }

  @RingTest(seeds = 5)
  void aFrozenNodeIsHeldDeadWithinTwoSeconds(Simulation simulation) {
    SimRing ring = ring(simulation);
    ring.run(Duration.ofSeconds(10));
    Id frozen = ring.node(3).id();
    ring.freeze(3);
    ring.run(Duration.ofSeconds(2));

    assertThat(ring.running())
        .filteredOn(node -> node != 3)
        .allMatch(node -> isHeldDead(ring, node, frozen));
  }

  @RingTest(seeds = 5)
  void aHiccupDoesNotHideADeathAMomentLater(Simulation simulation) {
    SimRing ring = ring(simulation);
    Id frozen = ring.node(3).id();
    ring.freeze(3);
    ring.run(Duration.ofMillis(700));
    ring.thaw(3);
    ring.run(Duration.ofSeconds(15));
    ring.freeze(3);
    ring.run(Duration.ofMillis(2_500));

    assertThat(ring.running())
        .filteredOn(node -> node != 3)
        .allMatch(node -> isHeldDead(ring, node, frozen));
  }

  @RingTest(seeds = 5)
  void twoThatCannotTalkAreBothAlive(Simulation simulation) {
    SimRing ring = ring(simulation);
    simulation.cut(List.of(ring.host(3)), List.of(ring.host(4)));
    ring.run(Duration.ofMinutes(1));

    assertThat(deaths).isEmpty();
  }

  @RingTest(seeds = 5)
  void oneThatIsHeardAndDoesNotHearIsAlive(Simulation simulation) {
    SimRing ring = ring(simulation);
    simulation.cutOneWay(List.of(ring.host(3)), List.of(ring.host(4)));
    ring.run(Duration.ofMinutes(1));

    assertThat(deaths).isEmpty();
  }

  @RingTest(seeds = 5)
  void lookupsAroundALinkThatIsCutEndWell(Simulation simulation) {
    SimRing ring = ring(simulation);
    simulation.cut(List.of(ring.host(3)), List.of(ring.host(4)));
    ring.run(Duration.ofSeconds(5));
    LookupTally tally = lookUpFor(ring, Duration.ofSeconds(30));

    assertThat(tally.misses()).isEmpty();
    assertThat(tally.delivered()).isPositive();
  }

  @RingTest(seeds = 5)
  void aClockThatJumpsForwardBuriesNobody(Simulation simulation) {
    SimRing ring = ring(simulation);
    ring.host(3).jumpClock(Duration.ofMinutes(7));
    ring.run(Duration.ofSeconds(20));
    assertThat(deaths).isEmpty();
    assertThat(ring.settle()).isZero();

    ring.freeze(4);
    ring.run(Duration.ofSeconds(2));
    assertThat(isHeldDead(ring, 3, ring.node(4).id())).as("it judges again").isTrue();
  }

  @RingTest(seeds = 5)
  void aClockThatJumpsBackBuriesNobodyAndStillJudges(Simulation simulation) {
    simulation.withoutInvariant(WorldInvariants.TIME_IS_MONOTONE);
    SimRing ring = ring(simulation);
    for (int node : ring.running()) {
      ring.host(node).jumpClock(Duration.ofMinutes(-7));
    }
    ring.run(Duration.ofSeconds(20));
    assertThat(deaths).isEmpty();
    assertThat(ring.settle()).isZero();

    Id frozen = ring.node(4).id();
    ring.freeze(4);
    ring.run(Duration.ofSeconds(2));
    assertThat(isHeldDead(ring, 3, frozen)).as("not only seven minutes later").isTrue();
  }
}
