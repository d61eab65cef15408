package org.ringoverlay.dht.internal.arc;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Scheduler;

/**
 * A node that came back with its disk asks those around it what they saw of it, and has no voice
 * before they told: the disk may have been put back to an older state, and then it has forgotten
 * what it promised.
 *
 * <p>It waits for all that answer. For who is silent, because it died perhaps, it waits as long as
 * it lets others lead, and then goes on without its word: of three members one may be dead for
 * good, and the other two must go on. On the loop.
 */
final class Homecoming {
  private final CopyPost post;
  private final Upkeep upkeep;
  private final Scheduler scheduler;
  private final TreeSet<Id> awaited = new TreeSet<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  Homecoming(CopyPost post, Upkeep upkeep, Scheduler scheduler) {
    this.post = post;
    this.upkeep = upkeep;
    this.scheduler = scheduler;
  }

  /** Whether this node may promise, keep and lead. */
  boolean isOver() {
    return over.isDone();
  }

  /** Completes on the loop when it may. */
  CompletionStage<Void> over() {
    return over;
  }

  /**
   * Checks that it may.
   *
   * @throws RingException.Unavailable if not
   */
  void checkOver() {
    if (!isOver()) {
      throw new RingException.Unavailable(
          "This node has come back, and asks first what others saw of its disk.");
    }
  }

  /** Asks these, and waits for so long for those that do not answer. */
  void begin(Collection<Id> nodes, long patienceNanos) {
    awaited.addAll(nodes);
    List.copyOf(awaited).forEach(this::ask);
    if (awaited.isEmpty()) {
      end();
    } else {
      scheduler.schedule(patienceNanos, this::end);
    }
  }

  private void ask(Id node) {
    if (isOver()) {
      return;
    }
    post.send(
        node,
        new CopyRequest.Locate(List.of()),
        CopyReply.Located.class,
        reply -> answered(node),
        () -> upkeep.atNextTick(() -> ask(node)));
  }

  private void answered(Id node) {
    awaited.remove(node);
    if (awaited.isEmpty()) {
      end();
    }
  }

  /** There is nothing to be asked, or nothing more. */
  void end() {
    over.complete(null);
  }
}
