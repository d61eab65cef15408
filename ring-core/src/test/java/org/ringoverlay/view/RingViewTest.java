package org.ringoverlay.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;

class RingViewTest {
  private static final int RUNS = 400;
  private static final List<MemberState> STATES = List.of(MemberState.values());

  private static Member member(Id id, MemberState state) {
    return new Member(id, 1, "127.0.0.1:1", "", Map.of(), List.of(), state);
  }

  private static Id anywhere(Random random) {
    return Id.of(random.nextLong(), random.nextLong(), random.nextInt());
  }

  /** IDs spread over the circle, or huddled together, or around its zero. */
  private static Id place(Random random, int manner) {
    return switch (manner) {
      case 0 -> anywhere(random);
      case 1 -> Id.of(0x7FFF_FFFF_0000_0000L + random.nextInt(64), random.nextLong(), 7);
      default -> Id.of(random.nextInt(64) - 32L, random.nextLong(), 7);
    };
  }

  @Test
  void theNextViewIsTheOneThatAllMembersTogetherWouldMake() {
    for (int seed = 0; seed < RUNS; seed++) {
      var random = new Random(seed);
      Id self = anywhere(random);
      var members = new TreeMap<Id, Member>();
      RingView view = new RingView(0, self, Arcs.standard(), List.of());
      for (int step = 0; step < 20; step++) {
        var changes = new TreeMap<Id, Optional<Member>>();
        for (int i = random.nextInt(6); i > 0; i--) {
          List<Id> known = new ArrayList<>(members.keySet());
          boolean fresh = known.isEmpty() || random.nextBoolean();
          Id id = fresh ? place(random, seed % 3) : known.get(random.nextInt(known.size()));
          MemberState state = STATES.get(random.nextInt(STATES.size()));
          Optional<Member> now =
              random.nextInt(4) == 0 ? Optional.empty() : Optional.of(member(id, state));
          changes.put(id, now);
          members.remove(id);
          now.filter(member -> member.state().isPresent())
              .ifPresent(member -> members.put(id, member));
        }
        view = view.next(view.arcs(), IdRange.full(), changes);
        var whole = new RingView(step + 1, self, view.arcs(), members.values());
        assertThat(view.version()).isEqualTo(step + 1);
        assertThat(view.members()).isEqualTo(whole.members());
        assertThat(view.alive()).isEqualTo(whole.alive());
        assertThat(view.rootRange()).isEqualTo(whole.rootRange());
      }
    }
  }

  private record Case(RingView view, List<Member> members, Random random, String name) {
    Id target() {
      return switch (random.nextInt(4)) {
        case 0 -> anywhere(random);
        case 1 -> members.get(random.nextInt(members.size())).id();
        case 2 -> members.get(random.nextInt(members.size())).id().next();
        default -> Id.of(random.nextInt(4) - 2L, 0, 0);
      };
    }
  }

  private static Case draw(int seed, boolean aliveAlone) {
    var random = new Random(seed);
    int[] sizes = {1, 2, 3, 4, 5, 17, 40};
    int[] arcBits = {0, 1, 2, 4, 12, 20};
    int size = sizes[random.nextInt(sizes.length)];
    int bits = arcBits[random.nextInt(arcBits.length)];
    int manner = random.nextInt(3);
    var members = new TreeMap<Id, Member>();
    while (members.size() < size) {
      Id id = place(random, manner);
      MemberState state =
          aliveAlone || random.nextInt(3) > 0
              ? MemberState.ALIVE
              : random.nextBoolean() ? MemberState.SUSPECT : MemberState.JOINING;
      members.put(id, member(id, state));
    }
    var shuffled = new ArrayList<>(members.values());
    Collections.shuffle(shuffled, random);
    Id self = shuffled.get(0).id();
    return new Case(
        new RingView(seed, self, Arcs.of(bits), shuffled),
        List.copyOf(members.values()),
        random,
        "seed " + seed + ", " + size + " members, " + bits + " arc bits");
  }

  private static List<Member> byDistance(List<Member> members, Id centre) {
    return members.stream()
        .filter(member -> member.state() == MemberState.ALIVE)
        .sorted(Comparator.comparing(Member::id, (a, b) -> Id.compareDistance(centre, a, b)))
        .toList();
  }

  private static Member rootByForce(Case drawn, Id target) {
    for (Member member : drawn.members()) {
      if (member.state() == MemberState.ALIVE && member.id().equals(target)) {
        return member;
      }
    }
    List<Member> sorted = byDistance(drawn.members(), drawn.view().arcs().address(target));
    return sorted.isEmpty() ? null : sorted.get(0);
  }

  @Test
  void rootIsTheLiveMemberClosestToTheCentreOfTheArcUnlessTheTargetIsANode() {
    for (int seed = 0; seed < RUNS; seed++) {
      Case drawn = draw(seed, false);
      for (int i = 0; i < 20; i++) {
        Id target = drawn.target();
        Member expected = rootByForce(drawn, target);
        assertThat(drawn.view().root(target)).as(drawn.name()).isEqualTo(expected);
        assertThat(drawn.view().isRoot(target))
            .as(drawn.name())
            .isEqualTo(expected != null && expected.id().equals(drawn.view().self()));
      }
    }
  }

  @Test
  void aRootIsSureWhenNoSuspectIsCloser() {
    int unsure = 0;
    for (int seed = 0; seed < RUNS; seed++) {
      Case drawn = draw(seed, false);
      var mayLive = new ArrayList<Member>();
      for (Member member : drawn.members()) {
        if (member.state() != MemberState.JOINING) {
          mayLive.add(member(member.id(), MemberState.ALIVE));
        }
      }
      for (int i = 0; i < 20; i++) {
        Id target = drawn.target();
        Case ifAllLive = new Case(drawn.view(), mayLive, drawn.random(), drawn.name());
        Member closest = rootByForce(ifAllLive, target);
        boolean sure =
            drawn.view().isRoot(target)
                && closest != null
                && closest.id().equals(drawn.view().self());
        assertThat(drawn.view().isSurelyRoot(target)).as(drawn.name()).isEqualTo(sure);
        unsure += drawn.view().isRoot(target) && !sure ? 1 : 0;
      }
    }
    assertThat(unsure).as("cases in which the two differ").isGreaterThan(50);
  }

  @Test
  void nearestAreTheClosestLiveMembersInOrder() {
    for (int seed = 0; seed < RUNS; seed++) {
      Case drawn = draw(seed, false);
      Id target = drawn.target();
      List<Member> sorted = byDistance(drawn.members(), drawn.view().arcs().address(target));
      for (int count : new int[] {0, 1, 2, 3, 100}) {
        assertThat(drawn.view().nearest(target, count))
            .as(drawn.name())
            .isEqualTo(sorted.subList(0, Math.min(count, sorted.size())));
      }
    }
  }

  @Test
  void neighboursAreTheNextOnBothSidesEachOnce() {
    for (int seed = 0; seed < RUNS; seed++) {
      Case drawn = draw(seed, false);
      Id id = drawn.target();
      var clockwise = new ArrayList<>(drawn.members());
      clockwise.removeIf(member -> member.id().equals(id));
      clockwise.sort(Comparator.comparing(member -> member.id().minus(id)));
      for (int perSide : new int[] {0, 1, 2, 16}) {
        var expected = new LinkedHashSet<Member>();
        int side = Math.min(perSide, clockwise.size());
        expected.addAll(clockwise.subList(0, side));
        expected.addAll(clockwise.subList(clockwise.size() - side, clockwise.size()));
        List<Member> neighbours = drawn.view().neighbours(id, perSide);
        assertThat(neighbours).as(drawn.name()).doesNotHaveDuplicates();
        assertThat(neighbours).as(drawn.name()).containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }

  @Test
  void rootRangeHoldsExactlyTheArcsWhoseRootTheNodeIs() {
    for (int seed = 0; seed < RUNS; seed++) {
      Case drawn = draw(seed, seed % 2 == 0);
      Arcs arcs = drawn.view().arcs();
      Optional<IdRange> range = drawn.view().rootRange();
      int step = Math.max(1, arcs.count() / 512);
      int first = drawn.random().nextInt(step);
      for (int arc = first; arc < arcs.count(); arc += step) {
        Member root = drawn.view().root(arcs.centre(arc));
        boolean mine = root != null && root.id().equals(drawn.view().self());
        boolean said = range.isPresent() && range.get().contains(arcs.centre(arc));
        assertThat(said).as("%s, arc %d of %s", drawn.name(), arc, range).isEqualTo(mine);
        assertThat(range.isPresent() && range.get().contains(arcs.range(arc).from()))
            .as("whole arcs")
            .isEqualTo(said);
      }
    }
  }

  @Test
  void rootRangesOfAllMembersPartTheCircle() {
    for (int seed = 0; seed < 60; seed++) {
      Case drawn = draw(seed, true);
      Arcs arcs = drawn.view().arcs();
      var ranges = new ArrayList<IdRange>();
      for (Member member : drawn.members()) {
        new RingView(1, member.id(), arcs, drawn.members()).rootRange().ifPresent(ranges::add);
      }
      for (int i = 0; i < 50; i++) {
        Id key = anywhere(drawn.random());
        assertThat(ranges.stream().filter(range -> range.contains(key)).count())
            .as(drawn.name())
            .isEqualTo(1);
      }
    }
  }

  @Test
  void aloneMemberIsRootOfEverything() {
    Id self = Id.of("alone");
    var view = new RingView(1, self, Arcs.standard(), List.of(member(self, MemberState.ALIVE)));
    assertThat(view.rootRange()).contains(IdRange.full());
    assertThat(view.isRoot(Id.ZERO)).isTrue();
    assertThat(view.isRoot(Id.MAX)).isTrue();
    assertThat(view.neighbours(self, 16)).isEmpty();
  }

  @Test
  void moreMembersThanArcsLeavesSomeWithoutARange() {
    var members = new ArrayList<Member>();
    for (int i = 0; i < 9; i++) {
      members.add(member(Id.of("node " + i), MemberState.ALIVE));
    }
    long withRange =
        members.stream()
            .filter(
                member -> new RingView(1, member.id(), Arcs.of(1), members).rootRange().isPresent())
            .count();
    assertThat(withRange).isBetween(1L, 2L);
    for (Member member : members) {
      assertThat(new RingView(1, members.get(0).id(), Arcs.of(1), members).root(member.id()))
          .as("a target that equals a node's ID goes to that node")
          .isEqualTo(member);
    }
  }

  @Test
  void suspectAndJoiningMembersAreRootOfNothing() {
    Id self = Id.of("self");
    for (MemberState state : List.of(MemberState.SUSPECT, MemberState.JOINING)) {
      Id other = Id.of("other");
      var view =
          new RingView(
              1,
              self,
              Arcs.standard(),
              List.of(member(self, MemberState.ALIVE), member(other, state)));
      assertThat(view.root(other).id()).isEqualTo(self);
      assertThat(view.aliveCount()).isEqualTo(1);
      assertThat(view.members()).hasSize(2);
      assertThat(view.find(other)).isPresent();
      var theirs = new RingView(1, other, Arcs.standard(), view.members());
      assertThat(theirs.rootRange()).isEmpty();
      assertThat(theirs.isRoot(other)).isFalse();
    }
  }

  @Test
  void emptyViewHasNoRoot() {
    var view = new RingView(0, Id.of("self"), Arcs.standard(), List.of());
    assertThat(view.root(Id.ZERO)).isNull();
    assertThat(view.isRoot(Id.ZERO)).isFalse();
    assertThat(view.nearest(Id.ZERO, 3)).isEmpty();
    assertThat(view.neighbours(Id.ZERO, 3)).isEmpty();
    assertThat(view.rootRange()).isEmpty();
  }
}
