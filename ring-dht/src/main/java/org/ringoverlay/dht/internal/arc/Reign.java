package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
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
  private final Changes changes;
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
    this.changes =
        new Changes(arc, ballot, limits, shelf, out, leader, members, checks, this::floor);
    this.watchers = new Watchers(out, checks, limits, this::floor);
    this.prefixWatchers =
        new PrefixWatchers(out, checks, ballot.round(), cells, changes::seen, this::floor);
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
            changes::seen,
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
            changes.kept(cell);
            progress(cell, nowNanos);
            if (!members.isSettled()) {
              goOn(nowNanos);
            }
          }
        });
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
      CopyRequest.Accept made = changes.make(cell, pending, change, nowNanos);
      if (made != null) {
        propose(cell, made);
      } else if (!over && !cell.waitForAll.isEmpty()) {
        busy.put(cell.key, cell);
        out.tick();
      }
    } else if (request instanceof Request.Watch watch) {
      watchers.poll(cell, pending, watch);
    } else {
      var found = changes.found(cell);
      checks.confirm(pending, () -> pending.done(found));
    }
  }

  /** Sends the members what was made of a key. */
  private void propose(Cell cell, CopyRequest.Accept made) {
    prefixWatchers.saw(cell);
    busy.put(cell.key, cell);
    out.tick();
    Register next = cell.current;
    if (next != null && next.written() >= cell.firstUnderWay()) {
      expireLater(cell);
    }
    holdsHere(cell);
    if (cell.holders.contains(self)) {
      changes.kept(cell);
    }
    var heads = List.of(new Head(cell.key, cell.version(), ballot.round()));
    for (Voter voter : members.others()) {
      cell.asked.add(voter.node());
      out.accept(voter.node(), made, heads);
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
      List<Cell.Made> made = changes.settled(cell);
      if (!cell.waitForAll.isEmpty()) {
        busy.put(cell.key, cell);
        out.tick();
      }
      watchers.settled(cell, made);
      prefixWatchers.settled(cell, made);
    } else {
      prefixWatchers.saw(cell);
    }
    boolean level = isLevel(cell);
    if (level && cell.settled) {
      changes.level(cell);
    }
    if (cell.settled && cell.asked.isEmpty() && !level) {
      out.repair();
    }
  }

  private boolean isHeld(Cell cell) {
    return cell.current == null || members.current().isQuorum(cell.holders);
  }

  private boolean isLevel(Cell cell) {
    return cell.isLevel(members.current().voters());
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
    changes.expire(cell, nowNanos);
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
      Changes.end(cell, why);
    }
    watchers.end(why);
    prefixWatchers.end(why);
    checks.end(why);
    cells.clear();
    busy.clear();
  }
}
