package org.ringoverlay.testkit;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: takes one event after the other from the wheel and runs it.
 *
 * <p>Each event is seen three times. At its time the wire may keep it (a cut link). Then the host
 * may hold it (frozen, or busy with an earlier one). Then it runs, enters the trace, and every
 * invariant is checked. All of it on the thread that made the simulation.
 */
final class Engine {
  private static final long EVENTS_MAX_DEFAULT = 50_000_000;

  final long seed;
  final Trace trace = new Trace();
  final Checks checks;
  private final TimingWheel wheel = new TimingWheel();
  private final Thread owner = Thread.currentThread();
  private final Supplier<String> state;
  private String replay;
  private long now;
  private long events;
  private long eventsMax = EVENTS_MAX_DEFAULT;
  private boolean inEvent;
  private @Nullable SimTransport loop;
  private @Nullable Host lastHost;

  Engine(long seed, Simulation simulation, Supplier<String> state) {
    this.seed = seed;
    this.state = state;
    this.checks = new Checks(simulation, this);
    this.replay = "run it again with Simulation.of(" + seed + "L)";
  }

  long now() {
    return now;
  }

  long events() {
    return events;
  }

  int planned() {
    return wheel.size();
  }

  boolean inEvent() {
    return inEvent;
  }

  /** The loop that the running event stands on, null outside of one. */
  @Nullable SimTransport loop() {
    return loop;
  }

  /** The host whose event ran last. */
  @Nullable Host lastHost() {
    return lastHost;
  }

  void eventsMax(long count) {
    eventsMax = count;
  }

  String replay() {
    return replay;
  }

  void replay(String command) {
    replay = command;
  }

  void plan(long delayNanos, Event event) {
    planAt(Math.addExact(now, delayNanos), event);
  }

  void planAt(long at, Event event) {
    checkThread();
    event.at = at;
    wheel.add(event);
  }

  void forget(Event event) {
    checkThread();
    wheel.remove(event);
  }

  void checkThread() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "A simulation belongs to the thread that made it, '"
              + owner.getName()
              + "', and was used from '"
              + Thread.currentThread().getName()
              + "'.");
    }
  }

  /** Throws when an event runs: it would wait for itself. */
  void checkOutside(String what) {
    checkThread();
    if (inEvent) {
      throw new IllegalStateException(
          "The caller stands on a loop and would wait for itself: " + what + " is for the test.");
    }
  }

  /** Runs until a time. */
  void runFor(long nanos) {
    checkOutside("run");
    long until = Math.addExact(now, nanos);
    long eventsLimit = events + eventsMax;
    while (step(until)) {
      checkEvents(eventsLimit);
    }
    now = until;
    checks.quiescent();
  }

  /** Runs until a condition holds; false if it does not hold within the given time. */
  boolean runUntil(BooleanSupplier condition, long nanosMax) {
    checkOutside("runUntil");
    long until = Math.addExact(now, nanosMax);
    long eventsLimit = events + eventsMax;
    while (!condition.getAsBoolean()) {
      checkEvents(eventsLimit);
      if (!step(until)) {
        now = until;
        boolean holds = condition.getAsBoolean();
        checks.quiescent();
        return holds;
      }
    }
    checks.quiescent();
    return true;
  }

  private void checkEvents(long limit) {
    if (events > limit) {
      throw failure("More than " + eventsMax + " events ran in one go.", null);
    }
  }

  private boolean step(long until) {
    Event event = wheel.poll(until);
    if (event == null) {
      return false;
    }
    if (event.at < now) {
      throw failure("Virtual time went back from " + now + " to " + event.at + " ns.", null);
    }
    now = event.at;
    if (event.arrives()) {
      SimTransport of = event.loop;
      if (of == null) {
        perform(event);
      } else if (of.isRunning()) {
        of.host.handOver(event);
      }
    }
    return true;
  }

  /** Runs an event now. */
  void perform(Event event) {
    SimTransport of = event.loop;
    inEvent = true;
    loop = event.isOnLoop() ? of : null;
    try {
      event.run();
    } catch (Failure failed) {
      throw failed;
    } catch (RuntimeException | Error thrown) {
      String where = of == null ? "The test" : "A task of " + of.host.name();
      throw failure(where + " threw " + thrown + ".", thrown);
    } finally {
      loop = null;
      inEvent = false;
    }
    events++;
    lastHost = of == null ? null : of.host;
    checks.afterEvent();
  }

  /** What to throw: what is wrong, the way to see it again, where everything stood. */
  Failure failure(String wrong, @Nullable Throwable cause) {
    return new Failure(
        wrong
            + "\nseed "
            + seed
            + ", "
            + replay
            + "\nat "
            + Trace.seconds(now)
            + " s after "
            + events
            + " events, trace "
            + Long.toHexString(trace.hash())
            + "\n"
            + state.get()
            + "The last that happened:\n"
            + trace.tail(),
        cause);
  }
}
