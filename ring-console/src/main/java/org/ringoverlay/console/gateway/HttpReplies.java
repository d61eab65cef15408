package org.ringoverlay.console.gateway;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/** How replies look on the wire, and what is replied when HTTP itself was broken. */
final class HttpReplies {
  private HttpReplies() {}

  /** A reply as HTTP, fit for the request that it answers, which may not have been readable. */
  static FullHttpResponse encode(Reply.Whole reply, @Nullable HttpRequest head, boolean keepAlive) {
    HttpVersion version = head == null ? HttpVersion.HTTP_1_1 : head.protocolVersion();
    boolean bodiless = head != null && head.method().name().equals("HEAD");
    var response =
        new DefaultFullHttpResponse(
            version.equals(HttpVersion.HTTP_1_0) ? version : HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            bodiless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(reply.body()));
    var headers = response.headers();
    reply.headers().forEach(headers::set);
    if (!reply.contentType().isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, reply.contentType());
      headers.set("X-Content-Type-Options", "nosniff");
    }
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    // What HEAD says of a stream has no length, as the stream has none.
    boolean endless = bodiless && reply.body().length == 0;
    if (reply.status() != 204 && reply.status() != 304 && !endless) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
    }
    HttpUtil.setKeepAlive(response, keepAlive);
    return response;
  }

  static Reply.Whole tooLarge(long bytesMax) {
    return Problem.of(
            RingException.InvalidInput.tooLarge("The body is longer than " + bytesMax + " bytes."),
            Problem.Kind.BARE)
        .reply(Problem.Kind.BARE);
  }

  /**
   * A code has one status, so a body that did not arrive is 504 as every timeout is, not 408: the
   * code is what a client decides by, and 408 invites some of them to repeat what they should mend.
   */
  static Reply.Whole slow() {
    return Problem.of(
            new RingException.Timeout("The request's body did not arrive in time."),
            Problem.Kind.BARE)
        .reply(Problem.Kind.BARE);
  }

  static Reply.Whole unreadable(@Nullable Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return tooLong("A line of the request is too long.");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return tooLong("The request's headers are too long.");
    }
    return Problem.invalid("The request is not HTTP/1.1.").reply(Problem.Kind.BARE);
  }

  private static Reply.Whole tooLong(String what) {
    return Problem.of(RingException.InvalidInput.tooLarge(what), Problem.Kind.BARE)
        .reply(Problem.Kind.BARE);
  }
}
