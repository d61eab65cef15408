package org.ringoverlay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * Follows the way to an ID by asking each node on it whom it would send the message to.
 *
 * <p>What a node answers is what its router does, so in a large ring the hops are those that a
 * message makes now. The whole way has one deadline, and a node on it that does not answer ends it.
 */
final class Tracer {
  /** The service of every node that answers. */
  static final String SERVICE = "ring.route";

  private static final int HOPS_MAX = 64;
  private static final Duration TIMEOUT = AskOptions.defaults().timeout();

  /** Whom would you send a message for this ID to? */
  record Query(Id target) {}

  /** To this node; to none when it sees no live member. */
  record Step(@Nullable Id next) {}

  private final Ring ring;
  private final Id target;
  private final long deadlineNanos;
  private final List<Route.Hop> hops = new ArrayList<>();

  Tracer(Ring ring, Id target) {
    this.ring = ring;
    this.target = target;
    this.deadlineNanos = ring.clock().nanos() + TIMEOUT.toNanos();
  }

  static RingService<Query> service() {
    return RingService.of(
        SERVICE,
        Query.class,
        (query, context) ->
            CompletableFuture.completedFuture(
                // Every request of a node has this context; users see no more than the interface.
                new Step(((TypedService.InboundContext) context).nextHop(query.target()))));
  }

  CompletionStage<Route> trace() {
    return follow(ring.id());
  }

  private CompletionStage<Route> follow(Id node) {
    long askedAt = ring.clock().nanos();
    if (askedAt >= deadlineNanos) {
      return CompletableFuture.failedFuture(
          new RingException.Timeout(
              "The way to " + target + " was not at its end after " + hops.size() + " hops."));
    }
    return ring.call(
            SERVICE,
            node,
            new Query(target),
            Step.class,
            AskOptions.defaults()
                .directly()
                .reading()
                .within(Duration.ofNanos(deadlineNanos - askedAt)))
        .handle(
            (answer, failure) ->
                answer != null ? answered(node, askedAt, answer.value()) : silent(node, failure))
        .thenCompose(Function.identity());
  }

  private CompletionStage<Route> answered(Id node, long askedAt, Step step) {
    hops.add(new Route.Hop(node, (ring.clock().nanos() - askedAt) / 1_000));
    Id next = step.next();
    if (next == null) {
      return noWay("Node " + node + " knows no way to " + target + ".");
    }
    if (next.equals(node)) {
      return CompletableFuture.completedFuture(new Route(target, hops, node));
    }
    if (hops.stream().anyMatch(hop -> hop.node().equals(next))) {
      return noWay("Node " + node + " sends back to node " + next + ", which was asked before.");
    }
    return hops.size() < HOPS_MAX ? follow(next) : noWay("The way to " + target + " did not end.");
  }

  private CompletionStage<Route> noWay(String why) {
    return CompletableFuture.failedFuture(
        new RingException.NoRoute(why + " The way so far has " + hops.size() + " hops."));
  }

  /** Says where on the way it was, if the silence may be that node's and not this one's. */
  private CompletionStage<Route> silent(Id node, Throwable failure) {
    String where =
        "Node "
            + node
            + " is hop "
            + hops.size()
            + " of the way and did not say where it goes on: ";
    if (failure instanceof RingException.Timeout timeout) {
      return CompletableFuture.failedFuture(
          new RingException.Timeout(where + timeout.getMessage()));
    }
    if (failure instanceof RingException.NoRoute noRoute) {
      return CompletableFuture.failedFuture(
          new RingException.NoRoute(where + noRoute.getMessage()));
    }
    return CompletableFuture.failedFuture(failure);
  }
}
