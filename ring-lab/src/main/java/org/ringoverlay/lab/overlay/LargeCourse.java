package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.ObjectName;
import org.ringoverlay.lab.report.Plot;
import org.ringoverlay.testkit.lookup.LookupTally;

/**
 * A ring in which each node knows its leaf set and its prefix table alone, built by real joins: how
 * many hops a lookup makes, and what the nodes cost.
 *
 * <p>Built within one process, the nodes' beats are most of the work, so they beat every two
 * seconds here instead of every quarter: a setting of each node, as a ring of this size on real
 * machines might have it.
 */
final class LargeCourse implements Course {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration AGREE_MAX = Duration.ofMinutes(5);
  private static final double HOPS_MAX = 3.1;
  private static final double CPU_SECONDS_MAX = 60;
  private static final double HEAP_BYTES_MAX = 20 * 1024;
  private static final double NODES_OF_BOUNDS = 10_000;
  private static final int HISTOGRAM_LINES = 28;
  private static final int JOIN_AT_ONCE_MAX = 1_000;

  /** Connections that no neighbour needs close soon, so that a ring at rest is what is measured. */
  private static final Map<String, String> SETTINGS =
      Map.of("ring.table.full.members.max", "0", "ring.link.idle", "1s");

  private static final Duration REST = Duration.ofSeconds(15);

  @Override
  public void run(Burn burn) throws IOException {
    int nodes = burn.nodes((int) NODES_OF_BOUNDS);
    var settings = new TreeMap<>(SETTINGS);
    long heapBefore = heapAfterCollection();
    var rig = new Rig(burn, nodes, settings);
    long cpuBefore = cpuNanos();
    rig.growByDoubling(nodes, JOIN_AT_ONCE_MAX);
    double joined = (cpuNanos() - cpuBefore) / 1e9;
    Duration ready = rig.world.elapsed();
    Duration settled = rig.settleLeaves(Rig.LEAVES_PER_SIDE, AGREE_MAX);
    double cpu = (cpuNanos() - cpuBefore) / 1e9;
    burn.figure("settings of each node: %s", settings);
    burn.figure(
        "%,d nodes joined in %.1f s of their time, and all leaf sets were true %.1f s later;"
            + " %,d frames, %,d bytes",
        nodes,
        ready.toMillis() / 1e3,
        settled.toMillis() / 1e3,
        rig.world.framesSent(),
        rig.world.bytesSent());
    rig.frames
        .bySort()
        .forEach(
            each ->
                burn.figure(
                    "%-12s %,12d frames %,15d bytes",
                    each.getKey(), each.getValue().frames(), each.getValue().bytes()));
    burn.figure("%.1f s of CPU until all had joined", joined);
    burn.bound(cpu <= CPU_SECONDS_MAX, "built in %.1f s of CPU ≤ %.0f s", cpu, CPU_SECONDS_MAX);
    rig.run(REST);
    double heap = (heapAfterCollection() - heapBefore) / (double) nodes;
    burn.bound(
        heap <= HEAP_BYTES_MAX,
        "%,.0f bytes of heap a node, the simulator's own among them, ≤ %,.0f",
        heap,
        HEAP_BYTES_MAX);
    burn.figure("the heap by class, its largest:%n%s", histogram());
    LookupTally tally = rig.lookUp(burn.lookups(100_000), 10_000, DEADLINE);
    burn.figure("%s", tally.toString().replace("\n", "\n  "));
    burn.bound(tally.lost() == 0 && tally.told() == 0, "none lost, none told to have failed");
    burn.bound(tally.wrongRoot() == 0, "none at a wrong root");
    burn.bound(
        tally.hops().mean() <= HOPS_MAX, "mean hops %.3f ≤ %.2f", tally.hops().mean(), HOPS_MAX);
    burn.plot("hops", Plot.histogram("Hops of a lookup, pruned tables", "hops", tally.hops(), 12));
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long heapAfterCollection() {
    var memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      memory.gc();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private static String histogram() {
    try {
      Object all =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      return String.valueOf(all)
          .lines()
          .limit(HISTOGRAM_LINES)
          .reduce("", (text, line) -> text + "  " + line + "\n");
    } catch (JMException unavailable) {
      return "not to be had: " + unavailable.getMessage();
    }
  }
}
