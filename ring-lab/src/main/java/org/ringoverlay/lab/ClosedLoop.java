package org.ringoverlay.lab;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;

/**
 * So many operations of one node at any moment: whenever one ends the next of its chain begins,
 * until the time is over. Its state belongs to the node's loop until it is done.
 */
final class ClosedLoop {
  private final CountDownLatch done = new CountDownLatch(1);
  private final Operation operation;
  private final long endAt;
  private long ended;
  private int open;
  private @Nullable Throwable failure;

  /** An operation that can be begun again and again, on the node's loop. */
  interface Operation {
    /**
     * Begins.
     *
     * @param chain which of those that are under way at once
     * @param turn how many of its chain came before
     */
    CompletionStage<?> begin(int chain, int turn);
  }

  private ClosedLoop(Operation operation, long nanos) {
    this.operation = operation;
    this.endAt = System.nanoTime() + nanos;
  }

  /**
   * Runs for so long. Blocks.
   *
   * @return how many operations ended
   * @throws IllegalStateException if one failed
   */
  static long run(Ring asker, int outstanding, long nanos, Operation operation)
      throws InterruptedException {
    var loop = new ClosedLoop(operation, nanos);
    asker
        .scheduler()
        .execute(
            () -> {
              loop.open = outstanding;
              for (int chain = 0; chain < outstanding; chain++) {
                loop.next(chain, 0);
              }
            });
    loop.done.await();
    if (loop.failure != null) {
      throw new IllegalStateException("an operation failed", loop.failure);
    }
    return loop.ended;
  }

  private void next(int chain, int turn) {
    operation
        .begin(chain, turn)
        .whenComplete(
            (result, thrown) -> {
              ended++;
              if (thrown != null) {
                failure = thrown;
              }
              if (failure == null && System.nanoTime() < endAt) {
                next(chain, turn + 1);
              } else if (--open == 0) {
                done.countDown();
              }
            });
  }
}
