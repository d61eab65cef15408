package org.ringoverlay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;

/** Follows the way to an ID by asking each node on it whom it would send the message to. */
final class Tracer {
  /** The service of every node that answers. */
  static final String SERVICE = "ring.route";

  private static final int HOPS_MAX = 64;

  /** Whom would you send a message for this ID to? */
  record Query(Id target) {}

  /** To this node; to none when it sees no live member. */
  record Step(@Nullable Id next) {}

  private final Ring ring;

  Tracer(Ring ring) {
    this.ring = ring;
  }

  static RingService<Query> service() {
    return RingService.of(
        SERVICE,
        Query.class,
        (query, context) -> {
          Member root = context.ring().view().root(query.target());
          return CompletableFuture.completedFuture(new Step(root == null ? null : root.id()));
        });
  }

  CompletionStage<Route> trace(Id target) {
    return follow(target, ring.id(), new ArrayList<>());
  }

  private CompletionStage<Route> follow(Id target, Id node, List<Route.Hop> hops) {
    long askedAt = ring.clock().nanos();
    return ring.ask(
            SERVICE,
            node,
            new Query(target),
            Step.class,
            AskOptions.defaults().directly().reading())
        .thenCompose(
            step -> {
              hops.add(new Route.Hop(node, (ring.clock().nanos() - askedAt) / 1_000));
              Id next = step.next();
              if (next == null || hops.size() >= HOPS_MAX) {
                return CompletableFuture.failedFuture(
                    new RingException.NoRoute(
                        "Node "
                            + node
                            + " knows no way to "
                            + target
                            + " after "
                            + hops.size()
                            + " hops."));
              }
              return next.equals(node)
                  ? CompletableFuture.completedFuture(new Route(target, hops, node))
                  : follow(target, next, hops);
            });
  }
}
