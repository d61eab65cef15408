package org.ringoverlay.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringoverlay.testkit.Faults;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** Publish and subscribe while everything goes wrong that the simulator can do. */
class TopicsBurnTest {
  private static final int NODES = 5;
  private static final String TOPIC = "news";

  /**
   * Whatever happens, each subscription hears sequences that grow, which the listeners check as
   * they hear; who confirmed has heard; and once it is calm, all are reached again.
   */
  @RingTest(nodes = NODES, seeds = 5)
  void orderHoldsInAnyWeatherAndAllAreReachedAfterIt(SimRing ring, Simulation simulation) {
    ring.settle();
    List<Listener> listeners =
        IntStream.range(0, NODES).mapToObj(node -> Listener.on(ring, node, TOPIC)).toList();
    simulation.faults(
        Faults.none()
            .withLoss(0.01)
            .withDuplication(0.02)
            .withReordering(0.02)
            .withReset(0.001)
            .withPartitions(Duration.ofSeconds(10), Duration.ofSeconds(4))
            .withPauses(Duration.ofSeconds(8), Duration.ofSeconds(4)));
    var confirmed = new ArrayList<Published>();
    for (int number = 0; number < 300; number++) {
      Level level = number % 2 == 0 ? Level.DELIVERED : Level.SEQUENCED;
      Topics.on(ring.node(number % NODES))
          .publish(TOPIC, number, PublishOptions.defaults().at(level))
          .whenComplete(
              (published, error) -> {
                if (error == null && level == Level.DELIVERED && published.reached() == NODES) {
                  confirmed.add(published);
                }
              });
      ring.run(Duration.ofMillis(200));
    }
    simulation.faults(Faults.none());
    ring.heal();
    IntStream.range(0, NODES).filter(node -> ring.host(node).isFrozen()).forEach(ring::thaw);
    ring.settle();
    ring.run(Duration.ofSeconds(10));

    Published calm = ring.await(Topics.on(ring.node(1)).publish(TOPIC, 1_000));
    ring.run(Duration.ofSeconds(1));
    assertThat(calm.reached()).isEqualTo(NODES);
    assertThat(confirmed).isNotEmpty();
    for (Listener listener : listeners) {
      assertThat(listener.sequences()).endsWith(calm.seq());
      assertThat(listener.sequences()).containsAll(confirmed.stream().map(Published::seq).toList());
    }
  }
}
