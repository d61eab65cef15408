package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.AskOptions;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.Echo.Said;
import org.ringoverlay.testkit.Echo.Say;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.RingView;

/** Rings whose nodes do not know each other: a limit of 0 makes any ring large. */
class LargeRingTest {
  private static final int SIDE = 4;

  private static NodeSetup large(Echo echo) {
    return plan -> {
      plan.builder().set("ring.table.full.members.max", "0");
      plan.builder().set("ring.leafset.side", String.valueOf(SIDE));
      echo.prepare(plan);
    };
  }

  /** Whether each running node knows its true neighbours, and no one else between them. */
  private static boolean leafSetsAreTrue(SimRing ring) {
    var circle = new TreeMap<Id, RingView>();
    for (int node : ring.running()) {
      circle.put(ring.node(node).id(), ring.node(node).view());
    }
    List<Id> ids = new ArrayList<>(circle.keySet());
    for (int at = 0; at < ids.size(); at++) {
      var expected = new ArrayList<Id>();
      for (int step = 1; step <= SIDE; step++) {
        expected.add(ids.get(Math.floorMod(at + step, ids.size())));
      }
      for (int step = 1; step <= SIDE; step++) {
        expected.add(ids.get(Math.floorMod(at - step, ids.size())));
      }
      List<Id> known =
          circle.get(ids.get(at)).neighbours(ids.get(at), SIDE).stream().map(Member::id).toList();
      if (!known.equals(expected)) {
        return false;
      }
    }
    return true;
  }

  private static void lookUp(SimRing ring, int count, int first) {
    var random = new Random(7);
    var asked = new ArrayList<CompletionStage<Said>>();
    var roots = new ArrayList<Integer>();
    List<Integer> running = ring.running();
    for (int i = 0; i < count; i++) {
      Id target = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
      int from = running.get(random.nextInt(running.size()));
      roots.add(ring.rootOf(target));
      asked.add(
          ring.node(from)
              .ask("echo", target, new Say(first + i), Said.class, AskOptions.defaults()));
    }
    for (int i = 0; i < count; i++) {
      assertThat(ring.await(asked.get(i)).node()).isEqualTo(roots.get(i));
    }
  }

  @RingTest(seeds = 3)
  void nodesThatDoNotKnowEachOtherFindTheRootOfEveryKey(Simulation simulation) {
    SimRing ring = simulation.ring(1, large(new Echo()));
    for (int size = 1; size < 80; size += 20) {
      ring.add(20);
    }
    assertThat(simulation.runUntil(() -> leafSetsAreTrue(ring), Duration.ofSeconds(10))).isTrue();
    for (int node : ring.running()) {
      assertThat(ring.node(node).view().isComplete()).isFalse();
      assertThat(ring.node(node).view().members().size()).isLessThan(50);
    }
    lookUp(ring, 500, 0);
  }

  @RingTest(seeds = 3)
  void theLeafSetsCloseOverTheDead(Simulation simulation) {
    SimRing ring = simulation.ring(1, large(new Echo()));
    ring.add(49);
    assertThat(simulation.runUntil(() -> leafSetsAreTrue(ring), Duration.ofSeconds(10))).isTrue();
    for (int node = 0; node < 50; node += 5) {
      ring.kill(node);
    }
    assertThat(simulation.runUntil(() -> leafSetsAreTrue(ring), Duration.ofSeconds(10)))
        .as("agreed over the dead")
        .isTrue();
    lookUp(ring, 300, 0);
  }

  @RingTest(seeds = 3)
  void lookupsGoAroundHopsThatAreFrozen(Simulation simulation) {
    SimRing ring = simulation.ring(1, large(new Echo()));
    ring.add(59);
    assertThat(simulation.runUntil(() -> leafSetsAreTrue(ring), Duration.ofSeconds(10))).isTrue();
    for (int node = 0; node < 60; node += 6) {
      ring.freeze(node);
    }
    var random = new Random(9);
    var asked = new ArrayList<CompletionStage<Said>>();
    for (int i = 0; asked.size() < 200; i++) {
      Id target = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
      int from = 1 + 6 * random.nextInt(10) + random.nextInt(5);
      if (ring.rootOf(target) % 6 != 0) {
        asked.add(
            ring.node(from).ask("echo", target, new Say(i), Said.class, AskOptions.defaults()));
      }
    }
    // Nobody is dead yet: who is answered now was answered by way of others.
    ring.run(Duration.ofMillis(1_500));
    assertThat(asked.stream().filter(each -> each.toCompletableFuture().isDone()).count())
        .as("of 200 that had to go around one in six")
        .isGreaterThan(190);
    for (CompletionStage<Said> each : asked) {
      assertThat(ring.await(each)).isNotNull();
    }
  }
}
