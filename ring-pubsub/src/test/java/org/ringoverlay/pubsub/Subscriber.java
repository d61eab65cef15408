package org.ringoverlay.pubsub;

import static java.util.concurrent.CompletableFuture.completedFuture;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.id.Id;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.NodeRequest.Taken;
import org.ringoverlay.pubsub.RootRequest.Graft;
import org.ringoverlay.pubsub.RootRequest.Grafted;
import org.ringoverlay.pubsub.RootRequest.Place;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.SimRing;

/** A node that speaks the topics' protocol by the test's will, in place of ring-pubsub. */
final class Subscriber {
  final List<Batch> batches = new ArrayList<>();

  /** How a batch is taken; at once and whole, if the test says nothing else. */
  Function<Batch, CompletableFuture<Taken>> taking = batch -> completedFuture(new Taken(List.of()));

  void plan(NodePlan plan) {
    plan.builder().extensions(List.of());
    plan.service(
        RingService.of(
            NodeRequest.SERVICE,
            NodeRequest.class,
            (request, context) -> {
              batches.add((Batch) request);
              return taking.apply((Batch) request);
            }));
  }

  Grafted graft(SimRing ring, int self, int root, List<String> topics) {
    List<Place> places =
        topics.stream().map(topic -> new Place(topic, 1, false, false, 0, 0)).toList();
    Ring node = ring.node(self);
    Id to = ring.node(root).id();
    var options = AskOptions.defaults().directly();
    return ring.await(node.call(RootRequest.SERVICE, to, new Graft(places), Grafted.class, options))
        .value();
  }

  /** The batches of a topic. */
  List<Batch> of(String topic) {
    return batches.stream().filter(batch -> batch.topic().equals(topic)).toList();
  }
}
