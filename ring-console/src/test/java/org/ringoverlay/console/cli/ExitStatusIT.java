package org.ringoverlay.console.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.console.client.FakeGateway;

/** The exit status of a command whose gateway, or whose own output, does not do its part. */
@Timeout(60)
class ExitStatusIT {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int ring(String url, String line) {
    return ring(out, Map.of("RING_NODE", url), line);
  }

  private int ring(OutputStream where, Map<String, String> env, String line) {
    return new RingCommand(
            where,
            new PrintStream(err, true, UTF_8),
            new ByteArrayInputStream(new byte[0]),
            env,
            Map.of())
        .run(line.split(" ", -1));
  }

  private static String problem(int status, String code) {
    String body = "{\"code\":\"" + code + "\",\"detail\":\"d\",\"hint\":\"h\",\"retrySafe\":false}";
    return "HTTP/1.1 "
        + status
        + " No\r\nContent-Type: application/problem+json\r\nContent-Length: "
        + body.length()
        + "\r\nConnection: close\r\n\r\n"
        + body;
  }

  @ParameterizedTest
  @ValueSource(strings = {"put k 1", "delete k", "send echo k 1", "publish t 1", "anycast t 1"})
  void aChangeThatIsNotAnsweredIsUnknownAndIsSentOnce(String line) throws Exception {
    try (var gateway = new FakeGateway("")) {
      assertThat(ring(gateway.url(), line)).isEqualTo(Exit.UNKNOWN).isEqualTo(3);
      assertThat(gateway.requests()).hasSize(1);
    }
    assertThat(err.toString(UTF_8)).startsWith("ring: outcome-unknown: ");
    assertThat(out.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"get k", "owner k", "trace k", "ring", "services", "status"})
  void aLookThatIsNotAnsweredIsNoMoreThanANo(String line) throws Exception {
    try (var gateway = new FakeGateway("")) {
      assertThat(ring(gateway.url(), line)).isEqualTo(Exit.NO);
    }
    assertThat(err.toString(UTF_8)).startsWith("ring: timeout: ");
  }

  @ParameterizedTest
  @CsvSource({
    "504, outcome-unknown, 3",
    "504, timeout, 1",
    "503, unavailable, 1",
    "429, refused, 1",
    "412, conflict, 1",
    "501, not-built, 1",
    "400, invalid-input, 2",
    "413, too-large, 2",
    "422, key-reused, 2"
  })
  void aProblemHasTheStatusOfItsCode(int status, String code, int exit) throws Exception {
    try (var gateway = new FakeGateway(problem(status, code))) {
      assertThat(ring(gateway.url(), "put k 1")).isEqualTo(exit);
      assertThat(ring(gateway.url(), "put k 1 -o json")).isEqualTo(exit);
    }
    assertThat(err.toString(UTF_8))
        .contains("ring: " + code + ": d")
        .contains("{\"code\":\"" + code + "\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{'arc':'08/9','ns':'n','key':'k','copies':[{'node':'aa','version':'7'},{'node':'bb','version':null}]}]"
            + "|[]|0|Records whose copies differ: 1.|08/9  n          k    aa=7 bb=none",
        "[]|[{'node':'cc','arcs':3}]|0|Node cc, which keeps copies of 3 arcs, gave no answer.|cc",
        "[]|[]|2|Of 2 arcs it is not known whether their copies are equal.|undecided  2"
      })
  void copiesThatAreNotAllKnownToBeEqualAreANoThatSaysWhy(
      String uneven, String silent, int undecided, String why, String told) throws Exception {
    String body =
        ("{'sound':false,'arcs':9,'next':null,'compared':8,'records':7,'uneven':"
                + uneven
                + ",'silent':"
                + silent
                + ",'undecided':"
                + undecided
                + "}")
            .replace('\'', '"');
    String answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\nConnection: close\r\n\r\n"
            + body;
    try (var gateway = new FakeGateway(answer)) {
      assertThat(ring(gateway.url(), "verify")).isEqualTo(Exit.NO);
      assertThat(gateway.requests()).containsExactly("POST /v1/verify?from=0 HTTP/1.1");
    }
    assertThat(err.toString(UTF_8)).startsWith("ring: unavailable: " + why);
    assertThat(out.toString(UTF_8)).contains(told);
  }

  private static String answer(int status, String body) {
    String json = body.replace('\'', '"');
    return "HTTP/1.1 "
        + status
        + " OK\r\nContent-Type: application/json\r\nContent-Length: "
        + json.length()
        + "\r\nConnection: close\r\n\r\n"
        + json;
  }

  private static final String DRAINING = answer(202, "{'node':'aa','draining':true}");
  private static final String ON_ITS_WAY =
      answer(200, "{'node':'aa','draining':true,'left':false,'unfinished':{}}");

  @Test
  void aDrainIsDoneWhenTheNodeSaysSo() throws Exception {
    String left = answer(200, "{'node':'aa','draining':true,'left':true,'unfinished':{}}");
    try (var gateway = FakeGateway.ofOnly(DRAINING, ON_ITS_WAY, left)) {
      assertThat(ring(gateway.url(), "drain")).isEqualTo(Exit.DONE);
      assertThat(gateway.requests())
          .containsExactly(
              "POST /v1/drain HTTP/1.1",
              "GET /v1/drain?wait=1s HTTP/1.1",
              "GET /v1/drain?wait=1s HTTP/1.1");
    }
    assertThat(out.toString(UTF_8)).contains("node   aa").contains("state  left");
    assertThat(err.toString(UTF_8).lines()).containsExactly("node aa hands over what it keeps …");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Not all was handed over.
        "200|{'node':'aa','draining':true,'left':true,'unfinished':{'dht':'late','x':'y'}}|1"
            + "|unavailable: Node aa left without handing over everything: dht (late), x (y).",
        // The process broke off.
        "503|{'code':'closed','detail':'too early','hint':'h','retrySafe':true}|1|closed: too early",
        // The process is gone with the next look.
        "200|{'node':'aa','draining':true,'left':false,'unfinished':{}}|3|outcome-unknown: Node aa has",
        // It was started again.
        "200|{'node':'aa','draining':false,'left':false,'unfinished':{}}|3|outcome-unknown: Node aa has",
        // Another one has its address.
        "200|{'node':'bb','draining':true,'left':true,'unfinished':{}}|3|outcome-unknown: Node aa has"
      })
  void aDrainThatDidNotGoWellSaysWhy(int status, String body, int exit, String why)
      throws Exception {
    try (var gateway = FakeGateway.ofOnly(DRAINING, ON_ITS_WAY, answer(status, body))) {
      assertThat(ring(gateway.url(), "drain")).isEqualTo(exit);
    }
    assertThat(err.toString(UTF_8)).contains("ring: " + why);
    assertThat(out.size()).isZero();
  }

  @Test
  void anOlderNodeThatDoesNotSayHowFarItIsIsDrainedWhenItIsGone() throws Exception {
    String live = answer(200, "{'live':true}");
    try (var gateway = FakeGateway.ofOnly(DRAINING, problem(405, "method"), live)) {
      assertThat(ring(gateway.url(), "drain")).isEqualTo(Exit.DONE);
      assertThat(gateway.requests()).last().isEqualTo("GET /health/live HTTP/1.1");
    }
    assertThat(out.toString(UTF_8)).contains("state  left");
  }

  @Test
  void anEmptyNameOfANodeIsNone() throws Exception {
    assertThat(ring(out, Map.of("RING_NODE", ""), "get k --node http://127.0.0.1:1"))
        .isEqualTo(Exit.USAGE);
    assertThat(Gatewayed.url(null, Map.of("RING_NODE", ""))).isEqualTo("http://127.0.0.1:8400");
    assertThat(Gatewayed.url(null, Map.of("RING_NODE", "http://a:1"))).isEqualTo("http://a:1");
    assertThat(Gatewayed.url("http://b:1", Map.of("RING_NODE", "http://a:1")))
        .isEqualTo("http://b:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"config", "get k", "ring", "publish t 1"})
  void aFormThatDoesNotExistIsRefused(String line) {
    assertThat(ring("http://127.0.0.1:1", line + " -o yaml")).isEqualTo(Exit.USAGE);
    assertThat(err.toString(UTF_8)).startsWith("ring: invalid-input: -o is json or text.");
  }

  /** A place that takes so many bytes and then fails. */
  private static final class Full extends OutputStream {
    private final String why;
    private int left;

    Full(String why, int left) {
      this.why = why;
      this.left = left;
    }

    @Override
    public void write(int b) throws IOException {
      if (left-- <= 0) {
        throw new IOException(why);
      }
    }
  }

  @Test
  void outputThatFindsNoRoomIsAFailure() {
    assertThat(ring(new Full("No space left on device", 20), Map.of(), "config"))
        .isEqualTo(Exit.USAGE);
    assertThat(err.toString(UTF_8)).contains("standard output").contains("No space left");
  }

  @Test
  void aReaderThatHasEnoughIsNoFailure() throws Exception {
    assertThat(ring(new Full("Broken pipe", 20), Map.of(), "config")).isEqualTo(Exit.DONE);
    String head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    String stream =
        head
            + String.join(
                "\n\n", "event: ready\nid: 1\ndata: {}", "id: 2\ndata: 1", "id: 3\ndata: 2", "");
    try (var gateway = new FakeGateway(stream)) {
      assertThat(
              ring(new Full("Broken pipe", 20), Map.of("RING_NODE", gateway.url()), "subscribe t"))
          .isEqualTo(Exit.DONE);
      assertThat(err.toString(UTF_8)).isEmpty();
      assertThat(ring(gateway.url(), "subscribe t")).isEqualTo(Exit.NO);
      assertThat(err.toString(UTF_8)).startsWith("ring: closed: ");
    }
  }
}
