package org.ringoverlay.internal.node;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.call.Way;
import org.ringoverlay.internal.link.Links;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Frames;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Scheduler;

/**
 * Decides where a message goes next: to a service of this node, to a call of this node, or on.
 *
 * <p>The root of a target is decided afresh at every hop, by that node's own view. A request is
 * delivered by a node that is surely the root, or by a likely one if its asker is content with
 * that, or by the one that its asker named to try first. One that finds no way is told to its asker
 * as a failure of the overlay, and the asker tries again. Where messages make several hops each hop
 * acknowledges requests, and a missed one is told to the asker in the same way. On the loop.
 */
final class Router implements Way {
  /** Hops that an answer is handed to, one after the other, until it is given up. */
  private static final int MISSED_MAX = 4;

  private final Id self;
  private final Hops hops;
  private final Links links;
  private final Scheduler scheduler;
  private final RingObserver observer;
  private final Handovers handovers;
  private final Acknowledgements acknowledgements;
  private final Detours detours;
  private final BooleanSupplier severalHops;
  private final Predicate<Id> surelyRoot;
  private final Consumer<Envelope> requests;
  private final Consumer<Envelope> answers;

  /** Where a message goes next; see {@code Membership.nextHop}. */
  @FunctionalInterface
  interface Hops {
    @Nullable Id next(Id target, boolean exact, Predicate<Id> avoided);
  }

  /**
   * Makes it.
   *
   * @param severalHops whether messages may make more than one hop
   * @param detours ways around where they make one
   */
  Router(
      Id self,
      Hops hops,
      BooleanSupplier severalHops,
      Detours detours,
      Links links,
      Handovers.Limits limits,
      Clock clock,
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
    this.severalHops = severalHops;
    this.detours = detours;
    this.handovers = new Handovers(limits, links::heardAt, clock, scheduler, this::unacknowledged);
    this.acknowledgements = new Acknowledgements(links, scheduler);
    this.surelyRoot = surelyRoot;
    this.requests = requests;
    this.answers = answers;
  }

  @Override
  public @Nullable Id nextHop(Id target, boolean direct) {
    return hops.next(target, direct, handovers::isDoubted);
  }

  @Override
  public Id around(Id nextHop, long turn) {
    return severalHops.getAsBoolean() ? nextHop : detours.around(nextHop, turn);
  }

  @Override
  public Connection.Sent send(Id nextHop, Envelope envelope) {
    return send(nextHop, envelope, 0);
  }

  private Connection.Sent send(Id nextHop, Envelope envelope, int missedBefore) {
    if (!severalHops.getAsBoolean()) {
      return links.send(detours.back(nextHop, envelope), envelope);
    }
    int number = handovers.handOver(nextHop, envelope, missedBefore);
    if (number == 0) {
      return links.send(nextHop, envelope);
    }
    Connection.Sent sent = links.send(nextHop, Frames.hop(number, envelope));
    if (sent != Connection.Sent.QUEUED) {
      handovers.notSent(nextHop, number);
    }
    return sent;
  }

  /** A next hop took what was handed to it. */
  void acknowledged(Id from, List<Integer> numbers) {
    int strays = handovers.acknowledged(from, numbers);
    if (strays > 0) {
      observer.strayAcknowledgements(self, from, strays);
    }
  }

  /** Housekeeping, now and then. */
  void tidy() {
    handovers.tidy();
  }

  private void unacknowledged(Id hop, Envelope message, int times) {
    if (message.kind() == Kind.REQUEST) {
      fail(
          message,
          Envelope.FROM_ROUTER | Envelope.UNACKNOWLEDGED,
          "Node " + hop + " did not acknowledge the request to node " + self + " in time.");
      return;
    }
    Id next = times < MISSED_MAX ? nextHop(message.target(), true) : null;
    if (next == null || send(next, message, times) != Connection.Sent.QUEUED) {
      observer.trouble(
          self,
          "an answer went astray: " + times + " hops did not acknowledge it, the last " + hop);
    }
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
        || isFirst(envelope)
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
  void travelling(Id from, Envelope envelope, int hopNumber) {
    if (hopNumber != 0) {
      acknowledgements.took(from, hopNumber);
    }
    Id next = nextHop(envelope.target(), envelope.has(Envelope.DIRECT));
    if (next == null) {
      noWay(envelope, "Node " + self + " sees no member for " + envelope.target() + ".");
    } else if (next.equals(self) || isFirst(envelope)) {
      if (envelope.kind() == Kind.REQUEST && nextHop(envelope.origin(), true) != null) {
        detours.came(from, envelope);
      }
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

  /** Whether a request came from its asker, who wants it delivered here. */
  private static boolean isFirst(Envelope envelope) {
    return envelope.kind() == Kind.REQUEST && envelope.has(Envelope.FIRST) && envelope.hops() <= 1;
  }

  private void noWay(Envelope envelope, String why) {
    if (envelope.kind() != Kind.REQUEST) {
      observer.trouble(self, "an answer went astray: " + why);
      return;
    }
    fail(envelope, Envelope.FROM_ROUTER, why);
  }

  private void fail(Envelope envelope, int flags, String why) {
    byte[] error = ErrorJson.toJson(new RingException.NoRoute(why)).bytes();
    Envelope failure = envelope.answer(Kind.FAILURE, flags, self, error);
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
