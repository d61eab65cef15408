package org.ringoverlay.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Timer;
import org.ringoverlay.spi.Transport;

/**
 * One process on a host, from its start until it closes or crashes: {@code RUNNING → CLOSED} or
 * {@code RUNNING → CRASHED}. Nothing of it runs in the last two.
 */
final class SimTransport implements Transport {
  /** How many connections a frozen process may have waiting to be accepted, as systems allow. */
  private static final int BACKLOG_MAX = 128;

  private enum State {
    RUNNING,
    CLOSED,
    CRASHED
  }

  final Host host;
  final Engine engine;
  final Network network;
  final int frameBytesMax;
  final long outboundBytesMax;
  final RingObserver observer;
  private final Loop loop = new Loop();
  private final Chance chance;
  private final TreeMap<Integer, Listener> listeners = new TreeMap<>();
  private final List<SimConnection> connections = new ArrayList<>(2);
  private State state = State.RUNNING;
  private @Nullable CompletableFuture<Void> closing;

  SimTransport(
      Host host,
      Network network,
      Chance chance,
      int frameBytesMax,
      long outboundBytesMax,
      RingObserver observer) {
    this.host = host;
    this.network = network;
    this.engine = network.engine;
    this.chance = chance;
    this.frameBytesMax = frameBytesMax;
    this.outboundBytesMax = outboundBytesMax;
    this.observer = observer;
  }

  boolean isRunning() {
    return state == State.RUNNING;
  }

  boolean isCrashed() {
    return state == State.CRASHED;
  }

  int connectionCount() {
    return connections.size();
  }

  @Override
  public Clock clock() {
    return host.clock();
  }

  @Override
  public Scheduler scheduler() {
    return loop;
  }

  @Override
  public Randomness randomness() {
    return chance;
  }

  @Override
  public CompletionStage<String> listen(String address, Supplier<ConnectionHandler> handlers) {
    var bound = new CompletableFuture<String>();
    boolean taken = loop.execute(() -> bind(address, handlers, bound));
    if (!taken) {
      bound.completeExceptionally(new RingException.Closed("The transport is closed."));
    }
    return bound;
  }

  private void bind(
      String address, Supplier<ConnectionHandler> handlers, CompletableFuture<String> bound) {
    Address wanted = Address.parse(address);
    if (wanted == null) {
      bound.completeExceptionally(
          new RingException.InvalidInput("An address is host:port, not '" + address + "'."));
      return;
    }
    if (!wanted.isOf(host)) {
      bound.completeExceptionally(
          new RingException.InvalidInput(address + " is not an address of " + host.name() + "."));
      return;
    }
    int port = wanted.port() != 0 ? wanted.port() : host.freePort(listeners.keySet());
    if (listeners.containsKey(port)) {
      bound.completeExceptionally(
          new RingException.InvalidInput("The address " + address + " is in use."));
      return;
    }
    listeners.put(port, new Listener(handlers));
    bound.complete(host.name() + ":" + port);
  }

  @Override
  public void connect(String address, ConnectionHandler handler) {
    engine.checkThread();
    if (!isRunning()) {
      return;
    }
    var connection = new SimConnection(this, address, handler);
    connections.add(connection);
    Address to = Address.parse(address);
    Host target = to == null ? null : to.isOf(host) ? host : network.find(to.host());
    if (to == null || target == null) {
      String reason = to == null ? "not an address" : "no such host";
      perform(() -> connection.peerClosed(reason));
      return;
    }
    network.connect(connection, target, to.port());
  }

  /**
   * The system's answer to a knock on a port.
   *
   * @return null if nobody listens there
   */
  @Nullable Listener listener(int port) {
    return listeners.get(port);
  }

  @Override
  public CompletionStage<Void> close() {
    CompletableFuture<Void> running = closing;
    if (running != null) {
      return running;
    }
    var done = new CompletableFuture<Void>();
    closing = done;
    if (!isRunning()) {
      done.complete(null);
      return done;
    }
    perform(
        () -> {
          listeners.clear();
          new ArrayList<>(connections).forEach(each -> each.close("the transport closed"));
          perform(
              () -> {
                state = State.CLOSED;
                host.ended(this);
                done.complete(null);
              });
        });
    return done;
  }

  /** The process dies now. */
  void crash(boolean silently) {
    state = State.CRASHED;
    listeners.clear();
    connections.forEach(each -> each.crashed(silently));
    connections.clear();
  }

  void forget(SimConnection connection) {
    connections.remove(connection);
  }

  /** Runs a task of the transport's own on the loop, later. */
  void perform(Runnable task) {
    engine.plan(0, new Task(task, Trace.Kind.TASK));
  }

  void traceFrame(byte[] frame, Host from) {
    engine.trace.add(
        engine.now(), Trace.Kind.FRAME, host, from, frame.length, Trace.digest(frame), null);
  }

  void traceOpened(String remote) {
    trace(Trace.Kind.OPENED, Trace.digest(remote), remote);
  }

  void traceClosed(String remote, String reason) {
    trace(Trace.Kind.CLOSED, Trace.digest(reason), remote + ": " + reason);
  }

  private void trace(Trace.Kind kind, long digest, @Nullable String text) {
    engine.trace.add(engine.now(), kind, host, null, 0, digest, text);
  }

  /** A port on which the process accepts connections. */
  final class Listener {
    private final Supplier<ConnectionHandler> handlers;
    private int backlog;

    Listener(Supplier<ConnectionHandler> handlers) {
      this.handlers = handlers;
    }

    boolean isFull() {
      return backlog >= BACKLOG_MAX;
    }

    /** The system has taken a connection; the process hears of it on its loop. */
    void take(SimConnection accepted) {
      backlog++;
      connections.add(accepted);
      perform(
          () -> {
            backlog--;
            if (accepted.isOpening()) {
              accepted.accepted(handlers.get());
            }
          });
    }
  }

  /** The loop. Its tasks stand in the wheel with everybody else's. */
  private final class Loop implements Scheduler {
    @Override
    public boolean onLoop() {
      return engine.loop() == SimTransport.this;
    }

    @Override
    public boolean execute(Runnable task) {
      engine.checkThread();
      if (!isRunning()) {
        return false;
      }
      engine.plan(0, new Task(task, Trace.Kind.TASK));
      return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      if (delayNanos < 0) {
        throw new IllegalArgumentException("a delay is 0 or more nanoseconds: " + delayNanos);
      }
      engine.checkThread();
      var planned = new Task(task, Trace.Kind.TIMER);
      if (isRunning()) {
        engine.plan(host.simClock().toVirtualNanos(delayNanos), planned);
      }
      return planned;
    }

    @Override
    public <T> T await(CompletionStage<T> stage) throws InterruptedException, ExecutionException {
      return network.simulation.awaitStage(stage);
    }

    @Override
    public void handlerBegins(String service) {
      host.handlerBegins(service);
    }

    @Override
    public void handlerEnds() {
      host.handlerEnds();
    }
  }

  private final class Task extends Event implements Timer {
    private final Trace.Kind kind;
    private @Nullable Runnable task;

    Task(Runnable task, Trace.Kind kind) {
      super(SimTransport.this);
      this.task = task;
      this.kind = kind;
    }

    @Override
    public void cancel() {
      task = null;
      engine.forget(this);
    }

    @Override
    void run() {
      Runnable runs = task;
      task = null;
      if (runs != null) {
        trace(kind, 0, null);
        runs.run();
      }
    }
  }
}
