package org.ringoverlay.dht.internal.arc;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Scheduler;

/**
 * The read leases that this node holds of others, as a daddy of whatever arcs.
 *
 * <p>A lease is one between two nodes. It covers a ballot if the grantor has confirmed that since
 * the lease began and the lease has not been broken: so each unbroken run of renewals has a number,
 * its generation, and what was confirmed under an older one is not covered. A run ends when a
 * renewal is answered after the last one has ended, or by a grantor that started again.
 *
 * <p>The holder counts from when it asked, and a little less than it was given: the grantor counts
 * from later, and its clock may be faster by as much as {@link #MARGIN} allows for. That much, and
 * that clocks go on while a process is paused, is all that is assumed of clocks, and of reads
 * alone.
 *
 * <p>Leases are asked for while somebody reads, and for a second more. On the loop.
 *
 * @see <a href="https://dl.acm.org/doi/10.1145/74850.74870">Gray and Cheriton 1989, Leases</a>
 */
final class Leases {
  /** No lease that is in force. */
  static final long NONE = 0;

  /** One part in so many of a lease is left to clocks that differ. */
  private static final long MARGIN = 32;

  private static final long RENEW_NANOS = TimeUnit.MILLISECONDS.toNanos(Grants.LEASE_MILLIS / 4);
  private static final long WANTED_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * How long a grantor that did not answer is left alone, so that its lease ends: one that hears
   * this node and is not heard must not be kept from promising another.
   */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2 * Grants.LEASE_MILLIS);

  private final Clock clock;
  private final Scheduler scheduler;
  private final Asking asking;
  private final long session;
  private final Map<Id, Lease> leases = new TreeMap<>();
  private boolean asks;
  private boolean renewing;
  private long generations = NONE;

  /** Asks a node, and tells, always later, what came of it. */
  interface Asking {
    void ask(
        Id node, CopyRequest.Lease request, Consumer<CopyReply.Leased> answered, Runnable failed);
  }

  private static final class Lease {
    private long session;
    private long generation = NONE;
    private long endsAt;
    private long wantedAt;
    private long pausedUntil;
    private boolean asked;
  }

  /**
   * Holds none yet.
   *
   * @param session drawn at each start of the node
   * @param asks whether to ask for any
   */
  Leases(Clock clock, Scheduler scheduler, Asking asking, long session, boolean asks) {
    this.clock = clock;
    this.scheduler = scheduler;
    this.asking = asking;
    this.session = session;
    this.asks = asks;
  }

  /** The generation of the lease of a grantor, {@link #NONE} if none is in force. */
  long generation(Id grantor) {
    Lease lease = leases.get(grantor);
    return lease != null && isInForce(lease, clock.nanos()) ? lease.generation : NONE;
  }

  /** Whether the lease of this generation is in force; it is asked for if not. */
  boolean isInForce(Id grantor, long generation) {
    if (!asks) {
      return false;
    }
    Lease lease = leases.computeIfAbsent(grantor, unused -> fresh());
    long now = clock.nanos();
    lease.wantedAt = now;
    if (!renewing) {
      renewing = true;
      scheduler.execute(this::renew);
    }
    return generation != NONE && generation == lease.generation && isInForce(lease, now);
  }

  private Lease fresh() {
    var lease = new Lease();
    lease.pausedUntil = clock.nanos();
    return lease;
  }

  private static boolean isInForce(Lease lease, long now) {
    return lease.generation != NONE && now - lease.endsAt < 0;
  }

  private void renew() {
    long now = clock.nanos();
    leases.values().removeIf(lease -> !lease.asked && now - lease.wantedAt >= WANTED_NANOS);
    leases.forEach(
        (grantor, lease) -> {
          if (!lease.asked && now - lease.pausedUntil >= 0) {
            ask(grantor, lease, now);
          }
        });
    renewing = asks && !leases.isEmpty();
    if (renewing) {
      scheduler.schedule(RENEW_NANOS, this::renew);
    }
  }

  private void ask(Id grantor, Lease lease, long now) {
    lease.asked = true;
    asking.ask(
        grantor,
        new CopyRequest.Lease(session, false),
        reply -> answered(lease, now, reply),
        () -> pause(lease));
  }

  private void answered(Lease lease, long askedAt, CopyReply.Leased reply) {
    if (reply.millis() <= 0 || reply.millis() > Grants.LEASE_MILLIS) {
      pause(lease);
      return;
    }
    lease.asked = false;
    long now = clock.nanos();
    long nanos = TimeUnit.MILLISECONDS.toNanos(reply.millis());
    if (lease.session != reply.session() || !isInForce(lease, now)) {
      lease.session = reply.session();
      lease.generation = ++generations;
    }
    lease.endsAt = askedAt + nanos - nanos / MARGIN;
  }

  private void pause(Lease lease) {
    lease.asked = false;
    lease.pausedUntil = clock.nanos() + PAUSE_NANOS;
  }

  /** Gives all leases back, and asks for none any more: this node is about to go. */
  void end() {
    asks = false;
    for (Id grantor : leases.keySet()) {
      asking.ask(grantor, new CopyRequest.Lease(session, true), reply -> {}, () -> {});
    }
    leases.clear();
  }
}
