package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;

/**
 * Knows which node is the root of an ID, because it sees all of them at once.
 *
 * <p>Those count that run, are ready and are not frozen, on the deliverer's side of all partitions.
 * The root is the one whose ID is the target, else the one closest to the centre of the target's
 * arc. What any node believes does not matter.
 */
public final class RootOracle {
  private final SimRing ring;
  private final long graceNanos;
  private List<Place> circle = List.of();
  private Arcs arcs = Arcs.standard();
  private int epoch = -1;

  private record Place(Id id, int index) {}

  RootOracle(SimRing ring, Duration grace) {
    this.ring = ring;
    this.graceNanos = grace.toNanos();
  }

  /** The root of an ID among all nodes that count, whatever is cut; empty if none counts. */
  public Optional<Integer> rootOf(Id target) {
    return nodes().stream()
        .filter(place -> ring.counts(place.index()))
        .reduce((one, other) -> closer(target, other.id(), one.id()) ? other : one)
        .map(Place::index);
  }

  /**
   * Whether a message to an ID may be delivered at a node now.
   *
   * @param deliverer the node's index in the ring
   * @param self its ID
   * @return the node that should have got it: closer to the target, within reach, and one that has
   *     counted for the whole grace; empty if there is none
   */
  public Optional<Integer> closerThan(int deliverer, Id self, Id target) {
    List<Place> places = nodes();
    int size = places.size();
    int start = firstFrom(centre(target));
    // The nearest that counts on each side of the centre, and the one with the very ID, are all
    // that can be closer.
    var candidates = new ArrayList<Place>();
    nearest(deliverer, start, 1).ifPresent(candidates::add);
    nearest(deliverer, start + size - 1, -1).ifPresent(candidates::add);
    int exact = firstFrom(target);
    if (exact < size && places.get(exact).id().equals(target)) {
      candidates.add(places.get(exact));
    }
    return candidates.stream()
        .filter(place -> place.index() != deliverer && ought(deliverer, place.index()))
        .filter(place -> closer(target, place.id(), self))
        .reduce((one, other) -> closer(target, other.id(), one.id()) ? other : one)
        .map(Place::index);
  }

  /** The first on the way around, in a direction, that ought to have been known. */
  private Optional<Place> nearest(int deliverer, int start, int direction) {
    int size = circle.size();
    for (int step = 0; step < size; step++) {
      Place place = circle.get(Math.floorMod(start + direction * step, size));
      if (place.index() == deliverer || ought(deliverer, place.index())) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }

  /** Whether a node counts for a deliverer, and has done so for the whole grace. */
  private boolean ought(int deliverer, int index) {
    return ring.counts(index)
        && ring.steadyNanos(index) >= graceNanos
        && ring.isReachable(deliverer, index);
  }

  /** Whether one node is closer than another, by the rule of roots. */
  private boolean closer(Id target, Id one, Id other) {
    if (one.equals(other) || other.equals(target)) {
      return false;
    }
    return one.equals(target) || Id.compareDistance(centre(target), one, other) < 0;
  }

  private Id centre(Id target) {
    return arcs.address(target);
  }

  /** The nodes that ever became ready and are not known to be down, in the order of the circle. */
  private List<Place> nodes() {
    if (epoch != ring.epoch()) {
      epoch = ring.epoch();
      var places = new ArrayList<Place>();
      ring.joined().forEach(index -> places.add(new Place(ring.node(index).id(), index)));
      places.sort(Comparator.comparing(Place::id));
      circle = places;
      if (!places.isEmpty()) {
        arcs = ring.node(places.get(0).index()).view().arcs();
      }
    }
    return circle;
  }

  private int firstFrom(Id id) {
    int low = 0;
    int high = circle.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (circle.get(middle).id().compareTo(id) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
