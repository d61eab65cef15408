package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Acknowledge;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Seat;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * A daddy's time under one ballot: serialises the changes of each key of an arc.
 *
 * <p>Of each key one change is under way at a time. It is kept here first, then sent to the
 * members, and acknowledged when a quorum has it. Before a register is shown or changed a quorum
 * holds it under one ballot; a register that was found in the takeover at fewer is written back
 * first, and one that others hold is fetched by {@link Recovery}. Reads and conflicts are confirmed
 * by {@link Checks}, and the members change by {@link Reconfiguration}.
 *
 * <p>Plain state, on the loop.
 *
 * @see <a href="https://arxiv.org/abs/1802.07000">Rystsov 2018, CASPaxos, sections 2.2 and 2.3</a>
 */
final class Reign {
  /**
   * Changes of one key that are made in one. A register remembers sixteen times as many: whoever
   * was told nothing has time to ask again.
   */
  static final int TOGETHER_MAX = OperationWindow.OPERATIONS_MAX / 16;

  private final int arc;
  private final Voter self;
  private final Ballot ballot;
  private final Limits limits;
  private final Shelf shelf;
  private final Stores stores;
  private final Outbox out;
  private final ArcLeader leader;
  private final TreeMap<String, Cell> cells = new TreeMap<>(Keys::compare);
  private final Map<String, Cell> busy = new LinkedHashMap<>();
  private final Recovery recovery;
  private final Reconfiguration members;
  private final Checks checks;
  private final Watchers watchers;
  private final PrefixWatchers prefixWatchers;
  private final Repairs repairs;
  private final Expiries expiries;
  private final Collector collector;
  private boolean over;

  /** Whether somebody gave no answer, and perhaps nobody waits for it: the next tick asks again. */
  private boolean unanswered;

  /**
   * With which epoch who left the arc did; what it said of older ones it may have dropped since.
   */
  private final Map<Voter, Long> left = new TreeMap<>();

  /** The newest version that was made in this reign, of whatever key; 0 if none was. */
  private long newest;

  Reign(
      int arc,
      Ballot ballot,
      Limits limits,
      Shelf shelf,
      Stores stores,
      Outbox out,
      ArcLeader leader,
      Takeover won,
      Place place) {
    this.arc = arc;
    this.self = shelf.self();
    this.ballot = ballot;
    this.limits = limits;
    this.shelf = shelf;
    this.stores = stores;
    this.out = out;
    this.leader = leader;
    this.recovery = new Recovery(arc, ballot, this::epoch, shelf, out, cells, this::taken);
    this.members =
        new Reconfiguration(
            arc, ballot, shelf, stores, out, this::goOn, this::hasJoined, won, place);
    this.checks = new Checks(arc, self, ballot, out, members.current());
    this.watchers = new Watchers(out, checks, limits, this::floor);
    this.prefixWatchers =
        new PrefixWatchers(out, checks, ballot.round(), cells, this::seen, this::floor);
    this.repairs = new Repairs(arc, ballot, limits);
    this.expiries = new Expiries(out, this::expire);
    this.collector =
        new Collector(
            arc,
            ballot,
            shelf,
            stores,
            out,
            members,
            cells,
            watchers,
            prefixWatchers,
            this::seen,
            this::vacated,
            this::goOn,
            won.floor());
  }

  /** Takes up what the takeover learned. */
  void begin(Map<String, Takeover.Known> learned, long nowNanos) {
    learned.forEach(
        (key, known) -> {
          Register own = shelf.register(arc, key);
          boolean here = Register.versionOf(own) == known.head().version();
          var cell = new Cell(key, here ? own : null);
          cells.put(key, cell);
          cell.round = known.head().accepted();
          if (members.current().isQuorum(known.holders())) {
            cell.holders.addAll(known.holders());
          }
          prefixWatchers.inherited(key, known.head(), !cell.holders.isEmpty());
          if (!here) {
            cell.settled = false;
            cell.wanted = known.head();
            cell.sources.addAll(known.holders());
          } else if (cell.holders.isEmpty()) {
            writeBack(cell);
          } else if (!cell.holders.contains(self) && restamp(cell)) {
            holdsHere(cell);
          }
        });
    for (Cell cell : List.copyOf(cells.values())) {
      expireLater(cell);
      settle(cell);
    }
    goOn(nowNanos);
  }

  /** A register that fewer than a quorum hold is proposed again under this ballot. */
  private void writeBack(Cell cell) {
    Register register = cell.current;
    if (register != null && restamp(cell)) {
      cell.becomes(register, ballot.round());
      holdsHere(cell);
    }
  }

  /** A register that others held is here. */
  private void taken(Cell cell) {
    expireLater(cell);
    holdsHere(cell);
  }

  /** This node's shelf took the register, and counts as soon as it is kept there. */
  private void holdsHere(Cell cell) {
    if (out.isKept()) {
      cell.holds(self);
      return;
    }
    long version = cell.version();
    out.whenKept(
        nowNanos -> {
          if (!over && !cell.isUnknown() && cell.version() == version) {
            cell.holds(self);
            acknowledgeEarly(cell);
            progress(cell, nowNanos);
            if (!members.isSettled()) {
              goOn(nowNanos);
            }
          }
        });
  }

  /** Tells whoever wanted no more than that its daddy keeps the change. */
  private void acknowledgeEarly(Cell cell) {
    outcomes(cell, cell.changing)
        .forEach(
            each -> {
              Request.Change change = (Request.Change) each.pending().request();
              if (change.acknowledge() == Acknowledge.DADDY
                  && each.operation().result() == Operation.Outcome.MADE) {
                each.pending().done(each.operation().done(1, wanted(), seen()));
              }
            });
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

  private CopyRequest.Accept registers(Entry entry) {
    return CopyRequest.Accept.registers(arc, ballot, epoch(), List.of(entry));
  }

  private long epoch() {
    return members.current().epoch();
  }

  /** This node accepts under this ballot what it holds already. */
  private boolean restamp(Cell cell) {
    Register register = cell.current;
    return register != null && shelf.accept(registers(register.whole(cell.key))).granted();
  }

  /** The next step of a change of members, if there is one. */
  private void goOn(long nowNanos) {
    if (over) {
      return;
    }
    if (members.isOutdated()) {
      leader.end(leader.notOwner());
      return;
    }
    while (members.advance(cells.values(), nowNanos)) {
      Configuration next = members.current();
      checks.configure(next);
      forgetLeavers(next);
      for (Cell cell : List.copyOf(cells.values())) {
        cell.settled = false;
        settle(cell);
        if (cell.settled) {
          pump(cell, nowNanos);
        } else {
          busy.put(cell.key, cell);
        }
        if (over) {
          return;
        }
      }
    }
    if (members.isMoving()) {
      out.tick();
    }
    if (members.isMoving() || !busy.isEmpty()) {
      out.repair();
    }
    if (!members.current().has(self) && members.isSettled()) {
      var decided = CopyRequest.Accept.configuration(arc, ballot, members.current(), true);
      shelf.accept(decided);
      leader.end(leader.notOwner());
    }
  }

  /** Who is none of the members any more drops what it holds, and counts for nothing. */
  private void forgetLeavers(Configuration next) {
    if (next.joint()) {
      return;
    }
    for (Voter leaver : members.leavers()) {
      left.put(leaver, next.epoch());
      collector.left(leaver);
    }
    for (Cell cell : cells.values()) {
      cell.holders.removeIf(voter -> !next.has(voter));
    }
  }

  void submit(Pending pending, long nowNanos) {
    String fullKey = pending.fullKey();
    if (pending.request() instanceof Request.ListKeys list) {
      Scan.of(cells, list).answer(pending, checks, get -> submit(get, nowNanos));
      return;
    }
    if (pending.request() instanceof Request.WatchArcs question) {
      prefixWatchers.poll(pending, question);
      return;
    }
    if (fullKey == null) {
      checks.confirm(pending, () -> pending.done(Seat.of(self.node(), members.current())));
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
      change(cell, pending, change, nowNanos);
    } else if (request instanceof Request.Watch watch) {
      watchers.poll(cell, pending, watch);
    } else {
      var found = cell.found(copies(), wanted(), seen());
      checks.confirm(pending, () -> pending.done(found));
    }
  }

  private void change(Cell cell, Pending pending, Request.Change change, long nowNanos) {
    long version = Versions.next(Math.max(cell.version(), newest), ballot.round());
    if (version == Versions.EXHAUSTED) {
      pending.fail(leader.notOwner());
      leader.end(leader.notOwner());
      return;
    }
    Decision decision =
        Decision.on(cell.current, change, version, floor(), out.rules(change.space()));
    if (decision instanceof Decision.Repeat repeat) {
      repeat(cell, pending, change, repeat.first());
    } else if (decision instanceof Decision.Forgotten forgotten) {
      pending.done(new Request.Done(0, false, copies(), wanted(), seen(), forgotten.version()));
    } else if (decision instanceof Decision.Reject reject) {
      checks.confirm(pending, () -> pending.fail(reject.reason()));
    } else if (decision instanceof Decision.Nothing) {
      var nothing = new Request.Done(0, false, copies(), wanted(), seen(), 0);
      checks.confirm(pending, () -> pending.done(nothing));
    } else if (decision instanceof Decision.Apply apply) {
      apply(cell, together(cell, pending, apply, nowNanos));
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
    var made = new ArrayList<Cell.Made>(1);
    made.add(new Cell.Made(first, firstApply.next()));
    Register register = firstApply.next();
    long bytes = register.value().size();
    while (made.size() < TOGETHER_MAX && bytes < limits.batchBytesMax()) {
      Pending next = cell.queue.peek();
      long version = Versions.next(register.version(), ballot.round());
      if (next == null
          || next.isExpired(nowNanos)
          || version == Versions.EXHAUSTED
          || !(next.request() instanceof Request.Change change)
          || !(Decision.on(register, change, version, floor(), out.rules(change.space()))
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

  /** Whoever made these is told the same. */
  private static void fail(List<Cell.Made> changes, RingException why) {
    changes.forEach(each -> each.pending().fail(why));
  }

  private void apply(Cell cell, List<Cell.Made> changes) {
    Configuration current = members.current();
    List<Voter> answering = new ArrayList<>(current.voters());
    answering.removeIf(voter -> !voter.equals(self) && !out.answers(voter.node()));
    if (!current.isQuorum(answering)) {
      fail(changes, Silent.unreachable(current, answering));
      return;
    }
    // Who holds nothing of the key has to hear what it has forgotten, too.
    Register next = changes.get(changes.size() - 1).register();
    Entry step =
        cell.current == null
            ? next.whole(cell.key)
            : next.step(cell.key, cell.current, next.operations().last(changes.size()));
    CopyReply.Accepted own;
    try {
      own = shelf.accept(registers(step));
    } catch (RingException.Refused full) {
      fail(changes, full);
      return;
    }
    if (!own.granted()) {
      fail(changes, leader.notOwner());
      leader.end(leader.notOwner());
      return;
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
    prefixWatchers.saw(cell);
    busy.put(cell.key, cell);
    out.tick();
    if (next.written() >= changes.get(0).register().version()) {
      expireLater(cell);
    }
    holdsHere(cell);
    if (cell.holders.contains(self)) {
      acknowledgeEarly(cell);
    }
    for (Voter voter : members.others()) {
      send(cell, voter.node(), step);
    }
    settle(cell);
  }

  /**
   * A value that is to vanish is deleted by its daddy, if it is still there when its time is over:
   * late if there was no majority, and counted anew by each daddy, for clocks are not compared.
   */
  private void expireLater(Cell cell) {
    Register register = cell.current;
    long millis = register == null || register.deleted() ? 0 : register.ttlMillis();
    expiries.set(cell, TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void expire(String key, long nowNanos) {
    Cell cell = cells.get(key);
    Register register = cell == null || over ? null : cell.current;
    if (cell == null || register == null || register.deleted()) {
      return;
    }
    expiries.set(cell, 0);
    long written = register.written();
    Pending pending = Expiries.delete(key, written, nowNanos);
    submit(pending, nowNanos);
    var unused =
        pending
            .answer()
            .whenComplete(
                (done, failed) -> {
                  boolean there = !over && Register.valueVersionOf(cell.current) == written;
                  if (failed != null && there && cell.expiry == null) {
                    expiries.set(cell, Expiries.AGAIN_NANOS);
                  }
                });
  }

  private void send(Cell cell, Id node, Entry entry) {
    cell.asked.add(node);
    out.accept(
        node, registers(entry), List.of(new Head(cell.key, entry.version(), ballot.round())));
  }

  private void sendWhole(Cell cell, Id node) {
    if (cell.current != null) {
      send(cell, node, cell.current.whole(cell.key));
    }
  }

  void accepted(Id node, long epoch, List<Head> heads, CopyReply.Accepted reply, long nowNanos) {
    Voter voter = stores.heard(node, reply.store());
    boolean counts = epoch >= left.getOrDefault(voter, 0L);
    for (Head head : heads) {
      Cell cell = cells.get(head.key());
      if (cell == null || cell.version() != head.version()) {
        continue;
      }
      cell.asked.remove(node);
      if (reply.behind().contains(head.key())) {
        sendWhole(cell, node);
      } else if (!cell.isUnknown() && counts) {
        cell.holds(voter);
      }
      progress(cell, nowNanos);
    }
    if (!members.isSettled()) {
      goOn(nowNanos);
    }
  }

  /** A member confirmed the ballot under a lease. */
  void confirmed(Voter voter, long generation) {
    checks.confirmed(voter, generation);
  }

  void acceptFailed(Id node, List<Head> heads) {
    for (Head head : heads) {
      Cell cell = cells.get(head.key());
      if (cell != null && cell.version() == head.version()) {
        cell.asked.remove(node);
      }
    }
    unanswered = true;
    out.tick();
  }

  /** A node accepted a configuration. */
  void configured(Id node, Configuration configuration, CopyReply.Accepted reply, long nowNanos) {
    members.accepted(stores.heard(node, reply.store()), configuration);
    goOn(nowNanos);
  }

  void configureFailed(Id node) {
    members.failed(node);
    unanswered = true;
    out.tick();
  }

  private void progress(Cell cell, long nowNanos) {
    settle(cell);
    pump(cell, nowNanos);
  }

  /** Acknowledges what enough copies hold. */
  private void settle(Cell cell) {
    if (!cell.settled && !cell.isUnknown() && isHeld(cell)) {
      cell.settled = true;
      List<Cell.Made> made = cell.changing;
      cell.changing = List.of();
      cell.former = null;
      for (Cell.Outcome each : outcomes(cell, made)) {
        acknowledge(cell, (Request.Change) each.pending().request(), each);
      }
      watchers.settled(cell, made);
      prefixWatchers.settled(cell, made);
    } else {
      prefixWatchers.saw(cell);
    }
    boolean level = isLevel(cell);
    if (level && cell.settled) {
      cell.waitForAll.forEach(all -> done(cell, all.pending(), all.operation()));
      cell.waitForAll.clear();
    }
    if (cell.settled && cell.asked.isEmpty() && !level) {
      out.repair();
    }
  }

  /** Acknowledges a change that enough copies hold, or keeps it until all do if it asked so. */
  private void acknowledge(Cell cell, Request.Change change, Cell.Outcome outcome) {
    if (outcome.operation().result() == Operation.Outcome.CONFLICT) {
      outcome
          .pending()
          .fail(Decision.conflict(change, outcome.register(), outcome.operation().found()));
    } else if (change.acknowledge() != Acknowledge.ALL || isLevel(cell)) {
      done(cell, outcome.pending(), outcome.operation());
    } else {
      cell.waitForAll.add(outcome);
      busy.put(cell.key, cell);
      out.tick();
    }
  }

  private void done(Cell cell, Pending pending, Operation operation) {
    var holders = new ArrayList<>(members.current().voters());
    holders.retainAll(cell.holders);
    pending.done(operation.done(holders.size(), wanted(), seen()));
  }

  /** How many copies there should be: the members follow, a few arcs at a time. */
  private int wanted() {
    Configuration current = members.current();
    return out.copiesWanted((current.joint() ? current.next() : current.members()).size());
  }

  private boolean isHeld(Cell cell) {
    return cell.current == null || members.current().isQuorum(cell.holders);
  }

  private boolean isLevel(Cell cell) {
    return cell.isLevel(members.current().voters());
  }

  /** How many of the members answer, as far as this node knows. */
  private int copies() {
    int copies = 0;
    for (Voter member : members.current().members()) {
      copies += member.equals(self) || out.answers(member.node()) ? 1 : 0;
    }
    return copies;
  }

  // ---- registers that others hold

  /** One more member told what it holds, and knows, when the ballot led already. */
  void heard(Id node, CopyReply.Promise promise, long nowNanos) {
    Voter voter = stores.heard(node, promise.store());
    members.knows(voter, promise.configuration());
    for (Head head : promise.heads()) {
      Cell cell = cells.get(head.key());
      if (cell != null
          && members.current().has(voter)
          && !left.containsKey(voter)
          && !cell.holders.isEmpty()
          && cell.round == head.accepted()
          && (cell.wanted == null ? cell.version() : cell.wanted.version()) == head.version()) {
        cell.holds(voter);
      }
    }
    out.repair();
    goOn(nowNanos);
  }

  /** A member gave no answer to the ballot, which led already. */
  void unheard(Id node) {
    members.unheard(node);
  }

  /** Hastens what somebody waits for. */
  private void urge(Cell cell) {
    busy.put(cell.key, cell);
    out.tick();
    if (cell.isUnknown()) {
      recovery.fetch(cell);
      return;
    }
    for (Voter voter : members.others()) {
      if (!cell.holders.contains(voter) && !cell.asked.contains(voter.node())) {
        sendWhole(cell, voter.node());
      }
    }
  }

  void fetched(Id node, List<String> keys, CopyReply.Fetched reply, long nowNanos) {
    recovery.fetched(node, keys, reply).forEach(cell -> progress(cell, nowNanos));
    endIfOutOfReach(keys);
    if (!members.isSettled()) {
      goOn(nowNanos);
    }
  }

  void fetchFailed(Id node, List<String> keys) {
    recovery.fetchFailed(node, keys);
    endIfOutOfReach(keys);
  }

  /**
   * A register of which only members told that are silent now, or lost it, may be one that was
   * never acknowledged: if it was, another majority tells of it to the next ballot.
   */
  private void endIfOutOfReach(List<String> keys) {
    for (String key : keys) {
      Cell cell = cells.get(key);
      if (cell != null
          && cell.isUnknown()
          && cell.sources.stream()
              .noneMatch(voter -> out.answers(voter.node()) && !stores.isReplaced(voter))) {
        leader.end(leader.notOwner());
        return;
      }
    }
  }

  // ---- reads

  void checked(Id node, long store, long number) {
    checks.checked(stores.heard(node, store), number);
  }

  void checkFailed(Id node, long number) {
    checks.failed(node, number);
  }

  // ---- tombstones

  /** What collects the arc's tombstones. */
  Collector collector() {
    return collector;
  }

  private long floor() {
    return collector.floor();
  }

  private boolean hasJoined(Voter voter) {
    return collector.hasJoined(voter);
  }

  private void vacated(Cell cell) {
    busy.remove(cell.key);
    if (cell.isVacant()) {
      cells.remove(cell.key);
    }
  }

  // ---- members and time

  /** The members may change now. */
  void wake(long nowNanos) {
    goOn(nowNanos);
  }

  void place(Place next, long nowNanos) {
    members.place(next);
    goOn(nowNanos);
    if (!cells.isEmpty()) {
      out.repair();
    }
  }

  boolean tick(long nowNanos) {
    if (unanswered) {
      unanswered = false;
      out.repair();
      goOn(nowNanos);
    }
    if (busy.isEmpty() && !checks.isRunning() && !members.isMoving()) {
      return false;
    }
    for (Cell cell : List.copyOf(busy.values())) {
      tick(cell, nowNanos);
    }
    checks.tick(nowNanos);
    goOn(nowNanos);
    return !over && (!busy.isEmpty() || checks.isRunning() || members.isMoving());
  }

  private void tick(Cell cell, long nowNanos) {
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
    if (!cell.settled || !cell.waitForAll.isEmpty()) {
      urge(cell);
    }
    progress(cell, nowNanos);
  }

  @Nullable Repair nextRepair() {
    List<Voter> others = members.others();
    others.removeIf(voter -> !out.answers(voter.node()));
    return repairs.next(cells, epoch(), others, shelf.hasRoom());
  }

  // ---- copies that were compared

  /** The members, unless others are to decide with them. */
  @Nullable Configuration compared() {
    return members.current().joint() ? null : members.current();
  }

  /** A member holds other registers than this node in a range of the arc. */
  void differs(Voter member, List<Head> own, List<Head> theirs) {
    Configuration present = compared();
    if (over || present == null || !present.has(member)) {
      return;
    }
    var levelling = Levelling.of(cells, own, theirs, limits.batchRecordsMax());
    if (!levelling.leftovers().isEmpty()) {
      out.forget(
          member.node(), new CopyRequest.Forget(arc, ballot, levelling.leftovers(), floor()));
    }
    for (Cell cell : levelling.stamped()) {
      restampForAll(cell);
      cell.holders.remove(member);
      for (Voter other : members.others()) {
        if (!cell.holders.contains(other) && cell.current != null) {
          send(cell, other.node(), cell.current.stamp(cell.key));
        }
      }
    }
    for (Cell cell : levelling.behind()) {
      restampForAll(cell);
      cell.holders.remove(member);
      out.repair();
    }
  }

  /**
   * All are to hold a register under this ballot that was final before, whoever holds it under
   * which.
   */
  private void restampForAll(Cell cell) {
    Register kept = shelf.register(arc, cell.key);
    boolean stamped = kept != null && kept.accepted() == ballot.round();
    if (!stamped && restamp(cell)) {
      cell.round = ballot.round();
      cell.holders.clear();
      holdsHere(cell);
    }
  }

  /** Whether there are records in the arc. */
  boolean holdsRecords() {
    return !cells.isEmpty();
  }

  /** The present configuration if it is decided, else null. */
  @Nullable Configuration decided() {
    return members.isDecided() ? members.current() : null;
  }

  /** All that have a voice, and those that had one and are still to be told. */
  List<Voter> concerned() {
    var concerned = new ArrayList<>(members.current().voters());
    concerned.addAll(members.leavers());
    return concerned;
  }

  /** The configuration that quorums are counted in. */
  Configuration configuration() {
    return members.current();
  }

  void end(RingException why) {
    over = true;
    expiries.end();
    collector.end();
    for (Cell cell : cells.values()) {
      for (Cell.Made changing : cell.changing) {
        changing
            .pending()
            .unknown("Another daddy took the arc over while the change was under way.");
      }
      for (Cell.Outcome all : cell.waitForAll) {
        all.pending().unknown("Another daddy took the arc over before all copies answered.");
      }
      List.copyOf(cell.queue).forEach(pending -> pending.fail(why));
      cell.queue.clear();
    }
    watchers.end(why);
    prefixWatchers.end(why);
    checks.end(why);
    cells.clear();
    busy.clear();
  }
}
