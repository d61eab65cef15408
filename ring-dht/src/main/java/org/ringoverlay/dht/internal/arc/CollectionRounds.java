package org.ringoverlay.dht.internal.arc;

import java.util.TreeSet;
import org.ringoverlay.Ring;
import org.ringoverlay.error.RingException;

/**
 * Has the arcs that this node leads collect their tombstones, from time to time and few at once;
 * arcs without any are passed over. On the loop.
 */
final class CollectionRounds {
  /** Rounds in the time for which tombstones are kept. */
  private static final int ROUNDS = 4;

  private static final long KEPT_NANOS_MIN = ROUNDS * 100_000_000L;

  /** Arcs that collect at once. */
  private static final int ARCS_AT_ONCE_MAX = 32;

  private final Ring ring;
  private final Leaders leaders;
  private final long keptNanos;

  /** The arcs of this round that have not begun. */
  private final TreeSet<Integer> left = new TreeSet<>();

  private int collecting;
  private boolean turning;
  private boolean begun;

  CollectionRounds(Ring ring, Leaders leaders) {
    this.ring = ring;
    this.leaders = leaders;
    this.keptNanos = ring.settings().get(DhtSettings.TOMBSTONES_KEPT);
    if (keptNanos < KEPT_NANOS_MIN) {
      throw new RingException.InvalidInput(
          "The setting ring.dht.tombstones.kept is 400ms or more, not "
              + ring.settings().text(DhtSettings.TOMBSTONES_KEPT)
              + ".");
    }
  }

  /** Begins, once; at a time of its own, so that not all nodes collect at the same moment. */
  void begin() {
    if (!begun) {
      begun = true;
      ring.scheduler().schedule(1 + ring.randomness().below(keptNanos / ROUNDS), this::round);
    }
  }

  private void round() {
    ring.scheduler().schedule(keptNanos / ROUNDS, this::round);
    left.addAll(leaders.toCollect());
    goOn();
  }

  private void goOn() {
    if (!turning && !left.isEmpty() && collecting < ARCS_AT_ONCE_MAX) {
      // All registers of an arc are looked at: one arc in each turn of the loop.
      turning = ring.scheduler().execute(this::turn);
    }
  }

  private void turn() {
    turning = false;
    Integer arc = left.pollFirst();
    if (arc != null) {
      collecting++;
      leaders.collect(
          arc,
          keptNanos,
          () -> {
            collecting--;
            goOn();
          });
    }
    goOn();
  }
}
