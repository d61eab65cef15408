package org.ringoverlay.console.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of one stream to its client, no faster than the client takes them, and a
 * comment now and then while there are none.
 *
 * <p>A client that takes nothing for {@code ring.http.write.timeout} while something waits for it
 * loses its connection. On the gateway's loop.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // what fails in the channel closes it, and that is heard
final class EventWriter {
  private final Gateway gateway;
  private final ChannelHandlerContext ctx;
  private final Feed events;
  private @Nullable Future<?> heartbeat;
  private @Nullable Future<?> deadline;
  private boolean draining;

  EventWriter(Gateway gateway, ChannelHandlerContext ctx, Feed events) {
    this.gateway = gateway;
    this.ctx = ctx;
    this.events = events;
  }

  /** Writes the head and the first event; what comes after is written as it comes. */
  void begin(HttpVersion version) {
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream");
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    response.headers().set("X-Content-Type-Options", "nosniff");
    if (version.equals(HttpVersion.HTTP_1_0)) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else {
      HttpUtil.setTransferEncodingChunked(response, true);
    }
    ctx.write(response);
    write(events.begin(() -> HttpConnection.onLoop(ctx, this::drain)));
    heartbeat =
        ctx.executor()
            .scheduleAtFixedRate(
                this::beat,
                gateway.heartbeatNanos(),
                gateway.heartbeatNanos(),
                TimeUnit.NANOSECONDS);
    drain();
    ctx.flush();
  }

  private void beat() {
    if (ctx.channel().isWritable()) {
      write(new byte[] {':', '\n', '\n'});
      ctx.flush();
    }
  }

  private void write(byte[] text) {
    ctx.write(new DefaultHttpContent(Unpooled.wrappedBuffer(text)));
  }

  /** Writes what waits, as far as the client takes it. */
  private void drain() {
    if (draining) {
      return;
    }
    draining = true;
    boolean wrote = false;
    while (ctx.channel().isWritable()) {
      byte[] next = events.take();
      if (next == null) {
        break;
      }
      ctx.write(new DefaultHttpContent(Unpooled.wrappedBuffer(next)))
          .addListener(written -> events.written(next));
      wrote = true;
    }
    draining = false;
    if (wrote) {
      ctx.flush();
    }
    if (!ctx.channel().isWritable()) {
      if (deadline == null) {
        deadline =
            ctx.executor().schedule(() -> ctx.close(), gateway.writeNanos(), TimeUnit.NANOSECONDS);
      }
    } else {
      cancelDeadline();
      if (events.isOver()) {
        finish();
      }
    }
  }

  /** Ends the stream as HTTP ends one, so that the client knows that nothing was cut off. */
  void finish() {
    ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE);
  }

  /** The client took enough for more to be written, or so little that it has to wait. */
  void writabilityChanged() {
    if (ctx.channel().isWritable()) {
      cancelDeadline();
      drain();
    }
  }

  /** The client is gone: nothing more is written, and the subscription ends. */
  void end() {
    events.cancel();
    cancelDeadline();
    Future<?> beating = heartbeat;
    if (beating != null) {
      beating.cancel(false);
      heartbeat = null;
    }
  }

  private void cancelDeadline() {
    Future<?> armed = deadline;
    if (armed != null) {
      armed.cancel(false);
      deadline = null;
    }
  }
}
