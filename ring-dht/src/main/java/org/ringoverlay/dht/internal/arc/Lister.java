package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.error.RingException;

/**
 * Answers for the keys of the arcs that this node leads, or should lead. An arc counts as covered
 * when its daddy's ballot was confirmed after the question came; the others are named.
 *
 * <p>A few arcs in each turn of the loop, and no more than so many answers at once. On the loop.
 */
final class Lister {
  /** Records, and arcs, that one turn of the loop looks at. */
  private static final int COST_IN_TURN_MAX = 4_096;

  private static final int ARC_COST = 32;

  /** Arcs of one answer that wait to be confirmed at once. */
  private static final int OPEN_MAX = 512;

  private final Ring ring;
  private final Shelf shelf;
  private final Leaders leaders;
  private final long bytesMax;
  private final int answersMax;
  private int answers;

  Lister(Ring ring, Shelf shelf, Leaders leaders, long bytesMax) {
    this.ring = ring;
    this.shelf = shelf;
    this.leaders = leaders;
    this.bytesMax = bytesMax;
    this.answersMax = ring.settings().get(DhtSettings.LISTINGS_MAX);
  }

  /**
   * Answers, at the latest shortly after the deadline with what it has by then.
   *
   * @throws RingException.InvalidInput if no sound node can have asked so
   * @throws RingException.Refused if too many answers are under way
   */
  CompletionStage<Request.Listed> answer(Request.ListKeys list, long deadlineNanos) {
    BitSet arcs = check(list);
    if (answers >= answersMax) {
      throw new RingException.Refused(
          "This node answers " + answers + " listings already (ring.dht.listings.max).");
    }
    answers++;
    leaders.refresh();
    var answer = new Answer(list, arcs, deadlineNanos);
    answer.goOn();
    return answer.told.whenComplete((told, failed) -> answers--);
  }

  private BitSet check(Request.ListKeys list) {
    if (list.space() == null || list.prefix() == null || list.after() == null) {
      throw new RingException.InvalidInput("A listing names a namespace, a prefix and a position.");
    }
    Keys.checkSpace(list.space());
    Keys.checkPosition(list.prefix());
    Keys.checkPosition(list.after());
    if (list.upTo() != null) {
      Keys.checkPosition(list.upTo());
    }
    if (list.keysMax() < 1 || list.keysMax() > Request.ListKeys.KEYS_MAX) {
      throw new RingException.InvalidInput(
          "A listing asks for 1 to " + Request.ListKeys.KEYS_MAX + " keys.");
    }
    BitSet arcs = Span.set(list.arcs(), leaders.arcs().count());
    if (arcs.isEmpty() || arcs.cardinality() > Request.ListKeys.ARCS_MAX) {
      throw new RingException.InvalidInput(
          "A listing asks for 1 to " + Request.ListKeys.ARCS_MAX + " arcs of the ring, in order.");
    }
    return arcs;
  }

  /** One answer on its way. */
  private final class Answer {
    private final Request.ListKeys list;
    private final BitSet left;
    private final long deadlineNanos;
    private final Gathering gathering;
    private final BitSet covered = new BitSet();
    private final BitSet foreign = new BitSet();
    private final CompletableFuture<Request.Listed> told = new CompletableFuture<>();
    private String why = "";
    private int open;
    private boolean turning;

    Answer(Request.ListKeys list, BitSet arcs, long deadlineNanos) {
      this.list = list;
      this.left = arcs;
      this.deadlineNanos = deadlineNanos;
      this.gathering = new Gathering(list.keysMax(), bytesMax);
      String upTo = list.upTo();
      gathering.reaches(upTo == null ? null : Keys.full(list.space(), upTo));
    }

    private void goOn() {
      if (turning) {
        return;
      }
      if (left.isEmpty()) {
        if (open == 0) {
          end();
        }
      } else if (open < OPEN_MAX) {
        turning = ring.scheduler().execute(this::turn);
      }
    }

    private void turn() {
      long cost = 0;
      while (cost < COST_IN_TURN_MAX && open < OPEN_MAX && !left.isEmpty()) {
        int arc = left.nextSetBit(0);
        left.clear(arc);
        cost += ARC_COST + Math.min(shelf.records(arc), Scan.LOOKED_MAX);
        look(arc);
      }
      turning = false;
      goOn();
    }

    private void look(int arc) {
      if (!leaders.has(arc)) {
        Configuration configuration = leaders.voiced(arc);
        if (configuration == null) {
          foreign.set(arc);
          return;
        }
        boolean alone = configuration.voters().equals(List.of(shelf.self()));
        if (alone && shelf.records(arc) == 0) {
          // Nobody else can have decided anything: an arc that was never used is led by nobody.
          covered.set(arc);
          return;
        }
        if (!alone && !list.firmly() && !leaders.shouldLead(arc)) {
          foreign.set(arc);
          return;
        }
      }
      String upTo = gathering.until();
      var pending =
          new Pending(list.upTo(upTo == null ? null : Keys.keyOf(upTo)), null, deadlineNanos);
      open++;
      try {
        long now = ring.clock().nanos();
        leaders.leader(arc, now).submit(pending, now);
      } catch (RingException.Refused full) {
        pending.fail(full);
      }
      var unused = pending.answer().whenComplete((found, error) -> looked(arc, found, error));
    }

    private void looked(int arc, @Nullable Object found, @Nullable Throwable error) {
      open--;
      if (found instanceof Scan.Result result) {
        covered.set(arc);
        result.fullKeys().forEach(key -> gathering.add(key, arc));
        gathering.reaches(result.until());
      } else if (error instanceof RingException.NotOwner) {
        foreign.set(arc);
      } else if (error != null && why.isEmpty()) {
        why = String.valueOf(error.getMessage());
      }
      goOn();
    }

    private void end() {
      var keys = new ArrayList<String>();
      gathering.forEach((key, arc) -> keys.add(Keys.keyOf(key)));
      String until = gathering.until();
      told.complete(
          new Request.Listed(
              keys,
              until == null ? null : Keys.keyOf(until),
              Span.of(covered),
              Span.of(foreign),
              why));
    }
  }
}
