package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.id.Id;
import org.ringoverlay.lab.report.Plot;
import org.ringoverlay.testkit.Distances;
import org.ringoverlay.testkit.Host;
import org.ringoverlay.testkit.lookup.LookupTally;
import org.ringoverlay.view.Member;

/**
 * Nodes on a plane with pruned tables: whether those that stand in the slots become the near ones,
 * and what that spares a lookup. The lookups are the traffic that is learned from.
 */
final class NearCourse implements Course {
  private static final Duration FARTHEST = Duration.ofMillis(100);
  private static final Duration STEP = Duration.ofMinutes(2);
  private static final int STEPS = 10;
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final double PER_SECOND = 100;
  private static final int PAIRS = 100_000;

  /** How much of what could be gained over a member drawn at random is to be gained. */
  private static final double GAINED_MIN = 0.7;

  private static final double STRETCH_MAX = 2;

  /** Mean distances in milliseconds, one way. */
  private record Slots(double held, double drawn, double nearest) {
    double gained() {
      return (drawn - held) / (drawn - nearest);
    }
  }

  private Distances distances = (from, to) -> 0;

  @Override
  public void run(Burn burn) throws IOException {
    int nodes = burn.nodes(500);
    var rig = new Rig(burn, nodes, Map.of("ring.table.full.members.max", "0"));
    distances = Distances.plane(burn.seed(), FARTHEST);
    rig.world.distances(distances);
    rig.growByDoubling(nodes, nodes);
    rig.settleLeaves(Rig.LEAVES_PER_SIDE, Duration.ofMinutes(5));
    double direct = 2 * direct(rig);
    burn.figure("two nodes are %.1f ms apart and back, on average", direct);
    var minutes = new ArrayList<Double>();
    var stretches = new ArrayList<Double>();
    Slots first = slots(rig, 0);
    LookupTally tally = null;
    for (int step = 0; step <= STEPS; step++) {
      Slots rowOne = slots(rig, 0);
      Slots rowTwo = slots(rig, 1);
      rig.lookups.start(rig.ring, PER_SECOND, DEADLINE, Duration.ZERO);
      rig.run(STEP);
      tally = rig.finish(DEADLINE);
      double stretch = tally.nanos().mean() / 1e6 / direct;
      minutes.add(step * STEP.toSeconds() / 60.0);
      stretches.add(stretch);
      burn.figure(
          "minute %2d: first row %.1f ms away, second %.1f; %,d lookups, %.0f ms on average, %.2f"
              + " times as long as straight there and back",
          step * STEP.toMinutes(),
          rowOne.held(),
          rowTwo.held(),
          tally.judged(),
          tally.nanos().mean() / 1e6,
          stretch);
      burn.bound(tally.lost() + tally.told() + tally.wrongRoot() == 0, "all at their root");
    }
    Slots last = slots(rig, 0);
    burn.figure(
        "first row: %.1f ms at first, %.1f in the end; drawn at random %.1f, the nearest of all %.1f",
        first.held(), last.held(), last.drawn(), last.nearest());
    burn.bound(
        last.gained() >= GAINED_MIN,
        "%.0f %% of what there is to gain ≥ %.0f %%",
        100 * last.gained(),
        100 * GAINED_MIN);
    double stretch = stretches.get(STEPS);
    burn.bound(
        stretch <= STRETCH_MAX,
        "a lookup takes %.2f times the straight way ≤ %.0f",
        stretch,
        STRETCH_MAX);
    burn.plot(
        "stretch",
        new Plot(
                "Lookups against the straight way, " + nodes + " nodes", "minutes", "times as long")
            .line("lookups", array(minutes), array(stretches)));
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** How far apart two nodes are. */
  private double direct(Rig rig) {
    List<Integer> running = rig.ring.running();
    double sum = 0;
    for (int i = 0; i < PAIRS; i++) {
      Host one = rig.ring.host(running.get((int) rig.chance.below(running.size())));
      Host other = rig.ring.host(running.get((int) rig.chance.below(running.size())));
      sum += distances.nanos(one, other) / 1e6;
    }
    return sum / PAIRS;
  }

  /** How far away those are that stand in the slots of a row, and those that could. */
  private Slots slots(Rig rig, int row) {
    var hosts = new TreeMap<Id, Host>();
    rig.ring.running().forEach(node -> hosts.put(rig.ring.node(node).id(), rig.ring.host(node)));
    double held = 0;
    double drawn = 0;
    double nearest = 0;
    long slots = 0;
    for (int node : rig.ring.running()) {
      Id self = rig.ring.node(node).id();
      Host own = rig.ring.host(node);
      var known = new TreeMap<Integer, Double>();
      for (Member member : rig.ring.node(node).view().members()) {
        Host host = hosts.get(member.id());
        if (host != null && self.commonPrefix(member.id()) == row) {
          known.merge(member.id().digit(row), millis(own, host), Math::min);
        }
      }
      var all = new TreeMap<Integer, List<Double>>();
      hosts.forEach(
          (id, host) -> {
            if (self.commonPrefix(id) == row) {
              all.computeIfAbsent(id.digit(row), digit -> new ArrayList<>()).add(millis(own, host));
            }
          });
      for (Map.Entry<Integer, Double> slot : known.entrySet()) {
        List<Double> candidates = all.getOrDefault(slot.getKey(), List.of(slot.getValue()));
        held += slot.getValue();
        drawn += candidates.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        nearest += candidates.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        slots++;
      }
    }
    return new Slots(held / slots, drawn / slots, nearest / slots);
  }

  private double millis(Host from, Host to) {
    return distances.nanos(from, to) / 1e6;
  }
}
