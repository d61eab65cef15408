package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * What two nodes tell each other about what lies around one of them: it says which facts it has,
 * the other names those that it lacks. On the loop.
 */
final class Surroundings {
  /** Members around a node far away, on each side, that it is told of in case they are closer. */
  private static final int CLOSER_PER_SIDE = 2;

  /** Facts about members far away in one answer. */
  private static final int SLOTS_PER_ANSWER = 64;

  private final Membership membership;
  private final int leavesPerSide;
  private final Randomness randomness;

  Surroundings(Membership membership, int leavesPerSide, Randomness randomness) {
    this.membership = membership;
    this.leavesPerSide = leavesPerSide;
    this.randomness = randomness;
  }

  /** What this node says of its leaf set and its prefix table, and asks about. */
  LinkMessage.Settle ask(long round) {
    var facts = new ArrayList<MemberTable.Known>();
    for (Member member : membership.view().neighbours(membership.self(), leavesPerSide)) {
      MemberTable.Known known = membership.table().get(member.id());
      if (known != null) {
        facts.add(known);
      }
    }
    return new LinkMessage.Settle(
        round, membership.selfEntry(), Fingerprints.of(facts), membership.slots());
  }

  /** Where a newcomer finds its place: who is around it, and members for its prefix table. */
  List<Entry> forNewcomer(Id node) {
    return named(node, Fingerprints.parse(null), List.of());
  }

  /** What a node that asks lacks, and what it is wrongly held for. */
  List<Entry> answer(Id node, LinkMessage.Settle settle) {
    List<Entry> entries = named(node, Fingerprints.parse(settle.knows()), settle.taken());
    MemberTable.Known itself = membership.table().get(node);
    if (itself != null && itself.state() != settle.self().state()) {
      entries.add(itself.entry());
    }
    List<Integer> taken = settle.taken();
    if (settle.round() == 0 && taken != null) {
      entries.addAll(candidates(node, taken));
    }
    return entries;
  }

  /**
   * Members, drawn, that fit slots of the asker which others hold, and may be nearer to it. They
   * are of the row in which this node stands there: all that stand in that row here do there, too.
   */
  private List<Entry> candidates(Id node, List<Integer> taken) {
    int row = node.commonPrefix(membership.self());
    var byDigit = new TreeMap<Integer, List<Id>>();
    for (Member member : membership.view().alive()) {
      Id id = member.id();
      if (node.commonPrefix(id) == row && !PrefixTable.fills(node, taken, id)) {
        byDigit.computeIfAbsent(id.digit(row), digit -> new ArrayList<>()).add(id);
      }
    }
    var slots = new ArrayList<>(byDigit.values());
    var entries = new ArrayList<Entry>();
    while (entries.size() < Proximity.TRIALS && !slots.isEmpty()) {
      List<Id> fitting = slots.remove((int) randomness.below(slots.size()));
      Id candidate = fitting.get((int) randomness.below(fitting.size()));
      MemberTable.Known known = membership.table().get(candidate);
      if (known != null) {
        entries.add(known.entry());
      }
    }
    return entries;
  }

  private List<Entry> named(Id node, Fingerprints knows, @Nullable List<Integer> taken) {
    RingView view = membership.view();
    var entries = new ArrayList<Entry>();
    MemberTable.Known own = membership.table().get(membership.self());
    if (own != null && !knows.has(own)) {
      entries.add(own.entry());
    }
    int perSide =
        membership.wouldBeLeaf(node) ? leavesPerSide : Math.min(leavesPerSide, CLOSER_PER_SIDE);
    for (Member member : view.neighbours(node, perSide)) {
      MemberTable.Known known = membership.table().get(member.id());
      if (known != null && !member.id().equals(membership.self()) && !knows.has(known)) {
        entries.add(known.entry());
      }
    }
    if (taken != null) {
      forSlots(view, node, taken, entries);
    }
    return entries;
  }

  private void forSlots(RingView view, Id node, List<Integer> taken, List<Entry> entries) {
    var filled = new TreeSet<Integer>();
    for (Member member : view.alive()) {
      if (PrefixTable.fills(node, taken, member.id()) && filled.size() < SLOTS_PER_ANSWER) {
        int row = node.commonPrefix(member.id());
        MemberTable.Known known = membership.table().get(member.id());
        if (filled.add(16 * row + member.id().digit(row)) && known != null) {
          entries.add(known.entry());
        }
      }
    }
  }

  /**
   * Whom a newcomer asks for its place: the nearest live member on each side, which may know nearer
   * ones. Where newcomers alone stand around it, the nearest live one anywhere.
   */
  List<Id> nearestAlive() {
    RingView view = membership.view();
    Id self = membership.self();
    List<Member> neighbours = view.neighbours(self, leavesPerSide);
    int clockwise = Math.min(leavesPerSide, neighbours.size());
    var counterClockwise = new ArrayList<>(neighbours.subList(clockwise, neighbours.size()));
    if (counterClockwise.isEmpty()) {
      // So few that the way clockwise holds all: the last of them is the next the other way.
      counterClockwise.addAll(neighbours);
      Collections.reverse(counterClockwise);
    }
    var nearest = new TreeSet<Id>();
    firstAlive(neighbours.subList(0, clockwise)).ifPresent(nearest::add);
    firstAlive(counterClockwise).ifPresent(nearest::add);
    if (nearest.isEmpty()) {
      view.alive().stream()
          .map(Member::id)
          .filter(id -> !id.equals(self))
          .reduce((one, other) -> Id.compareDistance(self, other, one) < 0 ? other : one)
          .ifPresent(nearest::add);
    }
    return List.copyOf(nearest);
  }

  /**
   * Whom to ask where the leaf set is short of members that it surely knows: the outermost live one
   * of that side, which knows who comes next. Nobody where it is whole, or all are known.
   */
  List<Id> whereShort() {
    RingView view = membership.view();
    Id self = membership.self();
    List<Member> neighbours = view.neighbours(self, leavesPerSide);
    int clockwise = Math.min(leavesPerSide, neighbours.size());
    var partners = new TreeSet<Id>();
    if (!view.isComplete()) {
      addOutermostIfShort(view, neighbours.subList(0, clockwise), partners);
      addOutermostIfShort(view, neighbours.subList(clockwise, neighbours.size()), partners);
    }
    return List.copyOf(partners);
  }

  private void addOutermostIfShort(RingView view, List<Member> side, Set<Id> partners) {
    int covered = 0;
    Id outermost = null;
    for (Member member : side) {
      if (view.covers(member.id())) {
        covered++;
        outermost = member.state() == MemberState.ALIVE ? member.id() : outermost;
      }
    }
    if (covered < leavesPerSide) {
      Optional<Id> partner = outermost == null ? firstAlive(side) : Optional.of(outermost);
      partner.ifPresent(partners::add);
    }
  }

  private static Optional<Id> firstAlive(List<Member> members) {
    return members.stream()
        .filter(member -> member.state() == MemberState.ALIVE)
        .map(Member::id)
        .findFirst();
  }
}
