package org.ringoverlay.dht.internal.arc;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Scheduler;

/**
 * The leaders' sense of time, and the bounded stream of messages that brings copies level. On the
 * loop.
 */
final class Upkeep {
  private static final long TICK_NANOS = 50_000_000;

  /** What a message that brings copies level may wait in queues. */
  private static final long REPAIR_QUEUED_NANOS = 2_000_000;

  private static final int REPAIRS_FIRST = 2;

  /** What one of a change of members may: disks of their own are on the way of those. */
  private static final long CHANGE_QUEUED_NANOS = 5_000_000;

  private static final int CHANGE_ANSWERS_COUNTED = 8;

  /** The part of the moves that may be decided at once however late answers are. */
  private static final int CHANGES_PART_MIN = 8;

  /** A loop that ticks later than this has too much to do to ask for more. */
  private static final long LATE_NANOS = 10_000_000;

  /** After so many ticks in a row that were in time a loop is calm. */
  private static final int CALM_TICKS = 10;

  /** Between two ticks in a row is no more time. */
  private static final long IDLE_NANOS = 4 * TICK_NANOS;

  /** A loop that is not calm for so long never will be: it is not waited for any more. */
  private static final long UNEASY_NANOS_MAX = 10_000_000_000L;

  private final Scheduler scheduler;
  private final Clock clock;
  private final Pace repairPace;
  private final Pace changePace;
  private final int movesMax;
  private final Gate moving = new Gate();

  /** For those that move and wait for no newcomer any more. */
  private final Gate changing = new Gate();

  private final ArrayDeque<ArcLeader> ticking = new ArrayDeque<>();
  private final Map<Integer, Worker> uneven = new LinkedHashMap<>();
  private final LinkedHashSet<Runnable> atTick = new LinkedHashSet<>();
  private boolean tickDue;
  private long tickAtNanos;
  private boolean late;
  private long tickedAtNanos;
  private int ticksInTime;
  private long uneasySinceNanos;
  private boolean repairDue;
  private int repairing;

  /** A leader and the way to send what it wants sent. */
  interface Worker {
    /** The leader. */
    ArcLeader leader();

    /** Sends, and calls back when an answer or a failure was told to the leader. */
    void send(Repair repair, Runnable ended);
  }

  Upkeep(Scheduler scheduler, Clock clock, int repairsMax, int movesMax) {
    this.scheduler = scheduler;
    this.clock = clock;
    this.repairPace = new Pace(REPAIRS_FIRST, repairsMax, REPAIR_QUEUED_NANOS, 1);
    this.changePace = new Pace(movesMax / 2, movesMax, CHANGE_QUEUED_NANOS, CHANGE_ANSWERS_COUNTED);
    this.movesMax = movesMax;
    this.tickedAtNanos = clock.nanos() - IDLE_NANOS;
  }

  void tick(ArcLeader leader) {
    // Every change of a record comes here.
    if (!leader.ticks) {
      leader.ticks = true;
      ticking.add(leader);
    }
    armTick();
  }

  /** Runs a task once, at the next tick. */
  void atNextTick(Runnable task) {
    atTick.add(task);
    armTick();
  }

  private void armTick() {
    if (!tickDue) {
      tickDue = true;
      long now = clock.nanos();
      if (now - tickedAtNanos >= IDLE_NANOS) {
        ticksInTime = 0;
        uneasySinceNanos = now;
      }
      tickAtNanos = now + TICK_NANOS;
      scheduler.schedule(TICK_NANOS, this::ticked);
    }
  }

  private void ticked() {
    tickDue = false;
    long now = clock.nanos();
    late = now - tickAtNanos > LATE_NANOS;
    observe(now);
    for (int left = ticking.size(); left > 0; left--) {
      ArcLeader leader = ticking.element();
      boolean again = leader.tick(now);
      ticking.remove();
      leader.ticks = false;
      if (again) {
        tick(leader);
      }
    }
    List<Runnable> tasks = List.copyOf(atTick);
    atTick.clear();
    tasks.forEach(Runnable::run);
    if (!ticking.isEmpty()) {
      armTick();
    }
  }

  private void observe(long now) {
    if (late && ticksInTime >= CALM_TICKS) {
      uneasySinceNanos = now;
    }
    ticksInTime = late ? 0 : ticksInTime + 1;
    tickedAtNanos = now;
  }

  /** Whether this node's loop was so busy that the last tick came late. */
  boolean isLate() {
    return late;
  }

  /**
   * Whether the last ticks came in time, all of them: so this node's loop has time, and not just by
   * chance. True, too, after ten seconds in which they did not.
   */
  boolean isCalm() {
    long now = clock.nanos();
    boolean isIdle = !tickDue && now - tickedAtNanos >= IDLE_NANOS;
    return !isIdle && (ticksInTime >= CALM_TICKS || now - uneasySinceNanos >= UNEASY_NANOS_MAX);
  }

  void repair(Worker worker) {
    uneven.put(worker.leader().arc(), worker);
    repairSoon();
  }

  private void repairSoon() {
    if (!repairDue) {
      repairDue = true;
      scheduler.execute(this::repairSome);
    }
  }

  private void repairSome() {
    repairDue = false;
    while (repairing < repairPace.allowed() && !uneven.isEmpty()) {
      Iterator<Worker> first = uneven.values().iterator();
      Worker worker = first.next();
      first.remove();
      Repair next = worker.leader().nextRepair();
      if (next != null) {
        send(worker, next);
        // What is sent in one turn travels together, and so would what callers wait for.
        repairSoon();
        return;
      }
    }
  }

  private void send(Worker worker, Repair repair) {
    repairing++;
    long sentAt = clock.nanos();
    worker.send(
        repair,
        () -> {
          long now = clock.nanos();
          long took = now - sentAt;
          repairPace.ended(repair.node(), took, now);
          long pause = repairPace.pauseNanos(took);
          if (pause == 0) {
            repaired(worker);
          } else {
            scheduler.schedule(pause, () -> repaired(worker));
          }
        });
  }

  private void repaired(Worker worker) {
    repairing--;
    repair(worker);
  }

  /**
   * Whether a leader may begin to change the members of its arc now: only so many do at once, or a
   * newcomer to a ring of thousands of arcs would keep everybody from their work. Whoever may not
   * is woken when its turn comes.
   */
  boolean mayMove(ArcLeader leader) {
    return moving.admits(leader, movesMax);
  }

  /**
   * Whether a leader that moves, and whose newcomers are ready, may have the change decided now:
   * only so many do as do not wait for each other's messages. Whoever may not is woken, too.
   */
  boolean mayChange(ArcLeader leader) {
    return changing.admits(leader, changesAllowed());
  }

  private int changesAllowed() {
    return Math.max(movesMax / CHANGES_PART_MIN, changePace.allowed());
  }

  /** A member has answered to a configuration after so long. */
  void configured(Id node, long tookNanos) {
    changePace.ended(node, tookNanos, clock.nanos());
  }

  /** A leader that moves waits for a newcomer. */
  void waitsToChange(ArcLeader leader) {
    if (changing.leaves(leader)) {
      scheduler.execute(() -> changing.wake(changesAllowed(), clock.nanos()));
    }
  }

  /** A leader changes its members no more. */
  void moved(ArcLeader leader) {
    waitsToChange(leader);
    if (moving.leaves(leader)) {
      scheduler.execute(() -> moving.wake(movesMax, clock.nanos()));
    }
  }

  void ended(ArcLeader leader) {
    moved(leader);
    Worker worker = uneven.get(leader.arc());
    if (worker != null && worker.leader() == leader) {
      uneven.remove(leader.arc());
    }
  }

  /** How many leaders are on the way. */
  int preparing() {
    int preparing = 0;
    for (ArcLeader leader : ticking) {
      preparing += leader.isPreparing() ? 1 : 0;
    }
    return preparing;
  }
}
