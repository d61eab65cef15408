package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ringoverlay.id.Id;
import org.ringoverlay.lab.report.Plot;
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
  private static final long DARK_MAX_MILLIS = 5_000;
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
    Roots before = Roots.of(rig, nodes);
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
    judge(burn, tally, before, struck, at);
    burn.figure("nodes agree %s", rig.ring.isSettled() ? "again" : "NOT yet");
    rig.ring.checkShape(Rig.LEAVES_PER_SIDE);
  }

  private void judge(Burn burn, LookupTally tally, Roots before, Set<Integer> struck, long at)
      throws IOException {
    burn.figure("%s", tally.toString().replace("\n", "\n  "));
    long elsewhere = 0;
    long last = 0;
    var perTenth = new TreeMap<Long, Integer>();
    for (LookupTally.Miss miss : tally.misses()) {
      boolean toTheDead = before.of(miss.target()).filter(struck::contains).isPresent();
      if (miss.outcome() != Outcome.WRONG_ROOT) {
        if (!toTheDead) {
          elsewhere++;
          if (elsewhere <= 3) {
            burn.figure("elsewhere: %+,d ms, %s, %s", miss.askedMillis() - at, miss, miss.why());
          }
        }
        last = Math.max(last, miss.askedMillis() - at);
        perTenth.merge((miss.askedMillis() - at) / 100, 1, Integer::sum);
      }
    }
    burn.bound(
        elsewhere == 0,
        "of %,d lost and %,d told to have failed, %,d were not toward an arc of the %d nodes",
        tally.lost(),
        tally.told(),
        elsewhere,
        struck.size());
    burn.bound(
        last < DARK_MAX_MILLIS,
        "the last that failed was asked %,d ms after, < %,d ms",
        last,
        DARK_MAX_MILLIS);
    burn.bound(tally.wrongRoot() == 0, "%,d at a wrong root", tally.wrongRoot());
    if (!perTenth.isEmpty()) {
      var xs = new double[(int) (DARK_MAX_MILLIS / 100)];
      var ys = new double[xs.length];
      for (int i = 0; i < xs.length; i++) {
        xs[i] = i / 10.0;
        ys[i] = perTenth.getOrDefault((long) i, 0);
      }
      burn.plot(
          "failed",
          new Plot(
                  "Lookups that failed within a second, by when they were asked",
                  "seconds after a fifth of the nodes was gone",
                  "lookups in a tenth of a second")
              .line("lost or told", xs, ys));
    }
  }

  /** Which node was whose root at a moment. */
  private record Roots(TreeMap<Id, Integer> circle, Rig rig) {
    static Roots of(Rig rig, int nodes) {
      var circle = new TreeMap<Id, Integer>();
      for (int node = 0; node < nodes; node++) {
        circle.put(rig.ring.node(node).id(), node);
      }
      return new Roots(circle, rig);
    }

    Optional<Integer> of(Id target) {
      Id place = rig.ring.node(0).view().arcs().address(target);
      return List.copyOf(circle.keySet()).stream()
          .reduce((one, other) -> Id.compareDistance(place, other, one) < 0 ? other : one)
          .map(circle::get);
    }
  }
}
