package org.ringoverlay.transport.netty;

import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.ConnectionHandler;

/** One side of a connection that remembers what it heard. */
class Peer implements ConnectionHandler {
  final CompletableFuture<Connection> opened = new CompletableFuture<>();
  final CompletableFuture<String> closed = new CompletableFuture<>();
  final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
  final AtomicInteger openedCount = new AtomicInteger();
  final AtomicInteger closedCount = new AtomicInteger();
  final AtomicInteger heardAfterClosed = new AtomicInteger();

  @Override
  public void opened(Connection connection) {
    openedCount.incrementAndGet();
    opened.complete(connection);
  }

  @Override
  public void received(Connection connection, byte[] frame) {
    if (closedCount.get() > 0) {
      heardAfterClosed.incrementAndGet();
    }
    frames.add(frame);
  }

  @Override
  public void closed(String reason) {
    closedCount.incrementAndGet();
    closed.complete(reason);
  }

  NettyConnection connection() throws Exception {
    return (NettyConnection) opened.get(10, TimeUnit.SECONDS);
  }

  String reason() throws Exception {
    return closed.get(10, TimeUnit.SECONDS);
  }

  byte[] frame() throws Exception {
    byte[] frame = frames.poll(10, TimeUnit.SECONDS);
    if (frame == null) {
      throw new AssertionError("no frame arrived in ten seconds");
    }
    return frame;
  }

  /** A frame of that size, told from others by its filling. */
  static byte[] bytes(int size, int seed) {
    var bytes = new byte[size];
    Arrays.fill(bytes, (byte) seed);
    bytes[0] = (byte) (seed >> 8);
    return bytes;
  }
}
