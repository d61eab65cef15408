package org.ringoverlay.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Settings;

/** Who may ask at all: hosts, origins, and how many. */
@Timeout(60)
class GatewayGuardIT extends ServedGateway {

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
  void moreConnectionsThanAllowedAreToldSo() throws IOException {
    restart(Map.of("ring.http.connections.max", "2"));
    try (var one = new Wire();
        var two = new Wire()) {
      assertThat(one.say(request("GET", "/v1/ring", null)).response().status()).isEqualTo(200);
      assertThat(two.say(request("GET", "/v1/ring", null)).response().status()).isEqualTo(200);
      try (var three = new Wire()) {
        Response refused = three.response();
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
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
}
