package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.spi.Randomness;

/**
 * A world of its own for nodes: one thread, virtual time, a network that fails on demand, and all
 * chance out of one seed. The same seed gives the same run, event for event, in every JVM.
 *
 * <p>Nodes get their transport from a {@linkplain #host(String) host}. Time stands still until the
 * test runs the simulation: by {@link #run}, {@link #runUntil}, {@link #await}, or by any {@code
 * Ring.await}, which comes here. After every event the {@linkplain #invariant invariants} are
 * checked. A failure of any kind is an {@link AssertionError} that names the seed, says how to run
 * it again and shows where every host stood and what happened last.
 *
 * <p>Used on the thread that made it alone; {@code IllegalStateException} elsewhere.
 */
public final class Simulation {
  private static final Duration AWAIT_MAX_DEFAULT = Duration.ofMinutes(10);

  private final Engine engine;
  private final Network network;
  private final Weather weather;
  private @Nullable RingWatch watch;
  private Duration awaitMax = AWAIT_MAX_DEFAULT;

  private Simulation(long seed) {
    this.engine = new Engine(seed, this, this::state);
    this.network = new Network(this, engine);
    this.weather = new Weather(network);
    engine.checks.add(
        WorldInvariants.NO_SENDING_AFTER_CRASH, WorldInvariants.noSendingAfterCrash(network), 1);
    engine.checks.add(WorldInvariants.TIME_IS_MONOTONE, new WorldInvariants.MonotoneTime(), 1);
  }

  /** Makes a simulation of a seed. */
  public static Simulation of(long seed) {
    return new Simulation(seed);
  }

  /** The seed of all chance. */
  public long seed() {
    return engine.seed;
  }

  /** A stream of chance of its own, a function of a seed and a purpose alone. */
  public static Randomness chance(long seed, String purpose) {
    return Chance.of(seed, purpose);
  }

  /** A host by its name, which is made when it is first asked for. */
  public Host host(String name) {
    return network.host(name);
  }

  /** All hosts in the order in which they were made. */
  public List<Host> hosts() {
    return network.hosts();
  }

  /** Virtual time since the beginning. */
  public Duration elapsed() {
    return Duration.ofNanos(engine.now());
  }

  /** How many events have run. */
  public long events() {
    return engine.events();
  }

  /** How many frames were sent, the lost ones among them. */
  public long framesSent() {
    return network.framesSent();
  }

  /** How many frames were lost. */
  public long framesLost() {
    return network.framesLost();
  }

  /** How many bytes the frames sent had. */
  public long bytesSent() {
    return network.bytesSent();
  }

  /** Shows every frame from now on to a watch, which must change nothing; null ends it. */
  public void watchFrames(@Nullable FrameWatch watch) {
    network.watchFrames(watch);
  }

  /** The host whose event ran last; empty after an event of the network or the test. */
  public Optional<Host> lastHost() {
    return Optional.ofNullable(engine.lastHost());
  }

  /** A hash over everything that happened so far, in its order. */
  public long traceHash() {
    return engine.trace.hash();
  }

  /** Writes every event from now on as a line of text; null ends it. */
  public void traceTo(@Nullable Appendable lines) {
    engine.trace.copyTo(lines);
  }

  /** The last that happened, a line each, as a failure shows it. */
  public String traceTail() {
    return engine.trace.tail();
  }

  /** Puts a line of the test's own into the trace; it enters the hash. */
  public void note(String text) {
    engine.trace.add(engine.now(), Trace.Kind.NOTE, null, null, 0, Trace.digest(text), text);
  }

  /** The delay of every link without one of its own; 200 to 400 µs unless said. */
  public Simulation delay(Delay delay) {
    network.usualDelay(delay);
    return this;
  }

  /** How far apart hosts are, on top of their links' delays; not at all unless said. */
  public Simulation distances(Distances distances) {
    network.distances(distances);
    return this;
  }

  /** The delay of one link, in one direction. */
  public Simulation delay(Host from, Host to, Delay delay) {
    network.link(from, to).delay(delay);
    return this;
  }

  /** Switches random faults on, or off with {@link Faults#none}; those under way run out. */
  public Simulation faults(Faults faults) {
    network.faults(faults);
    weather.begin();
    return this;
  }

  /** Adds noise to that of the faults, until it is ended; the worst in each respect counts. */
  public void beginNoise(Noise noise) {
    network.beginBurst(noise);
  }

  /** Ends noise that was begun. */
  public void endNoise(Noise noise) {
    network.endBurst(noise);
  }

  /** Lets every frame take longer by so much, until it is ended. */
  public void beginExtraDelay(Delay delay) {
    network.beginExtra(delay);
  }

  /** Ends an extra delay that was begun. */
  public void endExtraDelay(Delay delay) {
    network.endExtra(delay);
  }

  /** Cuts two sets of hosts from each other, in both directions. */
  public Partition cut(Collection<Host> some, Collection<Host> others) {
    return network.cut(some, others, true);
  }

  /** Cuts one direction: what the first set sends does not reach the second. */
  public Partition cutOneWay(Collection<Host> from, Collection<Host> to) {
    return network.cut(from, to, false);
  }

  /** Whether frames of one host do not reach the other now. */
  public boolean isCut(Host from, Host to) {
    return network.isCut(from, to);
  }

  /** Heals every partition. */
  public void heal() {
    network.healAll();
  }

  /** Adds an invariant, checked after every event. */
  public Simulation invariant(String name, Invariant invariant) {
    return invariant(name, 1, invariant);
  }

  /**
   * Adds an invariant that is too dear for every event.
   *
   * @param everyEvents after how many events it is checked; also whenever the simulation comes to
   *     rest, and after every event when the system property {@code ringtest.invariants} is {@code
   *     always}
   */
  public Simulation invariant(String name, int everyEvents, Invariant invariant) {
    engine.checks.add(name, invariant, everyEvents);
    return this;
  }

  /** Takes an invariant away that a test breaks on purpose. */
  public Simulation withoutInvariant(String name) {
    engine.checks.remove(name);
    return this;
  }

  /** How long in virtual time {@link #await} waits at most; 10 minutes unless said. */
  public Simulation awaitMax(Duration longest) {
    awaitMax = longest;
    return this;
  }

  /** How many events one run or await may take at most; 50 million unless said. */
  public Simulation eventsMax(long count) {
    engine.eventsMax(count);
    return this;
  }

  /** What a failure tells its reader to type; a test framework sets it. */
  public Simulation replay(String command) {
    engine.replay(command);
    return this;
  }

  /** Does something of the test's at a later moment, on no loop. */
  public void after(Duration delay, Runnable action) {
    engine.plan(
        delay.toNanos(),
        new Event(null) {
          @Override
          void run() {
            engine.trace.add(engine.now(), Trace.Kind.TEST, null, null, 0, 0, null);
            action.run();
          }
        });
  }

  /** Lets time pass. */
  public void run(Duration time) {
    engine.runFor(time.toNanos());
  }

  /**
   * Lets time pass until a condition holds, looked at after every event.
   *
   * @return whether it held within the time
   */
  public boolean runUntil(BooleanSupplier condition, Duration longest) {
    return engine.runUntil(condition, longest.toNanos());
  }

  /**
   * Runs until a stage is complete.
   *
   * @throws IllegalStateException if called within an event, which would wait for itself
   * @throws AssertionError if the stage is not complete within {@link #awaitMax} of virtual time
   * @throws CompletionException if the stage failed with a checked exception; an unchecked one is
   *     thrown as it is
   */
  public <T> T await(CompletionStage<T> stage) {
    try {
      return awaitStage(stage);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      if (cause instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new CompletionException(cause);
    }
  }

  <T> T awaitStage(CompletionStage<T> stage) throws ExecutionException {
    engine.checkOutside("await");
    var outcome = new Outcome<T>();
    stage.whenComplete(outcome);
    if (!engine.runUntil(outcome::isDone, awaitMax.toNanos())) {
      throw engine.failure(
          "A stage did not complete within " + awaitMax + " of virtual time.", null);
    }
    return outcome.get();
  }

  /** Makes a failure's error, with the seed and all that helps to understand it. */
  public AssertionError failure(String wrong) {
    return engine.failure(wrong, null);
  }

  /** Checks every invariant now. */
  public void check() {
    engine.checks.quiescent();
  }

  /** Starts a ring of nodes without services; see {@link #ring(int, NodeSetup)}. */
  public SimRing ring(int nodes) {
    return ring(nodes, new NodeSetup.Plain());
  }

  /**
   * Starts a ring: the first node founds it, then all others join at once. Waits until all are
   * ready. A simulation has one such ring; more nodes of any kind may be built on its hosts.
   */
  public SimRing ring(int nodes, NodeSetup setup) {
    if (watch != null) {
      throw new IllegalStateException("this simulation has a ring already");
    }
    var ring = new SimRing(this, setup, watch());
    if (nodes > 0) {
      ring.add(1);
      ring.add(nodes - 1);
    }
    return ring;
  }

  /** The watch over this simulation's ring, with its invariants. */
  RingWatch watch() {
    RingWatch known = watch;
    if (known == null) {
      known = new RingWatch(this, engine);
      watch = known;
    }
    return known;
  }

  Network network() {
    return network;
  }

  private String state() {
    RingWatch known = watch;
    return network.state() + (known == null ? "" : known.state());
  }

  @Override
  public String toString() {
    return "simulation of seed " + engine.seed + " at " + Trace.seconds(engine.now()) + " s";
  }

  private static final class Outcome<T> implements BiConsumer<T, Throwable> {
    private boolean done;
    private @Nullable T value;
    private @Nullable Throwable error;

    @Override
    public void accept(@Nullable T result, @Nullable Throwable thrown) {
      value = result;
      error = thrown;
      done = true;
    }

    boolean isDone() {
      return done;
    }

    @SuppressWarnings("NullAway") // a stage of Void completes with null, as its own get would give
    T get() throws ExecutionException {
      Throwable failed = error;
      if (failed == null) {
        return value;
      }
      boolean wrapped = failed instanceof CompletionException && failed.getCause() != null;
      throw new ExecutionException(wrapped ? failed.getCause() : failed);
    }
  }
}
