package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Seat;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * A daddy's time under one ballot: serialises the changes of each key of an arc.
 *
 * <p>Of each key one change is under way at a time. It is kept here first, then sent to the copies,
 * and acknowledged when enough have it. Before a register is shown or changed enough copies hold
 * it; a register that was found in the takeover at fewer is written back first, and one that others
 * know better is fetched by {@link Recovery}. Reads and conflicts are confirmed by {@link Checks}.
 *
 * <p>Plain state, on the loop.
 *
 * @see <a href="https://arxiv.org/abs/1802.07000">Rystsov 2018, CASPaxos, sections 2.2 and 2.3</a>
 */
final class Reign {
  private final int arc;
  private final Id self;
  private final Ballot ballot;
  private final Limits limits;
  private final Shelf shelf;
  private final Outbox out;
  private final ArcLeader leader;
  private final TreeMap<String, Cell> cells = new TreeMap<>();
  private final Map<String, Cell> busy = new LinkedHashMap<>();
  private final Recovery recovery;
  private final Checks checks;
  private final Repairs repairs;
  private Place place;
  private boolean over;

  /** The newest version that was made in this reign, of whatever key; 0 if none was. */
  private long newest;

  Reign(
      int arc,
      Id self,
      Ballot ballot,
      Limits limits,
      Shelf shelf,
      Outbox out,
      ArcLeader leader,
      Place place) {
    this.arc = arc;
    this.self = self;
    this.ballot = ballot;
    this.limits = limits;
    this.shelf = shelf;
    this.out = out;
    this.leader = leader;
    this.place = place;
    this.recovery = new Recovery(arc, self, ballot, shelf, out, cells);
    this.checks = new Checks(arc, self, ballot, out, place);
    this.repairs = new Repairs(arc, self, ballot, limits);
  }

  /** Takes up what the takeover learned. */
  void begin(Takeover won) {
    recovery.begin(won);
    won.known()
        .forEach(
            (key, known) -> {
              Cell cell = new Cell(key, shelf.register(arc, key));
              cells.put(key, cell);
              if (cell.version() == known.version()) {
                cell.holders.addAll(known.holders());
                cell.settled = votes(cell) >= place.need();
              } else {
                cell.learn(known.version(), known.holders());
              }
            });
  }

  void submit(Pending pending, long nowNanos) {
    String fullKey = pending.fullKey();
    if (fullKey == null) {
      checks.confirm(pending, () -> pending.done(seat()));
      return;
    }
    Cell cell = cells.computeIfAbsent(fullKey, key -> new Cell(key, shelf.register(arc, key)));
    if (cell.queue.size() >= limits.keyQueueMax()) {
      pending.fail(
          new RingException.Refused(cell.queue.size() + " requests wait for this key already."));
      return;
    }
    cell.queue.add(pending);
    pump(cell, nowNanos);
  }

  private void pump(Cell cell, long nowNanos) {
    while (!over && cell.settled && !cell.queue.isEmpty()) {
      run(cell, cell.queue.remove(), nowNanos);
    }
    if (over) {
      return;
    }
    if (cell.settled && cell.waitForAll.isEmpty()) {
      busy.remove(cell.key);
    } else if (!cell.settled && !cell.queue.isEmpty()) {
      urge(cell);
    }
    if (cell.isVacant()) {
      cells.remove(cell.key);
    }
  }

  private void run(Cell cell, Pending pending, long nowNanos) {
    if (pending.isExpired(nowNanos)) {
      pending.expire("The request waited for its key until its time was over.");
      return;
    }
    Request request = pending.request();
    if (request instanceof Request.Change change) {
      change(cell, pending, change);
    } else {
      var found = cell.found(place, seen());
      checks.confirm(pending, () -> pending.done(found));
    }
  }

  private void change(Cell cell, Pending pending, Request.Change change) {
    long version = Versions.next(Math.max(cell.version(), newest), ballot.round());
    if (version == Versions.EXHAUSTED) {
      pending.fail(leader.notOwner());
      leader.end(leader.notOwner());
      return;
    }
    Decision decision = Decision.on(cell.current, change, version);
    if (decision instanceof Decision.Repeat repeat) {
      repeat(cell, pending, change, repeat.first());
    } else if (decision instanceof Decision.Forgotten forgotten) {
      pending.done(
          new Request.Done(
              0, false, place.copies().size(), place.wanted(), seen(), forgotten.version()));
    } else if (decision instanceof Decision.Reject reject) {
      checks.confirm(pending, () -> pending.fail(reject.reason()));
    } else if (decision instanceof Decision.Nothing) {
      var nothing = new Request.Done(0, false, place.copies().size(), place.wanted(), seen(), 0);
      checks.confirm(pending, () -> pending.done(nothing));
    } else if (decision instanceof Decision.Apply apply) {
      apply(cell, pending, change, apply);
    }
  }

  /**
   * The newest version of the arc. Versions are counted per arc, so whatever is made later of
   * whatever key is above it.
   */
  private long seen() {
    return Math.max(newest, Versions.before(ballot.round()));
  }

  private void repeat(Cell cell, Pending pending, Request.Change change, Operation first) {
    if (first.outcome() == Operation.Outcome.CONFLICT) {
      RingException conflict = Decision.conflict(change, cell.current, first.found());
      checks.confirm(pending, () -> pending.fail(conflict));
    } else {
      acknowledge(cell, pending, change, first);
    }
  }

  private void apply(Cell cell, Pending pending, Request.Change change, Decision.Apply apply) {
    if (place.copies().size() < place.need()) {
      pending.fail(unreachable());
      return;
    }
    Entry step = apply.next().step(cell.key, cell.current, apply.operation());
    CopyRequest.Accepted own;
    try {
      own = shelf.accept(arc, ballot, List.of(step));
    } catch (RingException.Refused full) {
      pending.fail(full);
      return;
    }
    if (!own.granted()) {
      pending.fail(leader.notOwner());
      leader.end(leader.notOwner());
      return;
    }
    newest = apply.next().version();
    cell.becomes(apply.next(), self);
    cell.changing = pending;
    busy.put(cell.key, cell);
    out.tick();
    if (change.acknowledge() == Acknowledge.DADDY
        && apply.operation().outcome() == Operation.Outcome.MADE) {
      pending.done(apply.operation().done(1, place.wanted(), seen()));
    }
    for (Id node : place.copies()) {
      if (!node.equals(self)) {
        send(cell, node, step);
      }
    }
    settle(cell);
  }

  private void send(Cell cell, Id node, Entry entry) {
    cell.asked.add(node);
    out.accept(
        node,
        new CopyRequest.Accept(arc, ballot, List.of(entry)),
        List.of(new Head(cell.key, entry.version())));
  }

  private void sendWhole(Cell cell, Id node) {
    if (cell.current != null) {
      send(cell, node, cell.current.whole(cell.key));
    }
  }

  void accepted(Id node, List<Head> heads, CopyRequest.Accepted reply, long nowNanos) {
    reply.higher().forEach(head -> recovery.learn(node, head));
    for (Head head : heads) {
      Cell cell = cells.get(head.key());
      if (cell == null || cell.version() != head.version()) {
        continue;
      }
      cell.asked.remove(node);
      if (reply.behind().contains(head.key())) {
        sendWhole(cell, node);
      } else if (!cell.isUnknown()) {
        cell.holds(node);
      }
      progress(cell, nowNanos);
    }
    if (!reply.higher().isEmpty()) {
      out.repair();
    }
  }

  void acceptFailed(Id node, List<Head> heads) {
    for (Head head : heads) {
      Cell cell = cells.get(head.key());
      if (cell != null && cell.version() == head.version()) {
        cell.asked.remove(node);
        if (busy.containsKey(cell.key) && !cell.settled) {
          sendToAnother(cell, node);
        } else {
          out.tick();
        }
      }
    }
  }

  private void sendToAnother(Cell cell, Id failed) {
    for (Id node : place.asked()) {
      if (!node.equals(self)
          && !node.equals(failed)
          && !place.suspects().contains(node)
          && !cell.holders.contains(node)
          && !cell.asked.contains(node)) {
        sendWhole(cell, node);
        return;
      }
    }
  }

  private void progress(Cell cell, long nowNanos) {
    settle(cell);
    pump(cell, nowNanos);
  }

  /** Acknowledges what enough copies hold. */
  private void settle(Cell cell) {
    if (!cell.settled && !cell.isUnknown() && votes(cell) >= place.need()) {
      cell.settled = true;
      Pending made = cell.changing;
      cell.changing = null;
      if (made != null && made.request() instanceof Request.Change change && cell.current != null) {
        Operation operation = cell.current.operations().find(change.operation());
        if (operation != null) {
          acknowledge(cell, made, change, operation);
        }
      }
    }
    boolean level = cell.isLevel(place);
    if (level && cell.settled) {
      cell.waitForAll.forEach(all -> done(cell, all.pending(), all.operation()));
      cell.waitForAll.clear();
    }
    if (cell.settled && cell.asked.isEmpty() && !level) {
      out.repair();
    }
  }

  /** Acknowledges a change that enough copies hold, or keeps it until all do if it asked so. */
  private void acknowledge(Cell cell, Pending pending, Request.Change change, Operation operation) {
    if (operation.outcome() == Operation.Outcome.CONFLICT) {
      pending.fail(Decision.conflict(change, cell.current, operation.found()));
    } else if (change.acknowledge() != Acknowledge.ALL || cell.isLevel(place)) {
      done(cell, pending, operation);
    } else {
      cell.waitForAll.add(new Cell.ForAll(pending, operation));
      busy.put(cell.key, cell);
      out.tick();
    }
  }

  private void done(Cell cell, Pending pending, Operation operation) {
    pending.done(operation.done(cell.holders.size(), place.wanted(), seen()));
  }

  private int votes(Cell cell) {
    // A node that is about to leave is no copy any more and must not count itself.
    boolean leaving = cell.holders.contains(self) && !place.copies().contains(self);
    return cell.holders.size() - (leaving ? 1 : 0);
  }

  // ---- registers that others know better

  void heard(Id node, List<Head> heads, boolean more) {
    recovery.heard(node, heads, more);
  }

  /** A node says that it holds something. */
  void hear(Id node) {
    recovery.hear(node);
  }

  /** A node did not tell what it holds. */
  void unheard(Id node) {
    recovery.unheard(node);
  }

  boolean hasHeard(Id node) {
    return recovery.hasHeard(node);
  }

  /** Hastens what somebody waits for. */
  private void urge(Cell cell) {
    busy.put(cell.key, cell);
    out.tick();
    if (cell.isUnknown()) {
      recovery.fetch(cell);
      return;
    }
    for (Id node : place.copies()) {
      if (!node.equals(self) && !cell.holders.contains(node) && !cell.asked.contains(node)) {
        sendWhole(cell, node);
      }
    }
  }

  void fetched(Id node, List<String> keys, CopyRequest.Fetched reply, long nowNanos) {
    if (recovery.isOutranked(keys, reply)) {
      leader.end(leader.notOwner());
      return;
    }
    recovery.fetched(node, keys, reply).forEach(cell -> progress(cell, nowNanos));
  }

  void fetchFailed(Id node, List<String> keys) {
    recovery.fetchFailed(node, keys);
  }

  // ---- reads

  void checked(Id node, long number) {
    checks.checked(node, number);
  }

  void checkFailed(Id node, long number) {
    checks.failed(node, number);
  }

  private Seat seat() {
    var replicas = new ArrayList<Id>();
    replicas.add(self);
    for (Id copy : place.copies()) {
      if (!copy.equals(self)) {
        replicas.add(copy);
      }
    }
    return new Seat(replicas, ballot.round());
  }

  // ---- members and time

  void place(Place next, List<Id> newcomers, long nowNanos) {
    place = next;
    if (!newcomers.isEmpty()) {
      recovery.forgetAll(newcomers);
    }
    for (Cell cell : List.copyOf(busy.values())) {
      progress(cell, nowNanos);
    }
    checks.place(next);
    out.repair();
  }

  boolean tick(long nowNanos) {
    for (Cell cell : List.copyOf(busy.values())) {
      tick(cell, nowNanos);
    }
    checks.tick(nowNanos);
    out.repair();
    recovery.tick();
    return !over && (!busy.isEmpty() || checks.isRunning() || recovery.isAsking());
  }

  private void tick(Cell cell, long nowNanos) {
    for (Pending pending : List.copyOf(cell.queue)) {
      if (pending.isExpired(nowNanos)) {
        pending.fail(notReady(cell));
      }
    }
    cell.queue.removeIf(Pending::isAnswered);
    Pending changing = cell.changing;
    if (changing != null && changing.isExpired(nowNanos)) {
      changing.unknown("Too few copies have answered in time.");
    }
    for (Cell.ForAll all : cell.waitForAll) {
      if (all.pending().isExpired(nowNanos)) {
        all.pending().unknown("A majority of the copies has the change, not yet all.");
      }
    }
    cell.waitForAll.removeIf(all -> all.pending().isAnswered());
    if (!cell.settled || !cell.waitForAll.isEmpty()) {
      urge(cell);
    }
    progress(cell, nowNanos);
  }

  @Nullable Repair nextRepair() {
    return repairs.next(cells, place, shelf.hasRoom());
  }

  /** Whether every copy holds everything. */
  boolean isLevel() {
    return cells.values().stream().allMatch(cell -> cell.isLevel(place));
  }

  /** How many registers all copies hold. */
  long levelRecords() {
    return cells.values().stream()
        .filter(cell -> cell.current != null && cell.isLevel(place))
        .count();
  }

  /** What an unsettled key waits for. */
  private RingException notReady(Cell cell) {
    if (cell.isUnknown()) {
      return new RingException.Unavailable(
          "Only members that do not answer hold the newest value: " + names(cell.sources));
    }
    var silent = new ArrayList<>(place.copies());
    silent.removeAll(cell.holders);
    return new RingException.Unavailable(
        place.need()
            + " copies must hold the value before it can be used, and these have not answered: "
            + names(silent));
  }

  private static String names(List<Id> nodes) {
    return String.join(", ", nodes.stream().map(Id::shortString).toList());
  }

  private RingException unreachable() {
    return new RingException.Unavailable(
        place.need()
            + " copies are needed and "
            + place.copies().size()
            + " members answer; under suspicion: "
            + names(place.suspects()));
  }

  void end(RingException why) {
    over = true;
    for (Cell cell : cells.values()) {
      if (cell.changing != null) {
        cell.changing.unknown("Another daddy took the arc over while the change was under way.");
      }
      for (Cell.ForAll all : cell.waitForAll) {
        all.pending().unknown("Another daddy took the arc over before all copies answered.");
      }
      List.copyOf(cell.queue).forEach(pending -> pending.fail(why));
      cell.queue.clear();
    }
    checks.end(why);
    cells.clear();
    busy.clear();
  }
}
