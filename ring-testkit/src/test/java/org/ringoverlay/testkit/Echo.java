package org.ringoverlay.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.ringoverlay.RingService;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;

/** A service that says which node answered, and counts what it did there. */
final class Echo implements NodeSetup {
  record Say(int number) {}

  record Said(int number, int node) {}

  /** An effect of a handler: which request, by its own number, at which node. */
  record Effect(int number, int node) {}

  final List<Effect> effects = new ArrayList<>();

  /** How often a repeat was answered without a handler. */
  int repeats;

  @Override
  public void prepare(NodePlan plan) {
    int node = plan.index();
    plan.observer(
        new RingObserver() {
          @Override
          public void repeated(Id self, String service) {
            repeats++;
          }
        });
    plan.service(
        RingService.of(
            "echo",
            Say.class,
            (say, context) -> {
              effects.add(new Effect(say.number(), node));
              return CompletableFuture.completedFuture(new Said(say.number(), node));
            }));
  }
}
