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

  /** What one of a change of members may: disks of their own are on the way of those. */
  private static final long MOVE_QUEUED_NANOS = 5_000_000;

  private static final int MOVE_ANSWERS_COUNTED = 4;

  /** A loop that ticks later than this has too much to do to ask for more. */
  private static final long LATE_NANOS = 10_000_000;

  private final Scheduler scheduler;
  private final Clock clock;
  private final Pace repairPace;
  private final Pace movePace;
  private final LinkedHashSet<ArcLeader> moving = new LinkedHashSet<>();
  private final LinkedHashSet<ArcLeader> waitingToMove = new LinkedHashSet<>();
  private final ArrayDeque<ArcLeader> ticking = new ArrayDeque<>();
  private final Map<Integer, Worker> uneven = new LinkedHashMap<>();
  private final LinkedHashSet<Runnable> atTick = new LinkedHashSet<>();
  private boolean tickDue;
  private long tickAtNanos;
  private boolean late;
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
    this.repairPace = new Pace(repairsMax, REPAIR_QUEUED_NANOS, 1);
    this.movePace = new Pace(movesMax, MOVE_QUEUED_NANOS, MOVE_ANSWERS_COUNTED);
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
      tickAtNanos = clock.nanos() + TICK_NANOS;
      scheduler.schedule(TICK_NANOS, this::ticked);
    }
  }

  private void ticked() {
    tickDue = false;
    long now = clock.nanos();
    late = now - tickAtNanos > LATE_NANOS;
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

  /** Whether this node's loop was so busy that the last tick came late. */
  boolean isLate() {
    return late;
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
   * Whether a leader may change the members of its arc now: only so many do at once as do not wait
   * for each other, or a newcomer to a ring of thousands of arcs would keep everybody from their
   * work. Whoever may not is woken when its turn comes.
   */
  boolean mayMove(ArcLeader leader) {
    if (moving.contains(leader)) {
      return true;
    }
    // Arcs that hold records have as many places again, so that they need not wait for empty ones.
    int allowed = movePace.allowed();
    if (moving.size() < (leader.holdsRecords() ? 2 * allowed : allowed)) {
      waitingToMove.remove(leader);
      moving.add(leader);
      return true;
    }
    waitingToMove.add(leader);
    return false;
  }

  /** A member has answered to a configuration, or not, after so long. */
  void configured(Id node, long tookNanos) {
    movePace.ended(node, tookNanos, clock.nanos());
  }

  /** A leader changes its members no more. */
  void moved(ArcLeader leader) {
    waitingToMove.remove(leader);
    if (moving.remove(leader) && !waitingToMove.isEmpty()) {
      scheduler.execute(this::moveNext);
    }
  }

  private void moveNext() {
    // Each is woken once: whoever does not want to change any more takes no place, and who has to
    // go on waiting stands behind the others.
    for (int left = waitingToMove.size(); left > 0 && moving.size() < movePace.allowed(); left--) {
      Iterator<ArcLeader> first = waitingToMove.iterator();
      if (!first.hasNext()) {
        return;
      }
      ArcLeader next = first.next();
      first.remove();
      next.wake(clock.nanos());
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
