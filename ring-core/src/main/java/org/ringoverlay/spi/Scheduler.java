package org.ringoverlay.spi;

import java.util.concurrent.CompletionStage;

/**
 * A node's one thread, its loop. Several nodes may share one thread; none ever has two.
 *
 * <p>A transport supplies it. A task that throws is reported to the observer and does not stop the
 * loop.
 */
public interface Scheduler {
  /** Whether the caller stands on this very loop. Any thread. */
  boolean onLoop();

  /**
   * Runs a task on the loop, later, in the order of the calls from one thread. Any thread; does not
   * block. After the transport was closed the task is dropped and {@code false} returned.
   */
  boolean execute(Runnable task);

  /**
   * Runs a task on the loop after a delay, never early.
   *
   * @param delayNanos 0 or more
   */
  Timer schedule(long delayNanos, Runnable task);

  /**
   * Waits for a stage, however long it takes; the node bounds its own work by deadlines.
   *
   * @throws IllegalStateException at once, if the caller stands on any loop
   * @throws InterruptedException if the waiting thread is interrupted
   * @throws java.util.concurrent.ExecutionException if the stage fails
   */
  <T> T await(CompletionStage<T> stage)
      throws InterruptedException, java.util.concurrent.ExecutionException;

  /**
   * Says that a handler of a service begins on this loop, for the report of slow handlers. On the
   * loop.
   *
   * @param service the service's name
   */
  void handlerBegins(String service);

  /** Says that the handler returned. On the loop. */
  void handlerEnds();
}
