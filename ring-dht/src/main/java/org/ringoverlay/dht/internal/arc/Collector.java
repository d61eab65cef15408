package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Fingerprint;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/**
 * A daddy's part in collecting the tombstones of its arc, by a floor: a version up to which they
 * are kept no more.
 *
 * <p>{@code marked → comparing → raising → marked}. A version is marked, and when it has been the
 * mark for long enough every member is asked whether it holds the same up to it. If all of them do,
 * then nothing is left anywhere that a tombstone up to it has to hold down, and all are told to
 * drop those. One that misses that is told until it has heard. Who is to become a member takes the
 * floor over first, when it holds every register.
 *
 * <p>Plain state, on the loop. See decision 13.
 */
final class Collector {
  private static final long NONE = -1;

  private final int arc;
  private final Ballot ballot;
  private final Shelf shelf;
  private final Voter self;
  private final Stores stores;
  private final Outbox out;
  private final Reconfiguration members;
  private final NavigableMap<String, Cell> cells;
  private final Watchers watchers;
  private final PrefixWatchers prefixWatchers;

  /** The newest version of the arc. */
  private final LongSupplier newest;

  /** Told of a key that holds nothing any more. */
  private final Consumer<Cell> vacated;

  /** Takes the next step of a change of members, at a time. */
  private final LongConsumer onward;

  /** Members that have not said yet that they raised the present floor. */
  private final List<Voter> untold = new ArrayList<>();

  /** Who is to become a member, and which floor it took over. */
  private final Map<Voter, Long> joined = new TreeMap<>();

  /** Nodes that were asked to take it over and have not answered. */
  private final List<Id> joining = new ArrayList<>();

  private long floor;
  private long mark = NONE;
  private long markedAtNanos;
  private @Nullable Attempt attempt;

  /** One attempt to raise the floor, or to have it raised by those who missed it. */
  private static final class Attempt {
    final Configuration among;
    final long version;
    final Runnable ended;
    final List<Voter> same = new ArrayList<>();

    /** How many have not answered. */
    int open;

    Attempt(Configuration among, long version, Runnable ended) {
      this.among = among;
      this.version = version;
      this.ended = ended;
    }
  }

  /**
   * Begins.
   *
   * @param floor the highest that a quorum told of
   */
  Collector(
      int arc,
      Ballot ballot,
      Shelf shelf,
      Stores stores,
      Outbox out,
      Reconfiguration members,
      NavigableMap<String, Cell> cells,
      Watchers watchers,
      PrefixWatchers prefixWatchers,
      LongSupplier newest,
      Consumer<Cell> vacated,
      LongConsumer onward,
      long floor) {
    this.arc = arc;
    this.ballot = ballot;
    this.shelf = shelf;
    this.self = shelf.self();
    this.stores = stores;
    this.out = out;
    this.members = members;
    this.cells = cells;
    this.watchers = watchers;
    this.prefixWatchers = prefixWatchers;
    this.newest = newest;
    this.vacated = vacated;
    this.onward = onward;
    this.floor = floor;
  }

  /** The version up to which tombstones may be gone; 0 if none are. */
  long floor() {
    return floor;
  }

  /** Whether there is something to collect, or somebody has not heard of it. */
  boolean isWanted() {
    return shelf.tombstones(arc) > 0 || !untold.isEmpty();
  }

  /**
   * Goes on with it, as far as it can now.
   *
   * @param keptNanos for how long tombstones are kept
   * @param ended called once, when nothing of this is under way any more; perhaps within the call
   */
  void collect(long nowNanos, long keptNanos, Runnable ended) {
    if (attempt != null) {
      ended.run();
      return;
    }
    Configuration present = members.current();
    untold.removeIf(voter -> !present.has(voter) || stores.isReplaced(voter));
    if (!untold.isEmpty()) {
      attempt = new Attempt(present, floor, ended);
      tell();
      return;
    }
    if (mark == NONE) {
      mark(nowNanos);
    }
    if (nowNanos - markedAtNanos < keptNanos) {
      ended.run();
    } else if (!holdsTombstones(mark)) {
      mark(nowNanos);
      ended.run();
    } else if (!isAtRest(mark)) {
      ended.run();
    } else {
      compare(new Attempt(present, mark, ended));
    }
  }

  private void mark(long nowNanos) {
    mark = newest.getAsLong();
    markedAtNanos = nowNanos;
  }

  private boolean holdsTombstones(long version) {
    return cells.values().stream().anyMatch(cell -> isTombstone(cell, version));
  }

  private static boolean isTombstone(Cell cell, long version) {
    Register register = cell.current;
    return register != null && register.deleted() && register.version() <= version;
  }

  /** Whether nothing changes up to a version, all members have it, and all answer. */
  private boolean isAtRest(long version) {
    Configuration present = members.current();
    List<Voter> voters = present.voters();
    return members.isSettled()
        && members.isDecided()
        && !members.isMoving()
        && voters.stream().allMatch(this::answers)
        && cells.values().stream().allMatch(cell -> isAtRest(cell, version, voters));
  }

  private boolean answers(Voter voter) {
    return voter.equals(self) || (out.answers(voter.node()) && !stores.isReplaced(voter));
  }

  private static boolean isAtRest(Cell cell, long version, List<Voter> voters) {
    if (cell.isUnknown()) {
      return false;
    }
    return cell.current == null
        || cell.version() > version
        || (cell.settled && cell.isLevel(voters) && cell.waitForAll.isEmpty());
  }

  // ---- raising

  private void compare(Attempt begun) {
    attempt = begun;
    Fingerprint held = shelf.floors().held(arc, begun.version);
    CopyRequest.Floor question = step(CopyRequest.Floor.Step.COMPARE, begun.version, held);
    begun.open = begun.among.voters().size();
    for (Voter voter : begun.among.voters()) {
      if (!voter.equals(self)) {
        out.floor(voter.node(), question);
      }
    }
    // What this node dropped in memory may be on its disk yet.
    if (out.isKept()) {
      same(begun, self, out.now());
    } else {
      out.whenKept(nowNanos -> same(begun, self, nowNanos));
    }
  }

  private void same(Attempt begun, Voter voter, long nowNanos) {
    if (attempt == begun) {
      begun.same.add(voter);
      closed(begun, nowNanos);
    }
  }

  /** One of those asked has answered, or will not. */
  private void closed(Attempt begun, long nowNanos) {
    begun.open--;
    if (begun.open > 0) {
      return;
    }
    boolean raises =
        begun.version > floor
            && begun.same.containsAll(begun.among.voters())
            && begun.among.equals(members.current())
            && isAtRest(begun.version)
            && shelf.promised(arc).equals(ballot);
    if (raises) {
      raise(begun.version, nowNanos);
      tell();
    } else {
      end();
    }
  }

  private void raise(long version, long nowNanos) {
    // Before anything is gone that they may have to be told of.
    watchers.rises(cells, version);
    prefixWatchers.rises(version);
    floor = version;
    shelf.floors().answer(raised());
    for (Cell cell : List.copyOf(cells.values())) {
      if (isTombstone(cell, version)) {
        cell.vacate();
        vacated.accept(cell);
      }
    }
    untold.addAll(members.current().voters());
    untold.remove(self);
    mark(nowNanos);
  }

  private CopyRequest.Floor raised() {
    return step(CopyRequest.Floor.Step.RAISE, floor, Fingerprint.NOTHING);
  }

  private CopyRequest.Floor step(CopyRequest.Floor.Step step, long version, Fingerprint held) {
    return new CopyRequest.Floor(arc, ballot, members.current().epoch(), step, version, held);
  }

  private void tell() {
    Attempt begun = attempt;
    if (begun == null) {
      return;
    }
    for (Voter voter : untold) {
      if (answers(voter)) {
        begun.open++;
        out.floor(voter.node(), raised());
      }
    }
    if (begun.open == 0) {
      end();
    }
  }

  // ---- newcomers

  /**
   * Whether who is to become a member, and holds every register, has taken over the floor; it is
   * asked to if not.
   */
  boolean hasJoined(Voter voter) {
    if (floor == 0 || joined.getOrDefault(voter, 0L) == floor) {
      return true;
    }
    if (!joining.contains(voter.node())) {
      joining.add(voter.node());
      Fingerprint held = shelf.floors().held(arc, floor);
      out.floor(voter.node(), step(CopyRequest.Floor.Step.JOIN, floor, held));
    }
    return false;
  }

  /** Who is a member no more has dropped what it held, or will: it joins anew. */
  void left(Voter leaver) {
    joined.remove(leaver);
  }

  private void joins(Voter voter, long version, boolean same) {
    if (same) {
      joined.put(voter, version);
      return;
    }
    // It held what it should not, and has dropped all.
    joined.remove(voter);
    for (Cell cell : cells.values()) {
      if (cell.version() <= version) {
        cell.holders.remove(voter);
      }
    }
    out.repair();
  }

  // ---- answers

  /** A node did what it was asked. */
  void answered(Id node, CopyRequest.Floor asked, CopyReply.Floored reply, long nowNanos) {
    Voter voter = stores.heard(node, reply.store());
    Attempt begun = attempt;
    switch (asked.step()) {
      case JOIN -> {
        joining.remove(node);
        joins(voter, asked.version(), reply.same());
        onward.accept(nowNanos);
      }
      case COMPARE -> {
        if (begun != null) {
          if (reply.same()) {
            begun.same.add(voter);
          }
          closed(begun, nowNanos);
        }
      }
      case RAISE -> {
        if (asked.version() == floor) {
          untold.remove(voter);
        }
        told(begun);
      }
    }
  }

  /** A node gave no answer. */
  void failed(Id node, CopyRequest.Floor asked, long nowNanos) {
    Attempt begun = attempt;
    switch (asked.step()) {
      case JOIN -> {
        joining.remove(node);
        out.tick();
      }
      case COMPARE -> {
        if (begun != null) {
          closed(begun, nowNanos);
        }
      }
      case RAISE -> told(begun);
    }
  }

  private void told(@Nullable Attempt begun) {
    if (begun != null) {
      begun.open--;
      if (begun.open == 0) {
        end();
      }
    }
  }

  /** Nothing is under way any more. */
  void end() {
    Attempt over = attempt;
    attempt = null;
    if (over != null) {
      over.ended.run();
    }
  }
}
