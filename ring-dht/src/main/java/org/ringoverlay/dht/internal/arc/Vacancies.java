package org.ringoverlay.dht.internal.arc;

import java.util.TreeSet;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Scheduler;

/**
 * The arcs that this node should be the daddy of, and is not yet: has them taken over, a few in
 * each turn of the loop. Those whose daddy is gone come first; where one leads until then, only a
 * few are taken over at once, so that nobody waits long. On the loop.
 */
final class Vacancies {
  /** Takeovers that one turn begins. */
  private static final int TAKEN_IN_TURN_MAX = 16;

  /** Arcs that one turn looks at. */
  private static final int LOOKED_AT_IN_TURN_MAX = 64;

  /** Arcs that are taken over at once from daddies who lead until then. */
  private static final int HANDED_OVER_AT_ONCE_MAX = 8;

  /** The same while this node's loop is late: who waits for an arc waits for it. */
  private static final int HANDED_OVER_LATE_MAX = 3;

  private final Successor successor;
  private final Upkeep upkeep;
  private final Scheduler scheduler;
  private final int quietMax;

  private final TreeSet<Integer> orphans = new TreeSet<>();

  /** Those of them whose present daddy answers. */
  private final TreeSet<Integer> handedOver = new TreeSet<>();

  private final Runnable takeOver = this::takeOverSoon;
  private boolean due;

  /** Who takes the arcs over. */
  interface Successor {
    /** Learns who is there now. */
    void look();

    /** Whether this node is the member that should be the daddy of an arc, and is not. */
    boolean shouldLead(int arc);

    /** Whether the daddy whose ballot this node has promised answers. */
    boolean isDaddyThere(int arc);

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
    handedOver.remove(arc);
  }

  void clear() {
    orphans.clear();
    handedOver.clear();
  }

  /** Goes on in another turn, if there is anything to take over. */
  void takeOverSoon() {
    if (!due && !isEmpty()) {
      due = true;
      scheduler.execute(this::takeOverSome);
    }
  }

  private boolean isEmpty() {
    return orphans.isEmpty() && handedOver.isEmpty();
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
          handedOver.add(arc);
        } else {
          successor.lead(arc);
          begun++;
        }
      }
    }
    int atOnce = upkeep.isLate() ? HANDED_OVER_LATE_MAX : HANDED_OVER_AT_ONCE_MAX;
    while (preparing + begun < atOnce && !handedOver.isEmpty()) {
      int arc = handedOver.pollFirst();
      if (successor.shouldLead(arc)) {
        successor.lead(arc);
        begun++;
      }
    }
    if (begun < room && !orphans.isEmpty()) {
      takeOverSoon();
    } else if (!isEmpty()) {
      upkeep.atNextTick(takeOver);
    }
  }
}
