package org.ringoverlay.lab.overlay;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.lab.overlay.ShockCourse.Shock;
import org.ringoverlay.lab.process.NodesProcess;
import org.ringoverlay.testkit.Simulation;

/**
 * Real nodes in several JVMs on loopback, of which one JVM is killed or stopped at once, while the
 * nodes of the others look random IDs up with a deadline of a second.
 *
 * <p>Who was root when is known from the IDs alone: all nodes until the JVM is gone, the others
 * afterwards, and while it goes or comes back either.
 */
final class RealShockCourse implements Course {
  private static final Duration READY_MAX = Duration.ofMinutes(3);
  private static final Duration AGREED_MAX = Duration.ofSeconds(60);
  private static final Duration FINISHED_MAX = Duration.ofSeconds(60);
  private static final Duration BACK_MAX = Duration.ofSeconds(30);
  private static final long STEP_MILLIS = 100;
  private static final int NODES = 30;
  private static final int LOOKUPS = 12_000;

  private final Shock shock;
  private final Size size;

  /**
   * How much of it.
   *
   * @param jvms processes, with the same number of nodes each
   * @param deadline how long an asker waits
   * @param warm how long lookups run until they count: each node connects to each other, and the
   *     JVMs compile
   * @param calm how long they run then before the shock
   * @param watched how long they run afterwards
   * @param settings of every node
   */
  record Size(
      int jvms,
      Duration deadline,
      Duration warm,
      Duration calm,
      Duration watched,
      Map<String, String> settings) {}

  private static final Size WHOLE =
      new Size(
          5,
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Map.of());

  /** The profile: five JVMs, half a minute afterwards. */
  RealShockCourse(Shock shock) {
    this(shock, WHOLE);
  }

  /** The same at another size. */
  RealShockCourse(Shock shock, Size size) {
    this.shock = shock;
    this.size = size;
  }

  @Override
  public void run(Burn burn) throws IOException {
    var processes = new ArrayList<NodesProcess>();
    try {
      run(burn, processes);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    } finally {
      endAll(processes);
    }
  }

  private static void endAll(List<NodesProcess> processes) throws IOException {
    for (NodesProcess process : processes) {
      try {
        process.end();
      } catch (InterruptedException interrupted) {
        // The others are to be closed too; whoever interrupted learns of it afterwards.
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run(Burn burn, List<NodesProcess> processes)
      throws IOException, InterruptedException {
    int perJvm = Math.max(1, burn.nodes(NODES) / size.jvms());
    begin(burn, processes, perJvm);
    Circle all = Circle.of(idsOf(processes), Arcs.standard());
    agree(burn, processes, all, AGREED_MAX);
    var chance = Simulation.chance(burn.seed(), "struck");
    NodesProcess struck = processes.get((int) chance.below(size.jvms()));
    var others = new ArrayList<>(processes);
    others.remove(struck);
    Circle left = all.without(struck.ids());

    double perSecond =
        burn.lookups(LOOKUPS)
            / (double) size.calm().plus(size.watched()).toSeconds()
            / others.size();
    for (NodesProcess process : others) {
      process.tell("ask " + perSecond + " " + size.deadline().toMillis() + " " + chance.nextLong());
      process.await("asking", FINISHED_MAX, line -> {});
    }
    pass(burn, size.warm(), "the nodes warm up");
    agree(burn, processes, all, AGREED_MAX);
    long countedFrom = NodesProgram.now();
    pass(burn, size.calm(), "calm");
    long goingAt = NodesProgram.now();
    if (shock == Shock.KILL) {
      struck.kill();
    } else {
      struck.stop();
    }
    long goneAt = NodesProgram.now();
    wish(others, left);
    pass(burn, size.watched(), "one JVM is " + (shock == Shock.KILL ? "dead" : "stopped"));
    agreed(others, AGREED_MAX);
    long leftAt = agree(burn, others, left, AGREED_MAX);
    burn.figure(
        "the other %d nodes agree that the %d are gone %.2f s after",
        left.nodes().size(), struck.ids().size(), (leftAt - goneAt) / 1e6);
    var lookups = new RealLookups(all, left, countedFrom, goingAt, goneAt);
    if (shock == Shock.FREEZE) {
      long goesOnAt = NodesProgram.now();
      struck.goOn();
      long backAt = agree(burn, processes, all, AGREED_MAX);
      lookups.backBetween(goesOnAt, backAt);
      pass(burn, size.calm(), "all are back");
      double seconds = (backAt - goesOnAt) / 1e6;
      burn.bound(
          seconds <= BACK_MAX.toSeconds(),
          "all %d nodes agree again %.2f s after the JVM went on ≤ %d s",
          all.nodes().size(),
          seconds,
          BACK_MAX.toSeconds());
    }
    judge(burn, processes, struck, lookups);
  }

  private void begin(Burn burn, List<NodesProcess> processes, int perJvm)
      throws IOException, InterruptedException {
    int jvms = size.jvms();
    long begun = System.nanoTime();
    burn.progress().now("the first JVM of " + jvms + " starts");
    NodesProcess first = NodesProgram.start("jvm-1", perJvm, List.of(), size.settings());
    processes.add(first);
    first.awaitReady(READY_MAX);
    for (int i = 2; i <= jvms; i++) {
      processes.add(NodesProgram.start("jvm-" + i, perJvm, first.addresses(), size.settings()));
    }
    for (NodesProcess process : processes.subList(1, jvms)) {
      burn.progress().now("the nodes of " + jvms + " JVMs join");
      process.awaitReady(READY_MAX);
    }
    burn.figure(
        "%d nodes in %d JVMs of %d have joined, %.1f s after the first JVM was started",
        perJvm * jvms, jvms, perJvm, (System.nanoTime() - begun) / 1e9);
  }

  private static List<Id> idsOf(Collection<NodesProcess> processes) {
    return processes.stream().flatMap(process -> process.ids().stream()).toList();
  }

  /**
   * Waits until all nodes of some processes see just these nodes alive, all at one moment: in a
   * round in which each has done so since before the round began.
   *
   * @return since when, in microseconds
   */
  private static long agree(
      Burn burn, List<NodesProcess> processes, Circle circle, Duration longest)
      throws IOException, InterruptedException {
    long end = NodesProgram.now() + longest.toNanos() / 1_000;
    burn.progress().now("until all see the same " + circle.nodes().size() + " nodes");
    while (true) {
      long round = NodesProgram.now();
      if (round > end) {
        throw new IOException("the nodes did not agree for long within " + longest);
      }
      wish(processes, circle);
      long since = agreed(processes, longest);
      if (since <= round) {
        return since;
      }
    }
  }

  private static void wish(List<NodesProcess> processes, Circle circle) {
    var command = new StringBuilder("agree");
    circle.nodes().forEach(id -> command.append(' ').append(id));
    processes.forEach(process -> process.tell(command.toString()));
  }

  private static long agreed(List<NodesProcess> processes, Duration longest)
      throws IOException, InterruptedException {
    long since = 0;
    for (NodesProcess process : processes) {
      String said = process.await("agreed", longest, line -> {});
      since = Math.max(since, Long.parseLong(said.substring(said.indexOf(' ') + 1)));
    }
    return since;
  }

  private static void pass(Burn burn, Duration time, String what) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      burn.progress().now(what + ", for " + (left / 1_000_000_000 + 1) + " s more");
      Thread.sleep(Math.min(STEP_MILLIS, left / 1_000_000 + 1));
    }
  }

  private void judge(
      Burn burn, List<NodesProcess> processes, NodesProcess struck, RealLookups lookups)
      throws IOException, InterruptedException {
    for (NodesProcess process : processes) {
      if (process != struck || shock == Shock.FREEZE) {
        burn.progress().now("the last lookups end");
        process.tell("finish");
        process.await("finished", FINISHED_MAX, lookups::take);
      }
    }
    lookups.judge(burn, struck.ids().size());
  }
}
