package org.ringoverlay.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;

/**
 * One node's view of the ring: the members that it knows and believes present, in the order of the
 * circle. While the ring is small these are all; in a large ring they are the leaf set around the
 * node and a few members far away, and the view is sure only of what the leaf set covers.
 *
 * <p>An immutable snapshot; any thread. A view is a hint: two nodes may see different roots of one
 * ID for a while. {@link #root(Id)} and {@link #isRoot(Id)} are a binary search.
 */
public final class RingView {
  private final long version;
  private final Id self;
  private final Arcs arcs;
  private final Member[] present;
  private final Member[] routable;
  private final IdRange covered;
  private final @Nullable IdRange rootRange;

  /** Makes a view that holds all members. */
  public RingView(long version, Id self, Arcs arcs, Collection<Member> present) {
    this(version, self, arcs, present, IdRange.full());
  }

  /**
   * Makes a view.
   *
   * @param version counts the views of one node
   * @param self the node that sees it
   * @param arcs how the circle is cut
   * @param present the members that are present, in any order, each ID once
   * @param covered the stretch of the circle in which the node knows every member
   */
  public RingView(long version, Id self, Arcs arcs, Collection<Member> present, IdRange covered) {
    this.version = version;
    this.self = self;
    this.arcs = arcs;
    Member[] sorted = present.toArray(Member[]::new);
    if (!isSorted(sorted)) {
      Arrays.sort(sorted, Comparator.comparing(Member::id));
    }
    this.present = sorted;
    this.routable = alive(sorted);
    this.covered = covered;
    this.rootRange = rootRangeOfSelf();
  }

  private RingView(
      long version, Id self, Arcs arcs, Member[] present, Member[] routable, IdRange covered) {
    this.version = version;
    this.self = self;
    this.arcs = arcs;
    this.present = present;
    this.routable = routable;
    this.covered = covered;
    this.rootRange = rootRangeOfSelf();
  }

  /**
   * The view after some changes, with the next version. It takes as long as it takes to copy a
   * reference for each member, and does not look at members that did not change.
   *
   * @param newArcs how the circle is cut now
   * @param newCovered the stretch of the circle in which the node knows every member now
   * @param changes how the members are now that changed, came or went; empty for those that are not
   *     present any more
   */
  public RingView next(
      Arcs newArcs, IdRange newCovered, NavigableMap<Id, Optional<Member>> changes) {
    Member[] nowPresent = changed(present, changes, member -> member.state().isPresent());
    Member[] nowRoutable =
        changed(routable, changes, member -> member.state() == MemberState.ALIVE);
    boolean allRoutable = nowRoutable.length == nowPresent.length;
    return new RingView(
        version + 1, self, newArcs, nowPresent, allRoutable ? nowPresent : nowRoutable, newCovered);
  }

  private static Member[] changed(
      Member[] before, NavigableMap<Id, Optional<Member>> changes, Predicate<Member> kept) {
    var after = new Member[before.length + changes.size()];
    int from = 0;
    int count = 0;
    for (Map.Entry<Id, Optional<Member>> change : changes.entrySet()) {
      int at = insertionPoint(before, change.getKey());
      System.arraycopy(before, from, after, count, at - from);
      count += at - from;
      from = at < before.length && before[at].id().equals(change.getKey()) ? at + 1 : at;
      Member now = change.getValue().filter(kept).orElse(null);
      if (now != null) {
        after[count++] = now;
      }
    }
    System.arraycopy(before, from, after, count, before.length - from);
    count += before.length - from;
    return count == after.length ? after : Arrays.copyOf(after, count);
  }

  private static boolean isSorted(Member[] members) {
    for (int at = 1; at < members.length; at++) {
      if (members[at - 1].id().compareTo(members[at].id()) > 0) {
        return false;
      }
    }
    return true;
  }

  private static Member[] alive(Member[] members) {
    var alive = new Member[members.length];
    int count = 0;
    for (Member member : members) {
      if (member.state() == MemberState.ALIVE) {
        alive[count++] = member;
      }
    }
    return count == members.length ? members : Arrays.copyOf(alive, count);
  }

  /** Counts the views of one node, from 0. */
  public long version() {
    return version;
  }

  /** The node whose view this is. */
  public Id self() {
    return self;
  }

  /** How the circle is cut into arcs. */
  public Arcs arcs() {
    return arcs;
  }

  /** The members present (joining, alive and suspect), in the order of the circle. */
  public List<Member> members() {
    return Collections.unmodifiableList(Arrays.asList(present));
  }

  /** The members that messages are sent to (alive), in the order of the circle. */
  public List<Member> alive() {
    return Collections.unmodifiableList(Arrays.asList(routable));
  }

  /** Whether the view holds all members, as far as its node knows. */
  public boolean isComplete() {
    return covered.isFull();
  }

  /** The stretch of the circle in which the view holds every member, as far as its node knows. */
  public IdRange covered() {
    return covered;
  }

  /** Whether the view holds every member near a point of the circle. */
  public boolean covers(Id point) {
    return covered.contains(point);
  }

  /**
   * About how many members the ring has: exactly, if the view is complete, else by how much of the
   * circle the leaf set takes.
   */
  public long sizeEstimate() {
    if (isComplete()) {
      return present.length;
    }
    long inside = 0;
    for (Member member : present) {
      inside += covered.contains(member.id()) ? 1 : 0;
    }
    double share = covered.to().minus(covered.from()).asFraction();
    return Math.max(present.length, Math.round((inside - 1) / share));
  }

  /** How many members are alive. */
  public int aliveCount() {
    return routable.length;
  }

  /** The present member with exactly this ID. */
  public Optional<Member> find(Id id) {
    return Optional.ofNullable(search(present, id));
  }

  /**
   * The member that gets the messages for an ID: the live node with this very ID, else the live
   * node closest to the centre of the ID's arc. Where the view does not cover that it is the
   * closest one known, which may know a closer one.
   *
   * @return null if no member is alive
   */
  public @Nullable Member root(Id target) {
    if (routable.length == 0) {
      return null;
    }
    Member exact = search(routable, target);
    return exact != null ? exact : closest(arcs.address(target));
  }

  /** Whether this node is the root of an ID. */
  public boolean isRoot(Id target) {
    Member root = root(target);
    return root != null && root.id().equals(self);
  }

  /**
   * Whether this node is the root of an ID although every member that it only suspects may live: a
   * suspect that is closer, or has that very ID, may still be the root and not know of the
   * suspicion (consistent routing: Castro, Costa, Rowstron, "Performance and dependability of
   * structured peer-to-peer overlays", DSN 2004, section 3.1).
   */
  public boolean isSurelyRoot(Id target) {
    if (!isRoot(target) || !covers(target.equals(self) ? target : arcs.address(target))) {
      return false;
    }
    Member exact = search(present, target);
    if (exact != null && exact.state() == MemberState.SUSPECT) {
      return false;
    }
    if (routable.length == present.length || target.equals(self)) {
      return true;
    }
    Id centre = arcs.address(target);
    int at = insertionPoint(present, centre);
    return !hasCloserSuspect(centre, at, 1) && !hasCloserSuspect(centre, at - 1, -1);
  }

  /** Walks away from a centre until the members are no closer to it than this node. */
  private boolean hasCloserSuspect(Id centre, int from, int step) {
    int at = from;
    for (int seen = 0; seen < present.length; seen++, at += step) {
      Member member = present[Math.floorMod(at, present.length)];
      if (Id.compareDistance(centre, member.id(), self) >= 0) {
        return false;
      }
      if (member.state() == MemberState.SUSPECT) {
        return true;
      }
    }
    return false;
  }

  /**
   * The live members closest to the centre of an ID's arc, the closest first.
   *
   * @param countMax how many at most
   */
  public List<Member> nearest(Id target, int countMax) {
    Id centre = arcs.address(target);
    return nearestTo(centre, routable, countMax);
  }

  /**
   * The members present closest to an ID itself on each side, the node with that ID left out: its
   * leaf set. With few members the two sides meet and each member stands once.
   *
   * @param perSide how many on each side at most
   */
  public List<Member> neighbours(Id id, int perSide) {
    int at = insertionPoint(present, id);
    boolean holdsId = at < present.length && present[at].id().equals(id);
    int others = present.length - (holdsId ? 1 : 0);
    var result = new ArrayList<Member>(Math.min(others, 2 * perSide));
    int clockwise = Math.min(perSide, others);
    for (int step = 0; step < clockwise; step++) {
      result.add(present[(at + (holdsId ? 1 : 0) + step) % present.length]);
    }
    int counterClockwise = Math.min(perSide, others - clockwise);
    for (int step = 1; step <= counterClockwise; step++) {
      result.add(present[Math.floorMod(at - step, present.length)]);
    }
    return result;
  }

  /**
   * The IDs whose messages this node gets, whole arcs; empty if the node is not alive in its own
   * view or no arc's centre is closest to it.
   */
  public Optional<IdRange> rootRange() {
    return Optional.ofNullable(rootRange);
  }

  private @Nullable IdRange rootRangeOfSelf() {
    int at = insertionPoint(routable, self);
    if (at >= routable.length || !routable[at].id().equals(self)) {
      return null;
    }
    if (routable.length == 1) {
      return IdRange.full();
    }
    Id predecessor = routable[Math.floorMod(at - 1, routable.length)].id();
    Id successor = routable[(at + 1) % routable.length].id();
    IdRange exact = IdRange.rootRange(predecessor, self, successor);
    return arcsCentredIn(exact);
  }

  /** The arcs whose centres lie in a range, as one range; null if there are none. */
  private @Nullable IdRange arcsCentredIn(IdRange exact) {
    int first = arcs.indexOf(exact.from());
    if (!exact.contains(arcs.centre(first))) {
      first = (first + 1) % arcs.count();
      if (!exact.contains(arcs.centre(first))) {
        return null;
      }
    }
    int last = arcs.indexOf(exact.to().previous());
    if (!exact.contains(arcs.centre(last))) {
      last = Math.floorMod(last - 1, arcs.count());
    }
    Id from = arcs.range(first).from();
    Id to = arcs.range(last).to();
    return from.equals(to) ? IdRange.full() : IdRange.of(from, to);
  }

  private Member closest(Id centre) {
    int at = insertionPoint(routable, centre) % routable.length;
    Member after = routable[at];
    Member before = routable[Math.floorMod(at - 1, routable.length)];
    return Id.compareDistance(centre, after.id(), before.id()) < 0 ? after : before;
  }

  private static List<Member> nearestTo(Id centre, Member[] members, int countMax) {
    int count = Math.min(countMax, members.length);
    var result = new ArrayList<Member>(count);
    if (count == 0) {
      return result;
    }
    int clockwise = insertionPoint(members, centre);
    int counterClockwise = clockwise - 1;
    while (result.size() < count) {
      Member after = members[Math.floorMod(clockwise, members.length)];
      Member before = members[Math.floorMod(counterClockwise, members.length)];
      if (Id.compareDistance(centre, after.id(), before.id()) < 0) {
        result.add(after);
        clockwise++;
      } else {
        result.add(before);
        counterClockwise--;
      }
    }
    return result;
  }

  private static @Nullable Member search(Member[] members, Id id) {
    int at = insertionPoint(members, id);
    return at < members.length && members[at].id().equals(id) ? members[at] : null;
  }

  /** The index of the first member whose ID is not below {@code id}. */
  private static int insertionPoint(Member[] members, Id id) {
    int low = 0;
    int high = members.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (members[middle].id().compareTo(id) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public String toString() {
    return "view "
        + version
        + " of "
        + self.shortString()
        + ": "
        + routable.length
        + " alive of "
        + present.length;
  }
}
