package org.ringoverlay.lab;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Measures a load: its rate, the CPU of the whole process and what it allocates, per operation.
 *
 * <p>The CPU holds everything that the process does meanwhile, collector and compiler too.
 */
final class Meter {
  private Meter() {}

  /** Something that can be run for a while. */
  interface Load {
    /**
     * Runs for so long, with the number of outstanding operations it was made for. Blocks.
     *
     * @return how many operations ended
     */
    long run(long nanos) throws InterruptedException;
  }

  /**
   * What was measured.
   *
   * @param perSecond operations in a second
   * @param cpuMicros CPU of an operation in microseconds, all threads together
   * @param bytesAllocated bytes that an operation allocated, all threads that still live together
   */
  record Reading(double perSecond, double cpuMicros, double bytesAllocated) {
    /** Prints a line of the table. */
    void print(PrintStream out, String what) {
      out.printf(
          Locale.ROOT,
          "%-24s %,12.0f %13.2f %,18.0f%n",
          what,
          perSecond,
          cpuMicros,
          bytesAllocated);
    }
  }

  static Reading measure(Load load, int seconds) throws InterruptedException {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long allocatedBefore = allocated();
    long cpuBefore = system.getProcessCpuTime();
    long begun = System.nanoTime();
    long operations = load.run(seconds * 1_000_000_000L);
    long took = System.nanoTime() - begun;
    long cpu = system.getProcessCpuTime() - cpuBefore;
    long allocated = allocated() - allocatedBefore;
    return new Reading(
        operations * 1e9 / took, cpu / 1e3 / operations, (double) allocated / operations);
  }

  private static long allocated() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }
    return sum;
  }

  /** The reading whose rate is the middle one. */
  static Reading median(List<Reading> readings) {
    List<Reading> sorted =
        readings.stream().sorted(Comparator.comparingDouble(Reading::perSecond)).toList();
    return sorted.get(sorted.size() / 2);
  }
}
