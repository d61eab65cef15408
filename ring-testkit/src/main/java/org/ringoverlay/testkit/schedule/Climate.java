package org.ringoverlay.testkit.schedule;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;

/**
 * What {@linkplain Schedule#draw drawn} schedules are like.
 *
 * @param nodes how many nodes the ring has at the beginning
 * @param nodesMax how many it ever has at once; what joins goes up to it
 * @param runningMin how many nodes at least are neither down nor frozen nor gone at any moment
 * @param count how many incidents
 * @param lasting the time within which they begin
 * @param kinds which kinds, each as likely as the others
 */
public record Climate(
    int nodes, int nodesMax, int runningMin, int count, Duration lasting, List<Kind> kinds) {

  /** The kinds of incidents. */
  public enum Kind {
    /** A process dies; its system says so to the others. */
    CRASH,
    /** A machine loses its power; nobody is told. */
    POWER_CUT,
    /** Several nodes die at once, up to all but {@code runningMin}. */
    CORRELATED_CRASH,
    /** Processes are stopped and go on. */
    FREEZE,
    /** Processes become 10 to 1,000 times slower. */
    SLOW,
    /** Some nodes are cut from all others. */
    PARTITION,
    /** Some nodes are cut from some others. */
    PARTIAL_PARTITION,
    /** What some nodes send does not arrive. */
    ONE_WAY_PARTITION,
    /** A partition comes and goes. */
    FLAPPING_PARTITION,
    /** Some frames take much longer. */
    HEAVY_TAIL,
    /** Many frames are lost for a while. */
    LOSS,
    /** Frames are repeated and overtaken, connections break. */
    DISORDER,
    /** A node joins. */
    JOIN,
    /** Several nodes join at once. */
    JOIN_STORM,
    /** A node leaves. */
    LEAVE,
    /** A clock is up to 1 % fast or slow. */
    CLOCK_RATE,
    /** A clock jumps on by up to a minute. */
    CLOCK_JUMP,
    /** A disk refuses to save. */
    DISK_FAILURE,
    /** Nodes start again as of the next version of Ring, or of the present one. */
    UPGRADE
  }

  /** Checks the numbers. */
  public Climate {
    if (nodes < 1 || nodesMax < nodes || runningMin < 1 || count < 0 || lasting.toMillis() < 1) {
      throw new IllegalArgumentException(
          "a climate has 1 or more nodes, keeps 1 or more running and lasts: "
              + List.of(nodes, nodesMax, runningMin, count, lasting));
    }
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("a climate has at least one kind of incident");
    }
    kinds = List.copyOf(EnumSet.copyOf(kinds));
  }

  /** Forty incidents of all kinds in two minutes; a majority of the nodes runs at any moment. */
  public static Climate of(int nodes) {
    return new Climate(
        nodes,
        nodes + Math.max(2, nodes / 2),
        nodes / 2 + 1,
        40,
        Duration.ofMinutes(2),
        List.of(Kind.values()));
  }

  /** The same with so many incidents within so long. */
  public Climate incidents(int newCount, Duration within) {
    return new Climate(nodes, nodesMax, runningMin, newCount, within, kinds);
  }

  /** The same with other kinds. */
  public Climate only(Collection<Kind> newKinds) {
    return new Climate(nodes, nodesMax, runningMin, count, lasting, List.copyOf(newKinds));
  }

  /** The same without some kinds. */
  public Climate without(Kind... unwanted) {
    var left = EnumSet.copyOf(kinds);
    left.removeAll(List.of(unwanted));
    return only(left);
  }

  /** The same with another number of nodes that run at any moment. */
  public Climate keepRunning(int least) {
    return new Climate(nodes, nodesMax, least, count, lasting, kinds);
  }
}
