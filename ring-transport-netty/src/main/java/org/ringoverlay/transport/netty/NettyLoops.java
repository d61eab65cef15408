package org.ringoverlay.transport.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.spi.TransportProvider;

/**
 * A fixed number of loops that several nodes of one JVM share, for tests and for hosts of many
 * nodes. Each node still has one thread, the next loop in turn.
 *
 * <p>Closing a node leaves its loop running; {@link #close} ends them all. A handler that holds a
 * shared loop holds every node on it. Any thread.
 */
public final class NettyLoops implements TransportProvider, AutoCloseable {
  private final List<Loop> loops = new ArrayList<>();
  private final List<NettyTransport> nodes = new ArrayList<>();
  private int made;
  private boolean closed;

  private NettyLoops(int threads) {
    for (int i = 0; i < threads; i++) {
      loops.add(Loop.make());
    }
  }

  /**
   * Makes loops; their threads start when they are first used.
   *
   * @param threads at least 1
   */
  public static NettyLoops shared(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread is needed, not " + threads);
    }
    return new NettyLoops(threads);
  }

  /** {@code netty}. */
  @Override
  public String name() {
    return "netty";
  }

  @Override
  public List<Setting<?>> settings() {
    return NettySettings.all();
  }

  /**
   * Makes the transport of one node, on the next loop in turn.
   *
   * @throws IllegalStateException after {@link #close}
   */
  @Override
  public synchronized Transport create(
      Settings settings, int frameBytesMax, RingObserver observer) {
    if (closed) {
      throw new IllegalStateException("these loops are closed");
    }
    var bounds = NettySettings.Bounds.of(settings, frameBytesMax);
    Loop loop = loops.get(made++ % loops.size());
    var node = new NettyTransport(loop, false, bounds, new Reports(observer));
    nodes.add(node);
    node.ended().thenRun(() -> forget(node));
    return node;
  }

  private synchronized void forget(NettyTransport node) {
    nodes.remove(node);
  }

  /**
   * Closes the nodes that are still open, then the loops. Blocks until the threads have ended; the
   * time is bounded by {@code ring.close.timeout}.
   *
   * @throws IllegalStateException on a loop
   */
  @Override
  public void close() {
    if (Thread.currentThread() instanceof LoopThread) {
      throw new IllegalStateException("a loop cannot wait for its own end");
    }
    List<NettyTransport> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(nodes);
    }
    join(open.stream().map(NettyTransport::close));
    join(loops.stream().map(Loop::end));
  }

  private static void join(Stream<CompletionStage<Void>> ends) {
    for (CompletionStage<Void> end : ends.toList()) {
      end.toCompletableFuture().join();
    }
  }
}
