package org.ringoverlay.testkit.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ringoverlay.testkit.Delay;
import org.ringoverlay.testkit.DiskFate;
import org.ringoverlay.testkit.Host;
import org.ringoverlay.testkit.Noise;
import org.ringoverlay.testkit.Partition;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;

/**
 * A schedule being played on a ring. What happens happens between the ring's own events, while the
 * test lets time pass.
 */
public final class Playback {
  /** What one event of a process is taken to cost, of which a slowed node's is a multiple. */
  private static final Duration EVENT_COST = Duration.ofNanos(10_000);

  /** So long after a leave that did not hand everything over its node is started again. */
  private static final long READS_REPORT_MILLIS = 1_000;

  private final Schedule schedule;
  private final SimRing ring;
  private final Simulation simulation;

  /** How to end what lasts now, by the number of its beginning. */
  private final Map<Integer, Runnable> lasting = new LinkedHashMap<>();

  private int begun;
  private int struck;
  private boolean over;

  Playback(Schedule schedule, SimRing ring) {
    this.schedule = schedule;
    this.ring = ring;
    this.simulation = ring.simulation();
    for (Schedule.Timed timed : schedule.incidents()) {
      simulation.after(Duration.ofMillis(timed.atMillis()), () -> begin(timed.incident()));
    }
  }

  /** How many incidents have happened so far. */
  public int struck() {
    return struck;
  }

  /**
   * Lets the time of the whole schedule pass, and then ends what still lasts; see {@link #calm}.
   */
  public void finish() {
    ring.run(Duration.ofMillis(schedule.lastsMillis()));
    calm();
  }

  /**
   * Ends everything: partitions heal, frozen nodes go on, noise stops, crashed nodes that were to
   * start again do. Nothing more of the schedule happens. Clocks that jumped stay where they are.
   */
  public void calm() {
    over = true;
    var ends = new ArrayList<>(lasting.values());
    lasting.clear();
    ends.forEach(Runnable::run);
  }

  private void begin(Incident incident) {
    if (!over) {
      struck++;
      simulation.note("incident " + incident);
      strike(incident);
    }
  }

  private void strike(Incident incident) {
    if (incident instanceof Incident.Crash crash) {
      crash(crash);
    } else if (incident instanceof Incident.Freeze freeze) {
      freeze(freeze);
    } else if (incident instanceof Incident.Slow slow) {
      slow(slow);
    } else if (incident instanceof Incident.Cut cut) {
      cut(cut);
    } else if (incident instanceof Incident.HeavyTail tail) {
      var delay =
          new Delay(
              Duration.ZERO,
              Duration.ZERO,
              tail.probability(),
              Duration.ofMillis(tail.longestMillis()));
      simulation.beginExtraDelay(delay);
      endAfter(tail.forMillis(), () -> simulation.endExtraDelay(delay));
    } else if (incident instanceof Incident.Burst burst) {
      var noise = new Noise(burst.loss(), burst.duplication(), burst.reordering(), burst.reset());
      simulation.beginNoise(noise);
      endAfter(burst.forMillis(), () -> simulation.endNoise(noise));
    } else if (incident instanceof Incident.Join join) {
      for (int i = 0; i < join.count(); i++) {
        ring.beginAdding();
      }
    } else if (incident instanceof Incident.Leave leave) {
      leave(leave.node());
    } else {
      strikeMachine(incident);
    }
  }

  private void strikeMachine(Incident incident) {
    if (incident instanceof Incident.ClockRate rate) {
      if (exists(rate.node())) {
        Host host = ring.host(rate.node());
        host.clockRate(rate.partsPerMillion());
        endAfter(rate.forMillis(), () -> host.clockRate(0));
      }
    } else if (incident instanceof Incident.ClockJump jump) {
      if (exists(jump.node())) {
        ring.host(jump.node()).jumpClock(Duration.ofMillis(jump.byMillis()));
      }
    } else if (incident instanceof Incident.DiskFails fails) {
      if (exists(fails.node())) {
        Host host = ring.host(fails.node());
        host.failDisk(true);
        endAfter(
            fails.forMillis(),
            () -> {
              host.failDisk(false);
              if (ring.hasEnded(fails.node())) {
                ring.beginRestart(fails.node());
              }
            });
      }
    } else if (incident instanceof Incident.DiskFills fills) {
      if (exists(fills.node())) {
        Host host = ring.host(fills.node());
        host.fillDisk(true);
        endAfter(fills.forMillis(), () -> host.fillDisk(false));
      }
    } else if (incident instanceof Incident.Upgrade upgrade) {
      upgrade(upgrade);
    } else {
      throw new IllegalStateException("nobody has said what to do for " + incident);
    }
  }

  private void crash(Incident.Crash crash) {
    for (int node : crash.nodes()) {
      if (!exists(node) || !ring.host(node).isUp()) {
        continue;
      }
      if (crash.silently()) {
        ring.killSilently(node);
      } else {
        ring.kill(node);
      }
      if (crash.forMillis() > 0) {
        endAfter(crash.forMillis(), () -> startAgain(node, crash.disk()));
      }
    }
  }

  /**
   * A node whose report says that not all was handed over holds what nobody else may: whoever reads
   * that starts it again.
   */
  private void leave(int node) {
    if (!exists(node) || !ring.isReady(node) || isFrozen(node)) {
      return;
    }
    int process = ring.host(node).processes();
    var unused =
        ring.beginLeave(node)
            .thenCombine(ring.node(node).closed(), (report, closed) -> report)
            .thenAccept(
                report -> {
                  if (!report.unfinished().isEmpty()) {
                    endAfter(READS_REPORT_MILLIS, () -> startAgainAfter(node, process));
                  }
                });
  }

  private void startAgainAfter(int node, int process) {
    if (ring.host(node).processes() == process && !ring.running().contains(node)) {
      ring.beginRestart(node);
    }
  }

  private void upgrade(Incident.Upgrade upgrade) {
    for (int node : upgrade.nodes()) {
      if (exists(node) && ring.isReady(node) && !isFrozen(node)) {
        ring.kill(node);
        ring.host(node).generation(upgrade.to());
        ring.beginRestart(node);
      }
    }
  }

  private void startAgain(int node, DiskFate fate) {
    Host host = ring.host(node);
    if (!host.isUp()) {
      host.disk(fate);
      ring.beginRestart(node);
    }
  }

  private void freeze(Incident.Freeze freeze) {
    for (int node : freeze.nodes()) {
      if (exists(node) && ring.host(node).isUp() && !isFrozen(node)) {
        Host host = ring.host(node);
        long process = host.processes();
        host.freeze();
        endAfter(
            freeze.forMillis(),
            () -> {
              if (host.processes() == process) {
                host.thaw();
              }
            });
      }
    }
  }

  private void slow(Incident.Slow slow) {
    for (int node : slow.nodes()) {
      if (exists(node)) {
        Host host = ring.host(node);
        host.slow(EVENT_COST.multipliedBy(slow.factor()));
        endAfter(slow.forMillis(), () -> host.slow(Duration.ZERO));
      }
    }
  }

  private void cut(Incident.Cut cut) {
    List<Host> from = hosts(cut.from());
    List<Host> to =
        cut.to().isEmpty()
            ? simulation.hosts().stream().filter(host -> !from.contains(host)).toList()
            : hosts(cut.to()).stream().filter(host -> !from.contains(host)).toList();
    if (from.isEmpty() || to.isEmpty()) {
      return;
    }
    new Flapping(cut, from, to).begin();
  }

  /** A partition that comes and goes until its time is over; one that stays is a simple case. */
  private final class Flapping {
    private final Incident.Cut cut;
    private final List<Host> from;
    private final List<Host> to;
    private Partition partition;
    private boolean ended;

    Flapping(Incident.Cut cut, List<Host> from, List<Host> to) {
      this.cut = cut;
      this.from = from;
      this.to = to;
      this.partition = make();
    }

    private Partition make() {
      return cut.oneWay() ? simulation.cutOneWay(from, to) : simulation.cut(from, to);
    }

    void begin() {
      endAfter(cut.forMillis(), this::end);
      if (cut.flapMillis() > 0) {
        flapAfter(false);
      }
    }

    private void flapAfter(boolean cuts) {
      simulation.after(
          Duration.ofMillis(cut.flapMillis()),
          () -> {
            if (!ended) {
              if (cuts) {
                partition = make();
              } else {
                partition.heal();
              }
              flapAfter(!cuts);
            }
          });
    }

    private void end() {
      ended = true;
      partition.heal();
    }
  }

  private void endAfter(long millis, Runnable end) {
    int number = begun++;
    lasting.put(number, end);
    simulation.after(
        Duration.ofMillis(millis),
        () -> {
          Runnable due = lasting.remove(number);
          if (due != null) {
            due.run();
          }
        });
  }

  private List<Host> hosts(List<Integer> nodes) {
    return nodes.stream().filter(this::exists).map(ring::host).toList();
  }

  private boolean exists(int node) {
    return node >= 0 && node < ring.size();
  }

  private boolean isFrozen(int node) {
    return ring.host(node).isFrozen();
  }
}
