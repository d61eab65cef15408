package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Clock;

/**
 * How a node that is about to go lets others lead in its stead. The other members of its arcs are
 * told, and take its arcs over, a few at a time; until then it leads, so that nobody waits for
 * longer than one takeover. A failure makes the takeovers later, as after a crash. On the loop.
 *
 * @see <a href="https://web.stanford.edu/~ouster/cgi-bin/papers/OngaroPhD.pdf">Ongaro 2014,
 *     Consensus: Bridging Theory and Practice, section 3.10</a>
 */
final class HandOver {
  /** How long a member has to take an arc over before it is told again. */
  private static final long AGAIN_NANOS = 250_000_000;

  /** For how long none may be taken over before the rest is left as it is. */
  private static final long STALLED_NANOS = 1_000_000_000;

  private final Leaders leaders;
  private final CopyPost post;
  private final Upkeep upkeep;
  private final Clock clock;
  private final CompletableFuture<Long> done = new CompletableFuture<>();
  private int first;
  private int left = Integer.MAX_VALUE;
  private long lessSinceNanos;
  private long toldAtNanos;

  HandOver(Leaders leaders, CopyPost post, Upkeep upkeep, Clock clock) {
    this.leaders = leaders;
    this.post = post;
    this.upkeep = upkeep;
    this.clock = clock;
  }

  /** How many arcs others have taken over, when there are no more or no more of them are. */
  CompletionStage<Long> done() {
    return done;
  }

  void begin() {
    leaders.rests();
    toldAtNanos = clock.nanos() - AGAIN_NANOS;
    look();
  }

  private void look() {
    var heirs = new TreeSet<Id>();
    int arcs = leaders.toHandOver(heirs);
    first = Math.max(first, arcs);
    long now = clock.nanos();
    if (arcs < left) {
      left = arcs;
      lessSinceNanos = now;
    }
    if (arcs == 0 || now - lessSinceNanos >= STALLED_NANOS) {
      done.complete((long) Math.max(0, first - left));
      return;
    }
    if (now - toldAtNanos >= AGAIN_NANOS) {
      toldAtNanos = now;
      for (Id heir : heirs) {
        post.send(
            heir,
            new CopyRequest.Locate(List.of(), false, true),
            CopyReply.Located.class,
            unused -> {},
            () -> {});
      }
    }
    upkeep.atNextTick(this::look);
  }
}
