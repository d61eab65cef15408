package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Ring;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Identity;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/** Two processes that live with one ID, and IDs at the ends of the circle. */
class TwinsTest {
  private final List<String> troubles = new ArrayList<>();

  private RingObserver troublesAt(String host) {
    return new RingObserver() {
      @Override
      public void trouble(Id node, String what) {
        troubles.add(host + ": " + what);
      }
    };
  }

  private SimRing ring(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            4,
            plan -> {
              plan.durable();
              plan.observer(troublesAt(plan.host().name()));
            });
    ring.settle();
    ring.run(Duration.ofSeconds(10));
    return ring;
  }

  /** Starts a process on another host from a copy of a node's directory, saved so often since. */
  private static CompletionStage<Ring> copyOf(
      SimRing ring, int node, long savedIncarnation, List<String> seeds) {
    Simulation simulation = ring.simulation();
    Host host = simulation.host("copy");
    var directory = host.store().open("data", Settings.defaults(host.store().settings()));
    Ring of = ring.node(node);
    simulation.await(
        directory.save(
            new Identity(
                of.id(), savedIncarnation, "ring", of.identity(), of.view().arcs().bits(), seeds)));
    simulation.await(directory.close());
    return Ring.builder()
        .transport(host.transport())
        .listen("copy:1")
        .store(host.store())
        .data("data")
        .start();
  }

  private static boolean isSeenAt(Ring by, Id id, String address) {
    return by.view()
        .find(id)
        .filter(member -> member.state() == MemberState.ALIVE)
        .map(Member::address)
        .filter(address::equals)
        .isPresent();
  }

  @RingTest(seeds = 10)
  void theOneThatStartedLaterTakesOverAndTheFormerIsToldAndStops(Simulation simulation) {
    SimRing ring = ring(simulation);
    Ring former = ring.node(1);
    Ring copy = ring.await(copyOf(ring, 1, former.incarnation(), List.of("a:1", "c:1")));

    assertThat(
            simulation.runUntil(
                () -> former.closed().toCompletableFuture().isDone(), Duration.ofSeconds(2)))
        .as("the former stops")
        .isTrue();
    assertThat(troubles)
        .anyMatch(
            what ->
                what.startsWith("b: another process runs with this node's ID")
                    && what.contains("copy:1"));
    ring.run(Duration.ofSeconds(5));
    for (int node : new int[] {0, 2, 3}) {
      assertThat(isSeenAt(ring.node(node), former.id(), "copy:1")).isTrue();
      assertThat(ring.node(node).view().aliveCount()).isEqualTo(4);
    }
    assertThat(copy.isReady()).isTrue();
    assertThat(copy.view().aliveCount()).isEqualTo(4);
  }

  @RingTest(seeds = 10)
  void oneThatDidNotStartLaterIsToldAndTheFormerGoesOn(Simulation simulation) {
    SimRing ring = ring(simulation);
    Ring former = ring.node(1);
    for (long saved : new long[] {former.incarnation() - 1}) {
      CompletionStage<Ring> copy = copyOf(ring, 1, saved, List.of("a:1", "c:1", "d:1"));
      assertThatThrownBy(() -> ring.await(copy))
          .isInstanceOf(RingException.Incompatible.class)
          .hasMessageContaining("Two processes have one identity");
    }
    ring.run(Duration.ofSeconds(5));
    assertThat(former.isReady()).isTrue();
    for (int node : ring.running()) {
      assertThat(isSeenAt(ring.node(node), former.id(), "b:1")).isTrue();
      assertThat(ring.node(node).view().aliveCount()).isEqualTo(4);
    }
    ring.settle();
  }

  @RingTest(seeds = 5)
  void aCopyThatDialsItsOriginalIsToldSo(Simulation simulation) {
    SimRing ring = ring(simulation);
    Ring former = ring.node(1);
    CompletionStage<Ring> copy = copyOf(ring, 1, former.incarnation() - 1, List.of("b:1"));
    assertThatThrownBy(() -> ring.await(copy))
        .isInstanceOf(RingException.Incompatible.class)
        .hasMessageContaining("Both nodes have the ID " + former.id());
    ring.settle();
    assertThat(former.isReady()).isTrue();
  }

  @RingTest(seeds = 5)
  void aChosenIdThatALivingNodeHasIsRefused(Simulation simulation) {
    SimRing ring = ring(simulation);
    Ring former = ring.node(1);
    CompletionStage<Ring> twin =
        Ring.builder()
            .transport(simulation.host("twin").transport())
            .listen("twin:1")
            .id(former.id())
            .seeds(List.of("a:1"))
            .start();
    assertThatThrownBy(() -> ring.await(twin)).isInstanceOf(RingException.Incompatible.class);
    ring.settle();
    assertThat(former.isReady()).isTrue();
  }

  @RingTest(seeds = 10)
  void aChosenIdThatALivingNodeHasIsRefusedThoughTheSeedHasNothingToDoWithThat(
      Simulation simulation) {
    SimRing ring =
        simulation.ring(
            40,
            plan -> {
              plan.builder().set("ring.link.idle", "1s").extensions(List.of());
              plan.observer(troublesAt(plan.host().name()));
            });
    ring.settle();
    ring.run(Duration.ofSeconds(15));
    Ring former = ring.node(1);
    List<Member> circle = ring.node(0).view().alive();
    int at = circle.indexOf(ring.node(0).view().find(former.id()).orElseThrow());
    String far = circle.get((at + 20) % 40).address();
    CompletionStage<Ring> twin =
        Ring.builder()
            .transport(simulation.host("twin").transport())
            .listen("twin:1")
            .id(former.id())
            .seeds(List.of(far))
            .start();
    assertThatThrownBy(() -> ring.await(twin))
        .isInstanceOf(RingException.Incompatible.class)
        .hasMessageContaining("Two processes have one identity");
    ring.run(Duration.ofSeconds(3));
    for (int node : ring.running()) {
      assertThat(
              isSeenAt(
                  ring.node(node),
                  former.id(),
                  former.view().find(former.id()).orElseThrow().address()))
          .isTrue();
    }
    ring.settle();
    assertThat(former.isReady()).isTrue();
    assertThat(troubles).isEmpty();
  }

  @RingTest(seeds = 3)
  void aStrangerWithALivingNodesIdIsRefusedUnlessItSaysThatItStartedLater(Simulation simulation) {
    SimRing ring = ring(simulation);
    Ring living = ring.node(1);
    Stranger same = Stranger.on(simulation, "s", living.id(), living.incarnation());
    same.greets(simulation, "a:1");
    ring.run(Duration.ofSeconds(1));
    assertThat(same.count("reject")).isEqualTo(1);
    assertThat(same.ends).hasSize(1);
    ring.settle();
    assertThat(isSeenAt(ring.node(0), living.id(), "b:1")).isTrue();
  }

  @RingTest(seeds = 5)
  void nodesAtBothEndsOfTheCircleAreRootsOfWhatIsClosestToThem(Simulation simulation) {
    var echo = new Echo();
    List<Id> ids = List.of(Id.ZERO, Id.MAX, Id.of(1L << 62, 0, 0), Id.of(-1L << 62, 0, 0));
    SimRing ring =
        simulation.ring(
            4,
            plan -> {
              echo.prepare(plan);
              plan.builder().id(ids.get(plan.index()));
            });
    ring.settle();
    for (int node = 0; node < 4; node++) {
      assertThat(ring.node(node).id()).isEqualTo(ids.get(node));
    }
    var targets = new ArrayList<>(ids);
    targets.add(Id.of(0, 0, 1));
    targets.add(Id.of(-1L, -1L, -2));
    for (int number = 0; number < 60; number++) {
      targets.add(Id.of("key " + number));
    }
    int number = 0;
    for (Id target : targets) {
      for (int from : ring.running()) {
        Echo.Said said =
            ring.await(
                ring.node(from).ask("echo", target, new Echo.Say(number++), Echo.Said.class));
        assertThat(said.node()).as("%s", target).isEqualTo(ring.rootOf(target));
      }
    }
    assertThat(ring.rootOf(Id.ZERO)).isZero();
    assertThat(ring.rootOf(Id.MAX)).isEqualTo(1);
    ring.kill(0);
    ring.settle();
    assertThat(
            ring.await(ring.node(2).ask("echo", Id.ZERO, new Echo.Say(-1), Echo.Said.class)).node())
        .as("the other end is next to it")
        .isEqualTo(1);
  }
}
