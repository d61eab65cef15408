package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.AskOptions;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.Echo.Said;
import org.ringoverlay.testkit.Echo.Say;
import org.ringoverlay.testkit.junit.RingTest;

/**
 * Connections that nobody uses are closed, and whoever uses one at that very moment loses nothing.
 */
class IdleLinksTest {
  private static final int NODES = 20;
  private static final int WATCHED_PER_SIDE = 2;

  private final List<String> wrong = new ArrayList<>();

  private NodeSetup nodes(Echo echo) {
    return plan -> {
      plan.builder().set("ring.link.idle", "1s");
      plan.builder().set("ring.heartbeat.neighbours", String.valueOf(WATCHED_PER_SIDE));
      echo.prepare(plan);
      plan.observer(
          new RingObserver() {
            @Override
            public void retried(Id node, String service, Id target, int attempt) {
              wrong.add(node + " tries " + target + " again");
            }

            @Override
            public void refusedFrame(String remote, String reason) {
              wrong.add(remote + ": " + reason);
            }

            @Override
            public void trouble(Id node, String what) {
              wrong.add(node + ": " + what);
            }
          });
    };
  }

  private static int connections(SimRing ring) {
    return ring.running().stream()
        .mapToInt(node -> ring.host(node).process().connectionCount())
        .sum();
  }

  @RingTest(seeds = 5)
  void nothingIsLostWhenALinkIsClosedForWantOfUse(Simulation simulation) {
    SimRing ring = simulation.ring(NODES, nodes(new Echo()));
    ring.settle();
    var random = new Random(simulation.seed());
    int said = 0;
    for (int turn = 0; turn < 120; turn++) {
      var asked = new ArrayList<CompletionStage<Said>>();
      for (int i = 0; i < 10; i++) {
        Id target = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
        asked.add(
            ring.node(random.nextInt(NODES))
                .ask("echo", target, new Say(said++), Said.class, AskOptions.defaults()));
        ring.run(Duration.ofMillis(random.nextInt(40)));
      }
      asked.forEach(ring::await);
      ring.run(Duration.ofMillis(random.nextInt(3_000)));
    }
    assertThat(wrong).isEmpty();
    int busy = connections(ring);
    ring.run(Duration.ofSeconds(12));
    assertThat(connections(ring))
        .as("both ends of one connection for each two neighbours, also where both dialled")
        .isLessThan(busy)
        .isEqualTo(NODES * 2 * WATCHED_PER_SIDE);
    assertThat(wrong).isEmpty();
  }
}
