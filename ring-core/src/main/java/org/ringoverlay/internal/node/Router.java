package org.ringoverlay.internal.node;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.call.Way;
import org.ringoverlay.internal.link.Links;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Scheduler;

/**
 * Decides where a message goes next: to a service of this node, to a call of this node, or on.
 *
 * <p>The root of a target is decided afresh at every hop, by that node's own view. A request is
 * delivered by a node that is surely the root, or by a likely one if its asker is content with
 * that. One that finds no way is told to its asker as a failure of the overlay, and the asker tries
 * again. On the loop.
 */
final class Router implements Way {
  private final Id self;
  private final Hops hops;
  private final Links links;
  private final Scheduler scheduler;
  private final RingObserver observer;
  private final Predicate<Id> surelyRoot;
  private final Consumer<Envelope> requests;
  private final Consumer<Envelope> answers;

  /** Where a message goes next; see {@code Membership.nextHop}. */
  @FunctionalInterface
  interface Hops {
    @Nullable Id next(Id target, boolean exact);
  }

  Router(
      Id self,
      Hops hops,
      Links links,
      Scheduler scheduler,
      RingObserver observer,
      Predicate<Id> surelyRoot,
      Consumer<Envelope> requests,
      Consumer<Envelope> answers) {
    this.self = self;
    this.hops = hops;
    this.links = links;
    this.scheduler = scheduler;
    this.observer = observer;
    this.surelyRoot = surelyRoot;
    this.requests = requests;
    this.answers = answers;
  }

  @Override
  public @Nullable Id nextHop(Id target, boolean direct) {
    return hops.next(target, direct);
  }

  @Override
  public Connection.Sent send(Id nextHop, Envelope envelope) {
    return links.send(nextHop, envelope);
  }

  @Override
  public void deliverHere(Envelope envelope) {
    scheduler.execute(() -> deliver(envelope));
  }

  private void deliver(Envelope envelope) {
    if (envelope.kind() != Kind.REQUEST) {
      answers.accept(envelope);
    } else if (envelope.has(Envelope.DIRECT)
        || envelope.has(Envelope.LIKELY)
        || surelyRoot.test(envelope.target())) {
      requests.accept(envelope);
    } else {
      noWay(
          envelope,
          "Node "
              + self
              + " is not surely the root of "
              + envelope.target()
              + ": a closer member is silent, or this node is not through with joining.");
    }
  }

  /** A message came from another node. */
  void travelling(Envelope envelope) {
    Id next = nextHop(envelope.target(), envelope.has(Envelope.DIRECT));
    if (next == null) {
      noWay(envelope, "Node " + self + " sees no member for " + envelope.target() + ".");
    } else if (next.equals(self)) {
      deliver(envelope);
    } else if (envelope.hops() >= envelope.hopsMax()) {
      noWay(
          envelope,
          "The message made "
              + envelope.hops()
              + " hops and did not find its root (ring.hops.max).");
    } else {
      Connection.Sent sent = send(next, envelope.forwarded());
      if (sent == Connection.Sent.QUEUED) {
        observer.forwarded(self, envelope.target(), next);
      } else {
        noWay(envelope, "Node " + self + " cannot send to node " + next + " now (" + sent + ").");
      }
    }
  }

  private void noWay(Envelope envelope, String why) {
    if (envelope.kind() != Kind.REQUEST) {
      observer.trouble(self, "an answer went astray: " + why);
      return;
    }
    byte[] error = ErrorJson.toJson(new RingException.NoRoute(why)).bytes();
    Envelope failure = envelope.answer(Kind.FAILURE, Envelope.FROM_ROUTER, self, error);
    if (envelope.origin().equals(self)) {
      deliverHere(failure);
      return;
    }
    Id back = nextHop(envelope.origin(), true);
    Id hop = back == null ? envelope.origin() : back;
    if (send(hop, failure.forwarded()) != Connection.Sent.QUEUED) {
      observer.trouble(self, "a message went astray and its asker could not be told: " + why);
    }
  }
}
