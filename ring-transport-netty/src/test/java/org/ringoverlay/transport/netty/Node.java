package org.ringoverlay.transport.netty;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.OutboundFrame;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.TransportProvider;

/** A transport with an observer that remembers. */
final class Node implements AutoCloseable {
  static final int FRAME_BYTES_MAX = 1 << 20;

  /** What the observer heard of a handler. */
  record Slow(String service, long nanos, String stack) {}

  final BlockingQueue<String> refused = new LinkedBlockingQueue<>();
  final BlockingQueue<Slow> slow = new LinkedBlockingQueue<>();
  final BlockingQueue<Peer> arrivals = new LinkedBlockingQueue<>();
  final NettyTransport transport;

  private Node(TransportProvider provider, Map<String, String> settings) {
    var resolved =
        Settings.resolve(provider.settings(), List.of(new Settings.Source("a test", settings)));
    transport =
        (NettyTransport)
            provider.create(
                resolved,
                FRAME_BYTES_MAX,
                new RingObserver() {
                  @Override
                  public void refusedFrame(String remote, String reason) {
                    refused.add(reason);
                  }

                  @Override
                  public void slowHandler(String service, long nanos, String stack) {
                    slow.add(new Slow(service, nanos, stack));
                  }
                });
  }

  static Node own(Map<String, String> settings) {
    return new Node(new NettyTransportProvider(), settings);
  }

  static Node own() {
    return own(Map.of());
  }

  static Node on(TransportProvider provider) {
    return new Node(provider, Map.of());
  }

  String listen(Supplier<ConnectionHandler> handlers) throws Exception {
    return transport
        .listen("127.0.0.1:0", handlers)
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** Listens with peers that remember, which {@link #arrival} hands out. */
  String listen() throws Exception {
    return listen(
        () -> {
          var peer = new Peer();
          arrivals.add(peer);
          return peer;
        });
  }

  Peer arrival() throws Exception {
    Peer peer = arrivals.poll(10, TimeUnit.SECONDS);
    if (peer == null) {
      throw new AssertionError("nobody arrived in ten seconds");
    }
    return peer;
  }

  Peer connect(String address) throws Exception {
    var peer = new Peer();
    onLoop(
        () -> {
          transport.connect(address, peer);
          return "";
        });
    return peer;
  }

  /** Runs on the loop and waits. */
  <T> T onLoop(Callable<T> task) throws Exception {
    var result = new CompletableFuture<T>();
    boolean taken =
        transport
            .scheduler()
            .execute(
                () -> {
                  try {
                    result.complete(task.call());
                  } catch (Throwable thrown) {
                    result.completeExceptionally(thrown);
                  }
                });
    if (!taken) {
      throw new AssertionError("the loop took no task");
    }
    return result.get(10, TimeUnit.SECONDS);
  }

  /** Completes once a condition, looked at on the loop every few milliseconds, holds. */
  CompletableFuture<Void> eventually(Callable<Boolean> condition) {
    var held = new CompletableFuture<Void>();
    transport.scheduler().execute(() -> look(condition, held));
    return held.orTimeout(10, TimeUnit.SECONDS);
  }

  private void look(Callable<Boolean> condition, CompletableFuture<Void> held) {
    try {
      if (condition.call()) {
        held.complete(null);
      } else if (!held.isDone()) {
        transport.scheduler().schedule(1_000_000, () -> look(condition, held));
      }
    } catch (Throwable thrown) {
      held.completeExceptionally(thrown);
    }
  }

  static OutboundFrame frame(byte[] bytes) {
    return new OutboundFrame() {
      @Override
      public int sizeBytes() {
        return bytes.length;
      }

      @Override
      public void writeTo(ByteBuffer target) {
        target.put(bytes);
      }
    };
  }

  String nextRefusal() throws Exception {
    String reason = refused.poll(10, TimeUnit.SECONDS);
    if (reason == null) {
      throw new AssertionError("nothing was refused in ten seconds");
    }
    return reason;
  }

  Slow nextSlow() throws Exception {
    Slow report = slow.poll(10, TimeUnit.SECONDS);
    if (report == null) {
      throw new AssertionError("no slow handler was reported in ten seconds");
    }
    return report;
  }

  @Override
  public void close() {
    transport.close().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
