package org.ringoverlay.internal.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Envelope;
import org.ringoverlay.internal.wire.Kind;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Scheduler;

/**
 * Messages that were handed to a next hop and not acknowledged yet.
 *
 * <p>Each next hop has a timeout of its own, computed from its round trips as TCP does (Jacobson,
 * SIGCOMM 1988; RFC 6298, section 2). What is not acknowledged in time is given back once, and the
 * hop is doubted: messages go around it until it acknowledges something, is heard again, or a while
 * has passed. Of a request only what is needed to tell its asker is kept, since its first copy may
 * still arrive and the asker alone numbers attempts; an answer is kept whole, for it may come
 * twice. On the loop.
 */
final class Handovers {
  private static final long TURN_NANOS = 20_000_000;
  private static final int BACKOFF_MAX = 6;

  /**
   * The bounds.
   *
   * @param timeoutMinNanos the shortest timeout of a hop
   * @param timeoutMaxNanos the longest, and how long a hop is doubted
   * @param openMax handovers to one hop that wait at once; further ones are not watched
   * @param bytesMax bytes that are kept of all; what would be beyond is not watched either
   */
  record Limits(long timeoutMinNanos, long timeoutMaxNanos, int openMax, long bytesMax) {}

  /**
   * Hears of a message that its next hop did not acknowledge in time.
   *
   * <p>A request comes without its payload; {@code times} counts how often the message was missed.
   */
  @FunctionalInterface
  interface Missed {
    void missed(Id hop, Envelope message, int times);
  }

  private record Handover(Envelope message, long sentAt, int missedBefore) {}

  private static final class Hop {
    final TreeMap<Integer, Handover> open = new TreeMap<>();
    int lastNumber;
    long smoothed = -1;
    long variation;
    int backoff;
    boolean doubted;
    long doubtedAt;
  }

  private final Limits limits;
  private final ToLongFunction<Id> heardAt;
  private final Clock clock;
  private final Scheduler scheduler;
  private final Missed missed;
  private final TreeMap<Id, Hop> hops = new TreeMap<>();
  private long heldBytes;
  private boolean turning;

  /**
   * Makes it.
   *
   * @param heardAt when any frame last came from a node; {@link Long#MIN_VALUE} if none ever did
   */
  Handovers(
      Limits limits, ToLongFunction<Id> heardAt, Clock clock, Scheduler scheduler, Missed missed) {
    this.limits = limits;
    this.heardAt = heardAt;
    this.clock = clock;
    this.scheduler = scheduler;
    this.missed = missed;
  }

  /**
   * A message is about to be handed to a hop.
   *
   * @param missedBefore how often it was missed by others
   * @return the number to send with it, 0 if too many wait already
   */
  int handOver(Id to, Envelope message, int missedBefore) {
    Hop hop = hops.computeIfAbsent(to, id -> new Hop());
    Envelope kept = message.kind() == Kind.REQUEST ? message.withoutPayload() : message;
    if (hop.open.size() >= limits.openMax() || heldBytes + kept.sizeBytes() > limits.bytesMax()) {
      return 0;
    }
    heldBytes += kept.sizeBytes();
    hop.lastNumber = hop.lastNumber == Integer.MAX_VALUE ? 1 : hop.lastNumber + 1;
    hop.open.put(hop.lastNumber, new Handover(kept, clock.nanos(), missedBefore));
    if (!turning) {
      turning = true;
      scheduler.schedule(TURN_NANOS, this::turn);
    }
    return hop.lastNumber;
  }

  /** The hop could not take it: nothing to wait for. */
  void notSent(Id to, int number) {
    Hop hop = hops.get(to);
    Handover unsent = hop == null ? null : hop.open.remove(number);
    if (unsent != null) {
      heldBytes -= unsent.message().sizeBytes();
    }
  }

  /**
   * A hop acknowledges.
   *
   * @return how many of the numbers nothing waits for
   */
  int acknowledged(Id from, List<Integer> numbers) {
    Hop hop = hops.get(from);
    if (hop == null) {
      return numbers.size();
    }
    int strays = 0;
    long now = clock.nanos();
    for (int number : numbers) {
      Handover done = hop.open.remove(number);
      if (done != null) {
        heldBytes -= done.message().sizeBytes();
        sample(hop, now - done.sentAt());
        hop.backoff = 0;
        hop.doubted = false;
      } else {
        strays++;
      }
    }
    return strays;
  }

  private static void sample(Hop hop, long roundTrip) {
    if (hop.smoothed < 0) {
      hop.smoothed = roundTrip;
      hop.variation = roundTrip / 2;
    } else {
      hop.variation += (Math.abs(hop.smoothed - roundTrip) - hop.variation) / 4;
      hop.smoothed += (roundTrip - hop.smoothed) / 8;
    }
  }

  private long timeoutNanos(Hop hop) {
    long computed =
        hop.smoothed < 0 ? 3 * limits.timeoutMinNanos() : hop.smoothed + 4 * hop.variation;
    long bounded = Math.max(limits.timeoutMinNanos(), computed);
    return Math.min(limits.timeoutMaxNanos(), bounded << hop.backoff);
  }

  /** Whether messages should go around a hop if they can. */
  boolean isDoubted(Id id) {
    Hop hop = hops.get(id);
    if (hop == null || !hop.doubted) {
      return false;
    }
    boolean over = clock.nanos() - hop.doubtedAt > limits.timeoutMaxNanos();
    long heard = heardAt.applyAsLong(id);
    if (over || (heard != Long.MIN_VALUE && heard - hop.doubtedAt > 0)) {
      hop.doubted = false;
    }
    return hop.doubted;
  }

  private void turn() {
    turning = false;
    long now = clock.nanos();
    boolean waiting = false;
    var late = new ArrayList<Map.Entry<Id, Handover>>();
    for (Map.Entry<Id, Hop> each : hops.entrySet()) {
      Hop hop = each.getValue();
      long timeout = timeoutNanos(hop);
      boolean anyLate = false;
      var open = hop.open.entrySet().iterator();
      while (open.hasNext()) {
        Handover oldest = open.next().getValue();
        if (now - oldest.sentAt() < timeout) {
          break;
        }
        open.remove();
        anyLate = true;
        heldBytes -= oldest.message().sizeBytes();
        late.add(Map.entry(each.getKey(), oldest));
      }
      if (anyLate) {
        hop.doubted = true;
        hop.doubtedAt = now;
        hop.backoff = Math.min(BACKOFF_MAX, hop.backoff + 1);
      }
      waiting |= !hop.open.isEmpty();
    }
    if (waiting) {
      turning = true;
      scheduler.schedule(TURN_NANOS, this::turn);
    }
    for (Map.Entry<Id, Handover> each : late) {
      Handover handover = each.getValue();
      missed.missed(each.getKey(), handover.message(), handover.missedBefore() + 1);
    }
  }

  /** Housekeeping, now and then: forgets hops for which nothing waits and that were not doubted. */
  void tidy() {
    hops.entrySet().removeIf(each -> each.getValue().open.isEmpty() && !isDoubted(each.getKey()));
  }
}
