package org.ringoverlay.internal.membership;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.internal.wire.LinkMessage.Stretch;

/**
 * Where on the circle this node knows every member, which is more than to know the nearest ones:
 * when a leaf dies, the next known beyond the others may be one of the prefix table, far away, with
 * unknown members before it.
 *
 * <p>Whoever founds a ring knows all. A newcomer knows itself. From there on knowledge grows in two
 * ways. Two that are each other's nearest, and of whom neither knows anybody between them, have
 * nobody between them. And whoever is told by a node in its stretch who is around, and how far that
 * one knows everybody, knows as much. Newcomers in the stretch make themselves known; deaths leave
 * it as it is. Where a node keeps its leaf set alone the stretch ends with it. Plain state.
 */
final class Coverage {
  private final Id self;
  private IdRange range = IdRange.full();

  Coverage(Id self) {
    this.self = self;
  }

  IdRange range() {
    return range;
  }

  /** This node is new in a large ring. */
  void selfAlone() {
    range = IdRange.of(self, self.next());
  }

  /** This node has learned of all. */
  void all() {
    range = IdRange.full();
  }

  /** How far this node's word reaches. */
  Stretch told() {
    return new Stretch(range.from(), range.to());
  }

  /**
   * The nearest on a side, asked who is around this node, named nobody between; tells whether that
   * is more than was known.
   */
  boolean nobodyBefore(Id nearest, boolean clockwise) {
    Id from = clockwise ? self : nearest;
    Id to = (clockwise ? nearest : self).next();
    return widen(from.equals(to) ? IdRange.full() : IdRange.of(from, to));
  }

  /** A node near this one named all that are nearest to it; tells whether that is more. */
  @SuppressWarnings("NullAway") // a stretch from the wire may lack what the type demands
  boolean heard(@Nullable Stretch stretch) {
    return stretch != null
        && stretch.from() != null
        && stretch.to() != null
        && widen(
            stretch.from().equals(stretch.to())
                ? IdRange.full()
                : IdRange.of(stretch.from(), stretch.to()));
  }

  private boolean widen(IdRange by) {
    IdRange both = range.union(by).orElse(range);
    boolean more = !both.equals(range);
    range = both;
    return more;
  }

  /**
   * Only so many members on each side are kept from now on.
   *
   * @param members all that are known, in the order of the circle, this node at {@code own}
   */
  void cut(List<MemberTable.Known> members, int own, int perSide) {
    int size = members.size();
    if (size - 1 < perSide || (range.isFull() && size - 1 <= 2 * perSide)) {
      return;
    }
    Id last = members.get((own + perSide) % size).id();
    Id first = members.get(Math.floorMod(own - perSide, size)).id();
    boolean all = range.isFull();
    Id from = range.from();
    Id to = range.to();
    if (all || last.minus(self).compareTo(to.minus(self)) < 0) {
      to = last.next();
    }
    if (all || self.minus(first).compareTo(self.minus(from)) < 0) {
      from = first;
    }
    range = IdRange.of(from, to);
  }
}
