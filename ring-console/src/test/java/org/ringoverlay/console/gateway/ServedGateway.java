package org.ringoverlay.console.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;

/** A gateway over real sockets, spoken to in bytes, so that nothing is tidied up on the way. */
class ServedGateway {
  final FakeBackend node = new FakeBackend();
  Gateway gateway;

  record Response(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }

    Json json() {
      return Json.parse(body);
    }

    String code() {
      return json().at("/code").orElseThrow().as(String.class);
    }
  }

  /** A connection that says exactly what it is told to. */
  final class Wire implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Wire() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port());
      socket.setSoTimeout(20_000);
      in = socket.getInputStream();
    }

    Wire say(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
      return this;
    }

    String line() throws IOException {
      var line = new ByteArrayOutputStream();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new IOException("the connection ended after: " + line.toString(ISO_8859_1));
        }
        if (b != '\r') {
          line.write(b);
        }
      }
      return line.toString(UTF_8);
    }

    Response response(boolean bodiless) throws IOException {
      int status = Integer.parseInt(line().split(" ", -1)[1]);
      var headers = new LinkedHashMap<String, String>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      int length = bodiless ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "0"));
      return new Response(status, headers, new String(in.readNBytes(length), UTF_8));
    }

    Response response() throws IOException {
      return response(false);
    }

    boolean isEnded() throws IOException {
      return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @BeforeEach
  void bind() {
    start(Map.of());
  }

  void start(Map<String, String> values) {
    gateway =
        Gateway.bind(
            "127.0.0.1:0",
            Settings.resolve(
                GatewaySettings.ALL, List.of(new Settings.Source("the test", values))));
    gateway.serve(node);
  }

  void restart(Map<String, String> values) {
    gateway.close();
    start(values);
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  int port() {
    return Integer.parseInt(gateway.address().substring(gateway.address().lastIndexOf(':') + 1));
  }

  String request(String method, String target, String body, String... headers) {
    var text =
        new StringBuilder(
            method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + port() + "\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    if (body != null) {
      text.append("Content-Length: ").append(body.getBytes(ISO_8859_1).length).append("\r\n");
    }
    return text.append("\r\n").append(body == null ? "" : body).toString();
  }

  Response ask(String method, String target, String body, String... headers) throws IOException {
    try (var wire = new Wire()) {
      return wire.say(request(method, target, body, headers)).response(method.equals("HEAD"));
    }
  }

  final class Stream implements AutoCloseable {
    private final Wire wire = new Wire();
    private final BufferedReader lines = new BufferedReader(new InputStreamReader(wire.in, UTF_8));

    Stream(String target, String... more) throws IOException {
      // Spoken as HTTP/1.0, the stream comes without chunks between its lines.
      String headers = String.join("", List.of(more).stream().map(line -> line + "\r\n").toList());
      wire.say(
          "GET " + target + " HTTP/1.0\r\nHost: 127.0.0.1:" + port() + "\r\n" + headers + "\r\n");
      assertThat(lines.readLine()).contains("200");
      for (String line = lines.readLine(); !line.isEmpty(); line = lines.readLine()) {
        assertThat(line).doesNotContainIgnoringCase("content-length");
      }
    }

    List<String> event() throws IOException {
      var event = new ArrayList<String>();
      for (String line = lines.readLine();
          line != null && !line.isEmpty();
          line = lines.readLine()) {
        event.add(line);
      }
      return event;
    }

    @Override
    public void close() throws IOException {
      wire.close();
    }
  }
}
