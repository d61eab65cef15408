package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.junit.RingTest;

/** Nodes come, go, die, freeze and are cut off at random, and afterwards it is one ring again. */
class ChurnTest {
  private static final int STEPS = 60;
  private static final int NODES_MAX = 10;
  private static final int NODES_MIN = 3;

  private Simulation simulation;
  private SimRing ring;
  private Chance chance;
  private int asked;

  @RingTest(seeds = 15)
  void becomesOneRingAgainAfterAnything(Simulation world) {
    simulation = world;
    chance = Chance.of(world.seed(), "churn");
    var echo = new Echo();
    ring =
        world.ring(
            5,
            plan -> {
              echo.prepare(plan);
              if (plan.index() % 2 == 0) {
                plan.durable();
              }
            });
    ring.settle();
    world.faults(
        Faults.none()
            .withLoss(chance.below(2) * 0.02)
            .withReset(chance.below(2) * 0.001)
            .withPauses(Duration.ofSeconds(20), Duration.ofSeconds(3)));
    for (int step = 0; step < STEPS; step++) {
      disturb();
      ask();
      ring.run(Duration.ofMillis(chance.below(3_000)));
    }

    world.faults(Faults.none());
    world.heal();
    world.hosts().forEach(Host::thaw);
    ring.settle(Duration.ofSeconds(60));
    // What was believed in the bad weather may still travel; it is refuted within seconds.
    ring.run(Duration.ofSeconds(5));
    ring.settle(Duration.ofSeconds(60));
    assertThat(echo.effects).doesNotHaveDuplicates();
    everyNodeReachesTheRoot();
    noConnectionIsLeftOver();
  }

  private void disturb() {
    List<Integer> ready = ring.running().stream().filter(index -> ring.isReady(index)).toList();
    int some = ready.get((int) chance.below(ready.size()));
    switch ((int) chance.below(8)) {
      case 0 -> ifEnough(ready, () -> ring.kill(some));
      case 1 -> ifEnough(ready, () -> ring.killSilently(some));
      case 2 -> ring.freeze(some);
      case 3 -> simulation.hosts().forEach(Host::thaw);
      case 4 -> {
        if (ring.running().size() < NODES_MAX) {
          ring.beginAdding();
        }
      }
      case 5 -> restartOne();
      case 6 -> ring.partition(some);
      default -> ring.heal();
    }
  }

  private void ifEnough(List<Integer> ready, Runnable kills) {
    if (ready.size() > NODES_MIN) {
      kills.run();
    }
  }

  private void restartOne() {
    var dead = new ArrayList<Integer>();
    for (int index = 0; index < ring.size(); index++) {
      if (!ring.host(index).isUp()) {
        dead.add(index);
      }
    }
    if (!dead.isEmpty() && ring.running().size() < NODES_MAX) {
      ring.beginRestart(dead.get((int) chance.below(dead.size())));
    }
  }

  private void ask() {
    for (int index : ring.running()) {
      if (ring.isReady(index)) {
        Id target = Id.of("key " + asked);
        ring.node(index).ask("echo", target, new Echo.Say(asked++), Echo.Said.class);
      }
    }
  }

  private void noConnectionIsLeftOver() {
    ring.run(Duration.ofSeconds(30));
    int othersMax = ring.running().size() - 1;
    for (int index : ring.running()) {
      int connections = ring.host(index).process().connectionCount();
      // Two for each pair, and those with which a node looks for the departed.
      if (connections > 2 * othersMax + 6) {
        throw simulation.failure("node " + index + " holds " + connections + " connections");
      }
    }
  }

  private void everyNodeReachesTheRoot() {
    Id target = Id.of("at last");
    for (int index : ring.running()) {
      Ring node = ring.node(index);
      var options = AskOptions.defaults().within(Duration.ofSeconds(10));
      Echo.Said said =
          ring.await(node.ask("echo", target, new Echo.Say(asked++), Echo.Said.class, options));
      if (said.node() != ring.rootOf(target)) {
        throw simulation.failure(
            "node "
                + index
                + " was answered by "
                + said.node()
                + ", not by "
                + ring.rootOf(target));
      }
    }
  }
}
