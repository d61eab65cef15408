package org.ringoverlay.lab.burn;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.testkit.Faults;
import org.ringoverlay.testkit.Partition;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.lookup.LookupTally;
import org.ringoverlay.testkit.lookup.Lookups;
import org.ringoverlay.testkit.schedule.Climate;
import org.ringoverlay.testkit.schedule.Playback;
import org.ringoverlay.testkit.schedule.Schedule;

/**
 * A ring, what befalls it, and what must hold: the invariants at every moment, and afterwards one
 * ring of the right shape in which each lookup finds its root.
 */
public enum Scenario {
  /** A minute of loss, repeats and broken connections, with requests all the while. */
  WEATHER {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      SimRing ring = ring(world, lookups, 5);
      world.faults(
          Faults.none().withLoss(0.1).withDuplication(0.05).withReordering(0.05).withReset(0.002));
      lookups.start(ring, LOOKUPS_PER_SECOND, DEADLINE, Duration.ZERO);
      ring.run(Duration.ofMinutes(1));
      lookups.finish();
      world.faults(Faults.none());
      holdsAfterwards(ring, lookups);
    }
  },

  /** A schedule with everything in it. */
  STORM {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      SimRing ring = ring(world, lookups, 6);
      Playback playback = Schedule.draw(world.seed(), Climate.of(6)).playOn(ring);
      lookups.start(ring, LOOKUPS_PER_SECOND, DEADLINE, Duration.ZERO);
      playback.finish();
      lookups.finish();
      holdsAfterwards(ring, lookups);
    }
  },

  /** A ring of eight cut into two for a minute. */
  SPLIT {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      SimRing ring = ring(world, lookups, 8);
      Partition halves = ring.partition(0, 2, 4, 6);
      ring.run(Duration.ofMinutes(1));
      halves.heal();
      holdsAfterwards(ring, lookups);
    }
  };

  private static final int LEAF_SET_PER_SIDE = 16;
  private static final Duration SETTLE_MAX = Duration.ofSeconds(90);

  private static final int LOOKUPS_PER_SECOND = 20;
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  abstract void run(Simulation world);

  /** The scenario of a name, in lower case. */
  public static Scenario named(String name) {
    return Arrays.stream(values())
        .filter(scenario -> scenario.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no scenario '"
                        + name
                        + "', only "
                        + Arrays.stream(values())
                            .map(Scenario::toString)
                            .collect(Collectors.joining(", "))));
  }

  /** Runs one seed: what is wrong, in a line, or null. */
  public @Nullable String failure(long seed) {
    try {
      run(Simulation.of(seed));
      return null;
    } catch (AssertionError | RuntimeException failed) {
      return String.valueOf(failed.getMessage()).lines().findFirst().orElse("no message");
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Nodes of which every second keeps its identity on its disk, settled. */
  private static SimRing ring(Simulation world, Lookups lookups, int nodes) {
    SimRing ring =
        world.ring(
            nodes,
            plan -> {
              // The overlay alone: what stands on it has burns of its own.
              plan.builder().extensions(List.of());
              lookups.install(plan);
              if (plan.index() % 2 == 0) {
                plan.durable();
              }
            });
    ring.settle();
    return ring;
  }

  /** What must hold once all faults are over. */
  private static void holdsAfterwards(SimRing ring, Lookups lookups) {
    ring.settle(SETTLE_MAX);
    // What was believed in bad weather may still travel, and is refuted within seconds.
    ring.run(Duration.ofSeconds(5));
    ring.settle(SETTLE_MAX);
    ring.checkShape(LEAF_SET_PER_SIDE);
    lookups.start(ring, 10 * LOOKUPS_PER_SECOND, DEADLINE, Duration.ZERO);
    ring.run(Duration.ofSeconds(2));
    LookupTally calm = lookups.finish();
    if (calm.delivered() != calm.judged()) {
      throw ring.simulation()
          .failure("In calm weather lookups went wrong: " + calm.misses().get(0));
    }
  }
}
