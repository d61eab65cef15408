package org.ringoverlay.console.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.console.node.NodeOptions;
import org.ringoverlay.console.node.RunningNode;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/** The commands against a node of this process. */
@Timeout(60)
class CommandIT {
  private static RunningNode node;

  /** What a command said. */
  record Said(int status, String out, String err) {
    Json json() {
      return Json.parse(out);
    }

    String code() {
      return Json.parse(err).at("/code").orElseThrow().as(String.class);
    }
  }

  @BeforeAll
  static void start() {
    node = start(List.of());
  }

  private static RunningNode start(List<String> seeds) {
    return RunningNode.start(
        new NodeOptions(
            "127.0.0.1:0",
            "127.0.0.1:0",
            "",
            "",
            "test",
            seeds,
            Map.of("zone", "a"),
            false,
            true,
            Map.of(),
            List.of()));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Said ring(String... words) {
    return with("", words);
  }

  private static Said with(String in, String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var env = new HashMap<String, String>();
    env.put("RING_NODE", "http://" + node.http());
    int status =
        new RingCommand(
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                new ByteArrayInputStream(in.getBytes(UTF_8)),
                env,
                Map.of())
            .run(words);
    return new Said(status, out.toString(UTF_8), err.toString(UTF_8));
  }

  @Test
  void aRecordIsWrittenReadChangedAndDeleted() {
    Said put = ring("put", "cli/a", "{\"n\":1}", "-o", "json");
    assertThat(put.status()).isEqualTo(Exit.DONE);
    assertThat(put.err()).isEmpty();
    String version = put.json().at("/version").orElseThrow().as(String.class);
    assertThat(put.json().at("/copies")).contains(Json.of("1/3"));
    Said get = ring("get", "cli/a", "-o", "json");
    assertThat(get.out())
        .isEqualTo(
            "{\"key\":\"cli/a\",\"version\":\""
                + version
                + "\",\"value\":{\"n\":1},\"daddy\":\""
                + node.ring().id()
                + "\",\"copies\":\"1/3\",\"hops\":0}\n");
    assertThat(ring("put", "cli/a", "2", "--if-version", version).status()).isEqualTo(Exit.DONE);
    Said conflict = ring("put", "cli/a", "3", "--if-version", version);
    assertThat(conflict.status()).isEqualTo(Exit.NO);
    assertThat(conflict.out()).isEmpty();
    assertThat(conflict.err()).startsWith("ring: conflict: ").contains("value 2");
    assertThat(ring("put", "cli/a", "3", "--if-absent").status()).isEqualTo(Exit.NO);
    assertThat(ring("get", "cli/a", "--stale").status()).isEqualTo(Exit.DONE);
    assertThat(ring("get", "cli/a", "--ns", "other").status()).isEqualTo(Exit.NO);
    assertThat(ring("delete", "cli/a", "--if-version", version).status()).isEqualTo(Exit.NO);
    assertThat(ring("delete", "cli/a").status()).isEqualTo(Exit.DONE);
    assertThat(ring("delete", "cli/a", "-o", "json").code()).isEqualTo("not-found");
    Said absent = ring("get", "cli/a", "-o", "json");
    assertThat(absent.status()).isEqualTo(Exit.NO);
    assertThat(absent.out()).isEmpty();
    assertThat(absent.code()).isEqualTo("not-found");
  }

  @Test
  void theRingIsToldHowManyCopiesToKeep() {
    Said changed = ring("copies", "5", "-o", "json");
    assertThat(changed.status()).isEqualTo(Exit.DONE);
    assertThat(changed.json().at("/copies")).contains(Json.of(5));
    assertThat(ring("put", "cli/copies", "1").out()).contains("1/5");
    assertThat(ring("copies").out()).contains("copies        5").contains("arcs          4096");
    Said even = ring("copies", "4", "-o", "json");
    assertThat(even.status()).isEqualTo(Exit.USAGE);
    assertThat(even.code()).isEqualTo("invalid-input");
    assertThat(ring("copies", "many").status()).isEqualTo(Exit.USAGE);
    assertThat(ring("copies", "3").status()).isEqualTo(Exit.DONE);
    assertThat(ring("copies", "-o", "json").json().at("/copies")).contains(Json.of(3));
  }

  @Test
  void aNamespaceHasRulesOfItsOwn() {
    assertThat(ring("namespace", "small").out()).contains("ttl        none");
    Said ruled = ring("namespace", "small", "--ttl", "30m", "--value-max", "8", "-o", "json");
    assertThat(ruled.out()).isEqualTo("{\"namespace\":\"small\",\"ttl\":\"30m\",\"valueMax\":8}\n");
    Said tooLarge = ring("put", "cli/rules", "123456789", "--ns", "small", "-o", "json");
    assertThat(tooLarge.status()).isEqualTo(Exit.USAGE);
    assertThat(tooLarge.code()).isEqualTo("too-large");
    assertThat(ring("put", "cli/rules", "12345678", "--ns", "small").status()).isEqualTo(Exit.DONE);
    assertThat(ring("namespace", "small", "--value-max", "none").out())
        .contains("ttl        30m")
        .contains("value max  none");
    assertThat(ring("put", "cli/rules", "123456789", "--ns", "small").status())
        .isEqualTo(Exit.DONE);
    assertThat(ring("namespace", "small", "--ttl", "soon").status()).isEqualTo(Exit.USAGE);
    assertThat(ring("namespace", "small", "--value-max", "1KiB").status()).isEqualTo(Exit.USAGE);
    assertThat(ring("namespace", "").status()).isEqualTo(Exit.USAGE);
  }

  @Test
  void allCopiesOfARingAreVerifiedWithSignsOfProgress() {
    assertThat(ring("put", "cli/verified", "1").status()).isEqualTo(Exit.DONE);

    Said verified = ring("verify");
    assertThat(verified.status()).as(verified.err()).isEqualTo(Exit.DONE);
    assertThat(verified.out())
        .containsPattern("arcs +4096\n")
        .containsPattern("compared +4096\n")
        .containsPattern("records +[1-9]")
        .containsPattern("uneven +0\n")
        .containsPattern("undecided +0\n");
    assertThat(verified.err()).startsWith("… 256 of 4,096 arcs, ");
    Said json = ring("verify", "-o", "json");
    assertThat(json.status()).isEqualTo(Exit.DONE);
    assertThat(json.out().lines().map(line -> Json.parse(line).at("/compared").orElseThrow()))
        .hasSize(16)
        .containsOnly(Json.of(256));
  }

  @Test
  void aValueMayComeFromStandardInput() {
    assertThat(with("[1,2]", "put", "cli/in", "-").status()).isEqualTo(Exit.DONE);
    assertThat(ring("get", "cli/in").out()).contains("value    [1,2]");
    assertThat(with("[1,", "put", "cli/in", "-").status()).isEqualTo(Exit.USAGE);
  }

  @Test
  void keysOfAnyTextComeThrough() {
    for (String key : List.of("../x", "a b", "a+b", "a//b", "é💍", "?x=1#y", "%41", ".")) {
      assertThat(ring("put", key, "\"" + key.length() + "\"").status())
          .as(key)
          .isEqualTo(Exit.DONE);
      assertThat(ring("get", key, "-o", "json").json().at("/key")).as(key).contains(Json.of(key));
    }
    assertThat(ring("get", "k".repeat(513)).status()).isEqualTo(Exit.USAGE);
    assertThat(ring("get", "").status()).isEqualTo(Exit.USAGE);
  }

  @Test
  void messagesAreSentAndAnswered() {
    String reply = "{\"node\":\"" + node.ring().id() + "\",\"echo\":{\"x\":1}}\n";
    assertThat(ring("send", "echo", "somebody", "{\"x\":1}", "-o", "json").out()).isEqualTo(reply);
    assertThat(ring("send", "echo", Id.of("a").toString(), "{\"x\":1}", "-o", "json").out())
        .isEqualTo(reply);
    assertThat(ring("anycast", "echo", "{\"x\":1}", "-o", "json").out()).isEqualTo(reply);
    assertThat(ring("send", "nobody", "a", "1", "-o", "json").code()).isEqualTo("unknown-service");
    Said nobody = ring("anycast", "nobody", "1", "-o", "json");
    assertThat(nobody.status()).isEqualTo(Exit.NO);
    assertThat(nobody.code()).isEqualTo("refused");
    assertThat(ring("publish", "cli", "{}", "-o", "json").json().at("/reached"))
        .contains(Json.of(0));
    assertThat(ring("publish", "cli", "{}", "--level", "loud").status()).isEqualTo(Exit.USAGE);
  }

  @Test
  void aSubscriptionPrintsOneLineAnEvent() throws Exception {
    var ready = new CountDownLatch(1);
    var lines = new CompletableFuture<String>();
    var out =
        new OutputStream() {
          private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

          @Override
          public synchronized void write(int b) {
            bytes.write(b);
            String text = bytes.toString(UTF_8);
            if (text.contains("\n")) {
              ready.countDown();
            }
            if (text.split("\n", -1).length == 3) {
              lines.complete(text);
            }
          }
        };
    var command =
        new RingCommand(
            new PrintStream(out, true, UTF_8),
            System.err,
            System.in,
            Map.of("RING_NODE", "http://" + node.http()),
            Map.of());
    var thread = new Thread(() -> command.run("subscribe", "cli/news", "-o", "json"), "subscriber");
    thread.setDaemon(true);
    thread.start();
    ready.await();
    ring("publish", "cli/news", "{\"n\":1}");
    assertThat(lines.get().strip().split("\n", -1))
        .satisfiesExactly(
            first ->
                assertThat(first).matches("\\{\"event\":\"ready\",\"id\":\"\\d+\",\"data\":\\{}}"),
            second ->
                assertThat(second)
                    .matches("\\{\"event\":\"message\",\"id\":\"\\d+\",\"data\":\\{\"n\":1}}"));
  }

  /** Runs a command until it has printed so many lines, when nobody reads any more. */
  private static Said firstLines(int count, String... words) {
    var bytes = new ByteArrayOutputStream();
    var out =
        new OutputStream() {
          private int lines;

          @Override
          public void write(int b) throws IOException {
            if (lines == count) {
              throw new IOException("Broken pipe");
            }
            bytes.write(b);
            lines += b == '\n' ? 1 : 0;
          }
        };
    var err = new ByteArrayOutputStream();
    int status =
        new RingCommand(
                out,
                new PrintStream(err, true, UTF_8),
                System.in,
                Map.of("RING_NODE", "http://" + node.http()),
                Map.of())
            .run(words);
    return new Said(status, bytes.toString(UTF_8), err.toString(UTF_8));
  }

  @Test
  void theEventsOfTheRingAreOneLineEach() throws Exception {
    // Other tests have guests too.
    var now = new ArrayList<String>();
    GatewayClient.at("http://" + node.http()).stream(
        "/v1/events",
        ready -> {
          now.add(ready.id());
          return false;
        });
    String start = now.get(0);
    String guest;
    try (RunningNode second = start(List.of(node.ring().address()))) {
      guest = second.ring().id().toString();
    }
    Said events = firstLines(6, "events", "--after", start, "-o", "json");
    assertThat(events.status()).as(events.err()).isEqualTo(Exit.DONE);
    List<Json> lines = events.out().lines().map(Json::parse).toList();
    assertThat(lines.get(0).at("/event")).contains(Json.of("ready"));
    Json came =
        lines.stream()
            .filter(line -> line.at("/data/node").equals(Optional.of(Json.of(guest))))
            .findFirst()
            .orElseThrow();
    assertThat(came.at("/event")).contains(Json.of("message"));
    assertThat(came.at("/data/cause")).isPresent();
    String before = lines.get(1).at("/id").orElseThrow().as(String.class);
    assertThat(firstLines(2, "events", "--after", before, "-o", "json").out().lines())
        .containsExactly(
            "{\"event\":\"ready\",\"id\":\"" + before + "\",\"data\":{}}", lines.get(2).toString());
    assertThat(firstLines(2, "events", "--after", "1-1").out())
        .contains("gap: the node was started again");
    assertThat(firstLines(6, "events", "--after", start).out())
        .startsWith("ready after ")
        .containsPattern("\n[0-9]{4}-[0-9]{2}-[0-9]{2} \\(UTC\\)\n")
        .containsPattern(
            "\n[0-9:]{8}.[0-9]{3}  (came|joined) +" + guest.substring(0, 8) + "  127.0.0.1:");
    assertThat(ring("events", "--after", "x").status()).isEqualTo(Exit.USAGE);
  }

  @Test
  void theViewsForPeopleAreEightyColumnsWide() {
    try (RunningNode second = start(List.of(node.ring().address()))) {
      assertThat(second.ring().view().aliveCount()).isEqualTo(2);
      for (String[] words :
          new String[][] {{"ring"}, {"status"}, {"owner", "k"}, {"trace", "k"}, {"services"}}) {
        assertThat(ring(words).out().lines())
            .as(String.join(" ", words))
            .isNotEmpty()
            .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
      }
    }
  }

  @Test
  void theViewsAreShown() {
    assertThat(ring("ring").out())
        .startsWith("NODE ")
        .containsPattern(node.ring().id() + "  alive  " + node.ring().address() + " +1\n")
        .containsPattern("\n  .*  http " + node.http() + "  ")
        .doesNotContain("in all");
    assertThat(ring("ring", "-o", "json").json().at("/nodes/0/labels/zone")).contains(Json.of("a"));
    assertThat(ring("status").out()).contains("ready    yes").contains("members  1\n");
    assertThat(ring("status", "-o", "json").json().at("/members")).contains(Json.of(1));
    assertThat(ring("status").out())
        .contains("copies     3 wanted", "losses     0 of nodes in 0.0 days of node time")
        .contains("advice     none");
    Json status = ring("status", "-o", "json").json();
    assertThat(status.at("/copies/copies")).contains(Json.of(3));
    assertThat(status.at("/durability/advised").orElseThrow().isNull()).isTrue();
    assertThat(ring("owner", "k").out()).contains(Id.of("k").toString());
    assertThat(ring("owner", Id.of("z").toString(), "-o", "json").json().at("/daddy"))
        .contains(Json.of(node.ring().id().toString()));
    assertThat(ring("trace", "k", "-o", "json").json().at("/root"))
        .contains(Json.of(node.ring().id().toString()));
    assertThat(ring("services").out()).contains("echo");
    Said config = ring("config", "--origin", "--set", "ring.retry.max=9s");
    assertThat(config.out()).contains("ring.retry.max").contains("9s").contains("the command line");
    assertThat(ring("config", "-o", "json").json().at("/ring.retry.first")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topics",
        "owners",
        "tasks",
        "doctor",
        "pool create p",
        "task submit",
        "certs init",
        "subscribe t --from 3"
      })
  void whatIsNotBuiltSaysSo(String line) {
    Said said = ring(line.split(" ", -1));
    assertThat(said.status()).isEqualTo(Exit.NO);
    assertThat(said.err()).contains("not-built").contains("not built yet");
  }

  @Test
  void aRecordIsWatched() {
    ring("put", "watched", "0");
    var writer =
        new Thread(
            () -> {
              for (int number = 1; !Thread.currentThread().isInterrupted(); number++) {
                ring("put", "watched", Integer.toString(number));
              }
            },
            "writer");
    writer.setDaemon(true);
    writer.start();
    Said said = firstLines(3, "watch", "watched", "-o", "json");
    writer.interrupt();
    List<Json> lines = said.out().lines().map(Json::parse).toList();
    assertThat(lines.get(0).at("/event")).contains(Json.of("ready"));
    Json first = lines.get(1);
    assertThat(first.at("/data/key")).contains(Json.of("watched"));
    assertThat(first.at("/data/version")).isEqualTo(first.at("/id"));
    int value = first.at("/data/value").orElseThrow().as(int.class);
    assertThat(lines.get(2).at("/data/value")).contains(Json.of(value + 1));
  }

  @Test
  void thoseWithAPrefixAreWatched() {
    ring("put", "flock/before", "0");
    var writer =
        new Thread(
            () -> {
              for (int number = 1; !Thread.currentThread().isInterrupted(); number++) {
                ring("put", "flock/" + number, Integer.toString(number));
              }
            },
            "writer");
    writer.setDaemon(true);
    writer.start();
    Said programs = firstLines(3, "watch", "flock/*", "-o", "json");
    Said people = firstLines(2, "watch", "flock/*");
    writer.interrupt();
    List<Json> lines = programs.out().lines().map(Json::parse).toList();
    assertThat(lines.get(0).at("/event")).contains(Json.of("ready"));
    Json first = lines.get(1);
    int value = first.at("/data/value").orElseThrow().as(int.class);
    assertThat(value).isPositive();
    assertThat(first.at("/data/key")).contains(Json.of("flock/" + value));
    assertThat(first.at("/id")).isNotEqualTo(lines.get(2).at("/id"));
    assertThat(people.out()).matches("ready\n[0-9]+  flock/([0-9]+)  \\1\n");
  }

  @Test
  void aRingThatLostNothingRecoversNothing() {
    Said told = ring("recover", "--lost", "ab".repeat(20));
    assertThat(told.status()).as(told.err()).isEqualTo(Exit.DONE);
    assertThat(told.out()).isEqualTo("no arc has lost its majority for ever\n");
    assertThat(ring("recover", "--confirm", "-o", "json").out())
        .isEqualTo("{\"confirmed\":true,\"arcs\":[]}\n");
    Said living = ring("recover", "--lost", node.ring().id().toString());
    assertThat(living.status()).isEqualTo(Exit.USAGE);
    assertThat(living.err()).contains("is in the ring");
    assertThat(ring("recover", "--arcs", "x").status()).isEqualTo(Exit.USAGE);
    assertThat(ring("recover", "--lost", "x").status()).isEqualTo(Exit.USAGE);
  }

  @Test
  void keysAreListedAllOrAPageAtATime() {
    for (String key : List.of("listed/a", "listed/b\u001b[31m", "listed/é")) {
      assertThat(ring("put", key, "1").status()).isEqualTo(Exit.DONE);
    }
    Said all = ring("keys", "listed/*");
    assertThat(all.status()).isEqualTo(Exit.DONE);
    assertThat(all.out().lines())
        .hasSize(3)
        .contains("listed/a", "listed/é")
        .noneMatch(line -> line.contains("\u001b"));
    assertThat(ring("keys", "listed/*", "--limit", "1", "-o", "json").out())
        .isEqualTo("{\"keys\":[\"listed/a\"],\"next\":\"listed/a\"}\n");
    assertThat(ring("keys", "listed/*", "--after", "listed/b~", "-o", "json").out())
        .isEqualTo("{\"keys\":[\"listed/é\"],\"next\":null}\n");
    assertThat(ring("keys", "*", "--ns", "none").out()).isEmpty();
    assertThat(ring("keys", "listed/").status()).isEqualTo(Exit.USAGE);
    assertThat(ring("keys", "*", "--limit", "0", "-o", "json").code()).isEqualTo("invalid-input");
  }

  @Test
  void aWrongCommandLineNamesTheNearest() {
    Said command = ring("pubish", "a", "1");
    assertThat(command.status()).isEqualTo(Exit.USAGE);
    assertThat(command.err()).contains("Did you mean 'publish'?");
    Said option = ring("put", "a", "1", "--if-versoin", "3");
    assertThat(option.status()).isEqualTo(Exit.USAGE);
    assertThat(option.err()).contains("Did you mean '--if-version'?");
    Said setting = ring("config", "--set", "ring.retry.maxx=1s", "-o", "json");
    assertThat(setting.status()).isEqualTo(Exit.USAGE);
    assertThat(setting.code()).isEqualTo("invalid-input");
    assertThat(setting.err()).contains("ring.retry.max");
    for (String line :
        List.of(
            "get",
            "put a",
            "put a {",
            "put a 1 2",
            "put a 1 --ack none",
            "put a 1 --if-version x",
            "put a 1 --if-version 1 --if-absent",
            "get a --node ftp://x",
            "get a -o xml",
            "demo --nodes 2",
            "demo --nodes x",
            "config --set x")) {
      Said said = ring(line.split(" ", -1));
      assertThat(said.status()).as(line).isEqualTo(Exit.USAGE);
      assertThat(said.out()).as(line).isEmpty();
      assertThat(said.err()).as(line).startsWith("ring: ");
    }
  }

  @Test
  void aNodeThatCannotBeReachedIsStatusTwo() {
    Said said = ring("get", "a", "--node", "http://127.0.0.1:1", "-o", "json");
    assertThat(said.status()).isEqualTo(Exit.USAGE);
    assertThat(said.code()).isEqualTo("unavailable");
    assertThat(said.out()).isEmpty();
  }

  @Test
  void helpAndVersionAreData() {
    assertThat(ring("--help").out()).contains("Usage: ring").contains("publish");
    assertThat(ring("put", "--help").out()).contains("--if-version");
    assertThat(ring("--version").out()).startsWith("ring ");
    assertThat(ring().status()).isEqualTo(Exit.USAGE);
  }
}
