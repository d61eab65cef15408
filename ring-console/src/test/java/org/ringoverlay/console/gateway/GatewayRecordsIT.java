package org.ringoverlay.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.json.Json;

/** Records over HTTP, byte for byte and header for header. */
@Timeout(60)
class GatewayRecordsIT extends ServedGateway {

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
    Response other = ask("GET", "/v1/dht/k", null, "If-Match: \"1\"");
    assertThat(other.status()).isEqualTo(412);
    assertThat(other.json().at("/detail"))
        .contains(Json.of("'k' was expected at version 1 and is at version 2"));
    assertThat(ask("DELETE", "/v1/dht/k", null, "If-Match: \"1\"").status()).isEqualTo(412);
    assertThat(ask("DELETE", "/v1/dht/k", null, "If-Match: \"2\"").status()).isEqualTo(204);
    assertThat(ask("DELETE", "/v1/dht/k", null).status()).isEqualTo(404);
    assertThat(ask("DELETE", "/v1/dht/k", null, "If-Match: \"2\"").status()).isEqualTo(412);
    assertThat(ask("GET", "/v1/dht/k", null).code()).isEqualTo("not-found");
    Response gone = ask("GET", "/v1/dht/k", null, "If-Match: \"2\"");
    assertThat(gone.status()).isEqualTo(412);
    assertThat(gone.json().at("/detail").orElseThrow().as(String.class))
        .isEqualTo("'k' was expected at version 2 and is absent");
    assertThat(ask("GET", "/v1/dht/k", null, "If-Match: *").json().at("/detail"))
        .contains(Json.of("The record was to be there and is absent."));
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
    assertThat(node.lastTtl).isNull();
    assertThat(ask("PUT", "/v1/dht/t?ttl=30s", "1").status()).isEqualTo(201);
    assertThat(node.lastTtl).isEqualTo(Duration.ofSeconds(30));
    assertThat(ask("PUT", "/v1/dht/t?ttl=soon", "1").status()).isEqualTo(400);
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

  @Test
  void keysAreListedInPages() throws IOException {
    for (int number = 100; number < 220; number++) {
      ask("PUT", "/v1/dht/k%20" + number, "1");
    }
    ask("PUT", "/v1/dht/k%20100?ns=other", "1");
    ask("PUT", "/v1/dht/%C3%A9%22", "1");
    Response hundred = ask("GET", "/v1/dht?prefix=k%20", null);
    assertThat(hundred.status()).isEqualTo(200);
    assertThat(hundred.header("Content-Type")).isEqualTo("application/json");
    assertThat(hundred.json().at("/keys").orElseThrow().as(String[].class)).hasSize(100);
    assertThat(hundred.json().at("/next")).contains(Json.of("k 199"));
    Response rest = ask("GET", "/v1/dht?prefix=k%20&after=k%20199&limit=1000", null);
    assertThat(rest.json().at("/keys").orElseThrow().as(String[].class)).hasSize(20);
    assertThat(rest.json().at("/next").orElseThrow().isNull()).isTrue();
    assertThat(ask("GET", "/v1/dht?ns=other", null).body())
        .isEqualTo("{\"keys\":[\"k 100\"],\"next\":null}");
    assertThat(ask("GET", "/v1/dht?prefix=%C3%A9", null).body())
        .isEqualTo("{\"keys\":[\"é\\\"\"],\"next\":null}");
    assertThat(ask("PUT", "/v1/dht", "1").status()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=1001",
        "limit=-1",
        "limit=many",
        "limit=",
        "prefix=%FF",
        "pre=a",
        "ns=",
        "after=%ED%A0%80"
      })
  void brokenListingsAreTheCallersFault(String query) throws IOException {
    assertThat(ask("GET", "/v1/dht?" + query, null).code()).isEqualTo("invalid-input");
    assertThat(ask("GET", "/v1/dht?prefix=" + "k".repeat(513), null).status()).isEqualTo(400);
  }
}
