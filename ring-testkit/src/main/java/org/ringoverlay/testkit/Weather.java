package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.ArrayList;

/** Makes the partitions and pauses that {@link Faults} asks for, out of chance of their own. */
final class Weather {
  private static final int ONE_WAY_IN = 3;

  private final Network network;
  private final Engine engine;
  private final Chance chance;
  private int generation;

  Weather(Network network) {
    this.network = network;
    this.engine = network.engine;
    this.chance = Chance.of(engine.seed, "weather");
  }

  /** Begins anew with what the network's faults say now; what runs already runs out. */
  void begin() {
    generation++;
    Faults faults = network.faults();
    planNext(faults.partitions().every(), this::partition);
    planNext(faults.pauses().every(), this::pause);
  }

  private void planNext(Duration every, Runnable happens) {
    if (every.isZero()) {
      return;
    }
    int of = generation;
    engine.plan(
        chance.exponentialNanos(every.toNanos()),
        new Happening(
            () -> {
              if (of == generation) {
                happens.run();
                planNext(every, happens);
              }
            }));
  }

  private void partition() {
    var some = new ArrayList<Host>();
    var rest = new ArrayList<Host>();
    for (Host host : network.hosts()) {
      (chance.below(2) == 0 ? some : rest).add(host);
    }
    boolean bothWays = chance.below(ONE_WAY_IN) != 0;
    Duration longest = network.faults().partitions().longest();
    if (!some.isEmpty() && !rest.isEmpty()) {
      Partition partition = network.cut(some, rest, bothWays);
      engine.plan(upTo(longest), new Happening(partition::heal));
    }
  }

  private void pause() {
    if (network.hosts().isEmpty()) {
      return;
    }
    Host host = network.hosts().get((int) chance.below(network.hosts().size()));
    if (host.isUp() && !host.isFrozen()) {
      int process = host.processes();
      host.freeze();
      engine.plan(
          upTo(network.faults().pauses().longest()),
          new Happening(
              () -> {
                if (host.processes() == process) {
                  host.thaw();
                }
              }));
    }
  }

  private long upTo(Duration longest) {
    return 1 + chance.below(Math.max(1, longest.toNanos()));
  }

  private static final class Happening extends Event {
    private final Runnable what;

    Happening(Runnable what) {
      super(null);
      this.what = what;
    }

    @Override
    void run() {
      what.run();
    }
  }
}
