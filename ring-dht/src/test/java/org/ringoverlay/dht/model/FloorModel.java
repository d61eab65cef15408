package org.ringoverlay.dht.model;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.testkit.explore.Fingerprint;
import org.ringoverlay.testkit.explore.Model;

/**
 * One register of an arc, its tombstone, and the floor by which that is collected; ballots, and
 * members that come and go, as {@link ArcModel} has shown them to be sound: a ballot is promised by
 * a majority at once, and a change of members is one step, which needs what a joint configuration
 * needs.
 *
 * <p>Whatever a ballot has sent may reach any node later, and more than once, until that promises a
 * newer one. One operation may come again at any time, with what its sender saw when it sent it
 * first; the one with which the key is written anew comes once.
 *
 * <p>Node 3 was a member long ago, and still holds the value of then.
 */
final class FloorModel implements Model<FloorModel.State> {
  /** Defences that can be taken out, to see that the explorer finds what they are for. */
  enum Without {
    /** A majority that holds the same will do. */
    ALL_MEMBERS,
    /** What is on its way under the ballot that raised the floor is taken. */
    LATENESS,
    /** Who becomes a member needs to hold the register alone. */
    JOINING,
    /** Who takes the floor over keeps whatever else it holds. */
    CLEANING,
    /** Who took the floor over, and is asked late, cleans up once more. */
    JOINING_ONCE,
    /** An operation is made on a key that holds nothing, whatever its sender saw. */
    WINDOW,
    /** A register that is made anew remembers no more than what made it. */
    FORGETTING,
    /** A new daddy does not ask for the floor. */
    TAKEOVER,
    /** Who forgets a tombstone because its daddy has none is not told why. */
    REASON
  }

  /** The bounds of an exploration. */
  record Bounds(int ballots, int changes, int floors, Beginning beginning) {}

  /** What has happened when an exploration begins. */
  enum Beginning {
    /** Nothing: the members hold the value of long ago. */
    CALM,
    /** Ballot 1 leads, and has deleted the value on two members; nothing else is written. */
    DELETED,
    /** Ballot 1 leads, has made the operation and deleted the value, on all members. */
    MADE,
    /** It has raised the floor since, and one member has not heard of that. */
    RAISED
  }

  static final int NODES = 4;
  private static final int OLD = 3;
  private static final int FIRST = 1;
  private static final int COUNTER_BITS = 3;

  /** What happens once. */
  private static final int DELETED = 1;

  private static final int WRITTEN = 2;

  private static final int MADE_NEVER = 4;

  /** What the sender of the operation that comes again had seen. */
  private static final int SEEN = FIRST;

  private final Bounds bounds;
  private final Set<Without> without = EnumSet.noneOf(Without.class);

  FloorModel(Bounds bounds, Without... without) {
    this.bounds = bounds;
    this.without.addAll(Arrays.asList(without));
  }

  /**
   * A register: the version, whether it is a tombstone, up to which version it has forgotten
   * operations, and the version that the operation made that comes again, 0 if it does not remember
   * that.
   */
  private static int register(int version, boolean dead, int made, int forgotten) {
    return version | (dead ? 1 << 6 : 0) | (forgotten << 8) | (made << 14);
  }

  private static int version(int register) {
    return register & 63;
  }

  private static boolean dead(int register) {
    return (register & (1 << 6)) != 0;
  }

  private static int made(int register) {
    return register >>> 14;
  }

  private static int forgotten(int register) {
    return (register >>> 8) & 63;
  }

  /** What everybody is in, and what clients were shown. */
  static final class State {
    final int[] promised = new int[NODES];
    final int[] held = new int[NODES];
    final int[] accepted = new int[NODES];
    final int[] floor = new int[NODES];
    final int[] floorRound = new int[NODES];
    int voters;

    /** Nodes that left and were told. */
    int told;

    int changes;
    int written;

    /** The newest version that anybody was shown, and whether it was a delete. */
    int shown;

    boolean shownDead;

    /** The version that the operation made, 0 while nobody knows of it. */
    int shownMade;

    final Reign[] reigns;
    @Nullable String flaw;

    State(int ballots) {
      reigns = new Reign[ballots + 1];
    }

    State copy() {
      var next = new State(reigns.length - 1);
      System.arraycopy(promised, 0, next.promised, 0, NODES);
      System.arraycopy(held, 0, next.held, 0, NODES);
      System.arraycopy(accepted, 0, next.accepted, 0, NODES);
      System.arraycopy(floor, 0, next.floor, 0, NODES);
      System.arraycopy(floorRound, 0, next.floorRound, 0, NODES);
      next.voters = voters;
      next.told = told;
      next.changes = changes;
      next.written = written;
      next.shown = shown;
      next.shownDead = shownDead;
      next.shownMade = shownMade;
      System.arraycopy(reigns, 0, next.reigns, 0, reigns.length);
      return next;
    }

    /** The reign of a ballot, to be changed. */
    Reign reign(int ballot) {
      Reign own = reigns[ballot].copy();
      reigns[ballot] = own;
      return own;
    }
  }

  /** One ballot that leads, or led. */
  static final class Reign {
    int voters;
    int current;
    int holders;
    int newest;
    int floor;
    int joined;

    /** What it proposed. */
    int[] sent = {};

    /** Of the last comparison: up to which version, of what, and who held the same. */
    int comparing;

    int print;
    int same;

    /** The floors that it raised, each with the members then. */
    int[] raised = {};

    /** The floors that it asked others to take over: the node, the floor, what it held. */
    int[] joins = {};

    Reign copy() {
      var next = new Reign();
      next.voters = voters;
      next.current = current;
      next.holders = holders;
      next.newest = newest;
      next.floor = floor;
      next.joined = joined;
      next.sent = sent;
      next.comparing = comparing;
      next.print = print;
      next.same = same;
      next.raised = raised;
      next.joins = joins;
      return next;
    }
  }

  @Override
  public State initial() {
    var state = new State(bounds.ballots);
    Arrays.fill(state.held, register(FIRST, false, 0, 0));
    state.voters = 0b0111;
    state.shown = FIRST;
    if (bounds.beginning != Beginning.CALM) {
      begin(state, bounds.beginning != Beginning.DELETED);
    }
    if (bounds.beginning == Beginning.RAISED) {
      raise(state);
    }
    return state;
  }

  private static void begin(State state, boolean makes) {
    var reign = new Reign();
    reign.voters = state.voters;
    reign.sent = new int[] {state.held[0]};
    int version = 1 << COUNTER_BITS;
    if (makes) {
      version++;
      state.shownMade = version;
      reign.sent = with(reign.sent, register(version, false, version, 0));
    }
    version++;
    reign.newest = version;
    reign.current = register(version, true, state.shownMade, 0);
    reign.sent = with(reign.sent, reign.current);
    reign.holders = makes ? state.voters : 0b0011;
    for (int node = 0; node < OLD; node++) {
      if (isIn(reign.holders, node)) {
        state.promised[node] = 1;
        state.accepted[node] = 1;
        state.held[node] = reign.current;
      }
    }
    state.written = makes ? DELETED : DELETED | WRITTEN | MADE_NEVER;
    state.shown = version;
    state.shownDead = true;
    state.reigns[1] = reign;
  }

  private static void raise(State state) {
    Reign reign = state.reign(1);
    reign.floor = reign.newest;
    reign.comparing = reign.newest;
    reign.print = reign.newest;
    reign.same = reign.voters;
    reign.raised = new int[] {(reign.floor << NODES) | reign.voters};
    reign.current = 0;
    reign.holders = 0;
    for (int node = 0; node < 2; node++) {
      state.held[node] = 0;
      state.accepted[node] = 0;
      state.floor[node] = reign.floor;
      state.floorRound[node] = 1;
    }
  }

  @Override
  public void steps(State state, Steps<State> steps) {
    for (int ballot = 1; ballot <= bounds.ballots; ballot++) {
      if (state.reigns[ballot] == null) {
        elect(state, ballot, steps);
        break;
      }
    }
    for (int ballot = 1; ballot <= bounds.ballots && state.reigns[ballot] != null; ballot++) {
      client(state, ballot, steps);
      collect(state, ballot, steps);
      for (int node = 0; node < NODES; node++) {
        if (state.promised[node] <= ballot) {
          receive(state, ballot, node, steps);
        }
      }
      change(state, ballot, steps);
    }
    for (int node = 0; node < NODES; node++) {
      if (!isIn(state.told, node) && !isIn(state.voters, node) && node != OLD) {
        State next = state.copy();
        next.told |= 1 << node;
        next.held[node] = 0;
        next.accepted[node] = 0;
        next.floorRound[node] = 0;
        steps.step("node " + node + " is told that it left", next);
      }
    }
  }

  private static boolean isIn(int mask, int node) {
    return ((mask >>> node) & 1) != 0;
  }

  private static boolean isMajority(int mask, int of) {
    return 2 * Integer.bitCount(mask & of) > Integer.bitCount(of);
  }

  private static int[] with(int[] some, int one) {
    for (int each : some) {
      if (each == one) {
        return some;
      }
    }
    int[] more = Arrays.copyOf(some, some.length + 1);
    more[some.length] = one;
    return more;
  }

  // ---- ballots

  private void elect(State state, int ballot, Steps<State> steps) {
    for (int mask = 1; mask < 1 << NODES; mask++) {
      boolean least =
          (mask & ~state.voters) == 0
              && isMajority(mask, state.voters)
              && Integer.bitCount(mask) == Integer.bitCount(state.voters) / 2 + 1;
      if (!least) {
        continue;
      }
      State next = state.copy();
      var reign = new Reign();
      reign.voters = state.voters;
      int newest = -1;
      for (int node = 0; node < NODES; node++) {
        if (isIn(mask, node)) {
          next.promised[node] = ballot;
          if (!without.contains(Without.TAKEOVER)) {
            reign.floor = Math.max(reign.floor, state.floor[node]);
          }
          int order = state.accepted[node] << 8 | version(state.held[node]);
          if (state.held[node] != 0 && order > newest) {
            newest = order;
            reign.current = state.held[node];
          }
        }
      }
      if (reign.current != 0) {
        reign.sent = new int[] {reign.current};
      }
      next.reigns[ballot] = reign;
      steps.step("nodes " + Integer.toBinaryString(mask) + " elect ballot " + ballot, next);
    }
  }

  private static boolean isSettled(Reign reign) {
    return reign.current == 0 || isMajority(reign.holders, reign.voters);
  }

  /** Whether a majority has promised nothing newer. */
  private boolean stands(State state, int ballot) {
    int mask = 0;
    for (int node = 0; node < NODES; node++) {
      mask |= state.promised[node] == ballot ? 1 << node : 0;
    }
    return isMajority(mask, state.reigns[ballot].voters);
  }

  // ---- what clients do

  private void client(State state, int ballot, Steps<State> steps) {
    Reign reign = state.reigns[ballot];
    if (!isSettled(reign)) {
      return;
    }
    if (stands(state, ballot)) {
      show(state, ballot, steps);
    }
    int version = Math.max(reign.newest, ballot << COUNTER_BITS) + 1;
    if (reign.current != 0 && !dead(reign.current)) {
      int tombstone = register(version, true, made(reign.current), forgotten(reign.current));
      write(state, ballot, version, tombstone, DELETED, "deletes", steps);
    }
    boolean empty = reign.current == 0;
    int forgets = without.contains(Without.WINDOW) ? 0 : reign.floor;
    int window = empty ? forgets : forgotten(reign.current);
    int kept = without.contains(Without.FORGETTING) && empty ? 0 : window;
    int made = empty ? 0 : made(reign.current);
    if (made == 0 && window <= SEEN) {
      int register = register(version, false, version, kept);
      write(state, ballot, version, register, MADE_NEVER, "makes the operation", steps);
    }
    if (empty || dead(reign.current)) {
      int register = register(version, false, made, kept);
      write(state, ballot, version, register, WRITTEN, "writes", steps);
    }
  }

  /** Does it, unless it is to be done once, or never, and was. */
  private void write(
      State state,
      int ballot,
      int version,
      int register,
      int once,
      String what,
      Steps<State> steps) {
    if ((state.written & once) == 0) {
      State next = write(state, ballot, version, register);
      next.written |= once;
      steps.step("ballot " + ballot + " " + what, next);
    }
  }

  private State write(State state, int ballot, int version, int register) {
    State next = state.copy();
    Reign own = next.reign(ballot);
    own.newest = version;
    own.current = register;
    own.holders = 0;
    own.sent = with(own.sent, register);
    return next;
  }

  private void show(State state, int ballot, Steps<State> steps) {
    State next = state.copy();
    shows(next, ballot, state.reigns[ballot].current);
    steps.step("ballot " + ballot + " shows " + version(state.reigns[ballot].current), next);
  }

  /** Somebody is shown what a key holds. */
  private static void shows(State next, int ballot, int current) {
    boolean nothing = current == 0;
    if (nothing ? !next.shownDead : version(current) < next.shown) {
      next.flaw = "ballot " + ballot + " shows " + version(current) + " after " + next.shown;
    }
    acknowledges(next, current);
  }

  /** A majority holds it, so whoever wrote it may hear of that, late perhaps. */
  private static void acknowledges(State next, int current) {
    if (version(current) >= next.shown) {
      next.shown = version(current);
      next.shownDead = dead(current);
    }
    int made = made(current);
    if (made != 0 && next.shownMade != 0 && next.shownMade != made) {
      next.flaw = "the operation made " + next.shownMade + ", and then " + made;
    }
    next.shownMade = made == 0 ? next.shownMade : made;
  }

  // ---- collecting

  private void collect(State state, int ballot, Steps<State> steps) {
    Reign reign = state.reigns[ballot];
    int newest = Math.max(reign.newest, ballot << COUNTER_BITS);
    boolean anyMajority = without.contains(Without.ALL_MEMBERS);
    boolean level =
        reign.current == 0
            || (anyMajority
                ? isMajority(reign.holders, reign.voters)
                : (reign.voters & ~reign.holders) == 0);
    if (!level) {
      return;
    }
    if (reign.comparing != newest && newest > reign.floor && reign.raised.length < bounds.floors) {
      State next = state.copy();
      Reign own = next.reign(ballot);
      own.comparing = newest;
      own.print = upTo(newest, reign.current);
      own.same = 0;
      steps.step("ballot " + ballot + " compares up to " + newest, next);
    }
    boolean same =
        anyMajority ? isMajority(reign.same, reign.voters) : (reign.voters & ~reign.same) == 0;
    if (reign.comparing > reign.floor && same) {
      State next = state.copy();
      Reign own = next.reign(ballot);
      own.floor = reign.comparing;
      own.raised = with(own.raised, (own.floor << NODES) | reign.voters);
      own.joined = 0;
      if (own.current != 0 && dead(own.current) && version(own.current) <= own.floor) {
        own.current = 0;
        own.holders = 0;
      }
      steps.step("ballot " + ballot + " raises the floor to " + own.floor, next);
    }
  }

  private static int upTo(int floor, int register) {
    return version(register) <= floor ? version(register) : 0;
  }

  // ---- what reaches a node that has promised nothing newer

  private void receive(State state, int ballot, int node, Steps<State> steps) {
    Reign reign = state.reigns[ballot];
    boolean isSent = isIn(reign.voters, node) || state.changes < bounds.changes;
    for (int register : isSent ? reign.sent : new int[0]) {
      accept(state, ballot, node, register, steps);
    }
    if (reign.comparing > 0
        && !isIn(reign.same, node)
        && isIn(reign.voters, node)
        && upTo(reign.comparing, state.held[node]) == reign.print) {
      State next = promised(state, ballot, node);
      next.reign(ballot).same |= 1 << node;
      steps.step("node " + node + " holds the same as ballot " + ballot, next);
    }
    for (int raised : reign.raised) {
      if (isIn(raised, node)) {
        raise(state, ballot, node, raised >>> NODES, steps);
      }
    }
    for (int join : reign.joins) {
      if ((join & 3) == node) {
        join(state, ballot, node, join, steps);
      }
    }
    if (reign.current == 0
        && state.held[node] != 0
        && state.accepted[node] < ballot
        && isIn(reign.voters, node)) {
      State next = promised(state, ballot, node);
      next.held[node] = 0;
      next.accepted[node] = 0;
      if (!without.contains(Without.REASON)) {
        next.floor[node] = Math.max(next.floor[node], reign.floor);
      }
      steps.step("node " + node + " forgets what ballot " + ballot + " does not know", next);
    }
  }

  private State promised(State state, int ballot, int node) {
    State next = state.copy();
    next.promised[node] = ballot;
    return next;
  }

  private void accept(State state, int ballot, int node, int register, Steps<State> steps) {
    int held = state.held[node];
    boolean newer = state.accepted[node] == ballot && version(held) > version(register);
    boolean late =
        version(held) != version(register)
            && version(register) <= state.floor[node]
            && state.floorRound[node] == ballot
            && !without.contains(Without.LATENESS);
    if (newer || late) {
      return;
    }
    State next = promised(state, ballot, node);
    next.held[node] = register;
    next.accepted[node] = ballot;
    Reign reign = state.reigns[ballot];
    if (reign.current == register && !isIn(reign.holders, node)) {
      Reign own = next.reign(ballot);
      own.holders |= 1 << node;
      if (isSettled(own) && !isSettled(reign)) {
        acknowledges(next, register);
      }
    }
    steps.step("node " + node + " keeps " + version(register) + " of ballot " + ballot, next);
  }

  private void raise(State state, int ballot, int node, int floor, Steps<State> steps) {
    State next = promised(state, ballot, node);
    next.floor[node] = Math.max(floor, state.floor[node]);
    if (!isIn(state.told, node)) {
      next.floorRound[node] = ballot;
    }
    if (dead(state.held[node]) && version(state.held[node]) <= floor) {
      next.held[node] = 0;
      next.accepted[node] = 0;
    }
    steps.step("node " + node + " raises its floor to " + floor + " of ballot " + ballot, next);
  }

  /** Another key may be one that makes the difference. */
  private void join(State state, int ballot, int node, int join, Steps<State> steps) {
    join(state, ballot, node, join, true, steps);
    if (!without.contains(Without.CLEANING)) {
      join(state, ballot, node, join, false, steps);
    }
  }

  private void join(
      State state, int ballot, int node, int join, boolean others, Steps<State> steps) {
    int floor = (join >>> 2) & 63;
    int print = join >>> 8;
    State next = promised(state, ballot, node);
    Reign reign = next.reign(ballot);
    boolean cleans = !without.contains(Without.CLEANING);
    boolean again =
        state.floor[node] >= floor
            && state.floorRound[node] == ballot
            && !without.contains(Without.JOINING_ONCE);
    if (cleans && !again && state.accepted[node] != ballot) {
      drop(next, node, floor);
    }
    boolean same = !cleans || (others && upTo(floor, next.held[node]) == print);
    if (same) {
      reign.joined |= floor == reign.floor ? 1 << node : 0;
      if (!again) {
        next.floor[node] = Math.max(floor, state.floor[node]);
        next.floorRound[node] = ballot;
      }
    } else {
      reign.joined &= ~(1 << node);
      reign.holders &= ~(1 << node);
      if (!again) {
        next.floorRound[node] = 0;
        drop(next, node, floor);
      }
    }
    steps.step("node " + node + " takes over floor " + floor + ": " + same, next);
    // The answer may come to nothing.
    if (reign.joined != state.reigns[ballot].joined
        || reign.holders != state.reigns[ballot].holders) {
      State unheard = next.copy();
      unheard.reigns[ballot] = state.reigns[ballot];
      steps.step("node " + node + " takes over floor " + floor + ", unheard", unheard);
    }
  }

  private static void drop(State next, int node, int floor) {
    if (next.held[node] != 0 && version(next.held[node]) <= floor) {
      if (isIn(next.voters, node)) {
        next.flaw = "node " + node + " drops what others count on";
      }
      next.held[node] = 0;
      next.accepted[node] = 0;
    }
  }

  // ---- members

  private void change(State state, int ballot, Steps<State> steps) {
    Reign reign = state.reigns[ballot];
    if (state.changes == bounds.changes
        || reign.voters != state.voters
        || !stands(state, ballot)
        || !isSettled(reign)) {
      return;
    }
    for (int node = 0; node < NODES; node++) {
      boolean level = reign.current == 0 || isIn(reign.holders, node);
      if (isIn(state.voters, node) || !level) {
        continue;
      }
      boolean joined = reign.floor == 0 || isIn(reign.joined, node);
      if (!joined && reign.joins.length < 2) {
        State next = state.copy();
        Reign own = next.reign(ballot);
        int join = node | (reign.floor << 2) | (upTo(reign.floor, reign.current) << 8);
        own.joins = with(own.joins, join);
        if (own.joins != reign.joins) {
          steps.step("ballot " + ballot + " asks node " + node + " to take over its floor", next);
        }
      }
      if (joined || without.contains(Without.JOINING)) {
        for (int leaver = 0; leaver < NODES; leaver++) {
          if (isIn(state.voters, leaver) && Integer.bitCount(state.voters) > 1) {
            int voters = (state.voters & ~(1 << leaver)) | (1 << node);
            change(state, ballot, voters, steps);
          }
        }
      }
    }
    for (int node = 0; node < NODES; node++) {
      if (state.voters != 1 << node && isIn(state.voters, node)) {
        change(state, ballot, 1 << node, steps);
      }
    }
  }

  private static void change(State state, int ballot, int voters, Steps<State> steps) {
    State next = state.copy();
    Reign own = next.reign(ballot);
    next.voters = voters;
    own.voters = voters;
    next.told &= ~voters;
    next.changes++;
    own.joined &= voters;
    own.holders &= voters;
    own.comparing = 0;
    own.same = 0;
    if (isSettled(own)) {
      steps.step("ballot " + ballot + " has members " + Integer.toBinaryString(voters), next);
    }
  }

  @Override
  public long fingerprint(State state) {
    var print = new Fingerprint();
    print.add(state.flaw == null ? 0 : 1);
    print.add(state.promised).add(state.held).add(state.accepted);
    print.add(state.floor).add(state.floorRound);
    print.add(state.voters | state.told << 4 | state.changes << 8 | state.written << 12);
    print.add(state.shown | (state.shownDead ? 1 << 8 : 0) | (state.shownMade << 9));
    for (Reign reign : state.reigns) {
      if (reign != null) {
        print
            .add(reign.voters)
            .add(reign.current)
            .add(reign.holders)
            .add(reign.newest)
            .add(reign.floor);
        print.add(reign.joined).add(reign.comparing).add(reign.print).add(reign.same);
        print.add(reign.sent).add(reign.raised).add(reign.joins);
      }
    }
    return print.value();
  }

  @Override
  public @Nullable String flaw(State state) {
    return state.flaw;
  }
}
