package org.ringoverlay.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IdRangeTest {

  private static final long SEED = 20_260_302L;
  private static final int ROUNDS = 5_000;

  @Test
  void itsStartBelongsToItAndItsEndDoesNot() {
    IdRange range = IdRange.of(Id.of("a"), Id.of("b"));
    assertThat(range.contains(range.from())).isTrue();
    assertThat(range.contains(range.to())).isFalse();
    assertThat(range.contains(range.to().previous())).isTrue();
    assertThat(range.contains(range.from().previous())).isFalse();
  }

  @Test
  void aRangeFromAPointToItselfIsRefusedAsAmbiguous() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IdRange.of(Id.MAX, Id.MAX))
        .withMessageContaining("IdRange.full()");
  }

  @Test
  void theFullCircleHoldsEverything() {
    assertThat(IdRange.full().isFull()).isTrue();
    assertThat(IdRange.full().wraps()).isFalse();
    for (Id id : List.of(Id.ZERO, Id.MAX, Id.of("x"))) {
      assertThat(IdRange.full().contains(id)).isTrue();
    }
    assertThat(IdRange.full()).hasToString("[full)");
  }

  @Test
  void wrapsOnlyWhenItPassesZero() {
    assertThat(IdRange.of(Id.MAX, Id.ZERO.next()).wraps()).isTrue();
    assertThat(IdRange.of(Id.MAX, Id.ZERO).wraps()).isFalse();
    assertThat(IdRange.of(Id.ZERO, Id.MAX).wraps()).isFalse();
  }

  @Test
  void anIdIsInARootRangeExactlyWhenThatNodeIsClosest() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      List<Id> nodes = nodes(random, 1 + random.nextInt(6));
      List<IdRange> ranges = new ArrayList<>();
      for (int i = 0; i < nodes.size(); i++) {
        Id predecessor = nodes.get((i + nodes.size() - 1) % nodes.size());
        Id successor = nodes.get((i + 1) % nodes.size());
        ranges.add(IdRange.rootRange(predecessor, nodes.get(i), successor));
      }
      for (Id target : targets(random, nodes, ranges)) {
        Id closest = nodes.stream().min((a, b) -> Id.compareDistance(target, a, b)).orElseThrow();
        for (int i = 0; i < nodes.size(); i++) {
          assertThat(ranges.get(i).contains(target))
              .as("seed %d, round %d: %s of %s, target %s", SEED, round, ranges, nodes, target)
              .isEqualTo(nodes.get(i).equals(closest));
        }
      }
    }
  }

  @Test
  void aNodeThatIsNotBetweenItsNeighboursHasNoRootRange() {
    Id a = Id.of(1, 0, 0);
    Id b = Id.of(2, 0, 0);
    Id c = Id.of(3, 0, 0);
    assertThatIllegalArgumentException().isThrownBy(() -> IdRange.rootRange(c, b, a));
    assertThatIllegalArgumentException().isThrownBy(() -> IdRange.rootRange(a, a, b));
    assertThatIllegalArgumentException().isThrownBy(() -> IdRange.rootRange(a, b, b));
  }

  @Test
  void minusLeavesExactlyWhatIsInOneAndNotInTheOther() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      IdRange one = range(random, null);
      IdRange other = range(random, one);
      List<IdRange> left = one.minus(other);
      assertThat(left).hasSizeLessThanOrEqualTo(2);
      boolean shared = false;
      for (Id id : targets(random, List.of(), List.of(one, other))) {
        long holders = left.stream().filter(range -> range.contains(id)).count();
        boolean expected = one.contains(id) && !other.contains(id);
        shared |= one.contains(id) && other.contains(id);
        assertThat(holders)
            .as("seed %d, round %d: %s minus %s at %s: %s", SEED, round, one, other, id, left)
            .isEqualTo(expected ? 1 : 0);
      }
      // The ends are among the points looked at, and two ranges that meet share an end's point.
      assertThat(one.intersects(other))
          .as("seed %d, round %d: %s and %s", SEED, round, one, other)
          .isEqualTo(shared)
          .isEqualTo(other.intersects(one));
    }
  }

  @Test
  void minusTheWholeCircleLeavesNothing() {
    assertThat(IdRange.full().minus(IdRange.full())).isEmpty();
    IdRange range = IdRange.of(Id.of("a"), Id.of("b"));
    assertThat(range.minus(range)).isEmpty();
    assertThat(range.minus(IdRange.full())).isEmpty();
    assertThat(IdRange.full().minus(range)).containsExactly(IdRange.of(range.to(), range.from()));
  }

  private static List<Id> nodes(SplittableRandom random, int count) {
    TreeSet<Id> nodes = new TreeSet<>();
    Id around = Ids.any(random);
    while (nodes.size() < count) {
      nodes.add(random.nextBoolean() ? Ids.any(random) : Ids.near(random, around));
    }
    return List.copyOf(nodes);
  }

  private static IdRange range(SplittableRandom random, @Nullable IdRange other) {
    if (random.nextInt(20) == 0) {
      return IdRange.full();
    }
    Id from = other != null && random.nextInt(4) == 0 ? other.from() : Ids.any(random);
    Id to = other != null && random.nextInt(4) == 0 ? other.to() : Ids.near(random, from);
    return from.equals(to) ? IdRange.full() : IdRange.of(from, to);
  }

  /**
   * The ends of the ranges and the points next to them, the nodes, the points opposite, and some at
   * random.
   */
  private static List<Id> targets(SplittableRandom random, List<Id> nodes, List<IdRange> ranges) {
    List<Id> targets = new ArrayList<>(nodes);
    for (Id node : nodes) {
      targets.add(node.plus(Id.of(Long.MIN_VALUE, 0, 0)));
    }
    for (IdRange range : ranges) {
      for (Id end : List.of(range.from(), range.to())) {
        targets.add(end);
        targets.add(end.next());
        targets.add(end.previous());
      }
      targets.add(Id.midpoint(range.from(), range.to()));
    }
    for (int i = 0; i < 4; i++) {
      targets.add(Ids.any(random));
    }
    return targets;
  }

  @Test
  void theUnionOfTwoRangesHoldsWhatEitherHoldsOrThereIsAGap() {
    var random = new java.util.Random(11);
    int gaps = 0;
    int whole = 0;
    for (int run = 0; run < 20_000; run++) {
      IdRange one = drawn(random);
      IdRange other = drawn(random);
      var union = one.union(other);
      assertThat(other.union(one)).as("%s %s", one, other).isEqualTo(union);
      boolean gap = union.isEmpty();
      gaps += gap ? 1 : 0;
      whole += !gap && union.get().isFull() ? 1 : 0;
      boolean anyOutside = false;
      for (int point = 0; point < 32; point++) {
        Id id = Id.of((long) point << 59, 0, 0);
        boolean inside = one.contains(id) || other.contains(id);
        anyOutside |= !inside;
        if (!gap) {
          assertThat(union.get().contains(id)).as("%s %s %s", one, other, id).isEqualTo(inside);
        }
      }
      if (!anyOutside) {
        assertThat(union).as("%s %s", one, other).contains(IdRange.full());
      }
    }
    assertThat(gaps).isBetween(1_000, 19_000);
    assertThat(whole).isBetween(1_000, 19_000);
  }

  /** Between two of 32 points, so that ends often meet. */
  private static IdRange drawn(java.util.Random random) {
    long from = random.nextInt(32);
    long to = random.nextInt(32);
    return from == to ? IdRange.full() : IdRange.of(Id.of(from << 59, 0, 0), Id.of(to << 59, 0, 0));
  }
}
