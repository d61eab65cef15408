package org.ringoverlay.lab.records;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.testkit.Delay;
import org.ringoverlay.testkit.DiskFate;
import org.ringoverlay.testkit.NodePlan;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.schedule.Climate;
import org.ringoverlay.testkit.schedule.Climate.Kind;
import org.ringoverlay.testkit.schedule.Incident;
import org.ringoverlay.testkit.schedule.Playback;
import org.ringoverlay.testkit.schedule.Schedule;

/**
 * A minute of one ring that keeps records: three to nine nodes, one ring in twenty of twenty; a
 * workload of clients; and what befalls them. Three rings in four keep their copies on disks; in
 * those all but one may be down at once, disks fail and are full, and sometimes one disk is lost or
 * put back to an older state, or all lose their power in one moment. Some leave, and one that is
 * told that it could not hand everything over comes back. The others keep their copies in memory,
 * and nobody dies there.
 *
 * <p>In one ring of three the number of copies is changed meanwhile.
 *
 * <p>What is deleted is collected after eight seconds, or in one ring of four after one, if all
 * members of its arc are well.
 *
 * <p>Afterwards, when all are up again: each arc has as many members as the ring wants copies, or
 * as it has nodes, every key is read at every node and written once more, each key's history is
 * linearizable, what was listed meanwhile among it, all members of an arc hold the same, every node
 * lists the keys that it reads, what was to vanish has, and nobody holds a tombstone. Who watched a
 * key was told of every version that anybody saw, or of a gap, and of nothing that was not written.
 */
public final class RecordsSeed {
  private static final Duration LASTING = Duration.ofSeconds(60);
  private static final Duration SETTLE_MAX = Duration.ofMinutes(2);
  private static final Duration HEALED = Duration.ofSeconds(20);
  private static final int CLIENTS = 8;

  /** By then a watcher that just moved has been told all. */
  private static final Duration WATCHED = Duration.ofSeconds(10);

  /**
   * For so long nothing else happens when a disk was put back: whoever saw what stood there last
   * has to answer, which is all that the node waits for.
   */
  private static final long ASKED_MILLIS = 6_000;

  /** What kills processes or takes members away, which copies in memory do not survive. */
  private static final Set<Kind> DEADLY =
      EnumSet.of(
          Kind.CRASH,
          Kind.POWER_CUT,
          Kind.CORRELATED_CRASH,
          Kind.LEAVE,
          Kind.UPGRADE,
          Kind.DISK_FAILURE);

  private final Simulation world;
  private final Randomness chance;
  private final Tally tally = new Tally();

  /** Makes the seed of a world. */
  public RecordsSeed(Simulation world) {
    this.world = world;
    this.chance = Simulation.chance(world.seed(), "records");
  }

  /** What was done. */
  Tally tally() {
    return tally;
  }

  /** Runs it: what is wrong, or null. */
  @Nullable String failure() {
    try {
      return run();
    } catch (AssertionError | RuntimeException failed) {
      return String.valueOf(failed.getMessage());
    } finally {
      tally.seeds++;
    }
  }

  /**
   * Runs it.
   *
   * @return what is wrong with what the clients saw, or null
   * @throws AssertionError if an invariant broke or the nodes never agreed
   */
  public @Nullable String run() {
    boolean durable = chance.below(4) != 0;
    int nodes = chance.below(20) == 0 ? 20 : 3 + (int) chance.below(7);
    // A clock that stops or jumps is beyond what leases assume.
    boolean leased = chance.below(4) != 0;
    boolean loses = durable && nodes >= 5 && chance.below(3) == 0;
    boolean older = loses && chance.below(2) == 0;
    Delay disk =
        chance.below(2) == 0
            ? Delay.of(Duration.ofNanos(300_000), Duration.ofMillis(1))
            : Delay.of(Duration.ofMillis(1), Duration.ofMillis(2 + chance.below(200)));
    int bits = 2 + (int) chance.below(3);
    var resizing = new Resizing(world, tally, loses);
    // Long enough for repeats at other nodes in three rings of four.
    Duration kept =
        Duration.ofSeconds(Simulation.chance(world.seed(), "kept").below(4) == 0 ? 1 : 8);
    SimRing ring =
        world.ring(nodes, plan -> prepare(plan, bits, durable, leased, disk, kept, resizing));
    ring.settle(SETTLE_MAX);
    ring.run(Duration.ofSeconds(4));

    var clients = new Clients(ring, tally, leased, kept);
    var watching = new Watching(ring, clients);
    var listing = new Listing(ring, clients.histories());
    watching.begin(List.of("key 0", "key 3", "key 6", "key 9"));
    var watchingPrefix = new WatchingPrefix(ring);
    watchingPrefix.begin(List.of("key ", "key 1"));
    boolean returns = durable && !older && chance.below(2) == 0;
    boolean stays = loses || returns;
    Loss loss = loses ? loss(ring, nodes, older) : null;
    Schedule schedule = schedule(durable, stays, nodes, loss, leased);
    if (returns) {
      comeAndGo(ring, loses || resizing.thins());
    }
    clients.begin(CLIENTS);
    listing.begin();
    new Probes(ring, clients).follow(schedule);
    resizing.begin(ring);
    Playback playback = schedule.playOn(ring);
    ring.run(LASTING);
    playback.calm();
    clients.end();
    listing.end();
    tally.nodes += ring.size();
    schedule.incidents().stream()
        .limit(playback.struck())
        .forEach(timed -> tally.incidents.merge(nameOf(timed.incident()), 1L, Long::sum));

    ring.settle(SETTLE_MAX);
    ring.run(HEALED);
    var aftermath = new Aftermath(ring, clients);
    aftermath.readAll();
    // Before each key is written anew, which would bring its copies level.
    String size = resizing.flaw(ring);
    String discord = aftermath.discord();
    String misleading = aftermath.misleading();
    String remains = aftermath.remains(tally);
    aftermath.writeAll();
    aftermath.readAll();
    watchingPrefix.stay();
    ring.run(WATCHED);
    tally.told += watching.told() + watchingPrefix.told();
    tally.prefixGaps += watchingPrefix.gaps();
    tally.simulatedMillis += world.elapsed().toMillis();
    String flaw = clients.flaw();
    String unheard = watching.flaw(clients.versions());
    String unheardOfPrefix = watchingPrefix.flaw(clients.versions(), aftermath.last());
    for (String wrong :
        Arrays.asList(
            flaw, aftermath.flaw(), discord, misleading, remains, unheard, unheardOfPrefix, size)) {
      if (wrong != null) {
        return wrong;
      }
    }
    return tally.succeeded < tally.begun / 10
        ? "Of " + tally.begun + " operations no more than " + tally.succeeded + " succeeded"
        : null;
  }

  private static void prepare(
      NodePlan plan,
      int bits,
      boolean durable,
      boolean leased,
      Delay disk,
      Duration kept,
      Resizing resizing) {
    plan.builder()
        .set("ring.copies", String.valueOf(plan.index() == 0 ? resizing.first() : 3))
        .set("ring.arcs.bits", String.valueOf(bits))
        .set("ring.dht.leases", String.valueOf(leased))
        .set("ring.dht.settled", "1s")
        .set("ring.dht.gone", "4s")
        .set("ring.dht.compare.interval", "2s")
        .set("ring.dht.tombstones.kept", kept.toMillis() + "ms")
        .set("ring.dht.sweep.interval", "1s");
    if (durable) {
      plan.durable();
      plan.host().diskDelay(disk);
    }
  }

  /** Nodes leave or stop, and come back with their disks. */
  private void comeAndGo(SimRing ring, boolean loses) {
    for (long times = chance.below(4); times > 0; times--) {
      int node = (int) chance.below(ring.size());
      Duration at = Duration.ofMillis(chance.below(45_000));
      Duration away = Duration.ofMillis(300 + chance.below(9_000));
      boolean leaves = !loses && chance.below(2) == 0;
      world.after(
          at,
          () -> {
            if (ring.isReady(node) && !ring.host(node).isFrozen()) {
              tally.incidents.merge(leaves ? "LeaveAndReturn" : "StopAndReturn", 1L, Long::sum);
              int process = ring.host(node).processes();
              var leaving = leaves ? ring.beginLeave(node) : ring.beginStop(node);
              // A slow process takes its time until its directory is free, and one whose disk fails
              // meanwhile has not said goodbye.
              var unused =
                  leaving
                      .exceptionally(cutShort -> null)
                      .thenCombine(ring.node(node).closed(), (report, closed) -> process)
                      .thenAccept(former -> world.after(away, () -> comeBack(ring, node, former)));
            }
          });
    }
  }

  private static void comeBack(SimRing ring, int node, int process) {
    if (ring.host(node).processes() == process && !ring.running().contains(node)) {
      var unused = ring.beginRestart(node);
    }
  }

  private Schedule schedule(
      boolean durable, boolean stays, int nodes, @Nullable Loss loss, boolean leased) {
    Climate climate =
        Climate.of(nodes)
            .incidents(6 + (int) chance.below(10), LASTING.minusSeconds(5))
            .keepRunning(chance.below(3) == 0 ? 1 : nodes / 2 + 1);
    if (leased) {
      climate = climate.without(Kind.CLOCK_JUMP);
    }
    if (!durable) {
      climate = climate.without(DEADLY.toArray(Kind[]::new));
    } else if (stays) {
      // Of an arc that a leave left to two members one with a lost disk would be the end, and of a
      // ring whose others have left for a while the last must not leave for good.
      climate = climate.without(Kind.LEAVE);
    } else {
      // Nor must the last whose others have stopped for their disks.
      climate = climate.without(Kind.DISK_FAILURE);
    }
    Schedule drawn = Schedule.draw(world.seed(), climate);
    var sound = new ArrayList<Schedule.Timed>();
    if (durable && chance.below(3) == 0) {
      sound.add(
          new Schedule.Timed(
              chance.below(45_000),
              new Incident.DiskFills((int) chance.below(nodes), 500 + chance.below(8_000))));
    }
    if (durable && loss == null && chance.below(2) == 0) {
      sound.addAll(blackout(nodes));
    }
    if (loss != null) {
      sound.addAll(loss.incidents());
    }
    for (Schedule.Timed timed : drawn.incidents()) {
      if (loss != null && loss.isDisturbedBy(timed)) {
        continue;
      }
      Schedule.Timed next = timed;
      if (timed.incident() instanceof Incident.Crash crash && !isSound(crash.disk())) {
        next =
            new Schedule.Timed(
                timed.atMillis(),
                new Incident.Crash(
                    crash.nodes(), crash.silently(), crash.forMillis(), DiskFate.TAIL_LOST));
      }
      sound.add(next);
    }
    sound.sort(Comparator.comparingLong(Schedule.Timed::atMillis));
    return drawn.with(sound);
  }

  /**
   * All nodes lose their power in one moment, those that joined meanwhile too, and return one by
   * one: whoever counted on a write that had not reached a disk, its own or another's, has lost it
   * then.
   */
  private List<Schedule.Timed> blackout(int nodes) {
    long atMillis = 5_000 + chance.below(40_000);
    return IntStream.range(0, 2 * nodes)
        .mapToObj(
            node ->
                new Schedule.Timed(
                    atMillis,
                    new Incident.Crash(
                        List.of(node), true, 300 + chance.below(3_000), DiskFate.TAIL_LOST)))
        .toList();
  }

  /**
   * What befalls one disk.
   *
   * @param asksAtMillis when its node starts again and asks what others saw of it; −1 if there is
   *     nothing to ask
   */
  private record Loss(List<Schedule.Timed> incidents, long asksAtMillis) {
    /** Whether something lasts while the node asks, and may keep somebody from answering. */
    boolean isDisturbedBy(Schedule.Timed timed) {
      return asksAtMillis >= 0
          && timed.atMillis() < asksAtMillis + ASKED_MILLIS
          && timed.atMillis() + timed.incident().forMillis() > asksAtMillis - 500;
    }
  }

  /**
   * One node loses its disk while another is cut off, and a third stands still when it returns: so
   * whoever is left must not take it for the member that it was.
   */
  private Loss loss(SimRing ring, int nodes, boolean older) {
    long atMillis = 3_000 + chance.below(40_000);
    long awayMillis = 300 + chance.below(1_500);
    if (older) {
      return older(ring, atMillis, awayMillis);
    }
    var others = new ArrayList<>(IntStream.range(0, nodes).boxed().toList());
    int loses = others.remove((int) chance.below(nodes));
    int behind = others.remove((int) chance.below(others.size()));
    int ahead = others.remove((int) chance.below(others.size()));
    var incidents =
        List.of(
            new Schedule.Timed(
                atMillis - chance.below(3_000),
                new Incident.Cut(List.of(behind), List.of(), false, 0, 3_000)),
            new Schedule.Timed(
                atMillis,
                new Incident.Crash(
                    List.of(loses), chance.below(2) == 0, awayMillis, DiskFate.LOST)),
            new Schedule.Timed(
                atMillis,
                new Incident.Freeze(List.of(ahead), awayMillis + 1_000 + chance.below(5_000))));
    return new Loss(incidents, -1);
  }

  /**
   * The like with a disk that was put back, to three members of a key that is in use then. Who
   * stands still goes on while the node still asks: nothing is promised otherwise.
   */
  private Loss older(SimRing ring, long atMillis, long awayMillis) {
    String key = "key " + (atMillis / Clients.SPELL_MILLIS + 2);
    List<Integer> members =
        ring.await(Dht.on(ring.node(0)).owner(key)).replicas().stream().map(ring::indexOf).toList();
    int ahead = members.get(0);
    int older = members.get(1 % members.size());
    int behind = members.get(2 % members.size());
    long behindMillis = 500 + chance.below(2_000);
    var incidents = new ArrayList<Schedule.Timed>();
    incidents.add(
        new Schedule.Timed(
            atMillis - behindMillis,
            new Incident.Cut(List.of(behind), List.of(), false, 0, behindMillis + awayMillis)));
    incidents.add(
        new Schedule.Timed(
            atMillis,
            new Incident.Crash(List.of(older), chance.below(2) == 0, awayMillis, DiskFate.OLDER)));
    if (members.size() > 2) {
      incidents.add(
          new Schedule.Timed(
              atMillis,
              new Incident.Freeze(List.of(ahead), awayMillis + 1_500 + chance.below(1_500))));
    }
    return new Loss(incidents, atMillis + awayMillis);
  }

  private static String nameOf(Incident incident) {
    String name = incident.getClass().getSimpleName();
    return incident instanceof Incident.Crash crash && !isSound(crash.disk())
        ? name + ", disk " + crash.disk()
        : name;
  }

  /** An acknowledged write is promised to stay while a majority of its members keeps its disks. */
  private static boolean isSound(DiskFate fate) {
    return fate == DiskFate.KEPT || fate == DiskFate.TAIL_LOST;
  }
}
