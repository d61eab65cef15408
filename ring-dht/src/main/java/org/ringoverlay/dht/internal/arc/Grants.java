package org.ringoverlay.dht.internal.arc;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Clock;

/**
 * The read leases that this node has granted: until one ends, this node promises no ballot of
 * another node in an arc where it last promised one of the holder's.
 *
 * <p>A node that starts again with its copies has forgotten what it granted. For the time of one
 * lease it acts as if it had granted one to everybody.
 *
 * <p>On the loop.
 *
 * @see <a href="https://dl.acm.org/doi/10.1145/74850.74870">Gray and Cheriton 1989, Leases</a>
 */
final class Grants {
  /** How long a lease lasts, the same on all nodes and in all versions: a start waits for it. */
  static final long LEASE_MILLIS = 500;

  private static final long LEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(LEASE_MILLIS);

  private final Clock clock;
  private final boolean gives;
  private final long startedAt;
  private final Map<Id, Grant> grants = new TreeMap<>();
  private boolean startsAgain;

  /** A lease that was granted to a process of a node. */
  private record Grant(long session, long endsAt) {
    boolean isOver(long now) {
      return now - endsAt >= 0;
    }
  }

  /**
   * Grants nothing yet.
   *
   * @param gives whether leases are given at all
   */
  Grants(Clock clock, boolean gives) {
    this.clock = clock;
    this.gives = gives;
    this.startedAt = clock.nanos();
  }

  /** This node has promises that it made before it started. */
  void startsAgain() {
    startsAgain = true;
  }

  /** Grants a lease from now on. Returns for how many milliseconds, 0 if none is given. */
  long grant(Id holder, long session) {
    if (!gives) {
      return 0;
    }
    long now = clock.nanos();
    grants.values().removeIf(grant -> grant.isOver(now));
    grants.put(holder, new Grant(session, now + LEASE_NANOS));
    return LEASE_MILLIS;
  }

  /** The holder gives its lease back. */
  void end(Id holder, long session) {
    Grant grant = grants.get(holder);
    if (grant != null && grant.session() == session) {
      grants.remove(holder);
    }
  }

  /** Whether a node may hold a lease of this one. */
  boolean bind(Id holder) {
    long now = clock.nanos();
    Grant grant = grants.get(holder);
    return (startsAgain && now - startedAt < LEASE_NANOS) || (grant != null && !grant.isOver(now));
  }
}
