package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/**
 * How a node leaves: it asks the daddies of its arcs to do without it, as it does in the arcs that
 * it leads itself, until it has a voice in none. On the loop.
 */
final class Departure {
  /** Arcs that one message asks for: who is asked has writers waiting for its loop. */
  private static final int ARCS_IN_MESSAGE_MAX = 32;

  /** Its arcs lie around this node, and whoever keeps them next is one of the nearest to them. */
  private static final int NEXT_MAX = 48;

  /** How long a daddy has before it is asked again. */
  private static final long AGAIN_NANOS = 500_000_000;

  private final Ring ring;
  private final Shelf shelf;
  private final CopyPost post;
  private final Upkeep upkeep;
  private final Neighbourhood around;
  private final CompletableFuture<Long> handedOver = new CompletableFuture<>();
  private List<Integer> arcs = List.of();

  /** The members around that have not said yet that they give this node no arcs any more. */
  private final TreeSet<Id> unheard = new TreeSet<>();

  private long records;
  private long askedAt;

  /** Those that are being asked for arcs, each for a few after the other. */
  private final TreeSet<Id> asking = new TreeSet<>();

  private IntPredicate leads = arc -> false;

  Departure(Ring ring, Shelf shelf, CopyPost post, Upkeep upkeep, Neighbourhood around) {
    this.ring = ring;
    this.shelf = shelf;
    this.post = post;
    this.upkeep = upkeep;
    this.around = around;
  }

  /** How many registers others keep in this node's stead, when they all do. */
  CompletionStage<Long> handedOver() {
    return handedOver;
  }

  /**
   * Begins.
   *
   * @param leadsArc whether this node leads an arc
   */
  void begin(IntPredicate leadsArc) {
    leads = leadsArc;
    arcs = shelf.voiced();
    around.nearest(ring.id(), NEXT_MAX).forEach(member -> unheard.add(member.id()));
    unheard.remove(ring.id());
    arcs.forEach(arc -> records += shelf.records(arc));
    askedAt = ring.clock().nanos();
    tell();
    look();
  }

  private void look() {
    List<Integer> voiced = shelf.voiced();
    boolean leadsNone = arcs.stream().noneMatch(arc -> leads.test(arc));
    boolean isHeard = unheard.stream().noneMatch(around::answers);
    if ((voiced.isEmpty() && leadsNone && isHeard) || isLast(voiced)) {
      handedOver.complete(voiced.isEmpty() ? records : 0);
      return;
    }
    long now = ring.clock().nanos();
    if (now - askedAt >= AGAIN_NANOS) {
      askedAt = now;
      tell();
      ask(voiced);
    }
    upkeep.atNextTick(this::look);
  }

  /**
   * Whether this node is the last one, and nobody who may come back has a voice beside it. Whoever
   * handed all over before it left is in no configuration any more; who could not, and has a disk,
   * is told to come back.
   */
  private boolean isLast(List<Integer> voiced) {
    if (!around.isAlone()) {
      return false;
    }
    for (int arc : voiced) {
      Configuration configuration = shelf.configuration(arc);
      for (Voter voter : configuration == null ? List.<Voter>of() : configuration.voters()) {
        if (!voter.node().equals(ring.id()) && !around.isEmptied(voter.node())) {
          return false;
        }
      }
    }
    return true;
  }

  /** Those who are to keep the arcs next have to know, or they would give them back at once. */
  private void tell() {
    for (Id next : List.copyOf(unheard)) {
      ask(next, List.of(), reply -> {}, () -> {});
    }
  }

  /** Daddies are asked who keeps their arcs, in case this node has not heard of a change. */
  private void ask(List<Integer> voiced) {
    var byDaddy = new TreeMap<Id, List<Integer>>();
    for (int arc : voiced) {
      Configuration configuration = shelf.configuration(arc);
      Id daddy = configuration == null ? null : around.daddy(arc, configuration);
      if (daddy != null && !daddy.equals(ring.id()) && !leads.test(arc)) {
        byDaddy.computeIfAbsent(daddy, unused -> new ArrayList<>()).add(arc);
      }
    }
    byDaddy.keySet().removeAll(asking);
    asking.addAll(byDaddy.keySet());
    byDaddy.forEach((daddy, arcs) -> askOn(daddy, arcs, 0));
  }

  private void askOn(Id daddy, List<Integer> arcs, int from) {
    int to = Math.min(arcs.size(), from + ARCS_IN_MESSAGE_MAX);
    if (from == to) {
      asking.remove(daddy);
      return;
    }
    ask(
        daddy,
        arcs.subList(from, to),
        reply -> {
          reply.placed().forEach(this::heard);
          askOn(daddy, arcs, to);
        },
        () -> asking.remove(daddy));
  }

  private void ask(
      Id member, List<Integer> arcs, Consumer<CopyReply.Located> answered, Runnable failed) {
    post.send(
        member,
        new CopyRequest.Locate(arcs, true, true),
        CopyReply.Located.class,
        reply -> {
          unheard.remove(member);
          answered.accept(reply);
        },
        failed);
  }

  private void heard(CopyReply.Placed placed) {
    shelf.met(placed.arc(), placed.configuration());
    if (placed.decided()) {
      shelf.decided(placed.arc(), placed.configuration());
    }
  }
}
