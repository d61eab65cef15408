package org.ringoverlay.internal.membership;

import java.util.Collection;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.MemberState;

/**
 * Who tells all of a death: the nearest that lives before the dead one on the circle, whoever found
 * it. Plain state; time is an argument.
 */
final class Obituaries {
  /** For how long a death may have been left to one to tell that was dead itself. */
  private static final long UNTOLD_NANOS = 10_000_000_000L;

  private final Id self;
  private final MemberTable table;

  Obituaries(Id self, MemberTable table) {
    this.self = self;
    this.table = table;
  }

  /** Whether it is this node that tells. */
  boolean isForThisNode(Id dead) {
    Id next = null;
    for (MemberTable.Known known : table.all()) {
      Id id = known.id();
      if (known.state() == MemberState.ALIVE
          && !id.equals(dead)
          && (next == null || dead.minus(id).compareTo(dead.minus(next)) < 0)) {
        next = id;
      }
    }
    return self.equals(next);
  }

  /**
   * The dead one, and those that died lately behind it up to the next that lives: when they were
   * buried, the one that is dead now was held alive, and they were left to it to tell.
   */
  Collection<MemberTable.Known> toBeTold(MemberTable.Known dead, long now) {
    var told = new TreeMap<Id, MemberTable.Known>();
    Id nextAlive = null;
    for (MemberTable.Known known : table.all()) {
      Id distance = known.id().minus(dead.id());
      if (isUntold(known, dead, now)) {
        told.put(distance, known);
      } else if (known.state() == MemberState.ALIVE
          && (nextAlive == null || distance.compareTo(nextAlive) < 0)) {
        nextAlive = distance;
      }
    }
    return before(told, nextAlive);
  }

  private static boolean isUntold(MemberTable.Known known, MemberTable.Known dead, long now) {
    return known.id().equals(dead.id())
        || (known.state() == MemberState.DEAD && now - known.sinceNanos() < UNTOLD_NANOS);
  }

  private static Collection<MemberTable.Known> before(
      NavigableMap<Id, MemberTable.Known> told, @Nullable Id nextAlive) {
    return nextAlive == null ? told.values() : told.headMap(nextAlive, false).values();
  }
}
