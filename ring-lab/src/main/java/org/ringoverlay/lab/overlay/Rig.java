package org.ringoverlay.lab.overlay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Ring;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.Host;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.lookup.LookupTally;
import org.ringoverlay.testkit.lookup.Lookups;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberEvent;
import org.ringoverlay.view.MemberState;
import org.ringoverlay.view.RingView;

/**
 * A simulated ring with its load of lookups and its counters, that says how far it is.
 *
 * <p>Past {@value #WATCHED_NODES_MAX} nodes the invariants that compare all views after every event
 * are left to the end of each step: the oracle judges every delivery all the same.
 */
final class Rig {
  static final int LEAVES_PER_SIDE = 16;
  private static final int WATCHED_NODES_MAX = 50;
  private static final String INVARIANTS = "ringtest.invariants";
  private static final Duration STEP = Duration.ofMillis(100);
  private static final Duration READY_MAX = Duration.ofMinutes(2);

  final Simulation world;
  final SimRing ring;
  final Lookups lookups = new Lookups();
  final FrameCounts frames = new FrameCounts();
  final Randomness chance;
  private final Burn burn;
  private long falseDeaths;

  /**
   * Makes a world without nodes.
   *
   * @param settings of every node
   */
  Rig(Burn burn, int nodesMax, Map<String, String> settings) {
    this.burn = burn;
    if (System.getProperty(INVARIANTS) == null && nodesMax > WATCHED_NODES_MAX) {
      System.setProperty(INVARIANTS, "quiet");
      this.world = Simulation.of(burn.seed());
      System.clearProperty(INVARIANTS);
    } else {
      this.world = Simulation.of(burn.seed());
    }
    world.eventsMax(Long.MAX_VALUE / 2).replay(burn.replay());
    this.chance = Simulation.chance(burn.seed(), "burn");
    this.ring = world.ring(0, plan -> prepare(plan, settings));
    world.watchFrames(frames);
  }

  private void prepare(NodePlan plan, Map<String, String> settings) {
    // The overlay alone: what stands on it would be measured with it.
    plan.builder().extensions(List.of());
    settings.forEach(plan.builder()::set);
    lookups.install(plan);
    plan.observer(new Deaths());
  }

  /** Lets nodes join, so many at once, until all are ready. */
  void grow(int count, int atOnce) {
    for (int left = count; left > 0; left -= atOnce) {
      var starting = new ArrayList<CompletionStage<Ring>>();
      for (int i = 0; i < Math.min(left, atOnce); i++) {
        starting.add(ring.beginAdding());
      }
      await(starting);
    }
  }

  /** Doubles the ring with each wave, as soon as the wave before is ready. */
  void growByDoubling(int nodes, int atOnceMax) {
    grow(1, 1);
    while (ring.running().size() < nodes) {
      int size = ring.running().size();
      grow(Math.min(Math.min(size, atOnceMax), nodes - size), atOnceMax);
    }
  }

  private void await(List<CompletionStage<Ring>> starting) {
    Duration end = world.elapsed().plus(READY_MAX);
    var left = new ArrayList<>(starting);
    while (!left.isEmpty()) {
      if (world.elapsed().compareTo(end) > 0) {
        throw world.failure(left.size() + " nodes were not ready within " + READY_MAX + ".");
      }
      step(STEP);
      left.removeIf(
          stage -> {
            var future = stage.toCompletableFuture();
            if (future.isCompletedExceptionally()) {
              future.join();
            }
            return future.isDone();
          });
    }
  }

  /** Lets time pass. */
  void run(Duration time) {
    Duration end = world.elapsed().plus(time);
    while (world.elapsed().compareTo(end) < 0) {
      Duration left = end.minus(world.elapsed());
      step(left.compareTo(STEP) < 0 ? left : STEP);
    }
  }

  private void step(Duration time) {
    world.run(time);
    burn.progress()
        .now(
            String.format(
                Locale.ROOT,
                "%.1f s of the ring's time, %,d nodes, %,d frames",
                world.elapsed().toMillis() / 1e3,
                ring.running().size(),
                world.framesSent()));
  }

  /**
   * Runs until all nodes see each other alive and nobody else.
   *
   * @return how long it took
   */
  Duration settle(Duration longest) {
    Duration begin = world.elapsed();
    while (!ring.isSettled()) {
      if (world.elapsed().minus(begin).compareTo(longest) >= 0) {
        throw world.failure("The nodes did not agree within " + longest + ".");
      }
      step(STEP);
    }
    return world.elapsed().minus(begin);
  }

  /** Runs until each node's leaf set is the true one. */
  Duration settleLeaves(int perSide, Duration longest) {
    Duration begin = world.elapsed();
    int wrong = wrongLeafSets(perSide);
    while (wrong > 0) {
      if (world.elapsed().minus(begin).compareTo(longest) >= 0) {
        throw world.failure(wrong + " leaf sets are wrong after " + longest + ".");
      }
      step(STEP);
      wrong = wrongLeafSets(perSide);
    }
    return world.elapsed().minus(begin);
  }

  private int wrongLeafSets(int perSide) {
    var circle = new TreeMap<Id, RingView>();
    for (int node : ring.running()) {
      circle.put(ring.node(node).id(), ring.node(node).view());
    }
    var ids = new ArrayList<>(circle.keySet());
    int wrong = 0;
    for (int at = 0; at < ids.size(); at++) {
      RingView view = circle.get(ids.get(at));
      List<Member> known = view == null ? List.of() : view.neighbours(ids.get(at), perSide);
      for (int step = 1; step <= perSide && step < ids.size() / 2; step++) {
        Id before = ids.get(Math.floorMod(at - step, ids.size()));
        Id after = ids.get((at + step) % ids.size());
        if (known.size() < 2 * step
            || !known.get(step - 1).id().equals(after)
            || !known.get(known.size() / 2 + step - 1).id().equals(before)) {
          wrong++;
          break;
        }
      }
    }
    return wrong;
  }

  /** Looks up for about as many lookups as are wanted, and waits for the last. */
  LookupTally lookUp(long count, double perSecond, Duration deadline) {
    lookups.start(ring, perSecond, deadline, Duration.ZERO);
    while (asked() < count) {
      step(STEP);
    }
    return finish(deadline);
  }

  /** How many lookups were asked since they began. */
  long asked() {
    LookupTally so = lookups.tally();
    return so.judged() + so.abandoned() + so.open();
  }

  /** Stops the lookups and counts. */
  LookupTally finish(Duration deadline) {
    lookups.stop();
    run(deadline);
    return lookups.finish();
  }

  /** Some of the running nodes, without repeats. */
  List<Integer> draw(int count) {
    var left = new ArrayList<>(ring.running());
    var drawn = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      drawn.add(left.remove((int) chance.below(left.size())));
    }
    return drawn;
  }

  /** How often a node saw another dead that ran. */
  long falseDeaths() {
    return falseDeaths;
  }

  /** Prints what was sent, by sort, for each node and second. */
  void printFrames(double nodeSeconds) {
    frames
        .bySort()
        .forEach(
            each ->
                burn.figure(
                    "%-12s %10.4f messages %12.2f bytes a node and second",
                    each.getKey(),
                    each.getValue().frames() / nodeSeconds,
                    each.getValue().bytes() / nodeSeconds));
  }

  /** Counts each time a node sees another dead that runs. */
  private final class Deaths implements org.ringoverlay.spi.RingObserver {
    @Override
    public void memberChanged(Id node, MemberEvent event) {
      if (event.member().state() == MemberState.DEAD && runs(event.member())) {
        falseDeaths++;
      }
    }

    private boolean runs(Member member) {
      String address = member.address();
      Host host = world.host(address.substring(0, address.indexOf(':')));
      return host.isUp() && ring.indexOf(member.id()) >= 0;
    }
  }
}
