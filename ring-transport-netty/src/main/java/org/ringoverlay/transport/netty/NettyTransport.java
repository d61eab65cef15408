package org.ringoverlay.transport.netty;

import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.transport.netty.NettySettings.Bounds;

/** One node's sockets, on one loop. What is not said to be for any thread is for the loop alone. */
final class NettyTransport implements Transport {
  private static final int REASON_CHARS_MAX = 200;

  private final Loop loop;
  private final boolean ownsLoop;
  private final Bounds bounds;
  private final Reports reports;
  private final ChannelSecurity security = ChannelSecurity.PLAIN;
  private final Chance chance = Chance.seeded();
  private final FrameReader.Budget partial;
  private final HandlerWatch watch;
  private final LoopScheduler scheduler;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private final Set<NettyConnection> connections = new LinkedHashSet<>();
  private final List<Sockets.Listener> listeners = new ArrayList<>();
  private int acceptedCount;
  private boolean sweeping;
  private boolean leaving;

  /**
   * Makes one.
   *
   * @param ownsLoop whether the loop ends with this node
   */
  NettyTransport(Loop loop, boolean ownsLoop, Bounds bounds, Reports reports) {
    this.loop = loop;
    this.ownsLoop = ownsLoop;
    this.bounds = bounds;
    this.reports = reports;
    this.partial = new FrameReader.Budget(bounds.partialBytesMax());
    this.watch = new HandlerWatch(loop, bounds.handlerSlowNanos(), reports);
    this.scheduler = new LoopScheduler(loop, watch);
    Watchdog.add(watch);
  }

  @Override
  public Clock clock() {
    return System::nanoTime;
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public Randomness randomness() {
    return chance;
  }

  Loop loop() {
    return loop;
  }

  Bounds bounds() {
    return bounds;
  }

  Reports reports() {
    return reports;
  }

  FrameReader.Budget partial() {
    return partial;
  }

  // ---- Listening ----

  @Override
  public CompletionStage<String> listen(String address, Supplier<ConnectionHandler> handlers) {
    var bound = new CompletableFuture<String>();
    if (!scheduler.execute(() -> bind(address, handlers, bound))) {
      bound.completeExceptionally(new RingException.Closed("The node is closed."));
    }
    return bound.minimalCompletionStage();
  }

  private void bind(
      String text, Supplier<ConnectionHandler> handlers, CompletableFuture<String> bound) {
    InetSocketAddress address;
    Sockets.Listener listener;
    try {
      address = Address.toListen(text, security);
      listener = new Sockets.Listener();
    } catch (RuntimeException failed) {
      bound.completeExceptionally(failed);
      return;
    }
    // A node that restarts may bind at once, though connections of its former life still fade out.
    listener.config().setReuseAddress(true).setBacklog(bounds.backlog());
    listener.pipeline().addLast(new Acceptor(this, handlers));
    listeners.add(listener);
    listener
        .closeFuture()
        .addListener(
            gone -> {
              listeners.remove(listener);
              leaveWhenQuiet();
            });
    ChannelFuture registered = loop.register(listener);
    if (registered.cause() != null) {
      bound.completeExceptionally(registered.cause());
      return;
    }
    listener
        .bind(address)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                bound.complete(Address.format(listener.localAddress()));
              } else {
                var unused = listener.close();
                bound.completeExceptionally(cannotListen(address, done.cause()));
              }
            });
  }

  private static RingException cannotListen(InetSocketAddress address, Throwable cause) {
    String where = Address.format(address);
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof BindException && message.contains("in use")) {
      return new RingException.InvalidInput(
          "Cannot listen at "
              + where
              + ": the address is in use. Stop what uses it, or take"
              + " another port (0 means any free one).");
    }
    return new RingException.InvalidInput(
        "Cannot listen at " + where + ": " + Printable.text(message, REASON_CHARS_MAX) + ".");
  }

  /** A listener accepted a connection. */
  void accepted(Sockets.Stream stream, Supplier<ConnectionHandler> handlers) {
    InetSocketAddress peer = stream.remoteAddress();
    String remote = peer == null ? "unknown" : Address.format(peer);
    if (closed.get() || acceptedCount >= bounds.connectionsMax()) {
      if (!closed.get()) {
        reports.refused(
            remote, "one connection more than the " + bounds.connectionsMax() + " allowed");
      }
      stream.unsafe().closeForcibly();
      return;
    }
    var connection = new NettyConnection(this, stream, handlers.get(), true, remote);
    acceptedCount++;
    begin(stream, connection, true);
  }

  // ---- Connecting ----

  @Override
  public void connect(String address, ConnectionHandler handler) {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("connect is for the node's loop alone");
    }
    if (closed.get()) {
      later(() -> handler.closed("this node is closed"));
      return;
    }
    InetSocketAddress target;
    Sockets.Stream stream;
    try {
      target = Address.toConnect(address, security);
      stream = new Sockets.Stream();
    } catch (RuntimeException failed) {
      String reason = Printable.text(String.valueOf(failed.getMessage()), REASON_CHARS_MAX);
      later(() -> handler.closed(reason));
      return;
    }
    stream.config().setConnectTimeoutMillis(bounds.connectTimeoutMillis());
    var connection = new NettyConnection(this, stream, handler, false, Address.format(target));
    if (begin(stream, connection, false)) {
      stream
          .connect(target)
          .addListener(
              done -> {
                if (!done.isSuccess()) {
                  connection.abort(unreachable(done.cause()));
                }
              });
    }
  }

  private static String unreachable(Throwable cause) {
    return cause instanceof IOException && cause.getMessage() != null
        ? cause.getMessage()
        : cause.toString();
  }

  private boolean begin(Sockets.Stream stream, NettyConnection connection, boolean accepted) {
    stream.config().setTcpNoDelay(true);
    security.protect(stream.pipeline(), accepted);
    stream.pipeline().addLast(connection);
    connections.add(connection);
    Throwable failed = loop.register(stream).cause();
    if (failed != null) {
      later(() -> connection.gone(unreachable(failed)));
      return false;
    }
    return true;
  }

  /** Runs a task in a later step, so that a handler is never called from within its own call. */
  private void later(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException ending) {
      task.run();
    }
  }

  // ---- Peers that take too long ----

  /** Looks after the connections from now on if one of them has something outstanding. */
  void watchArrivals(boolean outstanding) {
    if (outstanding && !sweeping) {
      sweeping = true;
      var unused = loop.schedule(this::sweep, bounds.sweepNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void sweep() {
    sweeping = false;
    long now = System.nanoTime();
    boolean outstanding = false;
    for (NettyConnection connection : List.copyOf(connections)) {
      outstanding |= connection.checkArrivals(now);
    }
    watchArrivals(outstanding && !leaving);
  }

  // ---- The end ----

  @Override
  public CompletionStage<Void> close() {
    if (closed.compareAndSet(false, true)) {
      scheduler.close();
      later(this::closeOnLoop);
    }
    return ended.minimalCompletionStage();
  }

  /** Completes when the node is closed, with its sockets and the loop that is its own. */
  CompletionStage<Void> ended() {
    return ended;
  }

  private void closeOnLoop() {
    scheduler.forgetTimers();
    for (Sockets.Listener listener : List.copyOf(listeners)) {
      var unused = listener.close();
    }
    for (NettyConnection connection : List.copyOf(connections)) {
      connection.close("this node closed");
    }
    leaveWhenQuiet();
  }

  /** A connection is gone for good. */
  void gone(NettyConnection connection, boolean accepted) {
    if (connections.remove(connection) && accepted) {
      acceptedCount--;
    }
    leaveWhenQuiet();
  }

  private void leaveWhenQuiet() {
    if (!closed.get() || leaving || !connections.isEmpty() || !listeners.isEmpty()) {
      return;
    }
    leaving = true;
    Watchdog.remove(watch);
    if (ownsLoop) {
      loop.end().whenComplete((nothing, impossible) -> ended.complete(null));
    } else {
      ended.complete(null);
    }
  }

  int acceptedCount() {
    return acceptedCount;
  }
}
