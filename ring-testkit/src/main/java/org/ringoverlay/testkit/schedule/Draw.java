package org.ringoverlay.testkit.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.DiskFate;
import org.ringoverlay.testkit.Generation;
import org.ringoverlay.testkit.Simulation;

/** Draws one schedule. It keeps a book of who is out, so that enough nodes run at any moment. */
final class Draw {
  private static final long LASTING_MILLIS_MEAN = 4_000;
  private static final long LASTING_MILLIS_MAX = 30_000;
  private static final long JOINING_MILLIS = 5_000;
  private static final int STORM_MAX = 5;
  private static final long GONE = Long.MAX_VALUE;

  private final long seed;
  private final Climate climate;
  private final Randomness chance;

  /** Until when a node is out, by its index. */
  private final List<Long> outUntil = new ArrayList<>();

  Draw(long seed, Climate climate) {
    this.seed = seed;
    this.climate = climate;
    this.chance = Simulation.chance(seed, "schedule");
    for (int i = 0; i < climate.nodes(); i++) {
      outUntil.add(0L);
    }
  }

  Schedule schedule() {
    var drawn = new ArrayList<Schedule.Timed>();
    long[] times =
        LongStream.generate(() -> chance.below(climate.lasting().toMillis()))
            .limit(climate.count())
            .sorted()
            .toArray();
    for (long at : times) {
      // A kind for which too few nodes run now gives way to another; noise is always possible.
      Optional<Incident> incident = Optional.empty();
      for (int tries = 0; incident.isEmpty() && tries < 8; tries++) {
        incident = draw(one(climate.kinds()), at);
      }
      incident.ifPresent(found -> drawn.add(new Schedule.Timed(at, found)));
    }
    return new Schedule(seed, drawn);
  }

  private Optional<Incident> draw(Climate.Kind kind, long at) {
    long lasting = lasting();
    return switch (kind) {
      case CRASH -> crash(at, 1, false, lasting);
      case POWER_CUT -> crash(at, 1, true, lasting);
      case CORRELATED_CRASH -> crash(at, 2 + below(spare(at)), chance.below(2) == 0, lasting);
      case FREEZE -> out(at, 1 + below(2), lasting).map(some -> new Incident.Freeze(some, lasting));
      case SLOW ->
          some(running(at), 1 + below(2))
              .map(few -> new Incident.Slow(few, power(10, 1 + below(3)), lasting));
      case PARTITION -> cut(at, lasting, false, false, 0);
      case PARTIAL_PARTITION -> cut(at, lasting, true, chance.below(3) == 0, 0);
      case ONE_WAY_PARTITION -> cut(at, lasting, false, true, 0);
      case FLAPPING_PARTITION ->
          cut(at, lasting, chance.below(2) == 0, false, 50 + chance.below(1_000));
      case HEAVY_TAIL ->
          Optional.of(new Incident.HeavyTail(share(0.2), 100 + chance.below(5_000), lasting));
      case LOSS -> Optional.of(new Incident.Burst(share(0.5), 0, 0, 0, lasting));
      case DISORDER ->
          Optional.of(new Incident.Burst(0, share(0.2), share(0.2), share(0.02), lasting));
      case JOIN -> join(at, 1);
      case JOIN_STORM -> join(at, 2 + below(STORM_MAX - 1));
      case LEAVE -> out(at, 1, GONE).map(some -> new Incident.Leave(some.get(0)));
      case CLOCK_RATE ->
          Optional.of(new Incident.ClockRate(anyNode(), chance.below(20_001) - 10_000, lasting));
      case CLOCK_JUMP -> Optional.of(new Incident.ClockJump(anyNode(), 1 + chance.below(60_000)));
      case DISK_FAILURE -> Optional.of(new Incident.DiskFails(anyNode(), lasting));
      case UPGRADE ->
          out(at, 1 + below(2), 0)
              .map(
                  some ->
                      new Incident.Upgrade(
                          some, chance.below(4) == 0 ? Generation.PRESENT : Generation.NEXT));
    };
  }

  private Optional<Incident> crash(long at, int count, boolean silently, long lasting) {
    return out(at, count, lasting)
        .map(some -> new Incident.Crash(some, silently, lasting, one(List.of(DiskFate.values()))));
  }

  private Optional<Incident> join(long at, int count) {
    long present = outUntil.stream().filter(until -> until != GONE).count();
    int joining = (int) Math.min(count, climate.nodesMax() - present);
    if (joining < 1) {
      return Optional.empty();
    }
    for (int i = 0; i < joining; i++) {
      outUntil.add(at + JOINING_MILLIS);
    }
    return Optional.of(new Incident.Join(joining));
  }

  private Optional<Incident> cut(
      long at, long lasting, boolean partial, boolean oneWay, long flapMillis) {
    List<Integer> here = running(at);
    if (here.size() < (partial ? 3 : 2)) {
      return Optional.empty();
    }
    int aside = 1 + below(Math.max(1, here.size() / 2));
    return some(here, aside)
        .map(
            from -> {
              var others = new ArrayList<>(here);
              others.removeAll(from);
              List<Integer> to =
                  partial ? some(others, 1 + below(others.size())).orElse(others) : List.of();
              return new Incident.Cut(from, to, oneWay, flapMillis, lasting);
            });
  }

  /** Takes nodes out until a time; none if too few would run. */
  private Optional<List<Integer>> out(long at, int count, long lasting) {
    int possible = Math.min(count, spare(at));
    if (possible < 1) {
      return Optional.empty();
    }
    Optional<List<Integer>> chosen = some(running(at), possible);
    chosen.ifPresent(
        few ->
            few.forEach(
                node ->
                    outUntil.set(node, lasting == GONE ? GONE : at + lasting + JOINING_MILLIS)));
    return chosen;
  }

  private int spare(long at) {
    return running(at).size() - climate.runningMin();
  }

  private List<Integer> running(long at) {
    var running = new ArrayList<Integer>();
    for (int node = 0; node < outUntil.size(); node++) {
      if (outUntil.get(node) <= at) {
        running.add(node);
      }
    }
    return running;
  }

  private Optional<List<Integer>> some(List<Integer> nodes, int count) {
    if (nodes.isEmpty()) {
      return Optional.empty();
    }
    var left = new ArrayList<>(nodes);
    var chosen = new ArrayList<Integer>();
    while (chosen.size() < count && !left.isEmpty()) {
      chosen.add(left.remove(below(left.size())));
    }
    return Optional.of(chosen);
  }

  private int anyNode() {
    return below(outUntil.size());
  }

  private <T> T one(List<T> all) {
    return all.get(below(all.size()));
  }

  private int below(int bound) {
    return bound < 1 ? 0 : (int) chance.below(bound);
  }

  /** A probability up to a bound in steps of a thousandth, which read well in a file. */
  private double share(double most) {
    return (1 + chance.below((long) (most * 1_000))) / 1_000.0;
  }

  private long lasting() {
    double unit = (chance.nextLong() >>> 11) * 0x1.0p-53;
    long drawn = 1 + (long) (-StrictMath.log(1 - unit) * LASTING_MILLIS_MEAN);
    return Math.min(LASTING_MILLIS_MAX, drawn);
  }

  private static int power(int base, int exponent) {
    int product = 1;
    for (int i = 0; i < exponent; i++) {
      product *= base;
    }
    return product;
  }
}
