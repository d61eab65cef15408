package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ringoverlay.Answer;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Route;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.Echo.Said;
import org.ringoverlay.testkit.Echo.Say;
import org.ringoverlay.testkit.junit.RingTest;

/** What a trace says, beside what a message does. */
class TraceToRootTest {
  /** What a trace has, and the steps in which a test waits. */
  private static final Duration TRACE_MAX = Duration.ofMillis(5_100);

  /** A message for the target went on from one node to the next. */
  private record Forwarded(Id target, Id from, Id to) {}

  private final List<Forwarded> forwarded = new ArrayList<>();
  private final Random random = new Random(11);

  /** A ring whose nodes know few others, so that messages make several hops. */
  private SimRing large(Simulation simulation) {
    var echo = new Echo();
    SimRing ring =
        simulation.ring(
            1,
            plan -> {
              plan.builder().set("ring.table.full.members.max", "0");
              plan.builder().set("ring.leafset.side", "2");
              plan.observer(
                  new RingObserver() {
                    @Override
                    public void forwarded(Id node, Id target, Id nextHop) {
                      forwarded.add(new Forwarded(target, node, nextHop));
                    }
                  });
              echo.prepare(plan);
            });
    for (int size = 1; size < 100; size += 33) {
      ring.add(33);
    }
    ring.run(Duration.ofSeconds(30));
    return ring;
  }

  private Id anywhere() {
    return Id.of(random.nextLong(), random.nextLong(), random.nextInt());
  }

  private static List<Id> nodes(Route route) {
    return route.hops().stream().map(Route.Hop::node).toList();
  }

  /** A way from node 0 with nodes between it and the root. */
  private Route longWay(SimRing ring) {
    for (int i = 0; i < 2_000; i++) {
      Route route = ring.await(ring.node(0).trace(anywhere()));
      if (route.hops().size() >= 4) {
        return route;
      }
    }
    throw new AssertionError("no way from node 0 has nodes between it and the root");
  }

  @RingTest(seeds = 3)
  void aTraceIsTheWayThatAMessageMakes(Simulation simulation) {
    SimRing ring = large(simulation);
    int hopsMost = 0;
    for (int i = 0; i < 200; i++) {
      Id target = anywhere();
      int from = random.nextInt(ring.size());
      Route route = ring.await(ring.node(from).trace(target));
      forwarded.clear();
      Answer<Said> answer =
          ring.await(
              ring.node(from).call("echo", target, new Say(i), Said.class, AskOptions.defaults()));
      List<Id> way = nodes(route);
      assertThat(way.get(0)).isEqualTo(ring.node(from).id());
      assertThat(answer.node()).isEqualTo(route.root()).isEqualTo(way.get(way.size() - 1));
      assertThat(answer.hops()).isEqualTo(way.size() - 1);
      // The first hop is the asker's own choice, and nobody forwards there.
      var between = new ArrayList<Forwarded>();
      for (int hop = 1; hop < way.size() - 1; hop++) {
        between.add(new Forwarded(target, way.get(hop), way.get(hop + 1)));
      }
      assertThat(forwarded.stream().filter(one -> one.target().equals(target)).toList())
          .isEqualTo(between);
      hopsMost = Math.max(hopsMost, answer.hops());
    }
    assertThat(hopsMost).isGreaterThanOrEqualTo(3);
  }

  @RingTest(seeds = 3)
  void theTimesOfTheHopsAreTheTimeOfTheTrace(Simulation simulation) {
    SimRing ring = large(simulation);
    Id target = longWay(ring).target();
    Duration begin = simulation.elapsed();
    Route route = ring.await(ring.node(0).trace(target));
    long tookMicros = simulation.elapsed().minus(begin).toNanos() / 1_000;
    assertThat(route.hops().stream().skip(1)).allMatch(hop -> hop.micros() > 0);
    // Each hop's time is cut to whole microseconds.
    assertThat(route.hops().stream().mapToLong(Route.Hop::micros).sum())
        .isBetween(tookMicros - route.hops().size(), tookMicros);
  }

  @RingTest(seeds = 3)
  void aHopThatFallsSilentMeanwhileEndsTheTraceAndIsNamed(Simulation simulation) {
    SimRing ring = large(simulation);
    Route route = longWay(ring);
    Id silent = route.hops().get(2).node();
    Duration begin = simulation.elapsed();
    var trace = ring.node(0).trace(route.target());
    ring.freeze(ring.indexOf(silent));
    assertThatThrownBy(() -> ring.await(trace))
        .isInstanceOfAny(RingException.Timeout.class, RingException.NoRoute.class)
        .hasMessageContaining("Node " + silent + " is hop 2 of the way");
    assertThat(simulation.elapsed().minus(begin)).isLessThanOrEqualTo(TRACE_MAX);
    // By now the others know, and the way goes around it.
    ring.run(Duration.ofSeconds(30));
    assertThat(nodes(ring.await(ring.node(0).trace(route.target())))).doesNotContain(silent);
  }

  @RingTest(seeds = 3)
  void aHopThatDiesMeanwhileEndsTheTraceAndIsNamed(Simulation simulation) {
    SimRing ring = large(simulation);
    Route route = longWay(ring);
    Id dead = route.hops().get(2).node();
    Duration begin = simulation.elapsed();
    var trace = ring.node(0).trace(route.target());
    ring.kill(ring.indexOf(dead));
    assertThatThrownBy(() -> ring.await(trace))
        .isInstanceOfAny(RingException.Timeout.class, RingException.NoRoute.class)
        .hasMessageContaining("Node " + dead + " is hop 2 of the way");
    assertThat(simulation.elapsed().minus(begin)).isLessThanOrEqualTo(TRACE_MAX);
  }
}
