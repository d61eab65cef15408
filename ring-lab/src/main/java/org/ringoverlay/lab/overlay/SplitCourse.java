package org.ringoverlay.lab.overlay;

import java.time.Duration;
import java.util.Map;
import org.ringoverlay.testkit.Partition;
import org.ringoverlay.testkit.lookup.LookupTally;

/** Two halves that cannot hear each other, and how long they take to be one ring again. */
final class SplitCourse implements Course {
  private static final Duration CUT = Duration.ofMinutes(5);
  private static final Duration HEALED_MAX = Duration.ofSeconds(30);
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @Override
  public void run(Burn burn) {
    int nodes = burn.nodes(100);
    var rig = new Rig(burn, nodes, Map.of());
    rig.growByDoubling(nodes, nodes);
    rig.settle(Duration.ofMinutes(2));
    Partition halves = rig.ring.partition(rig.draw(nodes / 2).toArray(Integer[]::new));
    rig.run(CUT);
    burn.figure("the halves agree, each on its own: %s", rig.ring.isSettled() ? "yes" : "no");
    halves.heal();
    Duration healed = rig.settle(Duration.ofMinutes(5));
    rig.ring.checkShape(Rig.LEAVES_PER_SIDE);
    burn.bound(
        healed.compareTo(HEALED_MAX) <= 0,
        "%,d nodes are one ring %.1f s after the cut of %d s healed ≤ %d s",
        nodes,
        healed.toMillis() / 1e3,
        CUT.toSeconds(),
        HEALED_MAX.toSeconds());
    LookupTally tally = rig.lookUp(burn.lookups(10_000), 1_000, DEADLINE);
    burn.bound(
        tally.delivered() == tally.judged(),
        "%,d lookups afterwards, all at their root",
        tally.judged());
  }
}
