package org.ringoverlay.id;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A clockwise stretch of the circle: from a point, included, to a point, excluded. It may wrap past
 * zero.
 *
 * <p>There is no empty range: every range holds at least one point, and {@link #full()} holds all
 * of them. Where nothing may be left, a list of ranges is empty instead. Instances are immutable;
 * {@link #contains} allocates nothing.
 */
public final class IdRange {

  private static final IdRange FULL = new IdRange(Id.ZERO, Id.ZERO);

  private final Id from;
  private final Id to;

  private IdRange(Id from, Id to) {
    this.from = from;
    this.to = to;
  }

  /** The whole circle; its {@link #from()} and {@link #to()} are both {@link Id#ZERO}. */
  public static IdRange full() {
    return FULL;
  }

  /**
   * The points met when walking clockwise from {@code from}, included, to {@code to}, excluded.
   *
   * @throws IllegalArgumentException if both are equal: that could mean nothing or everything; the
   *     whole circle is {@link #full()}
   */
  public static IdRange of(Id from, Id to) {
    if (from.equals(to)) {
      throw new IllegalArgumentException(
          "a range from " + from + " to itself is ambiguous; the whole circle is IdRange.full()");
    }
    return new IdRange(from, to);
  }

  /**
   * The points to which {@code self} is closest, given its two neighbours on the circle, by the
   * very rule of {@link Id#compareDistance}. A node that is alone gives itself as both neighbours
   * and gets the whole circle.
   *
   * @throws IllegalArgumentException if {@code self} does not lie between the two
   */
  public static IdRange rootRange(Id predecessor, Id self, Id successor) {
    if (predecessor.equals(self) && successor.equals(self)) {
      return FULL;
    }
    boolean between =
        !predecessor.equals(self)
            && !successor.equals(self)
            && (predecessor.equals(successor) || self.within(predecessor, successor));
    if (!between) {
      throw new IllegalArgumentException(
          "clockwise, " + self + " does not lie between " + predecessor + " and " + successor);
    }
    // The point exactly halfway belongs to the counter-clockwise node of the two, so both ends lie
    // one past it.
    return new IdRange(Id.midpoint(predecessor, self).next(), Id.midpoint(self, successor).next());
  }

  /** The first point. */
  public Id from() {
    return from;
  }

  /** The first point past the end. */
  public Id to() {
    return to;
  }

  /** Whether this is the whole circle. */
  public boolean isFull() {
    return from.equals(to);
  }

  /**
   * Whether the range, not being the whole circle, holds both {@link Id#MAX} and {@link Id#ZERO}.
   */
  public boolean wraps() {
    return !isFull() && !to.equals(Id.ZERO) && from.compareTo(to) > 0;
  }

  /** Whether the point lies in the range. */
  public boolean contains(Id id) {
    return id.within(from, to);
  }

  /** Whether the two ranges share a point. */
  public boolean intersects(IdRange other) {
    return contains(other.from) || other.contains(from);
  }

  /**
   * The one range that both make together; empty if there is a gap between them on either side.
   * Ranges of which one begins where the other ends have none.
   */
  public Optional<IdRange> union(IdRange other) {
    if (isFull() || other.isFull()) {
      return Optional.of(FULL);
    }
    Id length = to.minus(from);
    Id otherBegins = other.from.minus(from);
    if (otherBegins.compareTo(length) <= 0) {
      return Optional.of(extendedBy(other));
    }
    Id begins = from.minus(other.from);
    return begins.compareTo(other.to.minus(other.from)) <= 0
        ? Optional.of(other.extendedBy(this))
        : Optional.empty();
  }

  /** The union with a range that begins within this one or at its end. */
  private IdRange extendedBy(IdRange other) {
    Id untilStart = from.minus(other.from);
    Id otherLength = other.to.minus(other.from);
    if (!untilStart.equals(Id.ZERO) && otherLength.compareTo(untilStart) >= 0) {
      return FULL;
    }
    return to.minus(from).compareTo(other.to.minus(from)) >= 0 ? this : new IdRange(from, other.to);
  }

  /**
   * What is left of this range without the other: none, one or two ranges, in clockwise order from
   * the start.
   */
  public List<IdRange> minus(IdRange other) {
    if (other.isFull()) {
      return List.of();
    }
    if (isFull()) {
      return List.of(new IdRange(other.to, other.from));
    }
    // Seen from our start every point has an offset, and we are the offsets 0 to length.
    Id length = to.minus(from);
    Id begin = min(other.from.minus(from), length);
    Id end = other.to.minus(from);
    List<IdRange> left = new ArrayList<>(2);
    if (other.from.minus(from).compareTo(end) < 0) {
      addPart(left, Id.ZERO, begin);
      addPart(left, min(end, length), length);
    } else {
      // The other one runs over our start: it takes the head up to its end, and the tail from its
      // begin.
      addPart(left, /* begin= */ end, /* end= */ begin);
    }
    return List.copyOf(left);
  }

  private void addPart(List<IdRange> parts, Id begin, Id end) {
    if (begin.compareTo(end) < 0) {
      parts.add(new IdRange(from.plus(begin), from.plus(end)));
    }
  }

  private static Id min(Id a, Id b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IdRange range && from.equals(range.from) && to.equals(range.to);
  }

  @Override
  public int hashCode() {
    return 31 * from.hashCode() + to.hashCode();
  }

  /** Both ends as 40 digits, {@code [from,to)}, or {@code [full)} for the whole circle. */
  @Override
  public String toString() {
    return isFull() ? "[full)" : "[" + from + "," + to + ")";
  }
}
