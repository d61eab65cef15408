package org.ringoverlay.transport.netty;

import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.Slf4JLoggerFactory;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that reads sockets, runs tasks, and then, at the end of each turn, flushes every
 * connection that was written to: the order that makes one system call carry many frames. A
 * connection flushes itself earlier when much was written to it.
 *
 * <p>A loop is made without Netty's group around it, because a group ends on Netty's global
 * executor, which would be one more thread.
 */
final class Loop extends SingleThreadIoEventLoop {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  /** After this long the tasks of a turn give way to the sockets, and what was written leaves. */
  private static final long TASKS_MILLIS_MAX = 1;

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  static {
    // Netty would fall back to java.util.logging, and so to the terminal, when SLF4J has no
    // provider.
    InternalLoggerFactory.setDefaultFactory(Slf4JLoggerFactory.INSTANCE);
  }

  /** What is known of the loop's thread. */
  private static final class Life {
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    volatile @Nullable Thread thread;

    Thread start(Runnable loop) {
      Thread made = new LoopThread("ring-loop-" + NUMBERS.incrementAndGet(), loop, ended);
      thread = made;
      return made;
    }
  }

  private final Life life;
  private @Nullable NettyConnection[] written = new @Nullable NettyConnection[16];
  private int writtenCount;

  private Loop(Life life) {
    super(
        null,
        life::start,
        NioIoHandler.newFactory(),
        Integer.MAX_VALUE,
        RejectedExecutionHandlers.reject(),
        TASKS_MILLIS_MAX);
    this.life = life;
  }

  /** Makes a loop; its thread starts with the first task. */
  static Loop make() {
    return new Loop(new Life());
  }

  /** The loop's thread, null before the first task. Any thread. */
  @Nullable Thread thread() {
    return life.thread;
  }

  /**
   * Ends the loop after the tasks that it holds. Any thread; completes as the thread's last deed.
   */
  CompletionStage<Void> end() {
    var unused = shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    return life.ended;
  }

  /** Notes a connection that has something to flush when this turn ends. */
  void written(NettyConnection connection) {
    if (writtenCount == written.length) {
      written = Arrays.copyOf(written, 2 * writtenCount);
    }
    written[writtenCount++] = connection;
  }

  @Override
  protected void afterRunningAllTasks() {
    super.afterRunningAllTasks();
    // A flush may end a connection, whose handler may write to others: those join the line.
    for (int i = 0; i < writtenCount; i++) {
      NettyConnection connection = written[i];
      written[i] = null;
      if (connection != null) {
        flush(connection);
      }
    }
    writtenCount = 0;
  }

  private static void flush(NettyConnection connection) {
    try {
      connection.flush();
    } catch (RuntimeException broken) {
      LOG.error("Flushing a connection failed", broken);
      connection.abort("this node failed to write");
    }
  }
}
