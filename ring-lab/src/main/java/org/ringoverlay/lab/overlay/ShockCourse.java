package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.lookup.LookupTally;
import org.ringoverlay.testkit.lookup.Outcome;

/**
 * A fifth of the nodes gone at one moment, with lookups all the while whose askers wait a second:
 * so a lookup that is lost shows that its place was dark when it was asked.
 */
final class ShockCourse implements Course {
  private static final Duration DEADLINE = Duration.ofSeconds(1);
  private static final Duration CALM = Duration.ofSeconds(5);
  private static final Duration WATCHED = Duration.ofSeconds(30);
  private static final int OF = 5;

  private final Shock shock;

  /** What happens to them. */
  enum Shock {
    KILL,
    FREEZE
  }

  ShockCourse(Shock shock) {
    this.shock = shock;
  }

  @Override
  public void run(Burn burn) throws IOException {
    int nodes = burn.nodes(200);
    var rig = new Rig(burn, nodes, Map.of());
    rig.growByDoubling(nodes, nodes);
    rig.settle(Duration.ofMinutes(2));
    var struck = new TreeSet<>(rig.draw(nodes / OF));
    double perSecond = burn.lookups(70_000) / (double) CALM.plus(WATCHED).toSeconds();
    rig.lookups.start(rig.ring, perSecond, DEADLINE, Duration.ZERO);
    rig.run(CALM);
    var ids = new ArrayList<Id>();
    for (int node = 0; node < nodes; node++) {
      ids.add(rig.ring.node(node).id());
    }
    Circle before = Circle.of(ids, rig.ring.node(0).view().arcs());
    var gone = new TreeSet<Id>();
    struck.forEach(node -> gone.add(ids.get(node)));
    long at = rig.world.elapsed().toMillis();
    for (int node : struck) {
      if (shock == Shock.KILL) {
        rig.ring.kill(node);
      } else {
        rig.ring.freeze(node);
      }
    }
    rig.run(WATCHED);
    LookupTally tally = rig.finish(DEADLINE);
    judge(burn, tally, before, gone, at);
    burn.figure("nodes agree %s", rig.ring.isSettled() ? "again" : "NOT yet");
    rig.ring.checkShape(Rig.LEAVES_PER_SIDE);
  }

  private static void judge(Burn burn, LookupTally tally, Circle before, Set<Id> gone, long at)
      throws IOException {
    burn.figure("%s", tally.toString().replace("\n", "\n  "));
    var darkness = new Darkness(burn);
    for (LookupTally.Miss miss : tally.misses()) {
      if (miss.outcome() != Outcome.WRONG_ROOT) {
        darkness.failed(
            miss.askedMillis() - at,
            gone.contains(before.rootOf(miss.target())),
            miss + ", " + miss.why());
      }
    }
    darkness.judge(gone.size());
    burn.bound(tally.wrongRoot() == 0, "%,d at a wrong root", tally.wrongRoot());
  }
}
