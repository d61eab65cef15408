package org.ringoverlay.lab.records.real;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What befalls the nodes. */
sealed interface Fault {
  /** {@code kill -9} of one node, which starts again some time later. */
  record Kill(int node, long downMillis) implements Fault {
    @Override
    public String toString() {
      return "node " + node + " is killed, for " + downMillis + " ms";
    }
  }

  /** SIGSTOP of one node, and SIGCONT some time later. */
  record Freeze(int node, long millis) implements Fault {
    @Override
    public String toString() {
      return "node " + node + " stands still, for " + millis + " ms";
    }
  }

  /** A way from one node to another. */
  record Way(int from, int to) {}

  /** Ways are cut, and mended some time later. */
  record Cut(String what, List<Way> ways, long millis) implements Fault {
    /** Copies the list. */
    public Cut {
      ways = List.copyOf(ways);
    }

    @Override
    public String toString() {
      return what + ", for " + millis + " ms";
    }
  }

  /** {@code kill -9} of all nodes at once, which start again some time later. */
  record Blackout(long downMillis) implements Fault {
    @Override
    public String toString() {
      return "all nodes are killed at once, for " + downMillis + " ms";
    }
  }

  /**
   * How many of each kind.
   *
   * @param freezeMillis how long a freeze is
   * @param awayMillisMax how long a killed process stays away at most; a cut lasts half to two and
   *     a half times as long
   */
  record Plan(
      int kills, int freezes, int cuts, int blackouts, long freezeMillis, int awayMillisMax) {
    int total() {
      return kills + freezes + cuts + blackouts;
    }
  }

  /** Draws faults in any order from a seed. */
  static List<Fault> draw(Plan plan, int nodes, long seed) {
    var chance = new Random(seed);
    var faults = new ArrayList<Fault>();
    for (int count = 0; count < plan.kills(); count++) {
      faults.add(new Kill(chance.nextInt(nodes), 100 + chance.nextInt(plan.awayMillisMax())));
    }
    for (int count = 0; count < plan.freezes(); count++) {
      faults.add(new Freeze(chance.nextInt(nodes), plan.freezeMillis()));
    }
    for (int count = 0; count < plan.cuts(); count++) {
      faults.add(cut(count, plan, nodes, chance));
    }
    for (int count = 0; count < plan.blackouts(); count++) {
      faults.add(new Blackout(100 + chance.nextInt(plan.awayMillisMax() / 2)));
    }
    Collections.shuffle(faults, chance);
    return faults;
  }

  /** Every second cut is one-way, and each shape has its turn. */
  private static Cut cut(int turn, Plan plan, int nodes, Random chance) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, nodes).boxed().toList());
    Collections.shuffle(order, chance);
    boolean oneWay = turn % 2 == 1;
    int apart =
        switch (turn / 2 % 3) {
          case 0 -> 1;
          case 1 -> nodes / 2;
          default -> nodes - nodes / 2;
        };
    List<Integer> these = order.subList(0, apart);
    List<Integer> those = order.subList(apart, nodes);
    var ways = new ArrayList<Way>();
    for (int from : these) {
      for (int to : those) {
        ways.add(new Way(from, to));
        if (!oneWay) {
          ways.add(new Way(to, from));
        }
      }
    }
    String what =
        oneWay
            ? "nodes " + those + " hear nothing of " + these
            : "nodes " + these + " and " + those + " are cut off";
    return new Cut(what, ways, plan.awayMillisMax() / 2 + chance.nextInt(2 * plan.awayMillisMax()));
  }
}
