package org.ringoverlay.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.ConnectionHandler;
import org.ringoverlay.spi.OutboundFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, on its loop from beginning to end.
 *
 * <p>{@code BEGINNING} → {@code OPEN} when the socket stands → {@code CLOSING} when this side wants
 * it closed → {@code GONE} when the socket is. Any state may go straight to {@code GONE}. Frames
 * pass in both directions while {@code OPEN} alone; the handler hears {@code opened} on the way
 * into it and {@code closed} on the way into {@code GONE}.
 *
 * <p><b>Out.</b> Frames are written one behind the other into one buffer, which the loop hands to
 * the socket when its turn ends, or earlier when 4 KiB have come together: a turn under load is
 * long, and a peer that waits for the whole of it works in turns with this node rather than beside
 * it. No object is made for a frame. The buffer's first size follows what the last turns needed.
 *
 * <p><b>Close.</b> A socket that is closed with unread input makes the system reset the connection,
 * and the reset may overtake what was sent last, such as the very reason for closing. So this side
 * sends its end, goes on reading what it throws away, and closes when the peer has closed too, or
 * after a bounded wait.
 */
final class NettyConnection extends ChannelInboundHandlerAdapter
    implements Connection, FrameReader.Sink {
  private static final Logger LOG = LoggerFactory.getLogger(NettyConnection.class);
  private static final int CHUNK_BYTES_MIN = 512;

  /** About forty small frames: enough to make the system call cheap for each of them. */
  private static final int CHUNK_BYTES_MAX = 4 * 1024;

  private static final int REASON_CHARS_MAX = 200;

  private enum State {
    BEGINNING,
    OPEN,
    CLOSING,
    GONE
  }

  private final NettyTransport transport;
  private final SocketChannel channel;
  private final ConnectionHandler handler;
  private final boolean accepted;
  private final FrameReader reader;
  private String remote;
  private State state = State.BEGINNING;
  private @Nullable String closeReason;
  private @Nullable Future<?> closeTimeout;

  /** Whether anything has ever arrived. */
  private boolean heard;

  /** When the connection was made, and from the first half frame on, when that one began. */
  private long sinceNanos = System.nanoTime();

  /** How many frames had been read when the half frame began, −1 if none is under way. */
  private long partialAt = -1;

  private @Nullable ByteBuf chunk;
  private int chunkBytes = CHUNK_BYTES_MIN;

  /** What was written in this turn. */
  private long turnBytes;

  /** What of it was flushed before the turn's end. */
  private long flushedBytes;

  /** Whether the loop knows that there is something to flush. */
  private boolean written;

  NettyConnection(
      NettyTransport transport,
      SocketChannel channel,
      ConnectionHandler handler,
      boolean accepted,
      String remote) {
    this.transport = transport;
    this.channel = channel;
    this.handler = handler;
    this.accepted = accepted;
    this.remote = remote;
    this.reader = new FrameReader(transport.bounds().frameBytesMax(), transport.partial());
  }

  // ---- Out ----

  @Override
  public Sent send(OutboundFrame frame) {
    if (state != State.OPEN) {
      return Sent.CLOSED;
    }
    int size = frame.sizeBytes();
    if (size < 1) {
      throw new IllegalArgumentException("a frame has at least one byte, not " + size);
    }
    long total = (long) size + Wire.PREFIX_BYTES;
    if (pendingBytes() + total > transport.bounds().outboundBytesMax()) {
      return Sent.FULL;
    }
    ByteBuf target = room((int) total);
    int start = target.writerIndex();
    ByteBuffer nio = target.internalNioBuffer(start, (int) total);
    int end = nio.position() + (int) total;
    nio.putInt(size);
    frame.writeTo(nio);
    if (nio.position() != end) {
      throw new IllegalStateException(
          "a frame of " + size + " bytes wrote " + (size - end + nio.position()));
    }
    target.writerIndex(start + (int) total);
    turnBytes += total;
    if (!written) {
      written = true;
      transport.loop().written(this);
    }
    return Sent.QUEUED;
  }

  /** A buffer with room for that many bytes; a full one goes its way first. */
  private ByteBuf room(int bytes) {
    ByteBuf current = chunk;
    if (current != null) {
      if (current.writableBytes() >= bytes) {
        return current;
      }
      chunk = null;
      enqueue(current);
      if (turnBytes - flushedBytes + bytes > CHUNK_BYTES_MAX) {
        flushedBytes = turnBytes;
        channel.flush();
      }
    }
    // A turn that outgrows what the last ones needed doubles its buffers as it goes.
    int wanted = (int) Math.min(CHUNK_BYTES_MAX, Math.max(chunkBytes, turnBytes));
    int capacity = Math.max(bytes, wanted);
    ByteBuf fresh = channel.alloc().directBuffer(capacity, capacity);
    chunk = fresh;
    return fresh;
  }

  /** Hands what was written to the socket. By the loop, at the end of its turn. */
  void flush() {
    written = false;
    ByteBuf last = chunk;
    if (last != null) {
      chunk = null;
      enqueue(last);
    }
    if (turnBytes < chunkBytes / 4) {
      chunkBytes = Math.max(CHUNK_BYTES_MIN, chunkBytes / 2);
    } else {
      while (chunkBytes < turnBytes && chunkBytes < CHUNK_BYTES_MAX) {
        chunkBytes *= 2;
      }
    }
    turnBytes = 0;
    flushedBytes = 0;
    channel.flush();
  }

  /** Its fate needs no promise: a failed write closes the connection. */
  private void enqueue(ByteBuf full) {
    var unused = channel.write(full, channel.voidPromise());
  }

  @Override
  public long pendingBytes() {
    ByteBuf current = chunk;
    ChannelOutboundBuffer queued = channel.unsafe().outboundBuffer();
    return (current == null ? 0 : current.readableBytes())
        + (queued == null ? 0 : queued.totalPendingWriteBytes());
  }

  @Override
  public String remote() {
    return remote;
  }

  Channel channel() {
    return channel;
  }

  // ---- In ----

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (state != State.BEGINNING) {
      return;
    }
    InetSocketAddress peer = channel.remoteAddress();
    if (peer != null) {
      remote = Address.format(peer);
    }
    if (!accepted && peer != null && peer.equals(channel.localAddress())) {
      // The system may give a socket the very port that it connects to: it then meets itself.
      abort("nobody listens there");
      return;
    }
    state = State.OPEN;
    transport.watchArrivals(accepted);
    try {
      handler.opened(this);
    } catch (Throwable thrown) {
      failed(thrown);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    var in = (ByteBuf) message;
    try {
      heard = true;
      if (state == State.OPEN) {
        String refusal = reader.read(in, this);
        if (refusal != null) {
          refuse(refusal);
        }
      }
    } finally {
      in.release();
    }
  }

  @Override
  public boolean frame(byte[] frame) {
    try {
      handler.received(this, frame);
    } catch (Throwable thrown) {
      failed(thrown);
    }
    return state == State.OPEN;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!reader.midFrame()) {
      partialAt = -1;
    } else if (partialAt != reader.frames()) {
      partialAt = reader.frames();
      sinceNanos = System.nanoTime();
      transport.watchArrivals(true);
    }
  }

  /**
   * Closes the connection if its peer takes too long.
   *
   * @return whether it must be looked at again
   */
  boolean checkArrivals(long nowNanos) {
    if (state != State.OPEN) {
      return false;
    }
    long waited = nowNanos - sinceNanos;
    if (partialAt >= 0) {
      if (waited >= transport.bounds().frameTimeoutNanos()) {
        refuse("a frame that was begun did not become whole in time");
        return false;
      }
      return true;
    }
    if (accepted && !heard) {
      if (waited >= transport.bounds().handshakeTimeoutNanos()) {
        refuse("nothing arrived in time");
        return false;
      }
      return true;
    }
    return false;
  }

  private void failed(Throwable thrown) {
    LOG.error("The handler of a connection threw; the connection is closed", thrown);
    abort("this node failed on it");
  }

  // ---- The end ----

  @Override
  public void close(String reason) {
    if (state == State.BEGINNING) {
      abort(reason);
    }
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSING;
    closeReason = reason;
    reader.forget();
    closeTimeout =
        transport
            .loop()
            .schedule(
                this::closeSocket, transport.bounds().closeTimeoutNanos(), TimeUnit.NANOSECONDS);
    flush();
    var unused =
        channel
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(flushed -> endOutput(flushed.isSuccess()));
  }

  private void endOutput(boolean flushed) {
    if (flushed) {
      var unused = channel.shutdownOutput();
    } else {
      closeSocket();
    }
  }

  private void closeSocket() {
    var unused = channel.close();
  }

  private void refuse(String reason) {
    transport.reports().refused(remote, reason);
    abort(reason);
  }

  /** Closes without regard for what is queued. */
  void abort(String reason) {
    if (state == State.GONE) {
      return;
    }
    if (closeReason == null) {
      closeReason = reason;
    }
    state = State.CLOSING;
    closeSocket();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof ClosedChannelException) {
      // What was queued did not go out. Why the channel closed is told elsewhere.
      closeSocket();
      return;
    }
    if (!(cause instanceof IOException)) {
      LOG.error("A connection failed in this node; it is closed", cause);
    }
    String message = cause.getMessage();
    abort(message == null ? cause.getClass().getSimpleName() : message);
  }

  @Override
  public void channelUnregistered(ChannelHandlerContext context) {
    gone("the peer closed the connection");
  }

  /** The socket is closed, or could never be opened. */
  void gone(String reason) {
    if (state == State.GONE) {
      return;
    }
    state = State.GONE;
    reader.forget();
    if (closeTimeout != null) {
      closeTimeout.cancel(false);
    }
    if (chunk != null) {
      chunk.release();
      chunk = null;
    }
    String why = Printable.text(closeReason == null ? reason : closeReason, REASON_CHARS_MAX);
    try {
      handler.closed(why);
    } catch (Throwable thrown) {
      LOG.error("The handler of a closed connection threw", thrown);
    }
    transport.gone(this, accepted);
  }
}
