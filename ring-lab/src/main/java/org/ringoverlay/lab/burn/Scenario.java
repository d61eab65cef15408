package org.ringoverlay.lab.burn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.lab.records.RecordsSeed;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.Faults;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.Partition;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.lookup.LookupTally;
import org.ringoverlay.testkit.lookup.Lookups;
import org.ringoverlay.testkit.schedule.Climate;
import org.ringoverlay.testkit.schedule.Playback;
import org.ringoverlay.testkit.schedule.Schedule;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

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

  /** Nodes that leave while others ask, and that nobody may suspect for it. */
  LEAVES {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      var suspected = new ArrayList<MemberEvent>();
      SimRing ring =
          world.ring(
              9,
              plan -> {
                plan.builder().extensions(List.of());
                plan.observer(new Suspicions(suspected));
                lookups.install(plan);
              });
      ring.settle();
      var chance = Simulation.chance(world.seed(), "leaves");
      lookups.start(ring, 20 * LOOKUPS_PER_SECOND, DEADLINE, Duration.ZERO);
      for (int turn = 0; turn < 5; turn++) {
        List<Integer> running = ring.running();
        ring.beginLeave(running.get((int) chance.below(running.size())));
        ring.run(Duration.ofMillis(500 + chance.below(1_000)));
      }
      noneLostNorAtAWrongRoot(ring, lookups.finish());
      if (!suspected.isEmpty()) {
        throw world.failure("One that left was suspected: " + suspected.get(0));
      }
      holdsAfterwards(ring, lookups);
    }
  },

  /** A node that stands still until all hold it dead, and wakes in a ring that has grown. */
  AWAY {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      SimRing ring = ring(world, lookups, 8);
      int node = (int) Simulation.chance(world.seed(), "away").below(ring.size());
      ring.freeze(node);
      ring.add(6);
      ring.run(SETTLED_AGAIN.plusSeconds(1));
      ring.settle(SETTLE_MAX);
      // What matters is the moment in which it wakes and has heard of nothing yet.
      lookups.start(ring, 200 * LOOKUPS_PER_SECOND, DEADLINE, SETTLED_AGAIN);
      ring.run(Duration.ofMillis(200));
      ring.thaw(node);
      ring.run(Duration.ofSeconds(1));
      noneAtAWrongRoot(ring, lookups.finish());
      holdsAfterwards(ring, lookups);
    }
  },

  /**
   * Pairs of nodes as far from the centre of an arc as each other, in a circle that its founder cut
   * as no other node would.
   */
  MIRROR {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      Arcs arcs = Arcs.of(4);
      var chance = Simulation.chance(world.seed(), "mirror");
      var apart = new ArrayList<Id>();
      for (int pair = 0; pair < 4; pair++) {
        apart.add(Id.of(chance.nextLong() >>> Byte.SIZE, chance.nextLong(), pair + 1));
      }
      SimRing ring =
          world.ring(
              1,
              plan -> {
                plan.builder().extensions(List.of());
                if (plan.index() == 0) {
                  plan.builder().set("ring.arcs.bits", String.valueOf(arcs.bits()));
                }
                int pair = plan.index() / 2;
                Id centre = arcs.centre(4 * pair + 1);
                plan.builder()
                    .id(
                        plan.index() % 2 == 0
                            ? centre.plus(apart.get(pair))
                            : centre.minus(apart.get(pair)));
                lookups.install(plan);
              });
      ring.add(2 * apart.size() - 1);
      ring.settle();
      rootsAndRangesAgree(ring, arcs);
      holdsAfterwards(ring, lookups);
    }
  },

  /** A node that takes its time for whatever it does, and is to be left alive. */
  SLOW {
    @Override
    void run(Simulation world) {
      var deaths = new ArrayList<String>();
      SimRing ring =
          world.ring(
              20,
              plan -> {
                plan.builder().extensions(List.of());
                plan.observer(
                    new RingObserver() {
                      @Override
                      public void memberChanged(Id node, MemberEvent event) {
                        if (event.member().state() == MemberState.DEAD) {
                          deaths.add(event.member().address() + " " + event.cause());
                        }
                      }
                    });
              });
      ring.settle();
      ring.run(Duration.ofSeconds(5));
      ring.host((int) Simulation.chance(world.seed(), "slow").below(20)).slow(SLOW_EVENT);
      ring.run(Duration.ofSeconds(40));
      if (!deaths.isEmpty()) {
        throw world.failure("A slow node was held dead: " + deaths.get(0));
      }
    }
  },

  /** Nodes that do not know each other, of which some die. */
  PRUNED {
    @Override
    void run(Simulation world) {
      var lookups = new Lookups();
      SimRing ring = pruned(world, lookups);
      for (int node = 3; node < ring.size(); node += 7) {
        ring.kill(node);
      }
      ring.run(Duration.ofSeconds(30));
      ring.checkShape(FEW_PER_SIDE);
      LookupTally calm = allFindTheirRoot(ring, lookups);
      if (calm.hops().max() < 2) {
        throw world.failure("No lookup says that it took two hops, among nodes that know few.");
      }
    }
  },

  /** A ring that keeps records, and clients that read and write them. */
  RECORDS {
    @Override
    void run(Simulation world) {
      String flaw = new RecordsSeed(world).run();
      if (flaw != null) {
        throw world.failure(flaw);
      }
    }
  };

  private static final int LEAF_SET_PER_SIDE = 16;
  private static final Duration SETTLE_MAX = Duration.ofSeconds(90);

  /** How long a node that woke may be passed over. */
  private static final Duration SETTLED_AGAIN = Duration.ofSeconds(5);

  private static final Duration SLOW_EVENT = Duration.ofMillis(70);
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

  /** Nodes that each know four neighbours on each side and a few others, settled. */
  private static SimRing pruned(Simulation world, Lookups lookups) {
    SimRing ring = world.ring(1, plan -> prune(plan, lookups));
    for (int wave = 0; wave < 4; wave++) {
      ring.add(8);
    }
    ring.run(Duration.ofSeconds(30));
    ring.checkShape(FEW_PER_SIDE);
    return ring;
  }

  private static void prune(NodePlan plan, Lookups lookups) {
    plan.builder().extensions(List.of());
    plan.builder().set("ring.table.full.members.max", "0");
    plan.builder().set("ring.leafset.side", String.valueOf(FEW_PER_SIDE));
    lookups.install(plan);
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

  private static void noneLostNorAtAWrongRoot(SimRing ring, LookupTally tally) {
    noneAtAWrongRoot(ring, tally);
    if (tally.lost() > 0) {
      throw ring.simulation().failure(tally.lost() + " lookups lost: " + tally.misses().get(0));
    }
  }

  /** A node gets the messages of just that range of which it tells its services. */
  private static void rootsAndRangesAgree(SimRing ring, Arcs arcs) {
    for (int node : ring.running()) {
      RingView view = ring.node(node).view();
      for (int arc = 0; arc < arcs.count(); arc++) {
        Id centre = arcs.centre(arc);
        boolean inRange = view.rootRange().filter(range -> range.contains(centre)).isPresent();
        if (inRange != view.isRoot(centre)) {
          throw ring.simulation()
              .failure("Node " + node + " is root of arc " + arc + ", or says so, but not both.");
        }
      }
    }
  }

  private static LookupTally allFindTheirRoot(SimRing ring, Lookups lookups) {
    lookups.start(ring, 10 * LOOKUPS_PER_SECOND, DEADLINE, Duration.ZERO);
    ring.run(Duration.ofSeconds(2));
    LookupTally calm = lookups.finish();
    if (calm.delivered() != calm.judged()) {
      throw ring.simulation()
          .failure("In calm weather lookups went wrong: " + calm.misses().get(0));
    }
    return calm;
  }

  /** Writes down whom a node suspects or holds dead. */
  private record Suspicions(List<MemberEvent> found) implements RingObserver {
    @Override
    public void memberChanged(Id node, MemberEvent event) {
      MemberState state = event.member().state();
      if (state == MemberState.SUSPECT || state == MemberState.DEAD) {
        found.add(event);
      }
    }
  }
}
