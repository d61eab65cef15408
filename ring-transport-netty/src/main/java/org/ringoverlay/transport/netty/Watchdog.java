package org.ringoverlay.transport.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a JVM that looks after slow handlers, of all its nodes. It lives while there is
 * a node to look after.
 */
final class Watchdog {
  /** How many looks fall into the time that a handler may take. */
  private static final int LOOKS = 5;

  private static final long MILLI = 1_000_000L;
  private static final long PERIOD_MILLIS_MAX = 50;

  private static final Object LOCK = new Object();
  private static final List<HandlerWatch> WATCHES = new ArrayList<>();
  private static @Nullable Thread thread;

  private Watchdog() {}

  /** Begins to look after a node. Any thread. */
  static void add(HandlerWatch watch) {
    synchronized (LOCK) {
      WATCHES.add(watch);
      if (thread == null) {
        var started = new Thread(Watchdog::run, "ring-watchdog");
        started.setDaemon(true);
        thread = started;
        started.start();
      }
    }
  }

  /** Stops looking after a node; the thread ends soon after the last one. Any thread. */
  static void remove(HandlerWatch watch) {
    synchronized (LOCK) {
      WATCHES.remove(watch);
    }
  }

  private static void run() {
    long before = System.nanoTime();
    List<HandlerWatch> watches = sleep(1);
    while (!watches.isEmpty()) {
      long periodMillis = PERIOD_MILLIS_MAX;
      for (HandlerWatch watch : watches) {
        periodMillis = Math.min(periodMillis, watch.slowNanos() / (LOOKS * MILLI));
      }
      periodMillis = Math.max(1, periodMillis);
      watches = sleep(periodMillis);
      long now = System.nanoTime();
      // If this thread did not run either, the machine is at fault, not the handler.
      long gap = Math.min(now - before, 2 * periodMillis * MILLI);
      before = now;
      for (HandlerWatch watch : watches) {
        watch.look(now, gap);
      }
    }
  }

  /** Waits, then tells whom to look after; if that is nobody the thread has to end. */
  private static List<HandlerWatch> sleep(long millis) {
    LockSupport.parkNanos(millis * MILLI);
    synchronized (LOCK) {
      if (WATCHES.isEmpty()) {
        thread = null;
      }
      return List.copyOf(WATCHES);
    }
  }
}
