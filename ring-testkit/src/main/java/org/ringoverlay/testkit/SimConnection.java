package org.ringoverlay.testkit;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.OutboundFrame;

/**
 * One process's end of a connection: {@code OPENING → OPEN → CLOSED}, or {@code OPENING → CLOSED}.
 */
final class SimConnection implements Connection {
  private enum State {
    OPENING,
    OPEN,
    CLOSED
  }

  final SimTransport owner;
  private final String remote;
  private @Nullable ConnectionHandler handler;
  private @Nullable SimConnection peer;
  private @Nullable Pipe out;
  private @Nullable Event connectTimeout;
  private State state = State.OPENING;
  private boolean resetUnderWay;
  private boolean wasReset;

  SimConnection(SimTransport owner, String remote, @Nullable ConnectionHandler handler) {
    this.owner = owner;
    this.remote = remote;
    this.handler = handler;
  }

  boolean isOpening() {
    return state == State.OPENING;
  }

  /** Joins two ends. */
  void joinTo(SimConnection other, Pipe pipe) {
    peer = other;
    out = pipe;
  }

  void connectTimeout(Event timeout) {
    connectTimeout = timeout;
  }

  @Override
  public Sent send(OutboundFrame frame) {
    owner.engine.checkThread();
    if (owner.isCrashed()) {
      owner.network.sentAfterCrash(owner.host, remote);
      return Sent.CLOSED;
    }
    Pipe wire = out;
    if (state != State.OPEN || wire == null) {
      return Sent.CLOSED;
    }
    int size = frame.sizeBytes();
    if (wire.pendingBytes() + size > owner.outboundBytesMax) {
      return Sent.FULL;
    }
    owner.network.send(this, wire, bytesOf(frame, size));
    return Sent.QUEUED;
  }

  private static byte[] bytesOf(OutboundFrame frame, int size) {
    var bytes = new byte[size];
    var buffer = ByteBuffer.wrap(bytes);
    frame.writeTo(buffer);
    if (buffer.hasRemaining()) {
      throw new IllegalStateException(
          "A frame of " + size + " bytes wrote " + buffer.position() + ": " + frame.getClass());
    }
    return bytes;
  }

  @Override
  public void close(String reason) {
    owner.engine.checkThread();
    if (state == State.CLOSED || owner.isCrashed()) {
      return;
    }
    if (out != null) {
      out.closed();
    }
    ended();
    owner.perform(() -> tellClosed(reason));
  }

  @Override
  public long pendingBytes() {
    return out == null ? 0 : out.pendingBytes();
  }

  @Override
  public String remote() {
    return remote;
  }

  /** The accepting process takes the connection. On its loop. */
  void accepted(ConnectionHandler accepting) {
    handler = accepting;
    state = State.OPEN;
    owner.traceOpened(remote);
    accepting.opened(this);
  }

  void peerOpened() {
    if (state != State.OPENING || handler == null) {
      return;
    }
    state = State.OPEN;
    forgetTimeout();
    owner.traceOpened(remote);
    handler.opened(this);
  }

  /** The connection was refused, timed out, broke, or the other side closed it. On the loop. */
  void peerClosed(String reason) {
    if (state != State.CLOSED) {
      ended();
      tellClosed(reason);
    }
  }

  void received(byte[] frame, Host from) {
    if (wasReset) {
      // The system knows no such connection and says so each time; the word before may be lost.
      resetPeer();
      return;
    }
    if (state != State.OPEN || handler == null) {
      return;
    }
    owner.traceFrame(frame, from);
    if (frame.length > owner.frameBytesMax) {
      String reason = "a frame of " + frame.length + " bytes exceeds " + owner.frameBytesMax;
      owner.observer.refusedFrame(remote, reason);
      close(reason);
      return;
    }
    handler.received(this, frame);
  }

  /** Breaks the connection: both processes hear of it, each after its own delay. */
  void reset() {
    SimConnection other = peer;
    if (other != null) {
      other.resetPeer();
      resetPeer();
    }
  }

  /** Tells the other end, which still believes in this connection, that it is gone. */
  void resetPeer() {
    SimConnection other = peer;
    if (other == null || other.resetUnderWay || other.state == State.CLOSED) {
      return;
    }
    other.resetUnderWay = true;
    Link link = owner.network.link(owner.host, other.owner.host);
    owner.engine.plan(link.delayNanos(owner.network), new Reset(other, link));
  }

  /** The process crashed and its system says so to the peer. */
  void crashed(boolean silently) {
    if (state == State.CLOSED) {
      return;
    }
    forgetTimeout();
    state = State.CLOSED;
    if (!silently && out != null) {
      out.closed();
    }
    endPipe();
  }

  private void ended() {
    state = State.CLOSED;
    forgetTimeout();
    owner.forget(this);
    endPipe();
  }

  private void endPipe() {
    if (out != null) {
      out.ended();
    }
  }

  private void forgetTimeout() {
    if (connectTimeout != null) {
      owner.engine.forget(connectTimeout);
      connectTimeout = null;
    }
  }

  private void tellClosed(String reason) {
    owner.traceClosed(remote, reason);
    if (handler != null) {
      handler.closed(reason);
    }
  }

  /** The other system's word that there is no such connection; lost when the link is cut. */
  private static final class Reset extends Event {
    private final SimConnection to;
    private final Link link;

    Reset(SimConnection to, Link link) {
      super(to.owner);
      this.to = to;
      this.link = link;
    }

    @Override
    boolean arrives() {
      if (link.isCut()) {
        to.resetUnderWay = false;
        return false;
      }
      return true;
    }

    @Override
    void run() {
      to.wasReset = true;
      to.peerClosed("the connection was reset");
    }
  }
}
