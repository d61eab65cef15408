package org.ringoverlay.lab.records.real;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.lab.report.Progress;

/**
 * Faults one after the other on real nodes under load. After each, as soon as it is over, every key
 * in use must accept a write again; after all, every key is read at every node, all copies are the
 * same, and each key's history is linearizable.
 */
final class RealCourse {
  private static final int CLIENTS = 12;
  private static final Duration WRITES_MAX = Duration.ofSeconds(60);

  private final Fault.Plan plan;
  private final int nodes;
  private final long seed;
  private final Map<String, String> settings;
  private final PrintStream out;
  private final Progress progress;
  private final Map<String, List<Duration>> without = new TreeMap<>();

  RealCourse(
      Fault.Plan plan,
      int nodes,
      long seed,
      Map<String, String> settings,
      PrintStream out,
      Progress progress) {
    this.plan = plan;
    this.nodes = nodes;
    this.seed = seed;
    this.settings = Map.copyOf(settings);
    this.out = out;
    this.progress = progress;
  }

  /**
   * Runs it.
   *
   * @param directory where the nodes keep their data and what they say
   * @return what is wrong, or null
   */
  @Nullable String run(Path directory) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    try (Network network = plan.cuts() > 0 ? Network.namespaces(nodes) : Network.loopback(nodes);
        var cluster = new Cluster(network, directory, nodes, settings)) {
      progress.now(nodes + " processes start");
      cluster.begin();
      var load = new Load(cluster);
      String flaw = judged(network, cluster, load);
      if (flaw == null && !cluster.troubles().isEmpty()) {
        flaw = cluster.troubles().toString();
      }
      tell(load, begun);
      return flaw;
    }
  }

  private @Nullable String judged(Network network, Cluster cluster, Load load)
      throws InterruptedException {
    try {
      load.begin(CLIENTS, new SplittableRandom(seed));
      load.awaitWrites(WRITES_MAX);
      int number = 0;
      for (Fault fault : Fault.draw(plan, nodes, seed)) {
        progress.now(++number + " of " + plan.total() + ": " + fault);
        befall(fault, network, cluster, load);
      }
      progress.now("every key is read at every node");
      load.end();
      load.readAll();
      progress.now("all copies become the same");
      load.awaitLevel();
      load.readAll();
      progress.now("the histories are checked");
      return load.flaw();
    } catch (IOException failed) {
      load.end();
      String flaw = load.flaw();
      return failed.getMessage() + (flaw == null ? "" : "; and " + flaw);
    }
  }

  private void befall(Fault fault, Network network, Cluster cluster, Load load)
      throws IOException, InterruptedException {
    var chance = new SplittableRandom(seed ^ fault.hashCode());
    load.nextRound();
    Thread.sleep(1 + chance.nextInt(plan.awayMillisMax() / 2));
    if (fault instanceof Fault.Kill kill) {
      cluster.kill(List.of(kill.node()));
      Thread.sleep(kill.downMillis());
      cluster.restart(List.of(kill.node()));
    } else if (fault instanceof Fault.Freeze freeze) {
      cluster.freeze(freeze.node());
      Thread.sleep(freeze.millis());
      cluster.thaw(freeze.node());
    } else if (fault instanceof Fault.Cut cut) {
      for (Fault.Way way : cut.ways()) {
        network.cut(way.from(), way.to());
      }
      Thread.sleep(cut.millis());
      network.mend();
    } else if (fault instanceof Fault.Blackout blackout) {
      List<Integer> all = IntStream.range(0, nodes).boxed().toList();
      cluster.kill(all);
      Thread.sleep(blackout.downMillis());
      cluster.restart(all);
    }
    load.awaitWrites(WRITES_MAX);
    Duration longest = load.longestWithoutWrite();
    without
        .computeIfAbsent(fault.getClass().getSimpleName(), unused -> new ArrayList<>())
        .add(longest);
    progress.say(
        String.format(
            Locale.ROOT, "%s: no accepted write for %.2f s", fault, longest.toNanos() / 1e9));
  }

  private void tell(Load load, long begun) {
    out.printf(
        Locale.ROOT,
        "real-dht, seed %d: %d processes with disks, %d clients, %.0f s%n",
        seed,
        nodes,
        CLIENTS,
        (System.nanoTime() - begun) / 1e9);
    long total = load.replies().values().stream().mapToLong(Long::longValue).sum();
    out.printf(Locale.ROOT, "  %,d operations on %,d keys:%n", total, load.keyCount());
    load.replies().forEach((kind, count) -> out.printf(Locale.ROOT, "    %,9d %s%n", count, kind));
    without.forEach(
        (kind, times) -> {
          Collections.sort(times);
          out.printf(
              Locale.ROOT,
              "  %,4d × %-8s a key without an accepted write: median %.2f s, at most %.2f s%n",
              times.size(),
              kind.toLowerCase(Locale.ROOT),
              times.get(times.size() / 2).toNanos() / 1e9,
              times.get(times.size() - 1).toNanos() / 1e9);
        });
  }
}
