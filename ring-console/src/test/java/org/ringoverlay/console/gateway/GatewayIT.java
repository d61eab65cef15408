package org.ringoverlay.console.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;

/** The gateway over real sockets, spoken to in bytes, so that nothing is tidied up on the way. */
@Timeout(60)
class GatewayIT {
  private final FakeBackend node = new FakeBackend();
  private Gateway gateway;

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

  private void start(Map<String, String> values) {
    gateway =
        Gateway.bind(
            "127.0.0.1:0",
            Settings.resolve(
                GatewaySettings.ALL, List.of(new Settings.Source("the test", values))));
    gateway.serve(node);
  }

  private void restart(Map<String, String> values) {
    gateway.close();
    start(values);
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private int port() {
    return Integer.parseInt(gateway.address().substring(gateway.address().lastIndexOf(':') + 1));
  }

  private String request(String method, String target, String body, String... headers) {
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

  private Response ask(String method, String target, String body, String... headers)
      throws IOException {
    try (var wire = new Wire()) {
      return wire.say(request(method, target, body, headers)).response(method.equals("HEAD"));
    }
  }

  // ------------------------------------------------------------------ records

  @Test
  void aRecordComesBackByteForByteWithItsVersionAndPlace() throws IOException {
    String value = "{ \"b\" : 1.50,\n \"a\":[ ] }";
    Response put = ask("PUT", "/v1/dht/k", value);
    assertThat(put.status()).isEqualTo(201);
    assertThat(put.body()).isEmpty();
    assertThat(put.header("ETag")).isEqualTo("\"1\"");
    assertThat(put.header("Ring-Copies")).isEqualTo("1/3");
    assertThat(put.header("Ring-Daddy")).isEqualTo(FakeBackend.NODE.toString());
    assertThat(put.header("Ring-Hops")).isEqualTo("0");
    Response get = ask("GET", "/v1/dht/k", null);
    assertThat(get.status()).isEqualTo(200);
    assertThat(get.body()).isEqualTo(value);
    assertThat(get.header("Content-Type")).isEqualTo("application/json");
    assertThat(get.header("ETag")).isEqualTo("\"1\"");
    assertThat(ask("PUT", "/v1/dht/k", "2").status()).isEqualTo(200);
    Response head = ask("HEAD", "/v1/dht/k", null);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Length")).isEqualTo("1");
  }

  @Test
  void conditionsAreKeptAndAConflictShowsWhatIsThere() throws IOException {
    assertThat(
            ask("PUT", "/v1/dht/k", "1", "If-Match: \"1\"")
                .json()
                .at("/current")
                .orElseThrow()
                .isNull())
        .isTrue();
    assertThat(ask("PUT", "/v1/dht/k", "1", "If-Match: *").status()).isEqualTo(412);
    assertThat(ask("PUT", "/v1/dht/k", "1", "If-None-Match: *").status()).isEqualTo(201);
    Response taken = ask("PUT", "/v1/dht/k", "2", "If-None-Match: *");
    assertThat(taken.status()).isEqualTo(412);
    assertThat(taken.header("ETag")).isEqualTo("\"1\"");
    assertThat(taken.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(taken.json().at("/current").orElseThrow())
        .hasToString("{\"version\":\"1\",\"value\":1}");
    assertThat(ask("PUT", "/v1/dht/k", "2", "If-Match: \"1\"").header("ETag")).isEqualTo("\"2\"");
    assertThat(ask("GET", "/v1/dht/k", null, "If-None-Match: \"2\"").status()).isEqualTo(304);
    assertThat(ask("GET", "/v1/dht/k", null, "If-Match: \"1\"").status()).isEqualTo(412);
    assertThat(ask("DELETE", "/v1/dht/k", null, "If-Match: \"1\"").status()).isEqualTo(412);
    assertThat(ask("DELETE", "/v1/dht/k", null, "If-Match: \"2\"").status()).isEqualTo(204);
    assertThat(ask("DELETE", "/v1/dht/k", null).status()).isEqualTo(404);
    assertThat(ask("DELETE", "/v1/dht/k", null, "If-Match: \"2\"").status()).isEqualTo(412);
    assertThat(ask("GET", "/v1/dht/k", null).code()).isEqualTo("not-found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "If-Match: W/\"1\"",
        "If-Match: \"1\", \"2\"",
        "If-Match: abc",
        "If-None-Match: \"1\"",
        "If-Match: \"1\"\r\nIf-Match: \"2\"",
        "If-Match: \"1\"\r\nIf-None-Match: *",
        "Idempotency-Key: ",
        "Idempotency-Key: a\r\nIdempotency-Key: b",
        "Idempotency-Key: \u00e9"
      })
  void brokenConditionsAreTheCallersFault(String headers) throws IOException {
    assertThat(ask("PUT", "/v1/dht/k", "1", headers).status()).isEqualTo(400);
  }

  @Test
  void anIdempotencyKeyHasUpTo128Characters() throws IOException {
    assertThat(ask("PUT", "/v1/dht/k", "1", "Idempotency-Key: " + "x".repeat(128)).status())
        .isEqualTo(201);
    assertThat(ask("PUT", "/v1/dht/k", "1", "Idempotency-Key: " + "x".repeat(129)).status())
        .isEqualTo(400);
    assertThat(node.operations).containsExactly("x".repeat(128));
  }

  @Test
  void keysHave1To512BytesAndAreNeverTidiedUp() throws IOException {
    assertThat(ask("PUT", "/v1/dht/", "1").code()).isEqualTo("invalid-input");
    assertThat(ask("PUT", "/v1/dht/" + "k".repeat(513), "1").status()).isEqualTo(400);
    assertThat(ask("PUT", "/v1/dht/" + "%C3%A9".repeat(257), "1").status()).isEqualTo(400);
    assertThat(ask("PUT", "/v1/dht/" + "%C3%A9".repeat(256), "1").status()).isEqualTo(201);
    assertThat(ask("PUT", "/v1/dht/" + "k".repeat(512), "1").status()).isEqualTo(201);
    for (String key : List.of("../../etc/passwd", "a//b", "./x", "a+b", "/")) {
      assertThat(ask("PUT", "/v1/dht/" + key, "1").status()).as(key).isEqualTo(201);
      assertThat(node.records).containsKey("default|" + key);
    }
    assertThat(ask("GET", "/v1/dht/a%2Bb", null).status()).isEqualTo(200);
    assertThat(ask("GET", "/v1/dht/a%20b", null).status()).isEqualTo(404);
    assertThat(ask("GET", "/v1/dht/%zz", null).status()).isEqualTo(400);
  }

  @Test
  void namespacesAcknowledgementAndConsistencyAreParameters() throws IOException {
    assertThat(ask("PUT", "/v1/dht/k?ns=other&ack=all", "1").status()).isEqualTo(201);
    assertThat(node.lastAck).isEqualTo(Backend.Ack.ALL);
    assertThat(ask("GET", "/v1/dht/k", null).status()).isEqualTo(404);
    assertThat(ask("GET", "/v1/dht/k?ns=other&consistency=stale", null).status()).isEqualTo(200);
    assertThat(ask("PUT", "/v1/dht/k?ack=none", "1").status()).isEqualTo(400);
    assertThat(ask("GET", "/v1/dht/k?consistency=eventual", null).status()).isEqualTo(400);
    assertThat(ask("GET", "/v1/dht/k?consistancy=stale", null).status()).isEqualTo(400);
    assertThat(ask("GET", "/v1/dht/k?ns=", null).status()).isEqualTo(400);
    assertThat(ask("PUT", "/v1/dht/k?ttl=30s", "1").code()).isEqualTo("not-built");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"a\":1,\"a\":2}",
        "1 2",
        "{'a':1}",
        "NaN",
        "[1,]",
        "\u00ff",
        "\u00ef\u00bb\u00bf1"
      })
  void bodiesThatAreNoJsonAreRefused(String body) throws IOException {
    assertThat(ask("PUT", "/v1/dht/k", body).code()).isEqualTo("invalid-input");
    assertThat(node.records).isEmpty();
  }

  @Test
  void nestingIsBoundedAt32() throws IOException {
    assertThat(ask("PUT", "/v1/dht/k", "[".repeat(32) + "]".repeat(32)).status()).isEqualTo(201);
    assertThat(ask("PUT", "/v1/dht/k", "[".repeat(33) + "]".repeat(33)).status()).isEqualTo(400);
  }

  // ------------------------------------------------------- messages and views

  @Test
  void aServiceIsAskedAtAnIdOrAtAKey() throws IOException {
    Response reply = ask("POST", "/v1/services/echo/a/b", "{\"x\":1}");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("{\"to\":\"" + Id.of("a/b") + "\",\"echo\":{\"x\":1}}");
    assertThat(reply.header("Ring-Node")).isEqualTo(FakeBackend.NODE.toString());
    assertThat(reply.header("Ring-Hops")).isEqualTo("2");
    String id = "0123456789abcdef0123456789abcdef01234567";
    assertThat(ask("POST", "/v1/services/echo/" + id, "1").body()).contains("\"to\":\"" + id);
    String upper = id.toUpperCase(Locale.ROOT);
    assertThat(ask("POST", "/v1/services/echo/" + upper, "1").body())
        .contains(Id.of(upper).toString());
    assertThat(ask("POST", "/v1/services/nobody/a", "1").code()).isEqualTo("unknown-service");
    assertThat(ask("POST", "/v1/services/nobody/a", "1").status()).isEqualTo(404);
    assertThat(ask("POST", "/v1/services/echo/", "1").status()).isEqualTo(400);
    assertThat(ask("POST", "/v1/services/echo", "1").status()).isEqualTo(404);
    assertThat(ask("POST", "/v1/services/" + "s".repeat(129) + "/a", "1").status()).isEqualTo(400);
    assertThat(ask("POST", "/v1/services/a%0Ab/a", "1").status()).isEqualTo(400);
  }

  @Test
  void theViewsHaveTheBodiesOfTheContract() throws IOException {
    assertThat(ask("GET", "/v1/ring", null).body())
        .isEqualTo(
            "{\"ring\":\"ring\",\"nodes\":[{\"id\":\""
                + FakeBackend.NODE
                + "\",\"listen\":\"127.0.0.1:7400\",\"http\":null,\"state\":\"alive\","
                + "\"incarnation\":1,\"labels\":{\"zone\":\"a\"}}]}");
    assertThat(ask("GET", "/v1/owner/k", null).body())
        .isEqualTo(
            "{\"key\":\"k\",\"id\":\""
                + Id.of("k")
                + "\",\"daddy\":\""
                + FakeBackend.NODE
                + "\",\"replicas\":[\""
                + FakeBackend.NODE
                + "\"],\"epoch\":1}");
    assertThat(ask("GET", "/v1/trace/k", null).body())
        .isEqualTo(
            "{\"key\":\"k\",\"id\":\""
                + Id.of("k")
                + "\",\"hops\":[{\"node\":\""
                + FakeBackend.NODE
                + "\",\"micros\":12}],\"root\":\""
                + FakeBackend.NODE
                + "\",\"daddy\":\""
                + FakeBackend.NODE
                + "\"}");
    assertThat(ask("GET", "/v1/services", null).json().at("/services/0/name"))
        .contains(Json.of("echo"));
    assertThat(ask("GET", "/health/live", null).status()).isEqualTo(200);
    assertThat(ask("GET", "/health/ready", null).status()).isEqualTo(200);
  }

  @Test
  void beforeTheNodeHasJoinedOnlyLifeIsAnswered() throws IOException {
    gateway.close();
    gateway = Gateway.bind("127.0.0.1:0", Settings.defaults(GatewaySettings.ALL));
    assertThat(ask("GET", "/health/live", null).status()).isEqualTo(200);
    Response ready = ask("GET", "/health/ready", null);
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.header("Retry-After")).isEqualTo("1");
    assertThat(ask("GET", "/v1/dht/k", null).code()).isEqualTo("unavailable");
  }

  @Test
  void anAnycastThatNobodyTakesIs503WithTheRefusals() throws IOException {
    Response reply = ask("POST", "/v1/anycast/echo", "{\"job\":1}");
    assertThat(reply.body()).isEqualTo("{\"job\":1}");
    assertThat(reply.header("Ring-Node")).isEqualTo(FakeBackend.NODE.toString());
    Response nobody = ask("POST", "/v1/anycast/other", "1");
    assertThat(nobody.status()).isEqualTo(503);
    assertThat(nobody.json().at("/refusals").orElseThrow()).hasToString("[]");
  }

  @Test
  void failuresOfTheNodeArePassedOnAsProblems() throws IOException {
    node.failure = new RingException.OutcomeUnknown("who knows", true);
    Response bare = ask("PUT", "/v1/dht/k", "1");
    assertThat(bare.status()).isEqualTo(504);
    assertThat(bare.json().at("/retrySafe")).contains(Json.of(false));
    Response guarded = ask("PUT", "/v1/dht/k", "1", "Idempotency-Key: a");
    assertThat(guarded.json().at("/retrySafe")).contains(Json.of(true));
    assertThat(ask("GET", "/health/ready", null).status()).isEqualTo(503);
  }

  // -------------------------------------------------------------------- table

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/dht?prefix=a",
    "GET, /v1/watch/a",
    "GET, /v1/watch/a*",
    "GET, /v1/events",
    "GET, /metrics",
    "POST, /v1/pools/p",
    "POST, /v1/pools/p/leases",
    "PUT, /v1/pools/p/leases/l",
    "POST, /v1/tasks/q",
    "GET, /v1/tasks/q/1",
    "POST, /v1/tasks/q/claim?wait=30s",
    "GET, /v1/namespaces/n",
    "PUT, /v1/namespaces/n"
  })
  void whatIsNotBuiltSaysSo(String method, String target) throws IOException {
    Response reply = ask(method, target, method.equals("GET") ? null : "{}");
    assertThat(reply.status()).isEqualTo(501);
    assertThat(reply.code()).isEqualTo("not-built");
    assertThat(reply.json().at("/detail").orElseThrow().as(String.class)).contains("not built yet");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1",
        "/v2/dht/a",
        "/v1/nothing",
        "/health",
        "/health/dead",
        "/v1/ring/x",
        "/favicon.ico"
      })
  void unknownPathsAreNotFound(String target) throws IOException {
    Response reply = ask("GET", target, null);
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.code()).isEqualTo("not-found");
  }

  @Test
  void aWrongMethodIsToldTheRightOnes() throws IOException {
    Response reply = ask("POST", "/v1/dht/k", "1");
    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.code()).isEqualTo("method");
    assertThat(reply.header("Allow")).isEqualTo("GET, HEAD, PUT, DELETE");
    assertThat(ask("DELETE", "/v1/ring", null).header("Allow")).isEqualTo("GET, HEAD");
    assertThat(ask("GET", "/v1/anycast/echo", null).header("Allow")).isEqualTo("POST");
  }

  // ------------------------------------------------------------------ hostile

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:PORT",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1.evil.example:PORT",
        "localhost.evil.example:PORT",
        "10.0.0.1:PORT",
        "[::2]:PORT",
        "user@127.0.0.1:PORT"
      })
  void aForeignHostIsDenied(String host) throws IOException {
    try (var wire = new Wire()) {
      Response reply =
          wire.say(
                  "GET /v1/ring HTTP/1.1\r\nHost: "
                      + host.replace("PORT", "" + port())
                      + "\r\n\r\n")
              .response();
      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.code()).isEqualTo("denied");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:PORT",
        "LOCALHOST:PORT",
        "127.0.0.1:PORT",
        "127.1.2.3:PORT",
        "[::1]:PORT"
      })
  void everyNameOfLoopbackIsOurs(String host) throws IOException {
    try (var wire = new Wire()) {
      assertThat(
              wire.say(
                      "GET /v1/ring HTTP/1.1\r\nHost: "
                          + host.replace("PORT", "" + port())
                          + "\r\n\r\n")
                  .response()
                  .status())
          .isEqualTo(200);
    }
  }

  @Test
  void noHostOrTwoIsABadRequest() throws IOException {
    try (var wire = new Wire()) {
      assertThat(wire.say("GET /v1/ring HTTP/1.1\r\n\r\n").response().status()).isEqualTo(400);
    }
    String host = "Host: 127.0.0.1:" + port() + "\r\n";
    try (var wire = new Wire()) {
      assertThat(wire.say("GET /v1/ring HTTP/1.1\r\n" + host + host + "\r\n").response().status())
          .isEqualTo(400);
    }
  }

  @Test
  void pagesOfOtherSitesAreDenied() throws IOException {
    for (String origin :
        List.of(
            "http://evil.example", "null", "https://127.0.0.1:" + port(), "http://127.0.0.1:1")) {
      assertThat(ask("PUT", "/v1/dht/k", "1", "Origin: " + origin).status())
          .as(origin)
          .isEqualTo(403);
      assertThat(ask("GET", "/v1/ring", null, "Origin: " + origin).status())
          .as(origin)
          .isEqualTo(403);
    }
    assertThat(ask("POST", "/v1/topics/t", "1", "Sec-Fetch-Site: cross-site").status())
        .isEqualTo(403);
    assertThat(ask("PUT", "/v1/dht/k", "1", "Origin: http://127.0.0.1:" + port()).status())
        .isEqualTo(201);
    assertThat(
            ask(
                    "PUT",
                    "/v1/dht/k",
                    "1",
                    "Origin: http://localhost:" + port(),
                    "Sec-Fetch-Site: same-origin")
                .status())
        .isEqualTo(200);
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWithoutBeingRead() throws IOException {
    restart(Map.of("ring.http.body.bytes.max", "1000"));
    String fits = "\"" + "x".repeat(998) + "\"";
    assertThat(ask("PUT", "/v1/dht/k", fits).status()).isEqualTo(201);
    assertThat(ask("PUT", "/v1/dht/k", fits + " ").code()).isEqualTo("too-large");
    try (var wire = new Wire()) {
      wire.say(
          "PUT /v1/dht/k HTTP/1.1\r\nHost: 127.0.0.1:"
              + port()
              + "\r\nContent-Length: 10000000\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(413);
    }
    try (var wire = new Wire()) {
      wire.say(
          "PUT /v1/dht/k HTTP/1.1\r\nHost: 127.0.0.1:"
              + port()
              + "\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"
              + "1".repeat(1000)
              + "\r\n1\r\n1\r\n");
      assertThat(wire.response().status()).isEqualTo(413);
      assertThat(wire.isEnded()).isTrue();
    }
  }

  @Test
  void tenMegabytesSentInOneGoStillGetTheirAnswer() throws IOException {
    try (var wire = new Wire()) {
      wire.say(
          "PUT /v1/dht/k HTTP/1.1\r\nHost: 127.0.0.1:"
              + port()
              + "\r\nContent-Length: 10000000\r\n\r\n");
      try {
        wire.say("1".repeat(10_000_000));
      } catch (IOException refused) {
        assertThat(refused).hasMessageMatching(".*(reset|Broken pipe).*");
      }
      assertThat(wire.response().status()).isEqualTo(413);
    }
  }

  @Test
  void aClientThatAsksBeforeItSendsIsToldToGoOnOrNot() throws IOException {
    String head =
        "PUT /v1/dht/k HTTP/1.1\r\nHost: 127.0.0.1:" + port() + "\r\nExpect: 100-continue\r\n";
    try (var wire = new Wire()) {
      wire.say(head + "Content-Length: 1\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(100);
      assertThat(wire.say("1").response().status()).isEqualTo(201);
    }
    try (var wire = new Wire()) {
      assertThat(wire.say(head + "Content-Length: 9999999\r\n\r\n").response().status())
          .isEqualTo(413);
    }
  }

  @Test
  void aSlowBodyIsGivenUp() throws IOException {
    restart(Map.of("ring.http.body.timeout", "200ms"));
    try (var wire = new Wire()) {
      wire.say(
          "PUT /v1/dht/k HTTP/1.1\r\nHost: 127.0.0.1:"
              + port()
              + "\r\nContent-Length: 10\r\n\r\n1");
      assertThat(wire.response().status()).isEqualTo(408);
      assertThat(wire.isEnded()).isTrue();
    }
    assertThat(node.records).isEmpty();
  }

  @Test
  void aHeadThatNeverEndsIsGivenUp() throws IOException {
    restart(Map.of("ring.http.idle.timeout", "200ms"));
    try (var wire = new Wire()) {
      wire.say("GET /v1/ring HTTP/1.1\r\nHost: 127.0.0.1:" + port() + "\r\nX-Slow: ");
      assertThat(wire.isEnded()).isTrue();
    }
  }

  @Test
  void headerBombsAreRefused() throws IOException {
    assertThat(ask("GET", "/v1/ring", null, "X-Bomb: " + "x".repeat(40_000)).status())
        .isEqualTo(431);
    var many = new ArrayList<String>();
    for (int i = 0; i < 3_000; i++) {
      many.add("X-" + i + ": y");
    }
    assertThat(ask("GET", "/v1/ring", null, many.toArray(String[]::new)).status()).isEqualTo(431);
    assertThat(ask("GET", "/v1/dht/" + "x".repeat(20_000), null).status()).isEqualTo(414);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HELLO\r\n\r\n",
        "GET\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n",
        "GET /v1/ring HTTP/1.1\r\n Bad: x\r\n\r\n"
      })
  void whatIsNotHttpGetsABadRequestAndTheConnectionEnds(String bytes) throws IOException {
    try (var wire = new Wire()) {
      assertThat(wire.say(bytes).response().status()).isEqualTo(400);
      assertThat(wire.isEnded()).isTrue();
    }
    assertThat(ask("GET", "/v1/ring", null).status()).isEqualTo(200);
  }

  @Test
  void aRequestWithTwoLengthsIsNotSmuggledIn() throws IOException {
    try (var wire = new Wire()) {
      wire.say(
          "PUT /v1/dht/k HTTP/1.1\r\nHost: 127.0.0.1:"
              + port()
              + "\r\nContent-Length: 1\r\nContent-Length: 30\r\n\r\n1");
      assertThat(wire.response().status()).isEqualTo(400);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
    try (var wire = new Wire()) {
      wire.say(
          request("PUT", "/v1/dht/k", "1")
              + request("PUT", "/v1/dht/k", "2")
              + request("GET", "/v1/dht/k", null)
              + request("GET", "/nothing", null)
              + request("DELETE", "/v1/dht/k", null)
              + request("GET", "/v1/dht/k", null));
      assertThat(wire.response().status()).isEqualTo(201);
      assertThat(wire.response().status()).isEqualTo(200);
      assertThat(wire.response().body()).isEqualTo("2");
      assertThat(wire.response().status()).isEqualTo(404);
      assertThat(wire.response(true).status()).isEqualTo(204);
      assertThat(wire.response().status()).isEqualTo(404);
    }
  }

  @Test
  void chunkedBodiesAndOldClientsAreServed() throws IOException {
    try (var wire = new Wire()) {
      wire.say(
          "PUT /v1/dht/k HTTP/1.1\r\nHost: 127.0.0.1:"
              + port()
              + "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(201);
    }
    assertThat(node.records.get("default|k").value()).hasToString("[1]");
    try (var wire = new Wire()) {
      wire.say("GET /v1/dht/k HTTP/1.0\r\nHost: 127.0.0.1:" + port() + "\r\n\r\n");
      assertThat(wire.response().body()).isEqualTo("[1]");
      assertThat(wire.isEnded()).isTrue();
    }
  }

  @Test
  void moreConnectionsThanAllowedAreToldSo() throws IOException {
    restart(Map.of("ring.http.connections.max", "2"));
    try (var one = new Wire();
        var two = new Wire()) {
      assertThat(one.say(request("GET", "/v1/ring", null)).response().status()).isEqualTo(200);
      assertThat(two.say(request("GET", "/v1/ring", null)).response().status()).isEqualTo(200);
      try (var three = new Wire()) {
        assertThat(three.response().status()).isEqualTo(429);
        assertThat(three.isEnded()).isTrue();
      }
    }
    Awaitility.await().until(() -> gateway.connections() == 0);
    assertThat(ask("GET", "/v1/ring", null).status()).isEqualTo(200);
  }

  @Test
  void addressesBeyondLoopbackWaitForTlsAndTokens() {
    assertThatThrownBy(() -> Gateway.bind("0.0.0.0:0", Settings.defaults(GatewaySettings.ALL)))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("TLS and a token");
    for (String address : List.of("", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", ":80")) {
      assertThatThrownBy(() -> Gateway.bind(address, Settings.defaults(GatewaySettings.ALL)))
          .as(address)
          .isInstanceOf(RingException.InvalidInput.class);
    }
    assertThatThrownBy(
            () -> Gateway.bind(gateway.address(), Settings.defaults(GatewaySettings.ALL)))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("in use");
  }

  // ------------------------------------------------------------------ streams

  private final class Stream implements AutoCloseable {
    private final Wire wire = new Wire();
    private final BufferedReader lines = new BufferedReader(new InputStreamReader(wire.in, UTF_8));

    Stream(String target) throws IOException {
      // Spoken as HTTP/1.0, the stream comes without chunks between its lines.
      wire.say("GET " + target + " HTTP/1.0\r\nHost: 127.0.0.1:" + port() + "\r\n\r\n");
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

  @Test
  void aStreamBeginsWithReadyAndThenHasTheMessages() throws IOException {
    node.version = 41;
    try (var stream = new Stream("/v1/topics/news")) {
      assertThat(stream.event()).containsExactly("event: ready", "id: 41", "data: {}");
      Response published = ask("POST", "/v1/topics/news", "{\"a\":\n 1}");
      assertThat(published.body()).isEqualTo("{\"seq\":42,\"reached\":1}");
      assertThat(stream.event()).containsExactly("id: 42", "data: {\"a\":  1}");
      assertThat(ask("POST", "/v1/topics/news?level=delivered", "2").body())
          .isEqualTo("{\"seq\":43,\"reached\":1,\"missing\":0}");
      assertThat(stream.event()).containsExactly("id: 43", "data: 2");
      node.listeners.get(0).gap(50, 60);
      assertThat(stream.event()).containsExactly("event: gap", "data: {\"from\":50,\"to\":60}");
    }
    Awaitility.await().until(() -> node.listeners.isEmpty() && gateway.streams() == 0);
    assertThat(ask("POST", "/v1/topics/news?level=loud", "1").status()).isEqualTo(400);
    assertThat(ask("GET", "/v1/topics/news", null, "Last-Event-ID: 41").code())
        .isEqualTo("not-built");
    assertThat(ask("HEAD", "/v1/topics/news", null).status()).isEqualTo(200);
    assertThat(node.listeners).isEmpty();
  }

  @Test
  void aQuietStreamGetsComments() throws IOException {
    restart(Map.of("ring.http.stream.heartbeat", "50ms"));
    try (var stream = new Stream("/v1/topics/news")) {
      stream.event();
      assertThat(stream.event()).containsExactly(":");
    }
  }

  @Test
  void aReaderThatIsTooSlowIsToldWhatItMissed() throws IOException {
    restart(Map.of("ring.http.stream.bytes.max", "64KiB"));
    try (var stream = new Stream("/v1/topics/news")) {
      stream.event();
      Json large = Json.of("x".repeat(8_000));
      // More than the buffers of both ends of the socket can hold.
      for (int i = 1; i <= 3_000; i++) {
        node.listeners.get(0).message(new Backend.Message(i, large));
      }
      long next = 1;
      boolean gap = false;
      while (next <= 3_000) {
        List<String> event = stream.event();
        if (event.get(0).equals("event: gap")) {
          gap = true;
          Json told = Json.parse(event.get(1).substring("data: ".length()));
          assertThat(told.at("/from").orElseThrow().as(long.class)).isEqualTo(next);
          next = told.at("/to").orElseThrow().as(long.class) + 1;
        } else {
          assertThat(event.get(0)).isEqualTo("id: " + next);
          next++;
        }
      }
      assertThat(gap).isTrue();
    }
  }

  @Test
  void aReaderThatTakesNothingIsGivenUp() throws IOException {
    restart(Map.of("ring.http.write.timeout", "200ms"));
    try (var stream = new Stream("/v1/topics/news")) {
      stream.event();
      Json large = Json.of("x".repeat(100_000));
      for (int i = 1; i <= 200; i++) {
        node.listeners.get(0).message(new Backend.Message(i, large));
      }
      Awaitility.await().until(() -> node.listeners.isEmpty());
    }
  }

  @Test
  void aThousandIdleStreamsNeedNoThreadAndOneMoreThanAllowedIsRefused() throws Exception {
    restart(Map.of("ring.http.streams.max", "1000"));
    int threads = Thread.activeCount();
    var streams = new ArrayList<Stream>();
    try {
      for (int i = 0; i < 1_000; i++) {
        var stream = new Stream("/v1/topics/news");
        assertThat(stream.event().get(0)).isEqualTo("event: ready");
        streams.add(stream);
      }
      assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
      Response refused = ask("GET", "/v1/topics/news", null);
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.code()).isEqualTo("refused");
      assertThat(node.listeners).hasSize(1_000);
      assertThat(ask("GET", "/v1/ring", null).status()).isEqualTo(200);
    } finally {
      for (Stream stream : streams) {
        stream.close();
      }
    }
    Awaitility.await().until(() -> node.listeners.isEmpty());
  }
}
