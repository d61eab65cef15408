package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.testkit.junit.RingTest;

/** Hosts that are far apart hear of each other later. */
class DistancesTest {
  private static final Duration FARTHEST = Duration.ofMillis(100);

  @RingTest
  void framesTakeAsLongAsTheWayIs(Simulation simulation) {
    simulation.delay(Delay.of(Duration.ZERO, Duration.ZERO));
    simulation.distances((from, to) -> from.name().equals("a") ? 30_000_000 : 50_000_000);
    Peer one = Peer.on(simulation.host("a"));
    Peer other = Peer.on(simulation.host("b")).listening(1);
    one.connect("b:1");
    simulation.run(Duration.ofMillis(81));
    assertThat(one.heard).containsExactly("opened");
    one.send(7);
    simulation.run(Duration.ofMillis(29));
    assertThat(other.numbers()).isEmpty();
    simulation.run(Duration.ofMillis(2));
    assertThat(other.numbers()).containsExactly(7);
  }

  @RingTest
  void placesOnAPlaneAreSpreadAndStayTheSame(Simulation simulation) {
    Distances plane = Distances.plane(simulation.seed(), FARTHEST);
    List<Host> hosts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      hosts.add(simulation.host("h" + i));
    }
    double sum = 0;
    for (Host one : hosts) {
      assertThat(plane.nanos(one, one)).isZero();
      for (Host other : hosts) {
        long nanos = plane.nanos(one, other);
        assertThat(nanos).isBetween(0L, FARTHEST.toNanos()).isEqualTo(plane.nanos(other, one));
        sum += nanos;
      }
    }
    // On a torus of edge 1 two points are 0.3826 apart on average, and 0.7071 at most.
    assertThat(sum / (200 * 200) / FARTHEST.toNanos()).isBetween(0.51, 0.57);
    assertThat(Distances.plane(simulation.seed(), FARTHEST).nanos(hosts.get(3), hosts.get(150)))
        .isEqualTo(plane.nanos(hosts.get(3), hosts.get(150)));
  }
}
