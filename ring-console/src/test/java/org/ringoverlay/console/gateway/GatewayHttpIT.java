package org.ringoverlay.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.json.Json;

/** HTTP as it should not be: too much, too slow, broken, or all at once. */
@Timeout(60)
class GatewayHttpIT extends ServedGateway {

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
      Response reply = wire.response();
      assertThat(reply.status()).isEqualTo(504);
      assertThat(reply.code()).isEqualTo("timeout");
      assertThat(reply.json().at("/retrySafe")).contains(Json.of(true));
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
    var many = new ArrayList<String>();
    for (int i = 0; i < 3_000; i++) {
      many.add("X-" + i + ": y");
    }
    for (Response reply :
        List.of(
            ask("GET", "/v1/ring", null, "X-Bomb: " + "x".repeat(40_000)),
            ask("GET", "/v1/ring", null, many.toArray(String[]::new)),
            ask("GET", "/v1/dht/" + "x".repeat(20_000), null),
            chunked("1;" + "x".repeat(40_000) + "\r\n1\r\n0\r\n\r\n"),
            chunked("1\r\n1\r\n0\r\nX-Bomb: " + "x".repeat(40_000) + "\r\n\r\n"))) {
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.code()).isEqualTo("too-large");
    }
    assertThat(node.records).isEmpty();
  }

  private Response chunked(String body) throws IOException {
    try (var wire = new Wire()) {
      return wire.say(request("PUT", "/v1/dht/k", null, "Transfer-Encoding: chunked") + body)
          .response();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip, chunked",
        "gzip",
        "identity",
        "chunked, chunked",
        "xchunked",
        "chunked;q=1"
      })
  void aBodyInACodingThatIsNotKnownIsNotTakenForPlain(String coding) throws IOException {
    try (var wire = new Wire()) {
      wire.say(
          request("PUT", "/v1/dht/k", null, "Transfer-Encoding: " + coding)
              + "1\r\n1\r\n0\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(400);
    }
    assertThat(node.records).isEmpty();
  }

  @Test
  void anExpectationThatIsNotKnownIsRefused() throws IOException {
    Response reply = ask("PUT", "/v1/dht/k", "1", "Expect: the-unexpected");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("invalid-input");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/0.9", "HTTP/2.0", "HTTP/3.0"})
  void anotherGenerationOfHttpIsRefused(String version) throws IOException {
    try (var wire = new Wire()) {
      wire.say("GET /v1/ring " + version + "\r\nHost: 127.0.0.1:" + port() + "\r\n\r\n");
      assertThat(wire.response().status()).isEqualTo(400);
      assertThat(wire.isEnded()).isTrue();
    }
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
}
