package org.ringoverlay.testkit.lookup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Answer;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.RootOracle;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.stats.Distribution;

/**
 * A load of lookups: random nodes ask for random IDs, at random times with a given mean rate. Each
 * delivery is judged at its moment by the {@linkplain RootOracle oracle}.
 *
 * <p>A lookup counts as lost when its asker heard nothing until the deadline: a {@code Timeout} or
 * {@code OutcomeUnknown} is its own clock's word, not anybody's answer. Any other error says that
 * somebody told it. Lookups may be repeated on the way, as all requests are; one that was delivered
 * at a wrong root once counts as such even if the root answered too.
 */
public final class Lookups {
  private static final String SERVICE = "lookup";
  private static final int MISSES_KEPT_MAX = 10_000;
  private static final int TRIES_FOR_AN_ASKER = 64;

  private final TreeMap<Long, Open> open = new TreeMap<>();
  private final List<LookupTally.Miss> misses = new ArrayList<>();
  private final EnumMap<Outcome, Long> counts = new EnumMap<>(Outcome.class);
  private Distribution hops = new Distribution();
  private Distribution nanos = new Distribution();
  private @Nullable Running running;
  private long asked;

  /** The request. */
  record Lookup(long number) {}

  /** The reply. */
  record Found(int node) {}

  private static final class Open {
    final long number;
    final Id target;
    final int asker;
    final int process;
    final Duration askedAt;
    @Nullable String wrong;

    Open(long number, Id target, int asker, int process, Duration askedAt) {
      this.number = number;
      this.target = target;
      this.asker = asker;
      this.process = process;
      this.askedAt = askedAt;
    }
  }

  private static final class Running {
    final SimRing ring;
    final RootOracle oracle;
    final Randomness chance;
    final long meanNanos;
    final AskOptions options;
    boolean stopped;

    Running(
        SimRing ring, RootOracle oracle, Randomness chance, long meanNanos, AskOptions options) {
      this.ring = ring;
      this.oracle = oracle;
      this.chance = chance;
      this.meanNanos = meanNanos;
      this.options = options;
    }
  }

  /** Makes a load that does not run yet. */
  public Lookups() {}

  /** Adds the service that is looked up to a node; to be called for all of them. */
  public void install(NodePlan plan) {
    int node = plan.index();
    plan.service(
        RingService.of(SERVICE, Lookup.class, (lookup, context) -> handle(node, lookup, context)));
  }

  private CompletionStage<Found> handle(int node, Lookup lookup, Context context) {
    Open found = open.get(lookup.number());
    Running now = running;
    if (found != null && now != null) {
      Optional<Integer> closer = now.oracle.closerThan(node, context.ring().id(), found.target);
      if (closer.isPresent()) {
        found.wrong = "delivered at node " + node + ", node " + closer.get() + " is closer";
      }
    }
    return CompletableFuture.completedFuture(new Found(node));
  }

  /**
   * Begins to look up, and to count from nothing.
   *
   * @param perSecond how many lookups a second on average, of the whole ring
   * @param deadline how long an asker waits
   * @param grace how long a node that came back or became ready may still be passed over; see
   *     {@link SimRing#oracle}
   */
  public void start(SimRing ring, double perSecond, Duration deadline, Duration grace) {
    if (running != null) {
      throw new IllegalStateException("these lookups run already");
    }
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("a rate is positive: " + perSecond);
    }
    counts.clear();
    misses.clear();
    hops = new Distribution();
    nanos = new Distribution();
    Randomness chance = Simulation.chance(ring.simulation().seed(), "lookups " + asked);
    AskOptions options = AskOptions.defaults().within(deadline).reading();
    var begun = new Running(ring, ring.oracle(grace), chance, (long) (1e9 / perSecond), options);
    running = begun;
    next(begun);
  }

  /** Looks up no more; those under way go on. */
  public void stop() {
    if (running != null) {
      running.stopped = true;
    }
  }

  /** Stops, lets the last lookups end, and counts. */
  public LookupTally finish() {
    Running was = running;
    if (was == null) {
      throw new IllegalStateException("these lookups were never started");
    }
    stop();
    was.ring.run(was.options.timeout().plusSeconds(1));
    for (Open left : List.copyOf(open.values())) {
      end(was, left, null, new RingException.Closed("Nothing was heard."), true);
    }
    running = null;
    return tally();
  }

  /** What became of them so far. */
  public LookupTally tally() {
    return new LookupTally(
        count(Outcome.DELIVERED),
        count(Outcome.WRONG_ROOT),
        count(Outcome.TOLD),
        count(Outcome.LOST),
        count(Outcome.ABANDONED),
        open.size(),
        hops,
        nanos,
        misses);
  }

  private long count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0L);
  }

  private void next(Running of) {
    long wait = 1 + (long) (-StrictMath.log(1 - unit(of.chance)) * of.meanNanos);
    of.ring
        .simulation()
        .after(
            Duration.ofNanos(wait),
            () -> {
              if (!of.stopped) {
                ask(of);
                next(of);
              }
            });
  }

  private static double unit(Randomness chance) {
    return (chance.nextLong() >>> 11) * 0x1.0p-53;
  }

  private void ask(Running of) {
    SimRing ring = of.ring;
    int asker = -1;
    for (int tries = 0; asker < 0 && tries < TRIES_FOR_AN_ASKER; tries++) {
      int candidate = (int) of.chance.below(ring.size());
      asker = ring.isReady(candidate) && !ring.host(candidate).isFrozen() ? candidate : -1;
    }
    Id target = Id.of(of.chance.nextLong(), of.chance.nextLong(), (int) of.chance.nextLong());
    if (asker < 0) {
      return;
    }
    var lookup =
        new Open(asked++, target, asker, ring.host(asker).processes(), ring.simulation().elapsed());
    open.put(lookup.number, lookup);
    ring.node(asker)
        .call(SERVICE, target, new Lookup(lookup.number), Found.class, of.options)
        .whenComplete((answer, error) -> end(of, lookup, answer, error, false));
  }

  private void end(
      Running of,
      Open lookup,
      @Nullable Answer<Found> answer,
      @Nullable Throwable error,
      boolean unheard) {
    if (open.remove(lookup.number) == null) {
      return;
    }
    if (answer != null) {
      hops.add(answer.hops());
      nanos.add(of.ring.simulation().elapsed().minus(lookup.askedAt).toNanos());
    }
    Throwable thrown = error != null && error.getCause() != null ? error.getCause() : error;
    Outcome outcome = outcome(of.ring, lookup, answer, thrown, unheard);
    counts.merge(outcome, 1L, Long::sum);
    boolean miss = outcome != Outcome.DELIVERED && outcome != Outcome.ABANDONED;
    if (miss && misses.size() < MISSES_KEPT_MAX) {
      String why = lookup.wrong != null ? lookup.wrong : String.valueOf(thrown);
      misses.add(
          new LookupTally.Miss(
              lookup.askedAt.toMillis(), lookup.asker, lookup.target, outcome, why));
    }
  }

  private static Outcome outcome(
      SimRing ring,
      Open lookup,
      @Nullable Answer<Found> answer,
      @Nullable Throwable error,
      boolean unheard) {
    if (lookup.wrong != null) {
      return Outcome.WRONG_ROOT;
    }
    if (answer != null) {
      return Outcome.DELIVERED;
    }
    boolean died =
        ring.host(lookup.asker).processes() != lookup.process
            || !ring.host(lookup.asker).isUp()
            || ring.host(lookup.asker).isFrozen();
    if (died || (!unheard && error instanceof RingException.Closed)) {
      return Outcome.ABANDONED;
    }
    boolean silence =
        unheard
            || error instanceof RingException.Timeout
            || error instanceof RingException.OutcomeUnknown;
    return silence ? Outcome.LOST : Outcome.TOLD;
  }
}
