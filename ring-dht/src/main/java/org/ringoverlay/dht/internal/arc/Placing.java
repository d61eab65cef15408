package org.ringoverlay.dht.internal.arc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import org.ringoverlay.spi.Scheduler;

/**
 * Looks at all arcs of this node whenever something has changed about the members: a few in each
 * turn of the loop, those that hold records first.
 *
 * <p>What changes while a pass is under way is looked at in one more. On the loop.
 */
final class Placing {
  /** All members look at their arcs when one leaves, and writers wait for their loops. */
  private static final int IN_TURN_MAX = 8;

  private final Scheduler scheduler;
  private final Arcs arcs;
  private final ArrayDeque<Integer> left = new ArrayDeque<>();
  private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
  private boolean due;
  private boolean again;

  /** The number of the newest pass that was begun. */
  private long begun;

  /** The arcs that are looked at. */
  interface Arcs {
    /** Those that there are now. */
    BitSet all();

    /** Whether an arc holds records, as far as this node knows. */
    boolean holdsRecords(int arc);

    /** Looks at an arc. */
    void place(int arc);
  }

  /** Somebody who waits for the end of a pass. */
  private record Waiter(long pass, Runnable then) {}

  Placing(Scheduler scheduler, Arcs arcs) {
    this.scheduler = scheduler;
    this.arcs = arcs;
  }

  /** Something has changed: all are to be looked at. */
  void all() {
    if (!left.isEmpty()) {
      again = true;
      soon();
      return;
    }
    begun++;
    BitSet present = arcs.all();
    var empty = new ArrayList<Integer>(present.cardinality());
    for (int arc = present.nextSetBit(0); arc >= 0; arc = present.nextSetBit(arc + 1)) {
      if (arcs.holdsRecords(arc)) {
        left.add(arc);
      } else {
        empty.add(arc);
      }
    }
    left.addAll(empty);
    soon();
  }

  private void soon() {
    if (!due) {
      due = true;
      scheduler.execute(this::some);
    }
  }

  private void some() {
    due = false;
    for (int placed = 0; placed < IN_TURN_MAX && !left.isEmpty(); placed++) {
      arcs.place(left.remove());
    }
    if (!left.isEmpty()) {
      soon();
      return;
    }
    long ended = begun;
    if (again) {
      again = false;
      all();
    }
    while (!waiting.isEmpty() && waiting.element().pass <= ended) {
      waiting.remove().then.run();
    }
  }

  /** Runs this when all has been looked at as it is now; at once if it has. */
  void whenDone(Runnable then) {
    if (left.isEmpty()) {
      then.run();
    } else {
      waiting.add(new Waiter(again ? begun + 1 : begun, then));
    }
  }
}
