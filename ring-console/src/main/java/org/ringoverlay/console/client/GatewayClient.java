package org.ringoverlay.console.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;

/** A blocking client of one gateway. Any thread. */
public final class GatewayClient {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int BODY_BYTES_MAX = Json.SIZE_BYTES_MAX;

  private final URI base;
  private final int readMillis;

  /**
   * A reply.
   *
   * @param headers by their names in lower case
   */
  @SuppressWarnings("ArrayRecordComponent") // a reply is looked into and never compared
  public record Response(int status, Map<String, String> headers, byte[] body) {
    /** Whether the gateway did what was asked. */
    public boolean isOk() {
      return status < 300;
    }

    /** The body as text. */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** A header, empty if it is not there. */
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  /**
   * An event of a stream.
   *
   * @param name {@code message} if the stream gave none
   */
  public record ServerEvent(String name, String id, String data) {}

  /** Hears a stream; gives false to end it. */
  @FunctionalInterface
  public interface EventListener {
    /** An event arrived. */
    boolean event(ServerEvent event);
  }

  /** Nobody answered at the address, so nothing was asked. */
  public static final class Unreachable extends IOException {
    private static final long serialVersionUID = 1L;

    private final String message;

    Unreachable(String message, Throwable cause) {
      super(message, cause);
      this.message = message;
    }

    @Override
    public String getMessage() {
      return message;
    }
  }

  /** The request went out and no whole reply came back. */
  public static final class Broken extends IOException {
    private static final long serialVersionUID = 1L;

    private final String message;

    Broken(String message, Throwable cause) {
      super(message, cause);
      this.message = message;
    }

    @Override
    public String getMessage() {
      return message;
    }
  }

  private GatewayClient(URI base, int readMillis) {
    this.base = base;
    this.readMillis = readMillis;
  }

  /**
   * A client of the gateway at a URL such as {@code http://127.0.0.1:8400}.
   *
   * @throws RingException.InvalidInput if it is no such URL
   */
  public static GatewayClient at(String url) {
    try {
      var uri = new URI(url);
      boolean http = "http".equals(uri.getScheme()) && uri.getHost() != null;
      String path = uri.getRawPath();
      if (http && (path == null || path.isEmpty() || path.equals("/")) && uri.getQuery() == null) {
        return new GatewayClient(URI.create("http://" + uri.getRawAuthority()), 30_000);
      }
    } catch (URISyntaxException malformed) {
      throw notAUrl(url);
    }
    throw notAUrl(url);
  }

  private static RingException notAUrl(String url) {
    return new RingException.InvalidInput(
        "A node's URL is like http://127.0.0.1:8400, not '" + Printable.text(url, 100) + "'.");
  }

  /** The same with another wait for a reply. */
  public GatewayClient waiting(int millis) {
    return new GatewayClient(base, millis);
  }

  /** The gateway's URL. */
  public URI base() {
    return base;
  }

  /** Encodes text as one piece of a path or a query, so that the gateway decodes it to itself. */
  public static String encode(String text) {
    var encoded = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || b == '-'
              || b == '_'
              || b == '~';
      if (plain) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(String.format("%02X", b & 0xff));
      }
    }
    return encoded.toString();
  }

  /**
   * Asks and waits for the reply, whatever its status.
   *
   * @throws Unreachable if nothing was asked
   * @throws Broken if the request went out and no whole reply came
   */
  public Response ask(
      String method, String path, Map<String, String> headers, byte @Nullable [] body)
      throws Unreachable, Broken {
    HttpURLConnection connection = open(method, path, headers);
    connection.setReadTimeout(readMillis);
    byte[] sent = body == null ? new byte[0] : body;
    boolean looks = method.equals("GET");
    if (!looks) {
      // What is streamed is never sent a second time behind our back; anything else that gets no
      // answer would be, and the answer to the second would hide what became of the first.
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(sent.length);
    }
    connect(connection);
    try {
      if (!looks) {
        connection.getOutputStream().write(sent);
        connection.getOutputStream().close();
      }
      int status = connection.getResponseCode();
      InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
      byte[] bytes = in == null ? new byte[0] : in.readNBytes(BODY_BYTES_MAX);
      return new Response(status, headers(connection), bytes);
    } catch (IOException broken) {
      throw new Broken(
          broken instanceof SocketTimeoutException
              ? "The gateway at " + base + " did not answer within " + readMillis + " ms."
              : "The gateway at " + base + " closed the connection before it answered.",
          broken);
    } finally {
      connection.disconnect();
    }
  }

  /** {@link #ask} for a GET. */
  public Response get(String path) throws Unreachable, Broken {
    return ask("GET", path, Map.of(), null);
  }

  /**
   * Reads a stream of events until it or the listener ends.
   *
   * @return the reply if the gateway refused the stream, null when it ended
   */
  public @Nullable Response stream(String path, EventListener listener) throws Unreachable, Broken {
    HttpURLConnection connection = open("GET", path, Map.of("Accept", "text/event-stream"));
    // The gateway sends a comment every ten seconds; silence for three of them is a lost
    // connection.
    connection.setReadTimeout(35_000);
    connect(connection);
    try {
      int status = connection.getResponseCode();
      if (status != 200) {
        InputStream in = connection.getErrorStream();
        byte[] bytes = in == null ? new byte[0] : in.readNBytes(BODY_BYTES_MAX);
        return new Response(status, headers(connection), bytes);
      }
      try (var lines =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
        read(lines, listener);
      }
      return null;
    } catch (IOException broken) {
      throw new Broken("The stream from " + base + " broke off.", broken);
    } finally {
      connection.disconnect();
    }
  }

  private static void read(BufferedReader lines, EventListener listener) throws IOException {
    String name = "message";
    String id = "";
    String data = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isEmpty()) {
        if (data != null && !listener.event(new ServerEvent(name, id, data))) {
          return;
        }
        name = "message";
        id = "";
        data = null;
      } else if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
      } else if (line.startsWith("data: ")) {
        String more = line.substring("data: ".length());
        data = data == null ? more : data + "\n" + more;
      }
    }
  }

  private HttpURLConnection open(String method, String path, Map<String, String> headers)
      throws Unreachable {
    try {
      // No proxy stands between a node and its neighbour.
      var connection =
          (HttpURLConnection) URI.create(base + path).toURL().openConnection(Proxy.NO_PROXY);
      connection.setRequestMethod(method);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      headers.forEach(connection::setRequestProperty);
      connection.setRequestProperty("Connection", "close");
      return connection;
    } catch (MalformedURLException impossible) {
      throw new IllegalStateException(impossible);
    } catch (IOException failed) {
      throw unreachable(failed);
    }
  }

  private void connect(HttpURLConnection connection) throws Unreachable {
    try {
      connection.connect();
    } catch (IOException failed) {
      throw unreachable(failed);
    }
  }

  private Unreachable unreachable(IOException failed) {
    String why =
        failed instanceof ConnectException
            ? "nobody listens there"
            : failed instanceof UnknownHostException
                ? "the host has no address"
                : failed instanceof NoRouteToHostException
                    ? "no way leads there"
                    : failed instanceof SocketTimeoutException
                        ? "it did not take the connection in time"
                        : failed.getClass().getSimpleName();
    return new Unreachable("No node is reachable at " + base + ": " + why + ".", failed);
  }

  private static Map<String, String> headers(HttpURLConnection connection) {
    var headers = new LinkedHashMap<String, String>();
    connection
        .getHeaderFields()
        .forEach(
            (name, values) -> {
              if (name != null && !values.isEmpty()) {
                headers.put(name.toLowerCase(Locale.ROOT), values.get(0));
              }
            });
    return headers;
  }
}
