package org.ringoverlay.internal.fake;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Timer;

/** A clock, a loop and a source of chance in one, all turned by the test. */
public final class FakeLoop implements Clock, Scheduler, Randomness {
  /** A millisecond in nanoseconds. */
  public static final long MILLIS = 1_000_000L;

  private static final class Task {
    final long at;
    final long number;
    final Runnable work;
    boolean cancelled;

    Task(long at, long number, Runnable work) {
      this.at = at;
      this.number = number;
      this.work = work;
    }
  }

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.<Task>comparingLong(task -> task.at).thenComparingLong(task -> task.number));
  private long now;
  private long numbers;
  private long chance;

  /** Begins at a time that is negative, as a monotonic clock may be. */
  public FakeLoop(long seed) {
    this.chance = seed;
    this.now = -5_000_000_000L;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public boolean onLoop() {
    return true;
  }

  @Override
  public boolean execute(Runnable task) {
    schedule(0, task);
    return true;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable work) {
    var task = new Task(now + delayNanos, numbers++, work);
    tasks.add(task);
    return () -> task.cancelled = true;
  }

  @Override
  public <T> T await(CompletionStage<T> stage) {
    throw new IllegalStateException("nothing may wait on the loop");
  }

  @Override
  public void handlerBegins(String service) {}

  @Override
  public void handlerEnds() {}

  @Override
  public long nextLong() {
    chance += 0x9E3779B97F4A7C15L;
    long z = chance;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Runs what is due now, and what that makes due. */
  public void turn() {
    advance(0);
  }

  /** Moves the time on, running what falls due at the moment that it falls due. */
  public void advance(long nanos) {
    long until = now + nanos;
    while (!tasks.isEmpty() && tasks.peek().at <= until) {
      Task task = tasks.poll();
      now = Math.max(now, task.at);
      if (!task.cancelled) {
        task.work.run();
      }
    }
    now = until;
  }

  /** The loop is held, as by a long pause: time goes on and nothing runs until the next turn. */
  public void freeze(long nanos) {
    now += nanos;
  }

  /** How many tasks wait. */
  public long waiting() {
    return tasks.stream().filter(task -> !task.cancelled).count();
  }
}
