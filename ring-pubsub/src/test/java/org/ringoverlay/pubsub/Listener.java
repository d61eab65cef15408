package org.ringoverlay.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.testkit.SimRing;

/** A subscription that writes down what it is told, and checks that sequences only grow. */
final class Listener {
  final List<Event> events = new ArrayList<>();
  final List<Gap> gaps = new ArrayList<>();
  Subscription subscription;

  static CompletionStage<Listener> begin(SimRing ring, int node, String topic) {
    var listener = new Listener();
    return Topics.on(ring.node(node))
        .subscribe(
            topic, listener::hear, SubscribeOptions.defaults().tellingGaps(listener.gaps::add))
        .thenApply(
            subscription -> {
              listener.subscription = subscription;
              return listener;
            });
  }

  static Listener on(SimRing ring, int node, String topic) {
    return ring.await(begin(ring, node, topic));
  }

  private void hear(Event event) {
    if (!events.isEmpty()) {
      assertThat(event.seq()).isGreaterThan(events.get(events.size() - 1).seq());
    }
    events.add(event);
  }

  List<Integer> values() {
    return events.stream().map(event -> event.value().as(Integer.class)).toList();
  }

  List<Long> sequences() {
    return events.stream().map(Event::seq).toList();
  }

  /** Whether it got the message or was told that it missed it. */
  boolean accountsFor(long seq) {
    return sequences().contains(seq)
        || gaps.stream().anyMatch(gap -> gap.from() <= seq && seq <= gap.to());
  }
}
