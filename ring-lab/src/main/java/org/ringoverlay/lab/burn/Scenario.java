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
  },

  /** Nodes that stand still for long enough to be suspected, and never to be held dead. */
  FROZEN {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      SimRing ring = ring(world, lookups, 8);
      var chance = Simulation.chance(world.seed(), "frozen");
      lookups.start(ring, 20 * LOOKUPS_PER_SECOND, DEADLINE, Duration.ZERO);
      for (int turn = 0; turn < 6; turn++) {
        int node = (int) chance.below(ring.size());
        ring.freeze(node);
        ring.run(Duration.ofMillis(900 + chance.below(500)));
        ring.thaw(node);
        ring.run(Duration.ofSeconds(3));
      }
      noneAtAWrongRoot(ring, lookups.finish());
      holdsAfterwards(ring, lookups);
    }
  },

  /** Nodes that join many at once, with lookups that must find each from its first moment on. */
  GROWTH {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      SimRing ring = ring(world, lookups, 3);
      lookups.start(ring, 20 * LOOKUPS_PER_SECOND, DEADLINE, Duration.ZERO);
      for (int wave = 0; wave < 3; wave++) {
        ring.add(6);
        ring.run(Duration.ofMillis(500));
      }
      noneAtAWrongRoot(ring, lookups.finish());
      holdsAfterwards(ring, lookups);
    }
  },

  /** Nodes that do not know each other, of which some die. */
  PRUNED {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      SimRing ring =
          world.ring(
              1,
              plan -> {
                plan.builder().extensions(List.of());
                plan.builder().set("ring.table.full.members.max", "0");
                plan.builder().set("ring.leafset.side", String.valueOf(FEW_PER_SIDE));
                lookups.install(plan);
              });
      for (int wave = 0; wave < 4; wave++) {
        ring.add(8);
      }
      ring.run(Duration.ofSeconds(30));
      ring.checkShape(FEW_PER_SIDE);
      for (int node = 3; node < ring.size(); node += 7) {
        ring.kill(node);
      }
      ring.run(Duration.ofSeconds(30));
      ring.checkShape(FEW_PER_SIDE);
      allFindTheirRoot(ring, lookups);
    }
  };

  private static final int LEAF_SET_PER_SIDE = 16;
  private static final Duration SETTLE_MAX = Duration.ofSeconds(90);

  private static final int FEW_PER_SIDE = 4;
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
    allFindTheirRoot(ring, lookups);
  }

  private static void noneAtAWrongRoot(SimRing ring, LookupTally tally) {
    if (tally.wrongRoot() > 0) {
      throw ring.simulation()
          .failure(tally.wrongRoot() + " lookups at a wrong root: " + tally.misses().get(0));
    }
  }

  private static void allFindTheirRoot(SimRing ring, Lookups lookups) {
    lookups.start(ring, 10 * LOOKUPS_PER_SECOND, DEADLINE, Duration.ZERO);
    ring.run(Duration.ofSeconds(2));
    LookupTally calm = lookups.finish();
    if (calm.delivered() != calm.judged()) {
      throw ring.simulation()
          .failure("In calm weather lookups went wrong: " + calm.misses().get(0));
    }
  }
}
