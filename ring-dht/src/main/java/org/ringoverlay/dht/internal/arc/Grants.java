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
  private final Map<Holder, Long> endsAt = new TreeMap<>();
  private boolean startsAgain;

  /** A process of a node: what a former one gives back late is not the present one's. */
  private record Holder(Id node, long session) implements Comparable<Holder> {
    @Override
    public int compareTo(Holder other) {
      int byNode = node.compareTo(other.node);
      return byNode != 0 ? byNode : Long.compare(session, other.session);
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
    endsAt.values().removeIf(end -> now - end >= 0);
    endsAt.put(new Holder(holder, session), now + LEASE_NANOS);
    return LEASE_MILLIS;
  }

  /** The holder gives its lease back. */
  void end(Id holder, long session) {
    endsAt.remove(new Holder(holder, session));
  }

  /** Whether a node may hold a lease of this one. */
  boolean bind(Id holder) {
    long now = clock.nanos();
    if (startsAgain && now - startedAt < LEASE_NANOS) {
      return true;
    }
    for (Map.Entry<Holder, Long> grant : endsAt.entrySet()) {
      if (grant.getKey().node().equals(holder) && now - grant.getValue() < 0) {
        return true;
      }
    }
    return false;
  }
}
