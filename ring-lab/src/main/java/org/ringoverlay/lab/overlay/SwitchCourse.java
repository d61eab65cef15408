package org.ringoverlay.lab.overlay;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.ringoverlay.testkit.lookup.LookupTally;

/**
 * A ring that grows past the number up to which all know all, and shrinks below half of it, with
 * lookups all the while. The nodes keep four neighbours on each side, so that a pruned table is a
 * small part of the ring.
 */
final class SwitchCourse implements Course {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration LEARNED_MAX = Duration.ofMinutes(3);
  private static final int PER_SIDE = 4;
  private static final int WAVES = 8;

  @Override
  public void run(Burn burn) {
    int nodes = burn.nodes(160);
    int limit = nodes * 4 / 5;
    var rig =
        new Rig(
            burn,
            nodes,
            Map.of(
                "ring.table.full.members.max", String.valueOf(limit),
                "ring.leafset.side", String.valueOf(PER_SIDE)));
    int begin = limit / 2;
    rig.growByDoubling(begin, begin);
    rig.settle(LEARNED_MAX);
    double perSecond = Math.max(20, burn.lookups(20_000) / 200.0);
    rig.lookups.start(rig.ring, perSecond, DEADLINE, Duration.ZERO);
    rig.run(Duration.ofSeconds(5));
    int wave = Math.max(1, (nodes - begin) / WAVES);
    while (rig.ring.running().size() < nodes) {
      rig.grow(Math.min(wave, nodes - rig.ring.running().size()), wave);
      rig.run(Duration.ofSeconds(3));
    }
    Duration pruned = rig.settleLeaves(PER_SIDE, LEARNED_MAX);
    burn.figure(
        "grown from %,d to %,d nodes over the limit of %,d; leaf sets true %.1f s later",
        begin, nodes, limit, pruned.toMillis() / 1e3);
    long complete = completeViews(rig);
    burn.bound(complete == 0, "%,d of %,d nodes hold a table of all", complete, nodes);
    rig.run(Duration.ofSeconds(30));
    int few = limit / 4;
    while (rig.ring.running().size() > few) {
      List<Integer> going = rig.draw(Math.min(wave, rig.ring.running().size() - few));
      for (int node : going) {
        rig.ring.beginLeave(node);
      }
      rig.run(Duration.ofSeconds(6));
    }
    Duration learned = rig.settle(LEARNED_MAX);
    complete = completeViews(rig);
    burn.bound(
        complete == few,
        "shrunk to %,d nodes: %,d hold a table of all, the last learned it %.1f s after the last left",
        few,
        complete,
        learned.toMillis() / 1e3);
    LookupTally tally = rig.finish(DEADLINE);
    burn.figure("%s", tally.toString().replace("\n", "\n  "));
    burn.bound(tally.lost() == 0, "%,d lost, %,d told to have failed", tally.lost(), tally.told());
    burn.bound(tally.wrongRoot() == 0, "%,d at a wrong root", tally.wrongRoot());
    tally.misses().stream().limit(3).forEach(miss -> burn.figure("%s", miss));
  }

  private static long completeViews(Rig rig) {
    return rig.ring.running().stream()
        .filter(node -> rig.ring.node(node).view().isComplete())
        .count();
  }
}
