package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.error.RingException;

/**
 * Answers watchers of prefixes for the arcs that this node leads, or should lead: as soon as one of
 * these arcs has news or is led by this node no more, or, when the question has waited for as long
 * as it may, with those arcs whose daddy's ballot was confirmed then.
 *
 * <p>A few arcs in each turn of the loop, and no more than so many questions at once. On the loop.
 */
final class WatchDesk {
  /** Records, and arcs, that one turn of the loop looks at. */
  private static final int COST_IN_TURN_MAX = 4_096;

  private static final int ARC_COST = 32;

  /** Arcs of one question that wait to be confirmed at once. */
  private static final int CONFIRMED_AT_ONCE_MAX = 512;

  /** What is kept back of a watcher's time, so that majorities can confirm that nothing came. */
  private static final long CONFIRM_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Ring ring;
  private final Shelf shelf;
  private final Leaders leaders;
  private final long bytesMax;
  private final int questionsMax;
  private int questions;

  WatchDesk(Ring ring, Shelf shelf, Leaders leaders, long bytesMax) {
    this.ring = ring;
    this.shelf = shelf;
    this.leaders = leaders;
    this.bytesMax = bytesMax;
    this.questionsMax = ring.settings().get(DhtSettings.WATCH_PREFIXES_MAX);
  }

  /**
   * Answers, at the latest shortly after the deadline with what it has by then.
   *
   * @throws RingException.InvalidInput if no sound node can have asked so
   * @throws RingException.Refused if too many questions wait
   */
  CompletionStage<Request.Sighted> answer(Request.WatchArcs question, long deadlineNanos) {
    check(question);
    if (questions >= questionsMax) {
      throw new RingException.Refused(
          questions + " watchers of prefixes wait at this node (ring.dht.watch.prefixes.max).");
    }
    questions++;
    leaders.refresh();
    var answer = new Answer(question, deadlineNanos);
    answer.begin();
    return answer.told.whenComplete((told, failed) -> questions--);
  }

  private void check(Request.WatchArcs question) {
    if (question.space() == null || question.prefix() == null) {
      throw new RingException.InvalidInput("A watch names a namespace and a prefix.");
    }
    Keys.checkSpace(question.space());
    Keys.checkPosition(question.prefix());
    if (question.holdMillis() < 0
        || question.holdMillis() > Request.Watch.HOLD_MILLIS_MAX
        || question.bytesMax() < 1) {
      throw new RingException.InvalidInput("A watch says how long it waits, and for how much.");
    }
    var spans = new ArrayList<Span>();
    for (Request.Mark mark : question.marks()) {
      if (mark == null
          || mark.after() < Request.Watch.FROM_NOW
          || mark.after() > Versions.MAX
          || mark.deletesAfter() < Request.Mark.CHANGES
          || mark.deletesAfter() > Versions.MAX
          || mark.since() < 0
          || mark.since() > Versions.MAX) {
        throw new RingException.InvalidInput("A watch names a version for each of its arcs.");
      }
      spans.add(new Span(mark.first(), mark.last()));
    }
    BitSet arcs = Span.set(spans, leaders.arcs().count());
    if (arcs.isEmpty() || arcs.cardinality() > Request.ListKeys.ARCS_MAX) {
      throw new RingException.InvalidInput(
          "A watch asks for 1 to " + Request.ListKeys.ARCS_MAX + " arcs of the ring, in order.");
    }
  }

  /** One question that waits, and what is there for it. */
  private final class Answer {
    private final Request.WatchArcs question;
    private final long deadlineNanos;
    private final long bytesMax;
    private final CompletableFuture<Request.Sighted> told = new CompletableFuture<>();

    /** What is asked for, by arc. */
    private final TreeMap<Integer, Request.Mark> marks = new TreeMap<>();

    /** The arcs that are still to be looked at in this pass. */
    private final BitSet left = new BitSet();

    /** Those that wait for a change, or to be confirmed. */
    private final TreeMap<Integer, Pending> open = new TreeMap<>();

    private final BitSet covered = new BitSet();
    private final BitSet foreign = new BitSet();
    private final List<Request.Sighting> sightings = new ArrayList<>();
    private final List<Request.Reach> reached = new ArrayList<>();
    private long bytes;
    private String why = "";

    /** Whether the time to wait is over, so that each arc is to be confirmed. */
    private boolean confirming;

    /** Whether it is to be answered as soon as all arcs were looked at. */
    private boolean news;

    private boolean turning;
    private boolean ending;

    Answer(Request.WatchArcs question, long deadlineNanos) {
      this.question = question;
      this.deadlineNanos = deadlineNanos;
      this.bytesMax = Math.min(WatchDesk.this.bytesMax, question.bytesMax());
      this.confirming = question.holdMillis() == 0;
      for (Request.Mark mark : question.marks()) {
        for (int arc = mark.first(); arc <= mark.last(); arc++) {
          marks.put(arc, mark);
        }
      }
    }

    private void begin() {
      marks.keySet().forEach(left::set);
      if (!confirming) {
        long hold = TimeUnit.MILLISECONDS.toNanos(question.holdMillis());
        long time = deadlineNanos - ring.clock().nanos() - CONFIRM_NANOS;
        ring.scheduler().schedule(Math.max(0, Math.min(hold, time)), this::confirm);
      }
      goOn();
    }

    private void goOn() {
      if (turning || ending) {
        return;
      }
      if (!left.isEmpty()) {
        if (!confirming || open.size() < CONFIRMED_AT_ONCE_MAX) {
          turning = ring.scheduler().execute(this::turn);
        }
      } else if (news || open.isEmpty()) {
        end();
      }
    }

    private void turn() {
      turning = false;
      long cost = 0;
      while (!ending
          && cost < COST_IN_TURN_MAX
          && !left.isEmpty()
          && (!confirming || open.size() < CONFIRMED_AT_ONCE_MAX)) {
        int arc = left.nextSetBit(0);
        left.clear(arc);
        cost += ARC_COST + (confirming ? Math.min(shelf.records(arc), Scan.LOOKED_MAX) : 0);
        look(arc);
      }
      goOn();
    }

    private void look(int arc) {
      if (!leaders.has(arc)) {
        Configuration configuration = leaders.voiced(arc);
        if (configuration == null) {
          disown(arc);
          return;
        }
        boolean alone = configuration.voters().equals(List.of(shelf.self()));
        if (!alone && !question.firmly() && !leaders.shouldLead(arc)) {
          disown(arc);
          return;
        }
      }
      Request.Mark mark = Objects.requireNonNull(marks.get(arc));
      var pending =
          new Pending(
              question.of(mark, bytesMax, confirming ? 0 : question.holdMillis()),
              null,
              deadlineNanos);
      open.put(arc, pending);
      try {
        long now = ring.clock().nanos();
        leaders.leader(arc, now).submit(pending, now);
      } catch (RingException.Refused full) {
        pending.fail(full);
      }
      var unused =
          pending.answer().whenComplete((found, error) -> looked(arc, pending, found, error));
    }

    private void disown(int arc) {
      foreign.set(arc);
      if (!confirming) {
        endSoon();
      }
    }

    private void looked(
        int arc, Pending pending, @Nullable Object found, @Nullable Throwable error) {
      if (ending || !open.remove(arc, pending)) {
        return;
      }
      if (found instanceof PrefixWatchers.Report report) {
        covered.set(arc);
        take(arc, report);
      } else if (error instanceof RingException.NotOwner) {
        foreign.set(arc);
      } else if (error != null && why.isEmpty()) {
        why = String.valueOf(error.getMessage());
      }
      if (confirming) {
        goOn();
      } else {
        endSoon();
      }
    }

    private void take(int arc, PrefixWatchers.Report report) {
      Request.Mark mark = marks.get(arc);
      boolean fits = bytes == 0 || bytes + report.bytes() <= bytesMax;
      boolean moves = mark != null && report.position() != mark.after();
      if (!fits || !(moves || report.isNews())) {
        // What does not fit is found again by the next question.
        return;
      }
      bytes += report.bytes();
      report.sightings().forEach(one -> sightings.add(PrefixWatchers.told(one)));
      reached.add(
          new Request.Reach(
              arc, report.position(), report.more(), report.missed(), report.since()));
    }

    /** There is news: what else comes until all arcs were looked at goes with it. */
    private void endSoon() {
      news = true;
      if (!turning) {
        turning =
            ring.scheduler()
                .execute(
                    () -> {
                      turning = false;
                      goOn();
                    });
      }
    }

    private void confirm() {
      if (confirming || ending) {
        return;
      }
      confirming = true;
      news = false;
      release();
      covered.clear();
      marks.keySet().forEach(left::set);
      left.andNot(foreign);
      for (Request.Reach reach : reached) {
        left.clear(reach.arc());
        covered.set(reach.arc());
      }
      goOn();
    }

    /** Whoever waits at a leader for this question waits no more. */
    private void release() {
      if (open.isEmpty()) {
        return;
      }
      var answered = new RingException.Closed("The watcher was answered meanwhile.");
      List<Pending> released = List.copyOf(open.values());
      open.clear();
      released.forEach(pending -> pending.fail(answered));
    }

    private void end() {
      if (ending) {
        return;
      }
      ending = true;
      if (!confirming) {
        // The others are led here still, as far as this node knows.
        covered.or(left);
        open.keySet().forEach(covered::set);
      }
      release();
      told.complete(
          new Request.Sighted(sightings, reached, Span.of(covered), Span.of(foreign), why));
    }
  }
}
