package org.ringoverlay.transport.netty;

import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Timer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's view of its loop: tasks, timers and the watch over its handlers.
 *
 * <p>Timers live in a {@link TimerWheel} of the node's own, so closing the node forgets them all at
 * once; of the loop's own timers it needs a single one, for the wheel's next event. A tick is about
 * a millisecond, and a timer waits for the first tick after its time.
 */
final class LoopScheduler implements Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(LoopScheduler.class);

  /** A tick is 2²⁰ nanoseconds. */
  private static final int TICK_SHIFT = 20;

  private static final long DELAY_NANOS_MAX = (TimerWheel.TICK_MAX >>> 1) << TICK_SHIFT;

  private final Loop loop;
  private final HandlerWatch watch;
  private final TimerWheel wheel = new TimerWheel();
  private final long origin = System.nanoTime();
  private final Runnable turn = this::turn;
  private volatile boolean closed;

  /** The loop's timer for the wheel's next event, null if none is set. */
  private @Nullable Future<?> wake;

  private long wakeTick = TimerWheel.NEVER;
  private boolean turning;

  LoopScheduler(Loop loop, HandlerWatch watch) {
    this.loop = loop;
    this.watch = watch;
  }

  private final class LoopTimer extends TimerWheel.Entry implements Timer {
    private @Nullable Runnable task;

    LoopTimer(Runnable task) {
      this.task = task;
    }

    void fire() {
      Runnable due = task;
      task = null;
      if (due != null && !closed) {
        runGuarded(due);
      }
    }

    @Override
    public void cancel() {
      task = null;
      wheel.remove(this);
    }

    boolean isCancelled() {
      return task == null;
    }
  }

  @Override
  public boolean onLoop() {
    return loop.inEventLoop();
  }

  @Override
  public boolean execute(Runnable task) {
    if (closed) {
      return false;
    }
    try {
      loop.execute(() -> runGuarded(task));
      return true;
    } catch (RejectedExecutionException ended) {
      return false;
    }
  }

  private static void runGuarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable thrown) {
      LOG.error("A task on the loop threw", thrown);
    }
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    if (delayNanos < 0) {
      throw new IllegalArgumentException("a delay is 0 or more, not " + delayNanos);
    }
    long due = System.nanoTime() - origin + Math.min(delayNanos, DELAY_NANOS_MAX);
    long tick = (due >>> TICK_SHIFT) + 1;
    var timer = new LoopTimer(task);
    if (loop.inEventLoop()) {
      add(timer, tick);
    } else {
      execute(() -> add(timer, tick));
    }
    return timer;
  }

  private void add(LoopTimer timer, long tick) {
    if (closed || timer.isCancelled()) {
      return;
    }
    wheel.add(timer, tick);
    if (!turning) {
      wakeInTime();
    }
  }

  /** Sees to it that the loop wakes for the wheel's next event; waking once too often is fine. */
  private void wakeInTime() {
    long next = wheel.nextTick();
    if (next >= wakeTick || closed) {
      return;
    }
    if (wake != null) {
      wake.cancel(false);
    }
    wakeTick = next;
    long delay = (next << TICK_SHIFT) - (System.nanoTime() - origin);
    wake = loop.schedule(turn, Math.max(0, delay), TimeUnit.NANOSECONDS);
  }

  private static void fire(TimerWheel.Entry entry) {
    ((LoopTimer) entry).fire();
  }

  private void turn() {
    wake = null;
    wakeTick = TimerWheel.NEVER;
    turning = true;
    try {
      wheel.advance((System.nanoTime() - origin) >>> TICK_SHIFT, LoopScheduler::fire);
    } finally {
      turning = false;
    }
    wakeInTime();
  }

  @Override
  public <T> T await(CompletionStage<T> stage) throws InterruptedException, ExecutionException {
    if (Thread.currentThread() instanceof LoopThread) {
      throw new IllegalStateException(
          "await was called on "
              + Thread.currentThread().getName()
              + ", a node's own thread, which would wait for itself; go on in a callback of the"
              + " stage instead");
    }
    return stage.toCompletableFuture().get();
  }

  @Override
  public void handlerBegins(String service) {
    watch.begins(service);
  }

  @Override
  public void handlerEnds() {
    watch.ends();
  }

  /** From now on nothing is taken and no timer fires. Any thread. */
  void close() {
    closed = true;
  }

  /** Lets the loop forget this node's timers. On the loop. */
  void forgetTimers() {
    if (wake != null) {
      wake.cancel(false);
      wake = null;
    }
  }

  /** How many timers wait. On the loop. */
  int timers() {
    return wheel.size();
  }
}
