package org.ringoverlay.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;

/** Which request goes where, and what is said where there is nothing. */
@Timeout(60)
class GatewayRoutesIT extends ServedGateway {

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
  void aNodeThatKnowsOnlySomeOfTheRingSaysSo() throws IOException {
    node.knowOnly(9);
    Json ring = ask("GET", "/v1/ring", null).json();
    assertThat(ring.at("/nodes/9")).isPresent();
    assertThat(ring.at("/complete")).contains(Json.of(false));
    assertThat(ring.at("/estimate").orElseThrow().as(long.class))
        .isEqualTo(node.view().sizeEstimate());
  }

  @Test
  void aWayThatEndsAtASilentNodeIsAProblemThatNamesIt() throws IOException {
    node.wayFailure = new RingException.Timeout("Node x is hop 1 of the way and did not say");
    Response silent = ask("GET", "/v1/trace/k", null);
    assertThat(silent.status()).isEqualTo(504);
    assertThat(silent.code()).isEqualTo("timeout");
    assertThat(silent.json().at("/detail").orElseThrow().as(String.class))
        .contains("Node x is hop 1");
    node.wayFailure = new RingException.NoRoute("Node x knows no way");
    Response lost = ask("GET", "/v1/trace/k", null);
    assertThat(lost.status()).isEqualTo(503);
    assertThat(lost.code()).isEqualTo("no-route");
    assertThat(lost.header("Retry-After")).isNotNull();
  }

  @Test
  void theViewsHaveTheBodiesOfTheContract() throws IOException {
    assertThat(ask("GET", "/v1/ring", null).body())
        .isEqualTo(
            "{\"ring\":\"ring\",\"nodes\":[{\"id\":\""
                + FakeBackend.NODE
                + "\",\"listen\":\"127.0.0.1:7400\",\"http\":null,\"state\":\"alive\","
                + "\"incarnation\":1,\"labels\":{\"zone\":\"a\"},\"cause\":null,\"since\":null}],"
                + "\"complete\":true,\"estimate\":1}");
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
  void aNodeIsToldToDrainByAPostAlone() throws IOException {
    assertThat(ask("GET", "/v1/drain", null).body())
        .isEqualTo(
            "{\"node\":\""
                + FakeBackend.NODE
                + "\",\"draining\":false,\"withinMs\":100000,\"left\":false,\"unfinished\":{}}");
    assertThat(ask("PUT", "/v1/drain", "{}").header("Allow")).isEqualTo("GET, HEAD, POST");
    assertThat(node.drained).hasValue(0);
    Response begun = ask("POST", "/v1/drain", null);
    assertThat(begun.status()).isEqualTo(202);
    assertThat(begun.body()).isEqualTo("{\"node\":\"" + FakeBackend.NODE + "\",\"draining\":true}");
    assertThat(node.drained).hasValue(1);
    assertThat(ask("GET", "/v1/drain", null).json().at("/draining")).contains(Json.of(true));
    assertThat(node.waits).containsOnly(Duration.ZERO);
  }

  @Test
  void whoWaitsForANodeToLeaveIsToldBeforeItsGatewayCloses() throws Exception {
    ask("POST", "/v1/drain", null);
    try (var waiting = new Wire()) {
      waiting.say(request("GET", "/v1/drain?wait=30s", null));
      assertThat(node.waits.poll(20, TimeUnit.SECONDS)).isEqualTo(Duration.ofSeconds(30));
      node.left.complete(Map.of("dht", "did not hand over in time"));
      gateway.close();
      Response told = waiting.response();
      assertThat(told.status()).isEqualTo(200);
      assertThat(told.body())
          .isEqualTo(
              "{\"node\":\""
                  + FakeBackend.NODE
                  + "\",\"draining\":true,\"withinMs\":100000,\"left\":true,"
                  + "\"unfinished\":{\"dht\":\"did not hand over in time\"}}");
      assertThat(waiting.isEnded()).isTrue();
    }
  }

  @Test
  void aNodeThatClosesBeforeItHasLeftSaysSo() throws Exception {
    node.left.completeExceptionally(new RingException.Closed("The node closed before it had left"));
    Response closed = ask("GET", "/v1/drain?wait=1s", null);
    assertThat(closed.status()).isEqualTo(503);
    assertThat(closed.code()).isEqualTo("closed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait=", "wait=1", "wait=-1s", "wait=31s", "wait=1m", "until=1s"})
  void aWaitIsADurationWithinBounds(String query) throws IOException {
    assertThat(ask("GET", "/v1/drain?" + query, null).status()).isEqualTo(400);
    assertThat(node.waits).isEmpty();
  }

  @Test
  void theRingIsToldHowManyCopiesItKeeps() throws IOException {
    assertThat(ask("PUT", "/v1/copies", "{\"copies\":5}").body()).isEqualTo("{\"copies\":5}");
    assertThat(node.copies).isEqualTo(5);
    assertThat(ask("GET", "/v1/copies", null).body())
        .isEqualTo(
            "{\"copies\":5,\"arcs\":16,\"led\":15,\"below\":2,\"above\":1,\"silent\":[\""
                + FakeBackend.NODE
                + "\"]}");
    assertThat(ask("DELETE", "/v1/copies", null).status()).isEqualTo(405);
  }

  @Test
  void whoHasSeenNoLossSaysWhatItMayBeAtMostAndAdvisesNothing() throws IOException {
    assertThat(ask("GET", "/v1/durability", null).body())
        .isEqualTo(
            "{\"observedMs\":18000000,\"losses\":0,\"yearsToLoss\":null,"
                + "\"yearsToLossAtLeast\":0.25,\"repairMs\":305000,\"repairs\":0,\"nodes\":1,"
                + "\"target\":1.0E-6,\"advised\":null,"
                + "\"risks\":[{\"copies\":3,\"likely\":null,\"atMost\":0.5}]}");
  }

  @Test
  void ofANamespaceARuleThatIsLeftOutStaysAndOneThatIsNullGoes() throws IOException {
    String path = "/v1/namespaces/a%2Fb";
    assertThat(ask("GET", path, null).body())
        .isEqualTo("{\"namespace\":\"a/b\",\"ttl\":null,\"valueMax\":null}");
    assertThat(ask("PUT", path, "{\"ttl\":\"90m\",\"valueMax\":4096}").body())
        .isEqualTo("{\"namespace\":\"a/b\",\"ttl\":\"90m\",\"valueMax\":4096}");
    assertThat(ask("PUT", path, "{\"valueMax\":null}").body())
        .isEqualTo("{\"namespace\":\"a/b\",\"ttl\":\"90m\",\"valueMax\":null}");
    assertThat(ask("PUT", path, "{\"ttl\":\"172800s\"}").json().at("/ttl")).contains(Json.of("2d"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/copies | 5",
        "/v1/copies | {}",
        "/v1/copies | {\"copies\":\"five\"}",
        "/v1/copies | {\"copies\":3.5}",
        "/v1/copies | {\"copies\":null}",
        "/v1/copies | {\"copies\":3,\"ttl\":\"1s\"}",
        "/v1/copies?ns=a | {\"copies\":3}",
        "/v1/namespaces/n | []",
        "/v1/namespaces/n | {\"ttl\":30}",
        "/v1/namespaces/n | {\"ttl\":\"soon\"}",
        "/v1/namespaces/n | {\"ttl\":\"0s\"}",
        "/v1/namespaces/n | {\"valueMax\":0}",
        "/v1/namespaces/n | {\"valueMax\":-1}",
        "/v1/namespaces/n | {\"valueMax\":1e99}",
        "/v1/namespaces/n | {\"valueMax\":\"64KiB\"}",
        "/v1/namespaces/n | {\"recordsMax\":10}",
        "/v1/namespaces/%01ring | {\"ttl\":\"1s\"}"
      })
  void settingsOfTheRingThatAreNoneAreRefused(String target, String body) throws IOException {
    Response reply = ask("PUT", target, body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("invalid-input");
    assertThat(node.copies).isEqualTo(3);
    assertThat(node.rules).isEmpty();
  }

  @Test
  void aVerificationTellsWhatItFoundAndWhereToGoOn() throws IOException {
    assertThat(ask("GET", "/v1/verify", null).status()).isEqualTo(405);
    assertThat(ask("POST", "/v1/verify?from=x", null).code()).isEqualTo("invalid-input");
    assertThat(ask("POST", "/v1/verify?from=-1", null).code()).isEqualTo("invalid-input");
    assertThat(ask("POST", "/v1/verify", null).body())
        .isEqualTo(
            "{\"sound\":true,\"arcs\":512,\"next\":256,\"compared\":256,\"records\":7,\"uneven\":[],"
                + "\"silent\":[],\"undecided\":0}");
    String node = FakeBackend.NODE.toString();
    assertThat(ask("POST", "/v1/verify?from=256", null).body())
        .isEqualTo(
            "{\"sound\":false,\"arcs\":512,\"next\":null,\"compared\":256,\"records\":7,\"uneven\":"
                + "[{\"arc\":\"08/9\",\"ns\":\"ns\",\"key\":\"k\",\"copies\":[{\"node\":\""
                + node
                + "\",\"version\":null}]}],\"silent\":[{\"node\":\""
                + node
                + "\",\"arcs\":3}],\"undecided\":0}");
  }

  @Test
  void lostMajoritiesAreToldAndGivenUpOnlyIfThatIsConfirmed() throws IOException {
    String lost = "ab".repeat(20);
    assertThat(ask("GET", "/v1/recover", null).status()).isEqualTo(405);
    assertThat(ask("POST", "/v1/recover", "{\"lost\":[\"" + lost + "\"]}").body())
        .isEqualTo(
            "{\"confirmed\":false,\"arcs\":[{\"arc\":7,\"state\":\"lost\",\"epoch\":4,"
                + "\"survivors\":[\""
                + FakeBackend.NODE
                + "\"],\"lost\":[\""
                + lost
                + "\"],\"keys\":12,\"newest\":\"99\",\"why\":\"\"}]}");
    assertThat(ask("POST", "/v1/recover", "{\"arcs\":[3],\"confirm\":true}").body())
        .startsWith("{\"confirmed\":true,\"arcs\":[{\"arc\":3,\"state\":\"recovered\"");
    for (String bad :
        List.of("", "[]", "{\"lost\":[\"x\"]}", "{\"lost\":[null]}", "{\"arcs\":[\"a\"]}")) {
      assertThat(ask("POST", "/v1/recover", bad).status()).as(bad).isEqualTo(400);
    }
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
    Response matched = ask("PUT", "/v1/dht/k", "1", "If-Match: \"1\"");
    assertThat(matched.json().at("/retrySafe")).contains(Json.of(true));
    // A condition on a record keeps no message from being handled twice.
    Response sent = ask("POST", "/v1/services/echo/a", "1", "If-Match: \"1\"");
    assertThat(sent.json().at("/retrySafe")).contains(Json.of(false));
    assertThat(ask("GET", "/health/ready", null).status()).isEqualTo(503);
  }

  @Test
  void thePageComesWithAPolicyAndNamesNoOtherPlace() throws IOException {
    Response page = ask("GET", "/", null);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'")
        .doesNotContain("unsafe");
    var files = Pattern.compile("(?:href|src)=\"(/[^\"]*)\"|from '\\./([^']*)'");
    var seen = new TreeSet<String>();
    var next = new ArrayDeque<String>(List.of("/"));
    while (!next.isEmpty()) {
      String path = next.poll();
      if (!seen.add(path)) {
        continue;
      }
      Response file = ask("GET", path, null);
      assertThat(file.status()).as(path).isEqualTo(200);
      assertThat(file.header("Content-Security-Policy")).as(path).startsWith("default-src 'none'");
      assertThat(file.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(file.body().replace("http://www.w3.org/2000/svg", "").replace("`http://$", ""))
          .as(path)
          .doesNotContain("://", "innerHTML", "eval(", "style=\"", "onclick");
      Matcher found = files.matcher(file.body());
      while (found.find()) {
        next.add(found.group(1) != null ? found.group(1) : "/page/" + found.group(2));
      }
    }
    assertThat(seen).hasSize(8);
    assertThat(ask("HEAD", "/", null).header("Content-Length"))
        .isEqualTo(page.header("Content-Length"));
    assertThat(ask("POST", "/", "1").header("Allow")).isEqualTo("GET, HEAD");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /metrics",
    "POST, /v1/pools/p",
    "POST, /v1/pools/p/leases",
    "PUT, /v1/pools/p/leases/l",
    "POST, /v1/tasks/q",
    "GET, /v1/tasks/q/1",
    "POST, /v1/tasks/q/claim?wait=30s"
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
        "/page",
        "/page/",
        "/page/ring.html",
        "/page/../ring.css",
        "/page/nothing.js",
        "//",
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

  @Test
  void aHeadIsAnsweredAsItsGetWouldBe() throws IOException {
    assertThat(ask("HEAD", "/v1/tasks/q/1", null).status()).isEqualTo(501);
    assertThat(ask("HEAD", "/v1/pools/p", null).status()).isEqualTo(501);
    assertThat(ask("HEAD", "/v1/topics/", null).status()).isEqualTo(400);
    assertThat(ask("HEAD", "/v1/topics/" + "t".repeat(129), null).status()).isEqualTo(400);
    Response stream = ask("HEAD", "/v1/topics/news", null);
    assertThat(stream.status()).isEqualTo(200);
    assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
    assertThat(stream.header("Content-Length")).isNull();
    assertThat(node.listeners).isEmpty();
  }

  @Test
  void aTargetMayNameTheWholeAddressIfItIsOurs() throws IOException {
    String ours = "http://127.0.0.1:" + port();
    assertThat(ask("GET", ours + "/v1/ring", null).status()).isEqualTo(200);
    assertThat(ask("PUT", "HTTP://localhost:" + port() + "/v1/dht/a//b", "1").status())
        .isEqualTo(201);
    assertThat(node.records).containsKey("default|a//b");
    assertThat(ask("GET", ours, null).header("Content-Type")).startsWith("text/html");
    assertThat(ask("GET", ours + "?x=1", null).status()).isEqualTo(400);
    for (String foreign :
        List.of("http://evil.example/v1/ring", "http://user@127.0.0.1:" + port() + "/v1/ring")) {
      Response reply = ask("GET", foreign, null);
      assertThat(reply.status()).as(foreign).isEqualTo(403);
      assertThat(reply.code()).isEqualTo("denied");
    }
    assertThat(ask("GET", "https://127.0.0.1:" + port() + "/v1/ring", null).status())
        .isEqualTo(400);
    assertThat(ask("OPTIONS", "*", null).status()).isEqualTo(400);
  }
}
