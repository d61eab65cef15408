package org.ringoverlay.dht.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.model.ArcState.Copy;
import org.ringoverlay.dht.model.ArcState.Reign;
import org.ringoverlay.testkit.explore.Model;

/**
 * Ballots, one register and its configurations, of one arc: what the records are to be built on.
 *
 * <p>A ballot is one attempt of one daddy. It collects promises, with what each member holds, until
 * they make a quorum of the highest configuration that it met; then it leads. It writes one value
 * after the other, reads, and changes the configuration by a joint one. It may stop anywhere and
 * for ever, which is a crash or a partition. A member handles what was sent to it late or never;
 * each answer is counted late or never. Messages need not be in the state: until a member promises
 * more it makes no difference whether it accepted a proposal early or late, and then it accepts
 * none.
 *
 * <p>The value is the list of all writes that led to it. So a write was lost when a list is shown
 * that does not continue what was shown before.
 *
 * @see <a href="https://arxiv.org/abs/1802.07000">Rystsov 2018, CASPaxos</a>
 */
final class ArcModel implements Model<ArcState> {
  /** Defences that can be taken out, to see that the explorer finds what they are for. */
  enum Without {
    /** A daddy takes the highest version that it met, not the highest of the newest ballot. */
    BALLOTS_OF_VALUES,
    /** A configuration that was met counts as decided where it is held, under whatever ballot. */
    BALLOTS_OF_CONFIGURATIONS,
    /** A configuration is changed for the next one at once. */
    JOINT_CONFIGURATION,
    /** A change is decided by a majority of the old members alone. */
    MAJORITY_OF_THE_NEW,
    /** A change is decided by a majority of the new members alone. */
    MAJORITY_OF_THE_OLD,
    /** A daddy counts the promises of the configuration that it knew at first. */
    HIGHER_CONFIGURATIONS,
    /** The next configuration is decided before its members hold the value. */
    TRANSFER,
    /** What a member accepts may be older than what it promised. */
    PROMISES,
    /** A member that lost its memory votes as before. */
    MEMORY,
    /** A read is answered without asking whether the ballot stands. */
    CHECKS,
    /** A value that was met is shown though a minority holds it. */
    WRITING_BACK,
    /** A member that granted a lease promises newer ballots all the same. */
    REFUSALS,
    /** A lease that lapsed and was granted again covers what it covered before. */
    GENERATIONS,
    /** A lease covers ballots that its grantor has not confirmed since. */
    COVER,
    /** A member that starts again does not wait until the leases that it granted have lapsed. */
    WAITING,
    /** A daddy reads under leases though it promised a newer ballot itself. */
    OWN_PROMISE,
    /**
     * A member promises once the daddy that it granted a lease has been asked, whatever it said.
     */
    RELIEF
  }

  /**
   * The bounds of an exploration: all ballots together write, change and read so often, and all
   * nodes together grant so many leases and start again so often.
   *
   * @param atOnce whether a ballot gets all promises in one step, in which nothing else happens:
   *     far fewer orders, and so more ballots and changes
   */
  record Bounds(
      int nodes,
      int ballots,
      int writes,
      int changes,
      int reads,
      int leases,
      int restarts,
      boolean atOnce) {
    Bounds(int nodes, int ballots, int writes, int changes, int reads, boolean atOnce) {
      this(nodes, ballots, writes, changes, reads, 0, 0, atOnce);
    }
  }

  /**
   * Two ballots, each of which left its own change of the configuration at one member: as much
   * discord as a single change can make.
   */
  static final List<String> DISCORD =
      List.of(
          "nodes 11 elect ballot 1",
          "node 0 keeps configuration 0 of ballot 1, 111",
          "node 1 keeps configuration 0 of ballot 1, 111",
          "ballot 1 proposes configuration 1 of ballot 1, 111 and 1110",
          "node 0 keeps configuration 1 of ballot 1, 111 and 1110",
          "nodes 110 elect ballot 2",
          "node 1 keeps configuration 0 of ballot 2, 111",
          "node 2 keeps configuration 0 of ballot 2, 111",
          "ballot 2 proposes configuration 1 of ballot 2, 111 and 1011",
          "node 1 keeps configuration 1 of ballot 2, 111 and 1011");

  private final Bounds bounds;
  private final List<String> beginning;
  private final Set<Without> without;

  ArcModel(Bounds bounds, Without... without) {
    this(bounds, List.of(), without);
  }

  /**
   * A model in which something has happened already.
   *
   * @param beginning the steps of it; what a member keeps is left out where it keeps it already
   */
  ArcModel(Bounds bounds, List<String> beginning, Without... without) {
    this.bounds = bounds;
    this.beginning = beginning;
    this.without = EnumSet.noneOf(Without.class);
    this.without.addAll(Arrays.asList(without));
  }

  // ---- configurations: epoch, the ballot that proposed it, the members, those of the next

  private int config(int epoch, int ballot, int members, int next) {
    return ((epoch << 8 | ballot) << (2 * bounds.nodes)) | members << bounds.nodes | next;
  }

  private int epoch(int config) {
    return config >>> (2 * bounds.nodes + 8);
  }

  private int members(int config) {
    return (config >>> bounds.nodes) & ((1 << bounds.nodes) - 1);
  }

  private int nextMembers(int config) {
    return config & ((1 << bounds.nodes) - 1);
  }

  private boolean isJoint(int config) {
    return nextMembers(config) != 0;
  }

  private static boolean isMajority(int some, int of) {
    return 2 * Integer.bitCount(some & of) > Integer.bitCount(of);
  }

  private boolean isQuorum(int nodes, int config) {
    boolean old = isMajority(nodes, members(config));
    if (!isJoint(config)) {
      return old;
    }
    boolean fresh = isMajority(nodes, nextMembers(config));
    return (old || without.contains(Without.MAJORITY_OF_THE_OLD))
        && (fresh || without.contains(Without.MAJORITY_OF_THE_NEW));
  }

  private boolean isMember(int node, int config) {
    return (((members(config) | nextMembers(config)) >>> node) & 1) != 0;
  }

  // ---- the model

  @Override
  public ArcState initial() {
    ArcState state = fresh();
    for (String wanted : beginning) {
      var found = new ArrayList<ArcState>();
      steps(
          state,
          (what, next) -> {
            if (what.equals(wanted)) {
              found.add(next);
            }
          });
      if (!found.isEmpty()) {
        state = found.get(0);
      } else if (!wanted.contains(" keeps ")) {
        throw new IllegalStateException("There is no such step: " + wanted);
      }
    }
    return state;
  }

  private ArcState fresh() {
    var copies = new Copy[bounds.nodes];
    for (int node = 0; node < bounds.nodes; node++) {
      copies[node] = new Copy();
      copies[node].config = config(0, 0, 0b111, 0);
    }
    var reigns = new Reign[bounds.ballots + 1];
    for (int ballot = 0; ballot <= bounds.ballots; ballot++) {
      reigns[ballot] = new Reign();
      reigns[ballot].config = config(0, 0, 0b111, 0);
      reigns[ballot].told = new Copy[bounds.nodes];
    }
    return new ArcState(copies, reigns);
  }

  @Override
  public @Nullable String flaw(ArcState state) {
    return state.flaw;
  }

  @Override
  public void steps(ArcState state, Steps<ArcState> steps) {
    for (int ballot = 1; ballot <= bounds.ballots; ballot++) {
      if (state.reigns[ballot].leads) {
        lead(state, ballot, steps);
      } else {
        prepare(state, ballot, steps);
      }
    }
    leases(state, steps);
    if (without.contains(Without.MEMORY) && state.forgotten == 0) {
      for (int node = 0; node < bounds.nodes; node++) {
        ArcState next = state.next();
        next.copies[node] = fresh().copies[node];
        next.forgotten++;
        steps.step("node " + node + " loses its memory", next);
      }
    }
  }

  // ---- leases, each from one node to another, whatever ballots these have

  /** Ballots belong to the nodes in turn. */
  private int daddy(int ballot) {
    return (ballot - 1) % bounds.nodes;
  }

  private int pair(int holder, int grantor) {
    return 1 << (holder * bounds.nodes + grantor);
  }

  /** The pairs whose grantor is this one. */
  private int grantedBy(int grantor) {
    int pairs = 0;
    for (int holder = 0; holder < bounds.nodes; holder++) {
      pairs |= pair(holder, grantor);
    }
    return pairs;
  }

  /**
   * A lease is granted, believed by its holder for a while, and kept by its grantor for longer:
   * that much clocks are trusted. A grantor that starts again has forgotten what it granted.
   */
  private void leases(ArcState state, Steps<ArcState> steps) {
    for (int holder = 0; holder < bounds.nodes; holder++) {
      for (int grantor = 0; grantor < bounds.nodes; grantor++) {
        int pair = pair(holder, grantor);
        if (holder != grantor && bounds.leases > 0) {
          lease(state, holder, grantor, pair, steps);
        }
      }
    }
    for (int node = 0; node < bounds.nodes; node++) {
      if (state.restarts < bounds.restarts) {
        ArcState next = state.next();
        next.restarts++;
        next.kept &= ~grantedBy(node);
        next.fromBefore |= next.believed & grantedBy(node);
        next.waiting |= without.contains(Without.WAITING) ? 0 : 1 << node;
        steps.step("node " + node + " starts again", next);
      }
      if (((state.waiting >>> node) & 1) != 0 && (state.fromBefore & grantedBy(node)) == 0) {
        ArcState next = state.next();
        next.waiting &= ~(1 << node);
        steps.step("node " + node + " has waited for what it may have granted", next);
      }
    }
  }

  private void lease(ArcState state, int holder, int grantor, int pair, Steps<ArcState> steps) {
    boolean fresh = (state.believed & pair) == 0 || (state.fromBefore & pair) != 0;
    if (fresh && state.leases < bounds.leases) {
      ArcState next = state.next();
      next.leases++;
      next.kept |= pair;
      next.believed |= pair;
      next.fromBefore &= ~pair;
      if (!without.contains(Without.GENERATIONS)) {
        for (int ballot = 1; ballot <= bounds.ballots; ballot++) {
          if (daddy(ballot) == holder) {
            next.changeReign(ballot).covered &= ~(1 << grantor);
          }
        }
      }
      steps.step("node " + grantor + " grants node " + holder + " a lease", next);
    }
    if ((state.believed & pair) != 0) {
      ArcState next = state.next();
      next.believed &= ~pair;
      next.fromBefore &= ~pair;
      steps.step("the lease of node " + holder + " from node " + grantor + " lapses", next);
    } else if ((state.kept & pair) != 0) {
      ArcState next = state.next();
      next.kept &= ~pair;
      steps.step("node " + grantor + " is free of its lease to node " + holder, next);
    }
  }

  /** Whether a node may promise a ballot, or keep something of it, as far as leases go. */
  private boolean mayPromise(ArcState state, int node, int ballot) {
    int promised = state.copies[node].promised;
    if (bounds.leases == 0 || promised >= ballot || without.contains(Without.REFUSALS)) {
      return true;
    }
    int former = promised == 0 ? node : daddy(promised);
    return former == node
        || former == daddy(ballot)
        || !isBound(state, node, former)
        || state.copies[former].promised >= ballot
        || without.contains(Without.RELIEF);
  }

  /** A node that started again acts as if everybody held a lease of it. */
  private boolean isBound(ArcState state, int node, int holder) {
    return (state.kept & pair(holder, node)) != 0 || ((state.waiting >>> node) & 1) != 0;
  }

  /** A node has confirmed a ballot: the lease that its daddy has from it covers the arc. */
  private void cover(ArcState next, int node, int ballot) {
    if (bounds.leases > 0 && (next.believed & pair(daddy(ballot), node)) != 0) {
      next.changeReign(ballot).covered |= 1 << node;
    }
  }

  private void readUnderLeases(ArcState state, int ballot, Steps<ArcState> steps) {
    Reign reign = state.reigns[ballot];
    int daddy = daddy(ballot);
    int believed = 0;
    for (int grantor = 0; grantor < bounds.nodes; grantor++) {
      believed |= (state.believed & pair(daddy, grantor)) == 0 ? 0 : 1 << grantor;
    }
    int sure = without.contains(Without.COVER) ? believed : reign.covered & believed;
    boolean own = state.copies[daddy].promised == ballot || without.contains(Without.OWN_PROMISE);
    if (own && isQuorum(sure | 1 << daddy, reign.config)) {
      ArcState next = state.next();
      next.show(reign.list, state.shown);
      if (next.flaw != null) {
        // It changes nothing else.
        steps.step("ballot " + ballot + " answers under leases", next);
      }
    }
  }

  private void prepare(ArcState state, int ballot, Steps<ArcState> steps) {
    if (bounds.atOnce) {
      prepareAtOnce(state, ballot, steps);
    } else {
      prepareByAndBy(state, ballot, steps);
    }
  }

  private void prepareAtOnce(ArcState state, int ballot, Steps<ArcState> steps) {
    for (int nodes = 1; nodes < 1 << bounds.nodes; nodes++) {
      ArcState next = state.next();
      Reign reign = next.changeReign(ballot);
      int highest = reign.config;
      boolean stands = true;
      for (int node = 0; node < bounds.nodes; node++) {
        if (((nodes >>> node) & 1) != 0) {
          stands &= state.copies[node].promised < ballot && mayPromise(state, node, ballot);
          Copy copy = next.change(node);
          copy.promised = ballot;
          reign.told[node] = copy;
          if (!without.contains(Without.HIGHER_CONFIGURATIONS)) {
            highest = Math.max(highest, copy.config);
          }
        }
      }
      if (stands && isQuorum(nodes, highest)) {
        elect(reign, highest, ballot);
        for (int node = 0; node < bounds.nodes; node++) {
          if (((nodes >>> node) & 1) != 0) {
            cover(next, node, ballot);
          }
        }
        steps.step("nodes " + Integer.toBinaryString(nodes) + " elect ballot " + ballot, next);
      }
    }
  }

  private void prepareByAndBy(ArcState state, int ballot, Steps<ArcState> steps) {
    Reign reign = state.reigns[ballot];
    int promised = 0;
    int highest = reign.config;
    for (int node = 0; node < bounds.nodes; node++) {
      Copy told = reign.told[node];
      if (told != null) {
        promised |= 1 << node;
        if (!without.contains(Without.HIGHER_CONFIGURATIONS)) {
          highest = Math.max(highest, told.config);
        }
      } else if (state.copies[node].promised < ballot && mayPromise(state, node, ballot)) {
        ArcState next = state.next();
        Copy copy = next.change(node);
        copy.promised = ballot;
        next.changeReign(ballot).told[node] = copy;
        cover(next, node, ballot);
        steps.step("node " + node + " promises ballot " + ballot, next);
      }
    }
    if (isQuorum(promised, highest)) {
      ArcState next = state.next();
      elect(next.changeReign(ballot), highest, ballot);
      steps.step("ballot " + ballot + " leads", next);
    }
  }

  /** The value is the one of the newest ballot that a member holds. */
  private void elect(Reign reign, int config, int ballot) {
    Copy best = new Copy();
    for (int node = 0; node < bounds.nodes; node++) {
      Copy told = reign.told[node];
      if (told != null && isMember(node, config) && isNewer(told, best)) {
        best = told;
      }
    }
    reign.leads = true;
    reign.list = best.list;
    int holding = 0;
    int agreeing = 0;
    for (int node = 0; node < bounds.nodes; node++) {
      Copy told = reign.told[node];
      if (told != null && told.list == best.list && told.accepted == best.accepted) {
        holding |= 1 << node;
      }
      if (told != null && told.config == config) {
        agreeing |= 1 << node;
      }
    }
    if (best.list == 0 || without.contains(Without.WRITING_BACK)) {
      reign.listHeld = -1;
    } else {
      // Whoever holds it of one and the same ballot counts: a majority of those has decided it.
      reign.listHeld = isQuorum(holding, config) ? holding : 0;
    }
    if (without.contains(Without.BALLOTS_OF_CONFIGURATIONS)) {
      reign.config = config;
      reign.configHeld = agreeing;
    } else {
      reign.config = config(epoch(config), ballot, members(config), nextMembers(config));
      reign.configHeld = 0;
    }
    reign.told = new Copy[bounds.nodes];
  }

  private boolean isNewer(Copy one, Copy other) {
    if (one.accepted != other.accepted && !without.contains(Without.BALLOTS_OF_VALUES)) {
      return one.accepted > other.accepted;
    }
    return ArcState.version(one.list) > ArcState.version(other.list);
  }

  private void lead(ArcState state, int ballot, Steps<ArcState> steps) {
    Reign reign = state.reigns[ballot];
    for (int node = 0; node < bounds.nodes; node++) {
      Copy copy = state.copies[node];
      boolean stands = copy.promised <= ballot || without.contains(Without.PROMISES);
      stands &= mayPromise(state, node, ballot);
      if (stands && isMember(node, reign.config)) {
        accept(state, ballot, node, steps);
      }
    }
    boolean settled = isQuorum(reign.listHeld, reign.config);
    if (settled && reign.shown && state.writes < bounds.writes) {
      ArcState next = state.next();
      Reign writing = next.changeReign(ballot);
      next.writes++;
      writing.version++;
      writing.list =
          (reign.list << ArcState.LIST_BITS) | ((ballot - 1) * bounds.writes + writing.version);
      writing.listHeld = 0;
      writing.shown = false;
      steps.step("ballot " + ballot + " writes " + ArcState.text(writing.list), next);
    }
    if (settled && reign.shown) {
      read(state, ballot, steps);
      readUnderLeases(state, ballot, steps);
    }
    reconfigure(state, ballot, settled, steps);
  }

  private void accept(ArcState state, int ballot, int node, Steps<ArcState> steps) {
    Reign reign = state.reigns[ballot];
    if (((reign.listHeld >>> node) & 1) == 0) {
      ArcState next = state.next();
      Copy copy = next.change(node);
      copy.promised = Math.max(copy.promised, ballot);
      copy.accepted = ballot;
      copy.list = reign.list;
      Reign holding = next.changeReign(ballot);
      holding.listHeld |= 1 << node;
      acknowledge(next, holding);
      cover(next, node, ballot);
      steps.step(
          "node " + node + " keeps " + ArcState.text(reign.list) + " of ballot " + ballot, next);
    }
    boolean matters = epoch(reign.config) > 0 || state.changes < bounds.changes;
    if (matters && ((reign.configHeld >>> node) & 1) == 0) {
      ArcState next = state.next();
      Copy copy = next.change(node);
      copy.promised = Math.max(copy.promised, ballot);
      copy.config = Math.max(copy.config, reign.config);
      next.changeReign(ballot).configHeld |= 1 << node;
      cover(next, node, ballot);
      steps.step("node " + node + " keeps " + text(ballot, reign.config), next);
    }
    if (reign.reading && ((reign.granted >>> node) & 1) == 0) {
      ArcState next = state.next();
      next.change(node).promised = ballot;
      next.changeReign(ballot).granted |= 1 << node;
      cover(next, node, ballot);
      steps.step("node " + node + " confirms ballot " + ballot, next);
    }
  }

  /** At once: whoever is told late may hold the others to no more than one that is told early. */
  private void acknowledge(ArcState next, Reign reign) {
    if (!reign.shown && isQuorum(reign.listHeld, reign.config)) {
      reign.shown = true;
      next.show(reign.list, 0);
    }
  }

  private void read(ArcState state, int ballot, Steps<ArcState> steps) {
    if (bounds.atOnce) {
      readAtOnce(state, ballot, steps);
    } else {
      readByAndBy(state, ballot, steps);
    }
  }

  private void readAtOnce(ArcState state, int ballot, Steps<ArcState> steps) {
    Reign reign = state.reigns[ballot];
    for (int nodes = 0; nodes < 1 << bounds.nodes && state.reads < bounds.reads; nodes++) {
      ArcState next = state.next();
      next.reads++;
      boolean stands = true;
      for (int node = 0; node < bounds.nodes; node++) {
        if (((nodes >>> node) & 1) != 0) {
          stands &= state.copies[node].promised <= ballot && mayPromise(state, node, ballot);
          next.change(node).promised = ballot;
          cover(next, node, ballot);
        }
      }
      if (stands && (isQuorum(nodes, reign.config) || without.contains(Without.CHECKS))) {
        next.show(reign.list, state.shown);
        steps.step(
            "nodes "
                + Integer.toBinaryString(nodes)
                + " confirm "
                + ballot
                + ", which answers "
                + ArcState.text(reign.list),
            next);
      }
    }
  }

  private void readByAndBy(ArcState state, int ballot, Steps<ArcState> steps) {
    Reign reign = state.reigns[ballot];
    if (!reign.reading && state.reads < bounds.reads) {
      ArcState next = state.next();
      Reign reading = next.changeReign(ballot);
      reading.reading = true;
      next.reads++;
      reading.readSince = state.shown;
      reading.granted = 0;
      steps.step("ballot " + ballot + " begins to read", next);
    }
    if (reign.reading
        && (isQuorum(reign.granted, reign.config) || without.contains(Without.CHECKS))) {
      ArcState next = state.next();
      next.changeReign(ballot).reading = false;
      next.show(reign.list, reign.readSince);
      steps.step("ballot " + ballot + " answers " + ArcState.text(reign.list), next);
    }
  }

  private void reconfigure(ArcState state, int ballot, boolean settled, Steps<ArcState> steps) {
    Reign reign = state.reigns[ballot];
    int config = reign.config;
    if (isJoint(config)) {
      boolean transferred = settled || without.contains(Without.TRANSFER);
      if (transferred && isQuorum(reign.configHeld, config)) {
        int decided = config(epoch(config) + 1, ballot, nextMembers(config), 0);
        propose(state, ballot, decided, steps);
      }
    } else if (isQuorum(reign.configHeld, config) && state.changes < bounds.changes) {
      int old = members(config);
      for (int next = 1; next < 1 << bounds.nodes; next++) {
        // At first the members are alike, so it is all one which of them goes.
        boolean alike = state.changes == 0 && next != 0b1110;
        if (Integer.bitCount(next) == 3 && next != old && !alike) {
          int proposed =
              without.contains(Without.JOINT_CONFIGURATION)
                  ? config(epoch(config) + 1, ballot, next, 0)
                  : config(epoch(config) + 1, ballot, old, next);
          propose(state, ballot, proposed, steps);
        }
      }
    }
  }

  private void propose(ArcState state, int ballot, int config, Steps<ArcState> steps) {
    ArcState next = state.next();
    Reign reign = next.changeReign(ballot);
    next.changes += isJoint(config) || without.contains(Without.JOINT_CONFIGURATION) ? 1 : 0;
    reign.config = config;
    reign.configHeld = 0;
    acknowledge(next, reign);
    steps.step("ballot " + ballot + " proposes " + text(ballot, config), next);
  }

  private String text(int ballot, int config) {
    return "configuration "
        + epoch(config)
        + " of ballot "
        + ballot
        + ", "
        + Integer.toBinaryString(members(config))
        + (isJoint(config) ? " and " + Integer.toBinaryString(nextMembers(config)) : "");
  }

  @Override
  public long fingerprint(ArcState state) {
    return state.fingerprint();
  }
}
