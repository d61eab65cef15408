package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.ringoverlay.lab.report.Plot;
import org.ringoverlay.testkit.Faults;
import org.ringoverlay.testkit.lookup.LookupTally;

/**
 * Nodes that stay for an hour (the median) and are followed by others, in a net that loses frames:
 * what becomes of lookups, and what it costs to keep the tables.
 *
 * <p>The costs are counted while nobody looks anything up, since each first request to a node opens
 * a connection to it, which is no cost of membership. Nor is the building of the ring: it rests
 * until the connections that it took have been closed.
 */
final class ChurnCourse implements Course {
  private static final Duration SESSION = Duration.ofHours(1);
  private static final Duration COUNTED = Duration.ofMinutes(3);

  /** By then the connections that were opened while the ring was built, and not used since, end. */
  private static final Duration RESTED = Duration.ofMinutes(9);

  private static final Duration WARM = Duration.ofSeconds(30);
  private static final Duration LOOKED_UP = Duration.ofMinutes(10);
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final double LOSS = 0.05;
  private static final double BOUND_MAX = 1e-5;
  private static final double MESSAGES_MAX = 0.5;

  /** What membership cost, for each node and second. */
  private record Cost(double beats, double messages, double bytes, double beatBytes) {}

  @Override
  public void run(Burn burn) throws IOException {
    int nodes = burn.nodes(1_000);
    Rig rig = ring(burn, nodes);
    var churn = new Churn(rig, SESSION);
    Cost cost = cost(rig, churn, true);
    burn.bound(
        cost.messages() <= MESSAGES_MAX,
        "%.3f messages and %.1f bytes a node and second beyond beats ≤ %.1f messages;"
            + " beats: %.2f messages, %.1f bytes",
        cost.messages(),
        cost.bytes(),
        MESSAGES_MAX,
        cost.beats(),
        cost.beatBytes());
    long count = burn.lookups(310_000);
    LookupTally tally = lookUp(rig, churn, count);
    burn.figure("%s", tally.toString().replace("\n", "\n  "));
    burn.figure(
        "%,d nodes ended their session, %,d came, %.1f min of the ring's time",
        churn.ended(), churn.came(), rig.world.elapsed().toSeconds() / 60.0);
    tally.misses().stream().limit(5).forEach(miss -> burn.figure("%s", miss));
    burn.bound(
        tally.lostUpperBound() < BOUND_MAX,
        "95 %% upper bound of lost %.2g < %.0e",
        tally.lostUpperBound(),
        BOUND_MAX);
    burn.bound(
        tally.wrongRootUpperBound() < BOUND_MAX,
        "95 %% upper bound of wrongly rooted %.2g < %.0e",
        tally.wrongRootUpperBound(),
        BOUND_MAX);
    plotDelays(burn, tally);
    growth(burn, nodes);
  }

  private static void plotDelays(Burn burn, LookupTally tally) throws IOException {
    if (tally.nanos().count() > 0) {
      burn.plot(
          "delay",
          Plot.cdf("How long a lookup took, 5 % of all frames lost", "milliseconds")
              .logX()
              .distribution("all lookups", tally.nanos(), 1e6));
    }
  }

  private static Rig ring(Burn burn, int nodes) {
    var rig = new Rig(burn, nodes, Map.of());
    rig.growByDoubling(nodes, nodes);
    rig.settle(Duration.ofMinutes(2));
    rig.run(RESTED);
    rig.world.faults(Faults.none().withLoss(LOSS));
    rig.run(WARM);
    return rig;
  }

  private static LookupTally lookUp(Rig rig, Churn churn, long count) {
    rig.lookups.start(rig.ring, count / (double) LOOKED_UP.toSeconds(), DEADLINE, Duration.ZERO);
    while (rig.asked() < count) {
      churn.run(Duration.ofSeconds(1));
    }
    return rig.finish(DEADLINE);
  }

  private static Cost cost(Rig rig, Churn churn, boolean print) {
    churn.run(WARM);
    rig.frames.clear();
    int before = rig.ring.running().size();
    churn.run(COUNTED);
    double nodeSeconds = before * (double) COUNTED.toSeconds();
    if (print) {
      rig.printFrames(nodeSeconds);
    }
    FrameCounts.Count beats = rig.frames.beats();
    FrameCounts.Count rest = rig.frames.maintenance();
    return new Cost(
        beats.frames() / nodeSeconds,
        rest.frames() / nodeSeconds,
        rest.bytes() / nodeSeconds,
        beats.bytes() / nodeSeconds);
  }

  /** How the cost grows with the ring, and with how short the sessions are. */
  private static void growth(Burn burn, int nodes) throws IOException {
    var bySize = new TreeMap<Integer, Cost>();
    for (int size = Math.max(4, nodes / 16); size <= nodes; size *= 2) {
      Rig rig = ring(burn, size);
      bySize.put(size, cost(rig, new Churn(rig, SESSION), false));
      print(burn, size + " nodes, sessions of 60 min", bySize.get(size));
    }
    var bySession = new TreeMap<Integer, Cost>();
    int few = Math.max(4, nodes / 4);
    for (int minutes = 120; minutes >= 4; minutes /= 2) {
      Rig rig = ring(burn, few);
      bySession.put(minutes, cost(rig, new Churn(rig, Duration.ofMinutes(minutes)), false));
      print(burn, few + " nodes, sessions of " + minutes + " min", bySession.get(minutes));
    }
    burn.plot(
        "by-size",
        plot("nodes", "Upkeep by the size of the ring, one-hour sessions", bySize)
            .bound("0.5, held to at 1,000 nodes", MESSAGES_MAX));
    burn.plot(
        "by-session",
        plot(
            "minutes that half of all nodes stay",
            "Upkeep by how long nodes stay, " + few + " nodes",
            bySession));
  }

  private static void print(Burn burn, String what, Cost cost) {
    burn.figure(
        "%-36s %8.3f messages %10.1f bytes a node and second beyond beats",
        what, cost.messages(), cost.bytes());
  }

  private static Plot plot(String xLabel, String title, Map<Integer, Cost> costs) {
    double[] xs = costs.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
    return new Plot(title, xLabel, "messages a node and second beyond beats")
        .logX()
        .line("messages", xs, costs.values().stream().mapToDouble(Cost::messages).toArray());
  }
}
