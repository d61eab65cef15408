package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;

/**
 * Decides the changes of an arc's keys in one reign, numbers them, and tells what came of them.
 *
 * <p>A change is decided on the settled register of its key and kept on this node's shelf; who
 * sends it to the copies, and counts them, is {@link Reign}. Changes that wait behind it for the
 * same key are made with it.
 *
 * <p>Plain state, on the loop.
 */
final class Changes {
  /** The most changes of one key that are made in one, and sent to the copies in one. */
  static final int TOGETHER_MAX = 8;

  /**
   * A key has time for one more change that is made with others whenever this much of it has
   * passed. A register remembers 128 operations: so one whose answer was lost can be asked for
   * again for a quarter of a second, or for as many rounds as that takes if they are shorter.
   */
  private static final long EACH_NANOS = 2_000_000;

  private final int arc;
  private final Voter self;
  private final Ballot ballot;
  private final Limits limits;
  private final Shelf shelf;
  private final Outbox out;
  private final ArcLeader leader;
  private final Reconfiguration members;
  private final Checks checks;
  private final LongSupplier floor;

  /** The newest version that was made in this reign, of whatever key; 0 if none was. */
  private long newest;

  Changes(
      int arc,
      Ballot ballot,
      Limits limits,
      Shelf shelf,
      Outbox out,
      ArcLeader leader,
      Reconfiguration members,
      Checks checks,
      LongSupplier floor) {
    this.arc = arc;
    this.self = shelf.self();
    this.ballot = ballot;
    this.limits = limits;
    this.shelf = shelf;
    this.out = out;
    this.leader = leader;
    this.members = members;
    this.checks = checks;
    this.floor = floor;
  }

  /**
   * The newest version of the arc. Versions are counted per arc, so whatever is made later of
   * whatever key is above it.
   */
  long seen() {
    return Math.max(newest, Versions.before(ballot.round()));
  }

  /** What a read of a settled key is told. */
  Request.Found found(Cell cell) {
    return cell.found(copies(), wanted(), seen());
  }

  /** How many of the members answer, as far as this node knows. */
  private int copies() {
    int copies = 0;
    for (Voter member : members.current().members()) {
      copies += member.equals(self) || out.answers(member.node()) ? 1 : 0;
    }
    return copies;
  }

  /** How many copies there should be: the members follow, a few arcs at a time. */
  private int wanted() {
    Configuration current = members.current();
    return out.copiesWanted((current.joint() ? current.next() : current.members()).size());
  }

  /**
   * Decides a change of a settled key, and answers it unless there is something to make.
   *
   * @return what the copies are to be sent, which is on this node's shelf already and whose changes
   *     the cell names; null if nothing was made
   */
  CopyRequest.@Nullable Accept make(
      Cell cell, Pending pending, Request.Change change, long nowNanos) {
    long version = Versions.next(Math.max(cell.version(), newest), ballot.round());
    if (version == Versions.EXHAUSTED) {
      pending.fail(leader.notOwner());
      leader.end(leader.notOwner());
      return null;
    }
    Decision decision =
        Decision.on(cell.current, change, version, floor.getAsLong(), out.rules(change.space()));
    if (decision instanceof Decision.Apply apply) {
      return keep(cell, together(cell, pending, apply, nowNanos), nowNanos);
    }
    if (decision instanceof Decision.Repeat repeat) {
      repeat(cell, pending, change, repeat.first());
    } else if (decision instanceof Decision.Forgotten forgotten) {
      pending.done(new Request.Done(0, false, copies(), wanted(), seen(), forgotten.version()));
    } else if (decision instanceof Decision.Reject reject) {
      checks.confirm(pending, () -> pending.fail(reject.reason()));
    } else if (decision instanceof Decision.Nothing) {
      var nothing = new Request.Done(0, false, copies(), wanted(), seen(), 0);
      checks.confirm(pending, () -> pending.done(nothing));
    }
    return null;
  }

  private void repeat(Cell cell, Pending pending, Request.Change change, Operation first) {
    if (first.result() == Operation.Outcome.CONFLICT) {
      RingException conflict = Decision.conflict(change, cell.current, first.found());
      checks.confirm(pending, () -> pending.fail(conflict));
    } else {
      acknowledge(cell, change, new Cell.Outcome(pending, first, cell.current));
    }
  }

  /**
   * A change with those that wait behind it for the same key and change something, too: they are
   * made one after the other, and copies are sent what came of them in one. Else a key would be
   * changed no more often than a disk can be waited for.
   *
   * @see <a href="https://arxiv.org/abs/1802.07000">Rystsov 2018, CASPaxos, section 2.2: the
   *     proposer chooses the function that changes the register, which may be composed of several
   *     </a>
   */
  private List<Cell.Made> together(
      Cell cell, Pending first, Decision.Apply firstApply, long nowNanos) {
    long due = (nowNanos - cell.unusedSinceNanos) / EACH_NANOS;
    int most = (int) Math.max(1, Math.min(TOGETHER_MAX, due));
    var made = new ArrayList<Cell.Made>(1);
    made.add(new Cell.Made(first, firstApply.next()));
    Register register = firstApply.next();
    long bytes = register.value().size();
    while (made.size() < most && bytes < limits.batchBytesMax()) {
      Pending next = cell.queue.peek();
      long version = Versions.next(register.version(), ballot.round());
      if (next == null
          || next.isExpired(nowNanos)
          || version == Versions.EXHAUSTED
          || !(next.request() instanceof Request.Change change)
          || !(Decision.on(register, change, version, floor.getAsLong(), out.rules(change.space()))
              instanceof Decision.Apply apply)) {
        break;
      }
      cell.queue.remove();
      register = apply.next();
      bytes += register.value().size();
      made.add(new Cell.Made(next, register));
    }
    return made;
  }

  /** Keeps what came of changes here first. */
  private CopyRequest.@Nullable Accept keep(Cell cell, List<Cell.Made> changes, long nowNanos) {
    Configuration current = members.current();
    List<Voter> answering = new ArrayList<>(current.voters());
    answering.removeIf(voter -> !voter.equals(self) && !out.answers(voter.node()));
    if (!current.isQuorum(answering)) {
      fail(changes, Silent.unreachable(current, answering));
      return null;
    }
    // Who holds nothing of the key has to hear what it has forgotten, too.
    Register next = changes.get(changes.size() - 1).register();
    Entry step =
        cell.current == null
            ? next.whole(cell.key)
            : next.step(cell.key, cell.current, next.operations().last(changes.size()));
    var accept = CopyRequest.Accept.registers(arc, ballot, current.epoch(), List.of(step));
    CopyReply.Accepted own;
    try {
      own = shelf.accept(accept);
    } catch (RingException.Refused full) {
      fail(changes, full);
      return null;
    }
    if (!own.granted()) {
      fail(changes, leader.notOwner());
      leader.end(leader.notOwner());
      return null;
    }
    newest = next.version();
    // The very register that the shelf holds now, so that both go on with one log of operations.
    Register kept = shelf.register(arc, cell.key);
    if (kept == null || kept.version() != next.version()) {
      throw new IllegalStateException("the shelf granted a change that it did not take");
    }
    cell.former = cell.current;
    cell.becomes(kept, ballot.round());
    cell.changing = changes;
    // What is left of the time for one more is not lost.
    long spent = cell.unusedSinceNanos + changes.size() * EACH_NANOS;
    cell.unusedSinceNanos = Math.min(nowNanos, Math.max(spent, nowNanos - EACH_NANOS + 1));
    return accept;
  }

  /** Whoever made these is told the same. */
  private static void fail(List<Cell.Made> changes, RingException why) {
    changes.forEach(each -> each.pending().fail(why));
  }

  /** This node keeps the changes under way; some wanted no more than that. */
  void kept(Cell cell) {
    for (Cell.Outcome each : outcomes(cell, cell.changing)) {
      Request.Change change = (Request.Change) each.pending().request();
      if (change.acknowledge() == Acknowledge.DADDY
          && each.operation().result() == Operation.Outcome.MADE) {
        each.pending().done(each.operation().done(1, wanted(), seen()));
      }
    }
  }

  /**
   * Enough copies hold the key's register: whoever changed it is told.
   *
   * @return the changes that made it
   */
  List<Cell.Made> settled(Cell cell) {
    List<Cell.Made> made = cell.changing;
    cell.changing = List.of();
    cell.former = null;
    for (Cell.Outcome each : outcomes(cell, made)) {
      acknowledge(cell, (Request.Change) each.pending().request(), each);
    }
    return made;
  }

  /** What came of changes, as far as the register that they made remembers. */
  private static List<Cell.Outcome> outcomes(Cell cell, List<Cell.Made> changes) {
    Register register = cell.current;
    if (register == null || changes.isEmpty()) {
      return List.of();
    }
    var outcomes = new ArrayList<Cell.Outcome>(changes.size());
    for (Cell.Made each : changes) {
      Operation operation =
          register.operations().find(((Request.Change) each.pending().request()).operation());
      if (operation != null) {
        outcomes.add(new Cell.Outcome(each.pending(), operation, each.register()));
      }
    }
    return outcomes;
  }

  /** Acknowledges a change that enough copies hold, or keeps it until all do if it asked so. */
  private void acknowledge(Cell cell, Request.Change change, Cell.Outcome outcome) {
    if (outcome.operation().result() == Operation.Outcome.CONFLICT) {
      outcome
          .pending()
          .fail(Decision.conflict(change, outcome.register(), outcome.operation().found()));
    } else if (change.acknowledge() != Acknowledge.ALL
        || cell.isLevel(members.current().voters())) {
      done(cell, outcome);
    } else {
      cell.waitForAll.add(outcome);
    }
  }

  /** All copies hold the key's register. */
  void level(Cell cell) {
    cell.waitForAll.forEach(all -> done(cell, all));
    cell.waitForAll.clear();
  }

  private void done(Cell cell, Cell.Outcome outcome) {
    var holders = new ArrayList<>(members.current().voters());
    holders.retainAll(cell.holders);
    outcome.pending().done(outcome.operation().done(holders.size(), wanted(), seen()));
  }

  /** Tells those whose time is over. */
  void expire(Cell cell, long nowNanos) {
    for (Pending pending : List.copyOf(cell.queue)) {
      if (pending.isExpired(nowNanos)) {
        pending.fail(Silent.notReady(cell, members.current()));
      }
    }
    cell.queue.removeIf(Pending::isAnswered);
    for (Cell.Made changing : cell.changing) {
      if (changing.pending().isExpired(nowNanos)) {
        changing.pending().unknown("Too few copies have answered in time.");
      }
    }
    for (Cell.Outcome all : cell.waitForAll) {
      if (all.pending().isExpired(nowNanos)) {
        all.pending().unknown("A majority of the copies has the change, not yet all.");
      }
    }
    cell.waitForAll.removeIf(all -> all.pending().isAnswered());
  }

  /** The reign is over: tells all who wait for this key. */
  static void end(Cell cell, RingException why) {
    for (Cell.Made changing : cell.changing) {
      changing.pending().unknown("Another daddy took the arc over while the change was under way.");
    }
    for (Cell.Outcome all : cell.waitForAll) {
      all.pending().unknown("Another daddy took the arc over before all copies answered.");
    }
    List.copyOf(cell.queue).forEach(pending -> pending.fail(why));
    cell.queue.clear();
  }
}
