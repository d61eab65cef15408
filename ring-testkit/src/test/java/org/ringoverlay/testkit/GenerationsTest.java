package org.ringoverlay.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.testkit.schedule.Climate;
import org.ringoverlay.testkit.schedule.Playback;
import org.ringoverlay.testkit.schedule.Schedule;

/** Nodes of the present version and of the next one in one ring. */
class GenerationsTest {
  private static final class Mixed implements NodeSetup {
    final Echo echo = new Echo();
    final List<String> refused = new ArrayList<>();
    final List<String> troubles = new ArrayList<>();

    @Override
    public void prepare(NodePlan plan) {
      echo.prepare(plan);
      if (plan.index() % 2 == 1) {
        plan.nextGeneration();
      }
      plan.observer(
          new RingObserver() {
            @Override
            public void refusedFrame(String remote, String reason) {
              refused.add(plan.host().name() + ": " + reason);
            }

            @Override
            public void trouble(Id node, String what) {
              troubles.add(plan.host().name() + ": " + what);
            }
          });
    }
  }

  private static void askEveryRoot(SimRing ring, int first) {
    for (int number = first; number < first + 40; number++) {
      Id target = Id.of("key " + number);
      for (int from : ring.running()) {
        var said =
            ring.await(ring.node(from).ask("echo", target, new Echo.Say(number), Echo.Said.class));
        assertThat(said.node()).isEqualTo(ring.rootOf(target));
      }
    }
  }

  @RingTest(seeds = 5)
  void aRingOfBothGenerationsRoutesAndNoticesDeaths(Simulation simulation) {
    var mixed = new Mixed();
    SimRing ring = simulation.ring(6, mixed);
    ring.settle(Duration.ofSeconds(5));
    ring.run(Duration.ofSeconds(10));

    assertThat(ring.isSettled()).isTrue();
    askEveryRoot(ring, 0);
    ring.kill(1);
    ring.killSilently(2);
    assertThat(ring.settle()).isLessThan(Duration.ofSeconds(5));
    ring.add(2);
    ring.settle(Duration.ofSeconds(5));
    askEveryRoot(ring, 1_000);
    assertThat(ring.node(0).view().aliveCount()).isEqualTo(6);
  }

  @RingTest(seeds = 2)
  void whatAnOldNodeDoesNotKnowIsToldItsSenderAndCostsNoConnection(Simulation simulation) {
    var mixed = new Mixed();
    SimRing ring = simulation.ring(2, mixed);
    ring.settle();
    int before = ring.host(0).process().connectionCount();
    mixed.troubles.clear();

    ring.run(Duration.ofSeconds(20));

    assertThat(ring.host(0).process().connectionCount()).isEqualTo(before);
    assertThat(ring.isSettled()).isTrue();
    assertThat(new TreeSet<>(mixed.refused))
        .containsExactly(
            "a: 1 facts about members in states that this node does not know",
            "a: a hop of frame kind 42",
            "a: a link message of an unknown type",
            "a: frame kind 42",
            "a: frame version 2");
    assertThat(new TreeSet<>(mixed.troubles))
        .hasSize(4)
        .allMatch(each -> each.startsWith("b: node ") && each.contains(" did not understand "));
  }

  @RingTest(seeds = 3)
  void anOldNodePassesOnTheFieldsOfACardThatItDoesNotKnow(Simulation simulation) {
    SimRing ring = simulation.ring(6, new Mixed());
    ring.settle();
    var of = new TreeSet<String>();
    simulation.watchFrames(
        (from, to, frame) -> {
          String text = new String(frame, UTF_8);
          for (int node : new int[] {1, 3, 5}) {
            String card = "\"card\":{\"id\":\"" + ring.node(node).id() + "\"";
            if (!isNext(from) && text.contains(card)) {
              of.add(ring.host(node).name());
              assertThat(text).contains(card + "," + NextGeneration.CARD_FIELD);
            }
          }
        });

    ring.add(2);
    ring.settle();

    assertThat(of).as("told by nodes of the present version").containsExactly("b", "d", "f");
  }

  private static boolean isNext(Host host) {
    return host.nextGeneration() != null;
  }

  @RingTest(
      nodes = 6,
      seeds = 6,
      kinds = {
        Climate.Kind.UPGRADE,
        Climate.Kind.CRASH,
        Climate.Kind.PARTITION,
        Climate.Kind.LOSS,
        Climate.Kind.JOIN
      })
  void aRingThatIsUpgradedInBadWeatherBecomesOneAgain(Simulation world, Schedule schedule) {
    var echo = new Echo();
    SimRing ring =
        world.ring(
            6,
            plan -> {
              echo.prepare(plan);
              plan.durable();
            });
    ring.settle();
    Playback playback = schedule.playOn(ring);
    playback.finish();
    ring.settle(Duration.ofSeconds(90));
    ring.checkShape(4);
    askEveryRoot(ring, 0);
  }
}
