package org.ringoverlay.transport.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over the handlers of one node.
 *
 * <p>The loop only counts: {@code turn} is odd while a handler runs, and each handler has a number
 * of its own. The watchdog looks at it now and then; one number seen again and again is a handler
 * that does not return. So the loop reads no clock and takes no lock, and a handler's time is known
 * to within a few looks. A handler that begins within another one takes its place.
 */
final class HandlerWatch {
  private static final Logger LOG = LoggerFactory.getLogger(HandlerWatch.class);
  private static final VarHandle TURN;
  private static final VarHandle SERVICE;
  private static final int STACK_FRAMES_MAX = 64;
  private static final long LOG_EVERY_NANOS = 1_000_000_000L;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TURN = lookup.findVarHandle(HandlerWatch.class, "turn", long.class);
      SERVICE = lookup.findVarHandle(HandlerWatch.class, "service", String.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final Loop loop;
  private final long slowNanos;
  private final Reports reports;

  @SuppressWarnings("FieldMayBeFinal") // Written through SERVICE.
  private String service = "";

  private long turn;

  // What the watchdog knows; the loop reads the last two after it has seen the volatile one.
  private long seenTurn;
  private long seenNanos;
  private long stuckNanos;
  private @Nullable Long loggedNanos;
  private long reportedSince;
  private volatile long reportedTurn = -1;

  HandlerWatch(Loop loop, long slowNanos, Reports reports) {
    this.loop = loop;
    this.slowNanos = slowNanos;
    this.reports = reports;
  }

  /** A handler begins. On the loop. */
  void begins(String name) {
    SERVICE.setOpaque(this, name);
    TURN.setRelease(this, (turn + 1) | 1);
  }

  /** The handler returned. On the loop. */
  void ends() {
    long ended = turn;
    if ((ended & 1) == 0) {
      return;
    }
    TURN.setRelease(this, ended + 1);
    if (reportedTurn == ended) {
      reports.slowHandler(service, System.nanoTime() - reportedSince, "");
    }
  }

  long slowNanos() {
    return slowNanos;
  }

  /**
   * Takes a look. On the watchdog's thread.
   *
   * @param gapNanos how much of the time since the last look counts
   */
  void look(long nowNanos, long gapNanos) {
    long current = (long) TURN.getAcquire(this);
    if ((current & 1) == 0) {
      seenTurn = current;
      return;
    }
    if (current != seenTurn) {
      seenTurn = current;
      seenNanos = nowNanos;
      stuckNanos = 0;
      return;
    }
    stuckNanos += gapNanos;
    Thread thread = loop.thread();
    if (stuckNanos < slowNanos || reportedTurn == current || thread == null) {
      return;
    }
    String name = (String) SERVICE.getOpaque(this);
    StackTraceElement[] stack = thread.getStackTrace();
    if ((long) TURN.getAcquire(this) == current) {
      report(thread, current, name, text(stack), nowNanos);
    }
  }

  private void report(Thread thread, long current, String name, String stack, long nowNanos) {
    reportedSince = seenNanos;
    reportedTurn = current;
    reports.slowHandler(name, stuckNanos, stack);
    if (loggedNanos == null || nowNanos - loggedNanos >= LOG_EVERY_NANOS) {
      loggedNanos = nowNanos;
      LOG.warn(
          "A handler of service '{}' has held {} for {} ms; it stands at\n{}",
          name,
          thread.getName(),
          stuckNanos / 1_000_000,
          stack);
    }
  }

  private static String text(StackTraceElement[] stack) {
    var text = new StringBuilder();
    for (int i = 0; i < Math.min(stack.length, STACK_FRAMES_MAX); i++) {
      text.append(i == 0 ? "" : "\n").append(stack[i]);
    }
    return text.toString();
  }
}
