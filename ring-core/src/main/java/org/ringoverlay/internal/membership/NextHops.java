package org.ringoverlay.internal.membership;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/** Where messages go next, by a view and a prefix table. Pure. */
final class NextHops {
  /** How much of this node's own reach another's has almost surely. */
  private static final double LIKELY_REACH = 0.75;

  private final Id self;
  private final PrefixTable prefixes;

  NextHops(Id self, PrefixTable prefixes) {
    this.self = self;
    this.prefixes = prefixes;
  }

  /**
   * Where a message to a place goes next: to its root if the leaf set knows it, else to a member
   * that shares a longer prefix with it, else to the closest one known (Rowstron, Druschel,
   * Middleware 2001, section 2.3). This node itself if none is closer.
   *
   * <p>Beyond the paper: a member that shares no longer prefix but is so close that its leaf set
   * should hold the root goes before one that does. Each step so leads to a longer prefix, or to as
   * long a one and closer, and no message goes in a circle.
   *
   * @param exact whether only the node with that very ID may get it
   * @param avoided members to go around where there is another way
   * @return null if there is nobody to send to
   */
  @Nullable Id next(RingView view, Id target, boolean exact, Predicate<Id> avoided) {
    if (target.equals(self) || view.find(target).isPresent()) {
      Member found = exact ? null : view.root(target);
      return exact ? target : found == null ? null : found.id();
    }
    Id place = exact ? target : view.arcs().address(target);
    if (view.covers(place)) {
      Member root = exact ? null : view.root(target);
      return root == null ? null : root.id();
    }
    int shared = self.commonPrefix(place);
    Id near = closest(view, place, shared, avoided);
    if (near != null && near.commonPrefix(place) >= shared && isWithinLeaves(view, place, near)) {
      return near;
    }
    Id slot = prefixes.at(shared, place.digit(shared));
    if (slot != null && isAlive(view, slot) && !avoided.test(slot)) {
      return slot;
    }
    Id any = near != null ? near : closest(view, place, shared, nobody -> false);
    boolean here = any == null && !exact && isAlive(view, self);
    return here ? self : any;
  }

  /** Whether a member's leaf set probably reaches a place, if it reaches as far as this node's. */
  private boolean isWithinLeaves(RingView view, Id place, Id near) {
    IdRange covered = view.covered();
    double reach = covered.to().minus(self).asFraction() + self.minus(covered.from()).asFraction();
    double clockwise = place.minus(near).asFraction();
    return Math.min(clockwise, 1 - clockwise) < LIKELY_REACH * reach / 2;
  }

  private static boolean isAlive(RingView view, Id id) {
    return view.find(id).filter(member -> member.state() == MemberState.ALIVE).isPresent();
  }

  /** No member for the next digit: the closest with as long a prefix, else the closest of all. */
  private @Nullable Id closest(RingView view, Id place, int shared, Predicate<Id> avoided) {
    Id best = null;
    boolean bestShares = false;
    for (Member member : view.alive()) {
      Id id = member.id();
      if (id.equals(self) || Id.compareDistance(place, id, self) >= 0 || avoided.test(id)) {
        continue;
      }
      boolean shares = id.commonPrefix(place) >= shared;
      if (best == null
          || (shares && !bestShares)
          || (shares == bestShares && Id.compareDistance(place, id, best) < 0)) {
        best = id;
        bestShares = shares;
      }
    }
    return best;
  }
}
