package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.StoreProvider;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.spi.TransportProvider;

/**
 * A simulated machine: a name, a clock, a disk, and at most one process at a time.
 *
 * <p>The process crashes and starts again by a new transport on the same host; the clock and the
 * disk stay. Used on the simulation's thread alone; no method blocks.
 */
public final class Host {
  private static final Setting<Long> OUTBOUND_BYTES_MAX =
      Setting.size(
          "ring.sim.outbound.bytes.max",
          "8MiB",
          "How many bytes may wait on one simulated connection before a frame is refused.");
  private static final int EPHEMERAL_PORT_FIRST = 40_000;
  private static final long CLOCK_OFFSET_BITS = 44;

  final long nameDigest;
  final int index;
  private final String name;
  private final Network network;
  private final Engine engine;
  private final SimClock clock;
  private @Nullable SimDisk disk;
  private final ArrayDeque<Event> held = new ArrayDeque<>(1);
  private final Event wake = new Wake();
  private @Nullable SimTransport process;
  private @Nullable String handling;
  private @Nullable NextGeneration nextGeneration;
  private boolean frozen;
  private boolean silent;
  private long busyUntil;
  private long eventCostNanos;
  private int processes;
  private int portsGiven;
  private long thawedAt;

  Host(String name, int index, Network network) {
    this.name = name;
    this.index = index;
    this.network = network;
    this.engine = network.engine;
    this.nameDigest = Trace.digest(name);
    long offset =
        Chance.of(engine.seed, "clock " + name).nextLong() >>> (Long.SIZE - CLOCK_OFFSET_BITS);
    this.clock = new SimClock(engine, offset);
  }

  /** The name, which is also the host part of its addresses. */
  public String name() {
    return name;
  }

  /** Makes this host's transport, for {@code RingBuilder.transport}. One process at a time. */
  public TransportProvider transport() {
    return new TransportProvider() {
      @Override
      public String name() {
        return "sim";
      }

      @Override
      public List<Setting<?>> settings() {
        return List.of(OUTBOUND_BYTES_MAX);
      }

      @Override
      public Transport create(Settings settings, int frameBytesMax, RingObserver observer) {
        return start(frameBytesMax, settings.get(OUTBOUND_BYTES_MAX), observer);
      }
    };
  }

  private SimDisk theDisk() {
    SimDisk made = disk;
    if (made == null) {
      made = new SimDisk(this, engine);
      disk = made;
    }
    return made;
  }

  /** Opens directories on this host's disk, for {@code RingBuilder.store}. */
  public StoreProvider store() {
    return theDisk();
  }

  /** The host's clock, as its process reads it. */
  public Clock clock() {
    return clock;
  }

  SimClock simClock() {
    return clock;
  }

  /** Whether a process runs, be it frozen. */
  public boolean isUp() {
    return process != null;
  }

  /** Whether the process is frozen. */
  public boolean isFrozen() {
    return frozen;
  }

  /**
   * Kills the process, as {@code kill -9} would: the system lives and closes its connections, what
   * was not yet on the disk is lost. A host without a process stays as it is.
   */
  public void crash() {
    stop(false);
  }

  /** The machine loses its power: the same, but nobody is told, until the host starts again. */
  public void crashSilently() {
    stop(true);
  }

  /** Stops the process, as SIGSTOP would: its events wait, its clock goes on. */
  public void freeze() {
    engine.checkThread();
    frozen = true;
    network.traceFault(this, "freezes");
  }

  /** Lets a frozen process go on: everything that waited runs now, in its order. */
  public void thaw() {
    engine.checkThread();
    if (frozen) {
      frozen = false;
      thawedAt = engine.now();
      network.traceFault(this, "thaws");
      planWake();
    }
  }

  /** From now on each event of the process takes this long; zero, the default, is no time. */
  public void slow(Duration perEvent) {
    if (perEvent.isNegative()) {
      throw new IllegalArgumentException("an event does not take less than no time: " + perEvent);
    }
    eventCostNanos = perEvent.toNanos();
    network.traceFault(this, "takes " + perEvent + " an event");
  }

  /** Lets the clock go faster or slower than virtual time by so many millionths, from now on. */
  public void clockRate(long partsPerMillion) {
    clock.rate(partsPerMillion);
    network.traceFault(this, "clock goes " + partsPerMillion + " ppm off");
  }

  /** Moves the clock; back is what a clock must never do, and the invariant of time finds it. */
  public void jumpClock(Duration by) {
    clock.jump(by.toNanos());
    network.traceFault(this, "clock jumps " + by);
  }

  /** Replaces the disk by an empty one; the process must be down. */
  public void loseDisk() {
    disk(DiskFate.LOST);
  }

  /** Says what the disk holds from now on; the process must be down. */
  public void disk(DiskFate fate) {
    if (isUp()) {
      throw new IllegalStateException("The process of " + name + " still holds its disk.");
    }
    theDisk().recover(fate);
    network.traceFault(this, "finds its disk " + fate);
  }

  /** How long the disk takes for each write from now on; some 0.3 ms unless said. */
  public void diskDelay(Delay delay) {
    theDisk().delay(delay);
  }

  /** From now on every save fails, or none does. */
  public void failDisk(boolean fails) {
    theDisk().broken(fails);
    network.traceFault(this, fails ? "disk fails" : "disk works");
  }

  /** From now on the disk has no room for more than what must be written to go on, or it has. */
  public void fillDisk(boolean full) {
    theDisk().full(full);
    network.traceFault(this, full ? "disk is full" : "disk has room");
  }

  /**
   * Of which version the processes here are, from the next frame on; the present one unless said.
   */
  public void generation(Generation generation) {
    nextGeneration = generation == Generation.NEXT ? new NextGeneration() : null;
    network.traceFault(this, "is of the generation " + generation);
  }

  /** What makes its frames look newer; null for a host of the present version. */
  @Nullable NextGeneration nextGeneration() {
    return nextGeneration;
  }

  private Transport start(int frameBytesMax, long outboundBytesMax, RingObserver observer) {
    engine.checkThread();
    if (process != null) {
      throw new IllegalStateException(
          "There is a process on " + name + " already: crash it or close it first.");
    }
    processes++;
    frozen = false;
    silent = false;
    Chance chance = Chance.of(engine.seed, "process " + processes + " of " + name);
    var started =
        new SimTransport(this, network, chance, frameBytesMax, outboundBytesMax, observer);
    process = started;
    network.traceFault(this, "starts process " + processes);
    return started;
  }

  private void stop(boolean silently) {
    engine.checkThread();
    SimTransport running = process;
    if (running == null) {
      return;
    }
    network.traceFault(this, silently ? "loses its power" : "crashes");
    silent = silently;
    process = null;
    running.crash(silently);
    if (disk != null) {
      disk.crash();
    }
    released();
  }

  /** The process closed by itself. */
  void ended(SimTransport closed) {
    if (process == closed) {
      process = null;
      released();
    }
  }

  private void released() {
    held.clear();
    frozen = false;
    handling = null;
    busyUntil = 0;
  }

  @Nullable SimTransport process() {
    return process;
  }

  /** How many processes have been started here; the present one's number. */
  public int processes() {
    return processes;
  }

  /** When the process last went on after a pause. */
  long thawedAt() {
    return thawedAt;
  }

  /** Whether the machine itself is without power, and answers nobody. */
  boolean isSilent() {
    return silent;
  }

  int freePort(Set<Integer> taken) {
    int port;
    do {
      port = EPHEMERAL_PORT_FIRST + portsGiven++ % EPHEMERAL_PORT_FIRST / 2;
    } while (taken.contains(port));
    return port;
  }

  /** Runs an event of the process now, or when the process can. */
  void handOver(Event event) {
    if (frozen || busyUntil > engine.now() || !held.isEmpty()) {
      held.add(event);
      planWake();
    } else {
      perform(event);
    }
  }

  private void perform(Event event) {
    if (eventCostNanos > 0) {
      busyUntil = engine.now() + eventCostNanos;
    }
    engine.perform(event);
  }

  private void planWake() {
    if (!frozen && wake.slot < 0 && !held.isEmpty()) {
      engine.planAt(Math.max(engine.now(), busyUntil), wake);
    }
  }

  void handlerBegins(String service) {
    handling = service;
  }

  void handlerEnds() {
    handling = null;
  }

  /** A line on where the host stands, for a failure's message. */
  String state() {
    SimTransport running = process;
    var text = new StringBuilder(name).append(": ");
    if (running == null) {
      return text.append(silent ? "without power" : "down").toString();
    }
    text.append(frozen ? "frozen" : "up");
    text.append(", process ").append(processes);
    text.append(", ").append(running.connectionCount()).append(" connections");
    if (!held.isEmpty()) {
      text.append(", ").append(held.size()).append(" events held");
    }
    if (handling != null) {
      text.append(", in a handler of ").append(handling);
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return name;
  }

  /** Runs the first event that waited, then comes again for the next. */
  private final class Wake extends Event {
    Wake() {
      super(null);
    }

    @Override
    boolean arrives() {
      if (!frozen) {
        Event first = held.poll();
        if (first != null) {
          perform(first);
        }
        planWake();
      }
      return false;
    }

    @Override
    void run() {
      throw new IllegalStateException("a wake-up has no loop to run on");
    }
  }
}
