package org.ringoverlay.console.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/**
 * One client's connection: a request is read, worked on and answered before the next one is looked
 * at.
 *
 * <p>The channel does not read by itself; a message is asked for when the state wants one, so a
 * client that sends ahead waits in the system's buffers. On the gateway's loop.
 *
 * <p>{@code HEAD → BODY → WORKING → HEAD}; {@code WORKING → STREAMING} until the client goes; from
 * anywhere {@code → LINGERING}, where what still arrives is thrown away for a moment so that the
 * client can read why.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // what fails in the channel closes it, and that is heard
final class HttpConnection extends ChannelInboundHandlerAdapter {
  private enum State {
    HEAD,
    BODY,
    WORKING,
    STREAMING,
    LINGERING
  }

  /** Says to a connection that its gateway closes. */
  static final Object CLOSING = new Object();

  private static final long LINGER_MILLIS = 2_000;
  private static final long LINGER_BYTES_MAX = 32L * 1024 * 1024;

  private final Gateway gateway;
  private State state = State.HEAD;
  private @Nullable HttpRequest request;
  private Routes.@Nullable Resource resource;
  private Reply.@Nullable Whole early;
  private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
  private @Nullable Future<?> deadline;
  private @Nullable EventWriter stream;
  private final ArrayDeque<Object> ahead = new ArrayDeque<>();
  private boolean wanting;
  private boolean pumping;
  private long lingered;

  HttpConnection(Gateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!gateway.admitConnection()) {
      gateway.refusedConnection();
      answerAndLinger(
          ctx,
          Problem.of(
                  new RingException.Refused(
                      "this gateway has all the connections that it may have"),
                  Problem.Kind.BARE)
              .reply(Problem.Kind.BARE));
      return;
    }
    awaitHead(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gateway.connectionClosed();
    cancelDeadline();
    endStream();
    for (Object message = ahead.poll(); message != null; message = ahead.poll()) {
      ReferenceCountUtil.release(message);
    }
  }

  private void awaitHead(ChannelHandlerContext ctx) {
    state = State.HEAD;
    request = null;
    resource = null;
    early = null;
    body = new ByteArrayOutputStream(0);
    arm(ctx, gateway.idleNanos(), ctx::close);
    want(ctx);
  }

  /**
   * Asks for one more message: one that is here already, or else the next that the socket gives.
   */
  private void want(ChannelHandlerContext ctx) {
    wanting = true;
    pump(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    // One read of the socket may hold several messages; what it holds at most is its buffer's size.
    ahead.add(message);
    pump(ctx);
  }

  private void pump(ChannelHandlerContext ctx) {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (wanting) {
        Object next = ahead.poll();
        if (next == null) {
          ctx.read();
          break;
        }
        wanting = false;
        handle(ctx, next);
      }
    } finally {
      pumping = false;
    }
  }

  private void handle(ChannelHandlerContext ctx, Object message) {
    try {
      switch (state) {
        case HEAD -> head(ctx, message);
        case BODY -> part(ctx, message);
        case LINGERING -> linger(ctx, message);
        case STREAMING, WORKING -> {
          // A stream's client has nothing to say; the read is there to notice that it went.
          if (state == State.STREAMING) {
            want(ctx);
          }
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void head(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof HttpRequest head)) {
      // What is left of a request that was answered before it was read.
      want(ctx);
      return;
    }
    if (head.decoderResult().isFailure() || head.protocolVersion().majorVersion() != 1) {
      answerAndLinger(ctx, HttpReplies.unreadable(head.decoderResult().cause()));
      return;
    }
    request = head;
    early = judge(head);
    boolean hasBody =
        HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
    if (early != null && hasBody) {
      answerAndLinger(ctx, early);
      return;
    }
    state = State.BODY;
    arm(ctx, gateway.bodyNanos(), () -> answerAndLinger(ctx, HttpReplies.slow()));
    if (hasBody && HttpUtil.is100ContinueExpected(head)) {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
    want(ctx);
  }

  /** What can be said against a request before its body is read, or null. */
  private Reply.@Nullable Whole judge(HttpRequest head) {
    String method = head.method().name();
    Problem problem = gateway.guard().check(head);
    if (problem != null) {
      return problem.reply(Problem.Kind.BARE);
    }
    for (String coding : head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING)) {
      if (!coding.strip().equalsIgnoreCase("chunked")) {
        // The codec would take away the chunks and leave the rest of the coding in the value.
        return Problem.invalid("Transfer-Encoding is chunked alone, or left out.")
            .reply(Problem.Kind.BARE);
      }
    }
    try {
      Routes.Resource found = gateway.routes().find(RequestPath.parse(head.uri()));
      if (found == null) {
        return Problem.notFound("There is nothing at this path.").reply(Problem.Kind.BARE);
      }
      if (found.handler(asGet(method)) == null) {
        return Problem.of(405, "method", "This path does not know the method.", "Use one of Allow.")
            .reply(Problem.Kind.BARE)
            .with("Allow", found.allow());
      }
      if (HttpUtil.getContentLength(head, 0L) > gateway.bodyBytesMax()) {
        return HttpReplies.tooLarge(gateway.bodyBytesMax());
      }
      String expects = head.headers().get(HttpHeaderNames.EXPECT);
      if (expects != null && !expects.equalsIgnoreCase("100-continue")) {
        return Problem.invalid("The expectation in Expect is not known; leave it out.")
            .reply(Problem.Kind.BARE);
      }
      resource = found;
      return null;
    } catch (RuntimeException invalid) {
      return Problem.of(invalid, Problem.Kind.BARE).reply(Problem.Kind.BARE);
    }
  }

  private void part(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof HttpContent part)) {
      answerAndLinger(
          ctx, Problem.invalid("The request's body broke off.").reply(Problem.Kind.BARE));
      return;
    }
    if (part.decoderResult().isFailure()) {
      answerAndLinger(ctx, HttpReplies.unreadable(part.decoderResult().cause()));
      return;
    }
    ByteBuf content = part.content();
    if (body.size() + (long) content.readableBytes() > gateway.bodyBytesMax()) {
      answerAndLinger(ctx, HttpReplies.tooLarge(gateway.bodyBytesMax()));
      return;
    }
    try {
      content.readBytes(body, content.readableBytes());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    if (part instanceof LastHttpContent) {
      cancelDeadline();
      work(ctx);
    } else {
      want(ctx);
    }
  }

  private void work(ChannelHandlerContext ctx) {
    state = State.WORKING;
    HttpRequest head = request;
    Routes.Resource found = resource;
    if (early != null || head == null || found == null) {
      answer(ctx, early != null ? early : HttpReplies.slow());
      return;
    }
    var kind = new Problem.Kind[] {found.kind()};
    CompletionStage<? extends Reply> stage;
    try {
      var call =
          new Call(
              asGet(head.method().name()),
              head.method().equals(HttpMethod.HEAD),
              RequestPath.parse(head.uri()),
              head.headers(),
              body.toByteArray());
      if (kind[0] == Problem.Kind.BARE) {
        kind[0] = call.kind();
      }
      Routes.Handler handler = found.handler(call.method());
      if (handler == null) {
        throw new IllegalStateException("the method was checked when the head was read");
      }
      stage = handler.handle(call);
    } catch (RuntimeException failed) {
      answer(ctx, Problem.of(failed, kind[0]).reply(kind[0]));
      return;
    }
    stage.whenComplete(
        (reply, failed) ->
            onLoop(
                ctx,
                () -> {
                  Reply sent = reply != null ? reply : failure(failed, kind[0]);
                  if (sent instanceof Reply.Streaming streaming) {
                    beginStream(ctx, streaming.events());
                  } else {
                    answer(ctx, (Reply.Whole) sent);
                  }
                }));
  }

  private static Reply failure(@Nullable Throwable failed, Problem.Kind kind) {
    Throwable cause =
        failed != null ? failed : new IllegalStateException("no reply and no failure");
    return Problem.of(cause, kind).reply(kind);
  }

  static void onLoop(ChannelHandlerContext ctx, Runnable task) {
    if (ctx.executor().inEventLoop()) {
      task.run();
    } else {
      try {
        ctx.executor().execute(task);
      } catch (java.util.concurrent.RejectedExecutionException closing) {
        // The gateway is closed, and the client has seen its connection close.
        return;
      }
    }
  }

  private void answer(ChannelHandlerContext ctx, Reply.Whole reply) {
    HttpRequest head = request;
    boolean keepAlive = head != null && HttpUtil.isKeepAlive(head) && !gateway.isClosing();
    arm(ctx, gateway.writeNanos(), ctx::close);
    ctx.writeAndFlush(HttpReplies.encode(reply, head, keepAlive))
        .addListener(
            (ChannelFutureListener)
                written -> {
                  cancelDeadline();
                  if (!written.isSuccess() || !keepAlive) {
                    ctx.close();
                  } else {
                    awaitHead(ctx);
                  }
                });
  }

  /** Answers before the request was read to its end, which costs the connection. */
  private void answerAndLinger(ChannelHandlerContext ctx, Reply.Whole reply) {
    if (state == State.LINGERING) {
      return;
    }
    state = State.LINGERING;
    arm(ctx, TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS), ctx::close);
    ctx.writeAndFlush(HttpReplies.encode(reply, request, false))
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (written.isSuccess() && ctx.channel() instanceof SocketChannel socket) {
                    socket.shutdownOutput();
                    want(ctx);
                  } else {
                    ctx.close();
                  }
                });
  }

  private void linger(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpContent part) {
      lingered += part.content().readableBytes();
    }
    if (lingered > LINGER_BYTES_MAX || message instanceof LastHttpContent) {
      ctx.close();
    } else {
      want(ctx);
    }
  }

  private void beginStream(ChannelHandlerContext ctx, Feed events) {
    HttpRequest head = request;
    if (!ctx.channel().isActive() || head == null) {
      events.cancel();
      return;
    }
    if (!gateway.admitStream()) {
      events.cancel();
      answer(
          ctx,
          Problem.of(
                  new RingException.Refused(
                      "this gateway has all the event streams that it may have"),
                  Problem.Kind.BARE)
              .reply(Problem.Kind.BARE));
      return;
    }
    state = State.STREAMING;
    var writer = new EventWriter(gateway, ctx, events);
    stream = writer;
    writer.begin(head.protocolVersion());
    want(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    EventWriter writer = stream;
    if (writer != null) {
      writer.writabilityChanged();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    EventWriter writer = stream;
    if (event == CLOSING && writer != null) {
      writer.finish();
    }
  }

  private void endStream() {
    EventWriter writer = stream;
    if (writer != null) {
      stream = null;
      writer.end();
      gateway.streamClosed();
    }
  }

  private void arm(ChannelHandlerContext ctx, long nanos, Runnable task) {
    cancelDeadline();
    deadline = ctx.executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
  }

  private void cancelDeadline() {
    Future<?> armed = deadline;
    if (armed != null) {
      armed.cancel(false);
      deadline = null;
    }
  }

  private static String asGet(String method) {
    return method.equals("HEAD") ? "GET" : method;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    gateway.troubled(cause);
    ctx.close();
  }
}
