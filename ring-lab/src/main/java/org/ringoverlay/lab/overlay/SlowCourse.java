package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ringoverlay.lab.report.Plot;
import org.ringoverlay.testkit.Simulation;

/**
 * Nodes that live and take a hundred times as long as the others for whatever they do: who is
 * declared dead though it runs, in the ring and in a plain SWIM with the same clocks. Each turn of
 * a node's eye to dead counts, whoever told it.
 */
final class SlowCourse implements Course {
  private static final Duration WATCHED = Duration.ofMinutes(2);
  private static final int FACTOR = 100;
  private static final int OF = 20;
  private static final double RATIO_MAX = 0.01;

  /** What an event of a quick node costs, in microseconds; on a slow one a hundred times that. */
  private static final List<Integer> EVENT_MICROS = List.of(50, 100, 200, 400, 800);

  /** As the ring's detector: accused after 0.8 s of silence, a second to refute. */
  private static final Swim.Limits SAME_CLOCKS =
      new Swim.Limits(
          Duration.ofMillis(800).toNanos(),
          Duration.ofMillis(250).toNanos(),
          Duration.ofSeconds(1).toNanos(),
          3);

  @Override
  public void run(Burn burn) throws IOException {
    int nodes = burn.nodes(200);
    var xs = new double[EVENT_MICROS.size()];
    var ours = new double[xs.length];
    var theirs = new double[xs.length];
    long all = 0;
    long allOfSwim = 0;
    for (int i = 0; i < xs.length; i++) {
      Duration perEvent = Duration.ofNanos(EVENT_MICROS.get(i) * 1_000L * FACTOR);
      long deaths = inTheRing(burn, nodes, perEvent);
      long ofSwim = inSwim(burn, nodes, perEvent);
      burn.figure(
          "%3d of %d nodes take %5.1f ms an event: %,8d false deaths, SWIM %,8d",
          nodes / OF, nodes, perEvent.toNanos() / 1e6, deaths, ofSwim);
      xs[i] = perEvent.toNanos() / 1e6;
      ours[i] = deaths;
      theirs[i] = ofSwim;
      all += deaths;
      allOfSwim += ofSwim;
    }
    burn.bound(
        all <= RATIO_MAX * allOfSwim,
        "%,d false deaths, SWIM %,d: %.3f %% ≤ %.0f %%",
        all,
        allOfSwim,
        allOfSwim == 0 ? 0 : 100.0 * all / allOfSwim,
        100 * RATIO_MAX);
    burn.plot(
        "false-deaths",
        new Plot(
                "Living nodes declared dead in two minutes, one in twenty slowed",
                "milliseconds that a slow node takes for an event",
                "declarations")
            .logX()
            .line("ring", xs, ours)
            .line("plain SWIM", xs, theirs));
  }

  private static long inTheRing(Burn burn, int nodes, Duration perEvent) {
    var rig = new Rig(burn, nodes, Map.of());
    rig.growByDoubling(nodes, nodes);
    rig.settle(Duration.ofMinutes(2));
    rig.draw(nodes / OF).forEach(node -> rig.ring.host(node).slow(perEvent));
    long before = rig.falseDeaths();
    rig.run(WATCHED);
    return rig.falseDeaths() - before;
  }

  private static long inSwim(Burn burn, int nodes, Duration perEvent) {
    Simulation world = Simulation.of(burn.seed()).eventsMax(Long.MAX_VALUE / 2);
    var deaths = new long[1];
    for (int member = 0; member < nodes; member++) {
      new Swim(world, member, nodes, SAME_CLOCKS, dead -> deaths[0]++);
    }
    world.run(Duration.ofSeconds(10));
    var chance = Simulation.chance(burn.seed(), "slow");
    var left = new ArrayList<Integer>();
    for (int member = 0; member < nodes; member++) {
      left.add(member);
    }
    for (int i = 0; i < nodes / OF; i++) {
      int member = left.remove((int) chance.below(left.size()));
      world.host(Swim.name(member)).slow(perEvent);
    }
    long before = deaths[0];
    world.run(WATCHED);
    return deaths[0] - before;
  }
}
