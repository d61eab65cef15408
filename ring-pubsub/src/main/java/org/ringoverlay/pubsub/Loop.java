package org.ringoverlay.pubsub;

import java.util.concurrent.CompletableFuture;
import org.ringoverlay.error.RingException;
import org.ringoverlay.spi.Scheduler;

/** The way onto the node's loop, from any thread. */
record Loop(Scheduler scheduler) {
  /**
   * Runs a task on the loop, at once if there already.
   *
   * @return false if the loop is gone and the task with it
   */
  boolean run(Runnable task) {
    if (scheduler.onLoop()) {
      task.run();
      return true;
    }
    return scheduler.execute(task);
  }

  /** As {@link #run(Runnable)}; a loop that is gone fails the future. */
  void run(CompletableFuture<?> future, Runnable task) {
    if (scheduler.onLoop()) {
      task.run();
    } else if (!scheduler.execute(task)) {
      future.completeExceptionally(new RingException.Closed("This node has closed."));
    }
  }
}
