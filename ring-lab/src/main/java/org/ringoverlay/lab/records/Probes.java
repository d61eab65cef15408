package org.ringoverlay.lab.records;

import java.time.Duration;
import java.util.List;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.DiskFate;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.schedule.Incident;
import org.ringoverlay.testkit.schedule.Schedule;

/**
 * Asks where an old value would be shown, if one ever is: a node that was just cut off, or wakes,
 * is read at, while others are written at, and whoever is about to lose its power is written at.
 */
final class Probes {
  private static final int TIMES = 9;
  private static final Duration APART = Duration.ofMillis(110);

  private final SimRing ring;
  private final Clients clients;
  private final Randomness chance;

  Probes(SimRing ring, Clients clients) {
    this.ring = ring;
    this.clients = clients;
    this.chance = Simulation.chance(ring.simulation().seed(), "probes");
  }

  /** Follows a schedule that is played from now on. */
  void follow(Schedule schedule) {
    for (Schedule.Timed timed : schedule.incidents()) {
      if (timed.incident() instanceof Incident.Cut cut) {
        after(timed.atMillis(), cut.from());
      } else if (timed.incident() instanceof Incident.Freeze freeze) {
        after(timed.atMillis() + freeze.forMillis(), freeze.nodes());
      } else if (timed.incident() instanceof Incident.Crash crash
          && crash.disk() != DiskFate.KEPT) {
        before(timed.atMillis(), crash.nodes());
      }
    }
  }

  private void after(long atMillis, List<Integer> struck) {
    int one = struck.get((int) chance.below(struck.size()));
    Duration at = Duration.ofMillis(atMillis);
    for (int time = 0; time < TIMES; time++) {
      at = at.plus(APART.minusMillis(chance.below(100)));
      boolean writes = time % 3 == 0;
      ring.simulation()
          .after(
              at,
              () -> {
                if (writes) {
                  elsewhere(struck);
                }
                clients.readAt(one);
              });
    }
  }

  /** What is written when the power fails is what a disk may not have. */
  private void before(long atMillis, List<Integer> struck) {
    int one = struck.get((int) chance.below(struck.size()));
    Duration at = Duration.ofMillis(Math.max(0, atMillis - 5 - chance.below(100)));
    ring.simulation().after(at, () -> clients.writeAt(one));
  }

  private void elsewhere(List<Integer> struck) {
    List<Integer> others = ring.running().stream().filter(node -> !struck.contains(node)).toList();
    if (!others.isEmpty()) {
      clients.writeAt(others.get((int) chance.below(others.size())));
    }
  }
}
