package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Seat;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.settings.Settings;

/**
 * The way of a request to the daddy of its arc: this node, or the first of the members that takes
 * it. On the loop.
 */
final class Routing {
  private final Ring ring;
  private final Settings settings;
  private final Shelf shelf;
  private final Leaders leaders;
  private final Directory directory;
  private final Charters charters;

  Routing(Ring ring, Shelf shelf, Leaders leaders, Directory directory, Charters charters) {
    this.ring = ring;
    this.settings = ring.settings();
    this.shelf = shelf;
    this.leaders = leaders;
    this.directory = directory;
    this.charters = charters;
  }

  /** Has a request answered, here or by the node that leads its arc. */
  CompletionStage<?> route(Request request, Context context, long deadline) {
    int arc = ring.view().arcs().indexOf(Keys.id(request));
    Neighbourhood around = leaders.refresh();
    // Whoever passed a request on has looked who should be the daddy.
    boolean passedOn = context.target().equals(ring.id());
    if (leaders.has(arc)) {
      return lead(arc, request, deadline);
    }
    Configuration configuration = shelf.configuration(arc);
    boolean member = configuration != null && configuration.has(shelf.self());
    if (passedOn
        && configuration != null
        && configuration.voters().size() > 1
        && !leaders.homecoming().isOver()) {
      throw new RingException.NotOwner("This node has come back, and does not lead yet.", null);
    }
    if (configuration != null
        && member
        && passedOn
        && !leaders.isLedByAnother(arc, configuration)) {
      return lead(arc, request, deadline);
    }
    if (configuration != null && member && !passedOn && !leaders.mayDecide(configuration)) {
      // Perhaps others decide since long, and this node was not told.
      return directory
          .find(arc, around)
          .thenCompose(found -> passOn(arc, request, leaders.preferred(arc, found), deadline));
    }
    if (passedOn) {
      throw new RingException.NotOwner("This node does not lead the key's arc.", null);
    }
    if (configuration != null) {
      return passOn(arc, request, leaders.preferred(arc, configuration), deadline);
    }
    return directory
        .find(arc, around)
        .thenCompose(found -> passOn(arc, request, leaders.preferred(arc, found), deadline));
  }

  private CompletionStage<Object> lead(int arc, Request request, long deadline) {
    if (!leaders.homecoming().isOver()) {
      return leaders.homecoming().over().thenCompose(unused -> lead(arc, request, deadline));
    }
    if (request instanceof Request.Put put
        && charters.isAwaited()
        && !put.space().equals(Keys.RING_SPACE)) {
      return charters
          .awaited()
          .thenCompose(
              known -> {
                Configuration members = shelf.configuration(arc);
                if (!leaders.has(arc) && members != null && leaders.isLedByAnother(arc, members)) {
                  throw new RingException.NotOwner("Another node leads the key's arc now.", null);
                }
                return leadNow(arc, request, deadline);
              });
    }
    return leadNow(arc, request, deadline);
  }

  private CompletionStage<Object> leadNow(int arc, Request request, long deadline) {
    long now = ring.clock().nanos();
    var pending =
        new Pending(
            request,
            request instanceof Request.Keyed keyed ? Keys.full(keyed.space(), keyed.key()) : null,
            deadline);
    leaders.leader(arc, now).submit(pending, now);
    return pending.answer();
  }

  /** Has the first of these answer that can. */
  private CompletionStage<Object> passOn(int arc, Request request, List<Id> nodes, long deadline) {
    long left = deadline - ring.clock().nanos();
    if (nodes.isEmpty() || left <= 0) {
      var unused = directory.find(arc, leaders.refresh());
      return CompletableFuture.failedFuture(
          new RingException.Unavailable("No member of the key's arc answers."));
    }
    Id node = nodes.get(0);
    if (node.equals(ring.id())) {
      return lead(arc, request, deadline);
    }
    boolean changes = request instanceof Request.Change;
    long patience = settings.get(DhtSettings.FORWARD_TIMEOUT);
    if (request instanceof Request.Watch watch) {
      patience += TimeUnit.MILLISECONDS.toNanos(watch.holdMillis());
    }
    AskOptions options =
        AskOptions.defaults().within(Duration.ofNanos(Math.min(left, patience))).directly();
    return askDaddy(node, request, changes ? options : options.reading())
        .exceptionallyCompose(
            error -> {
              Throwable cause = Records.unwrap(error);
              if (cause instanceof RingException.NotOwner
                  || cause instanceof RingException.NoRoute) {
                return passOn(arc, request, nodes.subList(1, nodes.size()), deadline);
              }
              return CompletableFuture.failedFuture(
                  cause instanceof RingException.Timeout
                      ? new RingException.Unavailable(
                          "The daddy of the key's arc, node "
                              + node.shortString()
                              + ", gave no answer in time.")
                      : cause);
            });
  }

  /** What a daddy replies, and that it was this one. */
  private CompletionStage<Object> askDaddy(Id node, Request request, AskOptions options) {
    if (request instanceof Request.Change) {
      return ring.ask(Records.SERVICE, node, request, Request.Done.class, options)
          .thenApply(done -> done.by(node));
    }
    if (request instanceof Request.Get) {
      return ring.ask(Records.SERVICE, node, request, Request.Found.class, options)
          .thenApply(found -> found.by(node));
    }
    Class<?> reply = request instanceof Request.Watch ? Request.Seen.class : Seat.class;
    return ring.ask(Records.SERVICE, node, request, reply, options).thenApply(told -> told);
  }
}
