package org.ringoverlay.console.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages of other sites away from a gateway that asks for no token.
 *
 * <p>A page that lets its own name resolve to this machine (DNS rebinding) still names itself in
 * {@code Host}; a page that sends forms or requests across sites names itself in {@code Origin} or
 * {@code Sec-Fetch-Site}.
 */
final class Guard {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  private final int port;

  Guard(int port) {
    this.port = port;
  }

  /** The problem with a request's origin, or null if it may pass. */
  @Nullable Problem check(HttpRequest request) {
    HttpHeaders headers = request.headers();
    List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() != 1) {
      return Problem.invalid("A request needs exactly one Host header.");
    }
    String authority = RequestPath.authority(request.uri());
    if (!isOurs(hosts.get(0)) || (authority != null && !isOurs(authority))) {
      return Problem.denied(
          "The request names another place than this gateway.",
          "Use the address that the node printed, such as http://127.0.0.1:" + port + ".");
    }
    for (String origin : headers.getAll(HttpHeaderNames.ORIGIN)) {
      String lower = origin.toLowerCase(Locale.ROOT);
      if (!lower.startsWith("http://") || !isOurs(lower.substring("http://".length()))) {
        return Problem.denied(
            "Pages of other origins may not use this gateway.",
            "Call it from a program, or from a page that it serves itself.");
      }
    }
    boolean reads =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    if (!reads && headers.containsValue("Sec-Fetch-Site", "cross-site", true)) {
      return Problem.denied(
          "Requests from other sites may change nothing here.",
          "Call it from a program, or from a page that it serves itself.");
    }
    return null;
  }

  private boolean isOurs(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    boolean hasPort = colon > hostAndPort.lastIndexOf(']') && colon >= 0;
    String host = hasPort ? hostAndPort.substring(0, colon) : hostAndPort;
    String named = hasPort ? hostAndPort.substring(colon + 1) : "80";
    return named.equals(Integer.toString(port))
        && LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }
}
