package org.ringoverlay.testkit.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.ringoverlay.testkit.DiskFate;
import org.ringoverlay.testkit.Generation;

/**
 * One thing that befalls a ring, with everything needed to do it again.
 *
 * <p>Nodes are named by their indexes in the ring. What cannot happen when its time comes, such as
 * the crash of a node that is down, does not happen; so any part of a schedule is a schedule too.
 * What lasts ends by itself.
 */
public sealed interface Incident {
  /** The longest that anything lasts, an hour. */
  long LASTING_MILLIS_MAX = 3_600_000;

  /** The same kind of incident, less of it; the simplest first. */
  List<Incident> simpler();

  /** How long it lasts; 0 for what is done at once. */
  default long forMillis() {
    return 0;
  }

  /**
   * Processes die at once and start again later.
   *
   * @param silently whether the machines lose their power, so that nobody is told
   * @param forMillis when they start again; 0 for never
   * @param disk what they then find on their disks
   */
  record Crash(List<Integer> nodes, boolean silently, long forMillis, DiskFate disk)
      implements Incident {
    /** Checks and copies. */
    public Crash {
      nodes = checkNodes(nodes);
      checkLasting(forMillis);
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      fewer(nodes).forEach(fewer -> all.add(new Crash(fewer, silently, forMillis, disk)));
      if (disk != DiskFate.KEPT) {
        all.add(new Crash(nodes, silently, forMillis, DiskFate.KEPT));
      }
      if (silently) {
        all.add(new Crash(nodes, false, forMillis, disk));
      }
      if (forMillis != 0) {
        all.add(new Crash(nodes, silently, 0, disk));
      }
      shorter(forMillis).forEach(time -> all.add(new Crash(nodes, silently, time, disk)));
      return all;
    }
  }

  /** Processes are stopped without being ended, and go on later. */
  record Freeze(List<Integer> nodes, long forMillis) implements Incident {
    /** Checks and copies. */
    public Freeze {
      nodes = checkNodes(nodes);
      checkLasting(forMillis);
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      fewer(nodes).forEach(fewer -> all.add(new Freeze(fewer, forMillis)));
      shorter(forMillis).forEach(time -> all.add(new Freeze(nodes, time)));
      return all;
    }
  }

  /**
   * Processes become slow.
   *
   * @param factor how many times longer an event takes than the 10 µs that a usual one is taken for
   */
  record Slow(List<Integer> nodes, int factor, long forMillis) implements Incident {
    /** Checks and copies. */
    public Slow {
      nodes = checkNodes(nodes);
      checkLasting(forMillis);
      if (factor < 1) {
        throw new IllegalArgumentException("a node is slowed by a factor of 1 or more: " + factor);
      }
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      fewer(nodes).forEach(fewer -> all.add(new Slow(fewer, factor, forMillis)));
      shorter(forMillis).forEach(time -> all.add(new Slow(nodes, factor, time)));
      return all;
    }
  }

  /**
   * A partition.
   *
   * @param from one side
   * @param to the other side; empty for all others, else it is partial: whoever stands on neither
   *     side reaches both
   * @param oneWay whether only what {@code from} sends is lost
   * @param flapMillis how long the cut and the mended times are of one that flaps; 0 for one that
   *     does not
   */
  record Cut(List<Integer> from, List<Integer> to, boolean oneWay, long flapMillis, long forMillis)
      implements Incident {
    /** Checks and copies. */
    public Cut {
      from = checkNodes(from);
      to = List.copyOf(to);
      checkLasting(forMillis);
      checkLasting(flapMillis);
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      if (flapMillis != 0) {
        all.add(new Cut(from, to, oneWay, 0, forMillis));
      }
      if (oneWay) {
        all.add(new Cut(from, to, false, flapMillis, forMillis));
      }
      fewer(from).forEach(fewer -> all.add(new Cut(fewer, to, oneWay, flapMillis, forMillis)));
      fewer(to).forEach(fewer -> all.add(new Cut(from, fewer, oneWay, flapMillis, forMillis)));
      shorter(forMillis).forEach(time -> all.add(new Cut(from, to, oneWay, flapMillis, time)));
      return all;
    }
  }

  /**
   * Some frames on all links take much longer than usual.
   *
   * @param probability how many of them
   * @param longestMillis how much longer at most; the law is that of {@code Delay}'s tail
   */
  record HeavyTail(double probability, long longestMillis, long forMillis) implements Incident {
    /** Checks. */
    public HeavyTail {
      checkProbability(probability);
      checkLasting(longestMillis);
      checkLasting(forMillis);
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      shorter(forMillis).forEach(time -> all.add(new HeavyTail(probability, longestMillis, time)));
      return all;
    }
  }

  /** A burst of lost, repeated and overtaken frames and of broken connections, on all links. */
  record Burst(double loss, double duplication, double reordering, double reset, long forMillis)
      implements Incident {
    /** Checks. */
    public Burst {
      checkProbability(loss);
      checkProbability(duplication);
      checkProbability(reordering);
      checkProbability(reset);
      checkLasting(forMillis);
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      if (reset > 0) {
        all.add(new Burst(loss, duplication, reordering, 0, forMillis));
      }
      if (reordering > 0) {
        all.add(new Burst(loss, duplication, 0, reset, forMillis));
      }
      if (duplication > 0) {
        all.add(new Burst(loss, 0, reordering, reset, forMillis));
      }
      if (loss > 0) {
        all.add(new Burst(0, duplication, reordering, reset, forMillis));
      }
      shorter(forMillis)
          .forEach(time -> all.add(new Burst(loss, duplication, reordering, reset, time)));
      return all;
    }
  }

  /** New nodes join at once: one, or a storm of them. */
  record Join(int count) implements Incident {
    /** Checks. */
    public Join {
      if (count < 1) {
        throw new IllegalArgumentException("at least one node joins: " + count);
      }
    }

    @Override
    public List<Incident> simpler() {
      return count == 1 ? List.of() : List.of(new Join(1), new Join(count / 2));
    }
  }

  /**
   * A node leaves as it should; one that could not hand everything over is started again a second
   * later, with what its disk keeps.
   */
  record Leave(int node) implements Incident {
    @Override
    public List<Incident> simpler() {
      return List.of();
    }
  }

  /** A host's clock goes faster or slower than the others', by so many millionths. */
  record ClockRate(int node, long partsPerMillion, long forMillis) implements Incident {
    /** Checks. */
    public ClockRate {
      checkLasting(forMillis);
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      shorter(forMillis).forEach(time -> all.add(new ClockRate(node, partsPerMillion, time)));
      return all;
    }
  }

  /** A host's clock goes on at once by so much, as after a sleep of the machine. */
  record ClockJump(int node, long byMillis) implements Incident {
    /** Checks. */
    public ClockJump {
      checkLasting(byMillis);
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      shorter(byMillis).forEach(time -> all.add(new ClockJump(node, time)));
      return all;
    }
  }

  /**
   * A host's disk refuses every save. A node that ends because of that starts again when it is
   * over.
   */
  record DiskFails(int node, long forMillis) implements Incident {
    /** Checks. */
    public DiskFails {
      checkLasting(forMillis);
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      shorter(forMillis).forEach(time -> all.add(new DiskFails(node, time)));
      return all;
    }
  }

  /** A host's disk has no room for more than what must be written to go on. */
  record DiskFills(int node, long forMillis) implements Incident {
    /** Checks. */
    public DiskFills {
      checkLasting(forMillis);
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      shorter(forMillis).forEach(time -> all.add(new DiskFills(node, time)));
      return all;
    }
  }

  /** Processes end and start again at once, as of another version of Ring. */
  record Upgrade(List<Integer> nodes, Generation to) implements Incident {
    /** Checks and copies. */
    public Upgrade {
      nodes = checkNodes(nodes);
      Objects.requireNonNull(to, "to");
    }

    @Override
    public List<Incident> simpler() {
      var all = new ArrayList<Incident>();
      fewer(nodes).forEach(fewer -> all.add(new Upgrade(fewer, to)));
      all.add(new Crash(nodes, false, 1_000, DiskFate.KEPT));
      return all;
    }
  }

  private static List<Integer> checkNodes(List<Integer> nodes) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("an incident befalls at least one node");
    }
    return List.copyOf(nodes);
  }

  private static void checkLasting(long millis) {
    if (millis < 0 || millis > LASTING_MILLIS_MAX) {
      throw new IllegalArgumentException(
          "a time lies between 0 and " + LASTING_MILLIS_MAX + " ms: " + millis);
    }
  }

  private static void checkProbability(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability lies in [0, 1]: " + probability);
    }
  }

  /** Each half of some nodes, and then all but one. */
  private static List<List<Integer>> fewer(List<Integer> nodes) {
    var all = new ArrayList<List<Integer>>();
    int size = nodes.size();
    if (size >= 2) {
      all.add(nodes.subList(0, size / 2));
      all.add(nodes.subList(size / 2, size));
    }
    for (int left = 0; size >= 3 && left < size; left++) {
      var rest = new ArrayList<>(nodes);
      rest.remove(left);
      all.add(rest);
    }
    return all;
  }

  /** A quarter and a half of a time, and the time in whole seconds. */
  private static List<Long> shorter(long millis) {
    var all = new ArrayList<Long>();
    for (long time : new long[] {millis / 4, millis / 2, millis / 1_000 * 1_000}) {
      if (time > 0 && time < millis && !all.contains(time)) {
        all.add(time);
      }
    }
    return all;
  }
}
