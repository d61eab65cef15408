package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.id.Id;

/**
 * Who decides in an arc, under one ballot, and how that changes.
 *
 * <p>{@code settled → filling → stamping → joint → deciding → settled}. The newcomers are filled
 * while the old members decide; the present configuration is proposed once more under this ballot;
 * then the joint one is, and from then on nothing counts without a majority of the old and of the
 * new; when both hold every register the new one is. Whoever leads next and meets a joint
 * configuration goes on with it.
 *
 * <p>Plain state, on the loop. See decision 6.
 */
final class Reconfiguration {
  /** How long a change waits for newcomers that are not ready before it does without them. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private static final long NOT = Long.MIN_VALUE;

  private final int arc;
  private final Ballot ballot;
  private final Shelf shelf;
  private final Outbox out;

  /** Takes the next step, at a time. */
  private final LongConsumer onward;

  /** Whether who holds every register has taken over the floor; it is asked to if not. */
  private final Predicate<Voter> joined;

  private final Voter self;

  private final Stores stores;

  /** The members that accepted the present configuration under this ballot. */
  private final List<Voter> holders = new ArrayList<>();

  /** The nodes that were sent it and have not answered. */
  private final List<Id> asked = new ArrayList<>();

  /** Former members that are to be told that they are none any more. */
  private final List<Voter> leavers = new ArrayList<>();

  /** Members that lack the present configuration though it is decided. */
  private final List<Voter> untold = new ArrayList<>();

  private Configuration current;
  private Place place;

  /** Who should be members. */
  private List<Id> wish = List.of();

  /** Whether it is this arc's turn to change. */
  private boolean moving;

  /** Since when a change has waited for newcomers; {@link #NOT} if none does. */
  private long waitingSince = NOT;

  /** Whether the present configuration is to be accepted: only before and while it changes. */
  private boolean proposing;

  Reconfiguration(
      int arc,
      Ballot ballot,
      Shelf shelf,
      Stores stores,
      Outbox out,
      LongConsumer onward,
      Predicate<Voter> joined,
      Takeover won,
      Place place) {
    this.arc = arc;
    this.ballot = ballot;
    this.shelf = shelf;
    this.out = out;
    this.onward = onward;
    this.joined = joined;
    this.self = shelf.self();
    this.current = won.configuration().again(ballot.round());
    this.place = place;
    this.stores = stores;
    this.wish = place.nodes(current.members());
    if (current.joint() || !won.isKnown()) {
      propose(current);
    }
  }

  /** Former members that are still to be told. */
  List<Voter> leavers() {
    return List.copyOf(leavers);
  }

  /** Whether what quorums are counted in is decided, and not only proposed. */
  boolean isDecided() {
    return !current.joint() && (!proposing || isHeld());
  }

  /** What quorums are counted in. */
  Configuration current() {
    return current;
  }

  void place(Place next) {
    place = next;
    wish = place.nodes(current.members());
  }

  /** Those that should hold every register, but for this node: the members and those to come. */
  List<Voter> others() {
    var others = new ArrayList<>(current.voters());
    if (!current.joint() && moving) {
      for (Id node : wish) {
        Voter voter = stores.of(node);
        if (voter != null && !others.contains(voter)) {
          others.add(voter);
        }
      }
    }
    others.removeIf(voter -> voter.equals(self) || stores.isReplaced(voter));
    return others;
  }

  /** Whether the members are those that they should be, and everybody who matters knows it. */
  boolean isSettled() {
    return !current.joint() && leavers.isEmpty() && !proposing && !isToChange();
  }

  /** Whether it is under way, or its next step waits for somebody. */
  boolean isMoving() {
    return current.joint() || proposing || !leavers.isEmpty() || moving;
  }

  private boolean isToChange() {
    if (wish.isEmpty()) {
      return false;
    }
    List<Voter> members = current.members();
    if (isOvertaken() || wish.size() != members.size()) {
      return true;
    }
    for (Voter member : members) {
      if (!wish.contains(member.node()) || stores.isReplaced(member)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether this node has met a newer configuration: one that a former daddy proposed to too few,
   * for the takeover did not learn of it. Whoever meets it would count on it, so the members are
   * decided once more, under an epoch that is above it.
   */
  private boolean isOvertaken() {
    Configuration met = shelf.configuration(arc);
    return met != null && met.compareTo(current) > 0;
  }

  /**
   * Whether this node has met a configuration that only another ballot, after this one, can have
   * led to.
   */
  boolean isOutdated() {
    Configuration met = shelf.configuration(arc);
    return met != null && (met.round() > ballot.round() || met.epoch() > current.epoch() + 1);
  }

  /**
   * Takes the next step, if it can be taken.
   *
   * @param cells all keys of the arc
   * @return whether others decide from now on
   */
  boolean advance(Collection<Cell> cells, long nowNanos) {
    Configuration before = current;
    if (current.joint()) {
      if (isHeld() && areDecided(cells)) {
        for (Voter member : current.members()) {
          if (!current.next().contains(member)) {
            leavers.add(member);
          }
        }
        propose(current.changed(ballot.round()));
      }
    } else if (isToChange()) {
      moving = canDecide() && out.mayMove();
      if (moving) {
        change(cells, nowNanos);
      }
    } else {
      waitingSince = NOT;
      if (proposing && isHeld()) {
        proposing = false;
        untold.addAll(current.voters());
        untold.removeAll(holders);
      }
    }
    send();
    // Where nothing can be decided nothing can be changed, and others have their turn.
    if ((!current.joint() && !proposing && !isToChange()) || !canDecide()) {
      moving = false;
      out.moved();
    }
    return !before.equals(current);
  }

  private void change(Collection<Cell> cells, long nowNanos) {
    var to = new ArrayList<Voter>();
    for (Id node : wish) {
      Voter ready = ready(node, cells);
      if (ready != null) {
        to.add(ready);
      }
    }
    boolean ready = to.size() == wish.size();
    if (ready ? !canDecide(to) : !mayGoWithout(to, nowNanos)) {
      out.waitsToChange();
      return;
    }
    if (!out.mayChange()) {
      return;
    }
    if (!proposing) {
      propose(current);
    }
    if (isHeld()) {
      waitingSince = NOT;
      propose(current.joint(ballot.round(), to));
    }
  }

  /**
   * A node that should be a member, if it is one, or holds every register and nothing that was
   * deleted; else null.
   */
  private @Nullable Voter ready(Id node, Collection<Cell> cells) {
    Voter voter = stores.of(node);
    if (voter == null) {
      return memberOf(node);
    }
    boolean ready =
        current.has(voter)
            || (cells.stream().allMatch(cell -> cell.isLevel(List.of(voter)))
                && joined.test(voter));
    return ready ? voter : null;
  }

  /** Whether so many answer that something can be decided. */
  private boolean canDecide() {
    List<Voter> answering = new ArrayList<>(current.voters());
    answering.removeIf(voter -> !answers(voter));
    return current.isQuorum(answering);
  }

  /** Whether a majority of these answers: of those that do not nothing could be decided. */
  private boolean canDecide(List<Voter> voters) {
    return 2 * voters.stream().filter(this::answers).count() > voters.size();
  }

  private boolean answers(Voter voter) {
    return voter.equals(self) || (out.answers(voter.node()) && !stores.isReplaced(voter));
  }

  /** Whether those that are ready should change without those that are not. */
  private boolean mayGoWithout(List<Voter> to, long nowNanos) {
    if (waitingSince == NOT) {
      waitingSince = nowNanos;
    }
    if (nowNanos - waitingSince < PATIENCE_NANOS) {
      return false;
    }
    List<Voter> members = current.members();
    boolean leaves = members.stream().anyMatch(member -> place.leaving().contains(member.node()));
    boolean better =
        canDecide(to)
            && (to.size() >= members.size() || leaves)
            && (isOvertaken() || !(to.size() == members.size() && members.containsAll(to)));
    if (!better) {
      // Another arc may have more luck; this one's turn comes again.
      waitingSince = NOT;
      moving = false;
      out.moved();
    }
    return better;
  }

  private @Nullable Voter memberOf(Id node) {
    for (Voter member : current.members()) {
      if (member.node().equals(node)) {
        return member;
      }
    }
    return null;
  }

  private boolean isHeld() {
    return current.isQuorum(holders);
  }

  private boolean areDecided(Collection<Cell> cells) {
    return cells.stream()
        .allMatch(
            cell -> !cell.isUnknown() && (cell.current == null || current.isQuorum(cell.holders)));
  }

  private void propose(Configuration next) {
    current = next;
    wish = place.nodes(current.members());
    proposing = true;
    holders.clear();
    asked.clear();
    untold.clear();
    var own = CopyRequest.Accept.configuration(arc, ballot, next, false);
    if (!shelf.accept(own).granted()) {
      return;
    }
    if (out.isKept()) {
      holders.add(self);
    } else {
      out.whenKept(
          nowNanos -> {
            if (current.equals(next) && !holders.contains(self)) {
              holders.add(self);
              onward.accept(nowNanos);
            }
          });
    }
  }

  private void send() {
    if (proposing) {
      for (Voter voter : current.voters()) {
        tell(voter, false);
      }
    } else if (isHeld()) {
      for (Voter leaver : List.copyOf(leavers)) {
        if (leaver.equals(self)
            || place.gone().contains(leaver.node())
            || stores.isReplaced(leaver)) {
          leavers.remove(leaver);
        } else {
          tell(leaver, true);
        }
      }
    }
    untold.removeIf(voter -> place.gone().contains(voter.node()) || stores.isReplaced(voter));
    for (Voter voter : untold) {
      if (out.answers(voter.node())) {
        tell(voter, false);
      }
    }
  }

  /**
   * A node told which configuration it knows: a member that knows an older one is told of the
   * present one, though that is decided without it.
   */
  void knows(Voter voter, @Nullable Configuration known) {
    if (!proposing
        && current.has(voter)
        && !untold.contains(voter)
        && (known == null || known.epoch() < current.epoch())) {
      untold.add(voter);
    }
  }

  /** A member told nothing to the ballot, and so perhaps does not know the present one. */
  void unheard(Id node) {
    Voter voter = memberOf(node);
    if (!proposing && voter != null && !untold.contains(voter)) {
      untold.add(voter);
    }
  }

  private void tell(Voter voter, boolean decided) {
    Id node = voter.node();
    if (!holders.contains(voter)
        && !asked.contains(node)
        && !voter.equals(self)
        && !stores.isReplaced(voter)) {
      asked.add(node);
      out.configure(node, CopyRequest.Accept.configuration(arc, ballot, current, decided), current);
    }
  }

  /** A node accepted a configuration. */
  void accepted(Voter voter, Configuration configuration) {
    asked.remove(voter.node());
    if (current.equals(configuration) && !holders.contains(voter)) {
      holders.add(voter);
      leavers.remove(voter);
      untold.remove(voter);
    }
  }

  /** A node did not answer; it is asked again with the next step. */
  void failed(Id node) {
    asked.remove(node);
  }
}
