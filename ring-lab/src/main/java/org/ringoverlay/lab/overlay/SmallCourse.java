package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.ringoverlay.lab.report.Plot;
import org.ringoverlay.testkit.lookup.LookupTally;

/** A ring in which each node knows each: one hop to anywhere. */
final class SmallCourse implements Course {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final double HOPS_MAX = 1.05;

  @Override
  public void run(Burn burn) throws IOException {
    int nodes = burn.nodes(1_000);
    var rig = new Rig(burn, nodes, Map.of());
    rig.growByDoubling(nodes, nodes);
    Duration built = rig.world.elapsed();
    Duration settled = rig.settle(Duration.ofMinutes(2));
    rig.ring.checkShape(Rig.LEAVES_PER_SIDE);
    burn.figure(
        "%,d nodes joined in %.1f s of their time and agreed %.1f s later",
        nodes, built.toMillis() / 1e3, settled.toMillis() / 1e3);
    LookupTally tally = rig.lookUp(burn.lookups(100_000), 5_000, DEADLINE);
    burn.figure("%s", tally.toString().replace("\n", "\n  "));
    burn.bound(tally.lost() == 0 && tally.told() == 0, "none lost, none told to have failed");
    burn.bound(tally.wrongRoot() == 0, "none at a wrong root");
    burn.bound(
        tally.hops().mean() <= HOPS_MAX, "mean hops %.3f ≤ %.2f", tally.hops().mean(), HOPS_MAX);
    burn.plot("hops", Plot.histogram("Hops of a lookup, full table", "hops", tally.hops(), 8));
  }
}
