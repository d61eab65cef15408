package org.ringoverlay.dht.internal.arc;

import java.util.NavigableSet;
import java.util.TreeSet;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Scheduler;

/**
 * The arcs that this node should be the daddy of, and is not yet: has them taken over, a few in
 * each turn of the loop.
 *
 * <ol>
 *   <li>Those whose daddy is gone.
 *   <li>Those whose daddy is about to go and leads until then, only a few at once, so that nobody
 *       waits long; those that hold records before the others.
 *   <li>Those whose daddy stays. These can wait, and do while this node's loop is late, as it is
 *       when its process has just begun: who waits for an arc waits for the loop of its daddy. Here
 *       those come first that hold nothing, for what a process does for the first time takes it
 *       long.
 * </ol>
 *
 * <p>On the loop.
 */
final class Vacancies {
  /** Takeovers that one turn begins. */
  private static final int TAKEN_IN_TURN_MAX = 16;

  /** Arcs that one turn looks at. */
  private static final int LOOKED_AT_IN_TURN_MAX = 64;

  /** Arcs that are taken over at once from daddies who lead until then. */
  private static final int HANDED_OVER_AT_ONCE_MAX = 8;

  /** The same of arcs that hold nothing: nobody waits for them, but for the loops and the disks. */
  private static final int EMPTY_AT_ONCE_MAX = 4;

  /** The same while this node's loop is late. */
  private static final int LATE_AT_ONCE_MAX = 3;

  private final Successor successor;
  private final Upkeep upkeep;
  private final Scheduler scheduler;
  private final int quietMax;

  private final TreeSet<Integer> orphans = new TreeSet<>();

  /** Those of them whose daddy leads until then, and is about to go. */
  private final Successions going = new Successions();

  /** The same of daddies that stay; they are added anew when their daddy is about to go. */
  private final Successions staying = new Successions();

  private final Runnable takeOver = this::takeOverSoon;
  private boolean due;

  /** Arcs that hold records, and such as do not. */
  private static final class Successions {
    final TreeSet<Integer> full = new TreeSet<>();
    final TreeSet<Integer> empty = new TreeSet<>();

    void add(int arc, boolean holdsRecords) {
      (holdsRecords ? full : empty).add(arc);
    }

    void remove(int arc) {
      full.remove(arc);
      empty.remove(arc);
    }

    void clear() {
      full.clear();
      empty.clear();
    }

    boolean isEmpty() {
      return full.isEmpty() && empty.isEmpty();
    }
  }

  /** Who takes the arcs over. */
  interface Successor {
    /** Learns who is there now. */
    void look();

    /** Whether this node is the member that should be the daddy of an arc, and is not. */
    boolean shouldLead(int arc);

    /** Whether the daddy whose ballot this node has promised answers. */
    boolean isDaddyThere(int arc);

    /** Whether that daddy can lead for as long as this node likes. */
    boolean doesDaddyStay(int arc);

    /** Whether an arc holds records, as far as this node knows. */
    boolean holdsRecords(int arc);

    /** Begins to take an arc over. */
    void lead(int arc);
  }

  Vacancies(Successor successor, Upkeep upkeep, Scheduler scheduler, Settings settings) {
    this.successor = successor;
    this.upkeep = upkeep;
    this.scheduler = scheduler;
    this.quietMax = settings.get(DhtSettings.TAKEOVERS_QUIET);
  }

  /** This node should lead one more. */
  void add(int arc) {
    orphans.add(arc);
    takeOverSoon();
  }

  /** This node begins to lead an arc. */
  void remove(int arc) {
    orphans.remove(arc);
    going.remove(arc);
    staying.remove(arc);
  }

  void clear() {
    orphans.clear();
    going.clear();
    staying.clear();
  }

  /** Goes on in another turn, if there is anything to take over. */
  void takeOverSoon() {
    if (!due && !isEmpty()) {
      due = true;
      scheduler.execute(this::takeOverSome);
    }
  }

  private boolean isEmpty() {
    return orphans.isEmpty() && going.isEmpty() && staying.isEmpty();
  }

  private void takeOverSome() {
    due = false;
    successor.look();
    int preparing = upkeep.preparing();
    int room = Math.min(quietMax - preparing, TAKEN_IN_TURN_MAX);
    int begun = 0;
    for (int looked = 0; begun < room && looked < LOOKED_AT_IN_TURN_MAX; looked++) {
      Integer arc = orphans.pollFirst();
      if (arc == null) {
        break;
      }
      if (successor.shouldLead(arc)) {
        if (successor.isDaddyThere(arc)) {
          going.remove(arc);
          staying.remove(arc);
          (successor.doesDaddyStay(arc) ? staying : going).add(arc, successor.holdsRecords(arc));
        } else {
          successor.lead(arc);
          begun++;
        }
      }
    }
    begun += takeOver(going.full, HANDED_OVER_AT_ONCE_MAX, preparing + begun);
    begun += takeOver(going.empty, EMPTY_AT_ONCE_MAX, preparing + begun);
    if (upkeep.isCalm()) {
      begun += takeOver(staying.empty, EMPTY_AT_ONCE_MAX, preparing + begun);
      if (staying.empty.isEmpty()) {
        begun += takeOver(staying.full, HANDED_OVER_AT_ONCE_MAX, preparing + begun);
      }
    }
    if (begun < room && !orphans.isEmpty()) {
      takeOverSoon();
    } else if (!isEmpty()) {
      upkeep.atNextTick(takeOver);
    }
  }

  /** Takes some over, so that with those on the way there are at most so many; tells how many. */
  private int takeOver(NavigableSet<Integer> arcs, int atOnceMax, int onTheWay) {
    int most = (upkeep.isLate() ? Math.min(LATE_AT_ONCE_MAX, atOnceMax) : atOnceMax) - onTheWay;
    int begun = 0;
    for (int looked = 0; begun < most && looked < LOOKED_AT_IN_TURN_MAX; looked++) {
      Integer arc = arcs.pollFirst();
      if (arc == null) {
        break;
      }
      if (successor.shouldLead(arc)) {
        successor.lead(arc);
        begun++;
      }
    }
    return begun;
  }
}
