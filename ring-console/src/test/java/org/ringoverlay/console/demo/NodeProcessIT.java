package org.ringoverlay.console.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.json.Json;

/** Nodes as processes of their own. */
@Timeout(120)
class NodeProcessIT {
  @TempDir Path temp;
  private final List<Process> processes = new ArrayList<>();
  private final Map<Long, ProcessHandle> descendants = new TreeMap<>();

  private final class Running {
    private final Process process;
    private final BufferedReader out;
    private final CompletableFuture<String> err = new CompletableFuture<>();

    Running(String... arguments) throws IOException {
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
      command.add(System.getProperty("java.class.path"));
      command.add("org.ringoverlay.console.Main");
      command.addAll(Arrays.asList(arguments));
      var builder = new ProcessBuilder(command);
      builder.environment().keySet().removeIf(name -> name.startsWith("RING_"));
      process = builder.start();
      processes.add(process);
      out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      var reader =
          new Thread(
              () -> {
                try {
                  err.complete(new String(process.getErrorStream().readAllBytes(), UTF_8));
                } catch (IOException ended) {
                  err.completeExceptionally(ended);
                }
              },
              "stderr");
      reader.setDaemon(true);
      reader.start();
    }

    Map<String, String> ready() throws Exception {
      String line = out.readLine();
      assertThat(line)
          .as(() -> err.join())
          .matches("ready node=[0-9a-f]{40} listen=\\S+ http=\\S+ ring=\\S+ members=\\d+");
      var fields = new TreeMap<String, String>();
      for (String field : line.split(" ", -1)) {
        int equals = field.indexOf('=');
        if (equals > 0) {
          fields.put(field.substring(0, equals), field.substring(equals + 1));
        }
      }
      return fields;
    }

    int status() throws InterruptedException {
      return status(60);
    }

    int status(int seconds) throws InterruptedException {
      assertThat(process.waitFor(seconds, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    String err() {
      return err.join();
    }
  }

  @AfterEach
  void kill() {
    processes.forEach(Process::destroyForcibly);
  }

  private static final String[] ANY = {"node", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"};

  private static String[] any(String... more) {
    var all = new ArrayList<>(List.of(ANY));
    all.addAll(Arrays.asList(more));
    return all.toArray(String[]::new);
  }

  @Test
  void twoNodesAreOneRingAndTheSignalToEndIsASuccess() throws Exception {
    var first = new Running(any("--ring", "r"));
    Map<String, String> one = first.ready();
    assertThat(one).containsEntry("ring", "r").containsEntry("members", "1");
    var second = new Running(any("--ring", "r", "--seeds", one.get("listen"), "--label", "zone=b"));
    Map<String, String> two = second.ready();
    assertThat(two).containsEntry("members", "2");
    GatewayClient gateway = GatewayClient.at("http://" + two.get("http"));
    GatewayClient.Response put = gateway.ask("PUT", "/v1/dht/k", Map.of(), "1".getBytes(UTF_8));
    assertThat(put.status()).as(put::text).isEqualTo(201);
    // The arcs move to the newcomer one after the other.
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!"2/3".equals(put.header("Ring-Copies")) && System.nanoTime() - until < 0) {
      put = gateway.ask("PUT", "/v1/dht/k", Map.of(), "1".getBytes(UTF_8));
      assertThat(put.status()).as(put::text).isEqualTo(200);
    }
    assertThat(put.header("Ring-Copies")).isEqualTo("2/3");
    second.process.toHandle().destroy();
    assertThat(second.status()).isZero();
    assertThat(second.out.readLine()).isNull();
    GatewayClient.Response get = GatewayClient.at("http://" + one.get("http")).get("/v1/dht/k");
    assertThat(get.text()).isEqualTo("1");
    first.process.toHandle().destroy();
    assertThat(first.status()).isZero();
    for (String log : List.of(first.err(), second.err())) {
      assertThat(log.lines().filter(line -> line.contains(" INFO "))).hasSizeLessThanOrEqualTo(5);
    }
  }

  @Test
  void aNodeThatIsDrainedHandsOverAndEndsForGood() throws Exception {
    var first = new Running(any("--ring", "r"));
    Map<String, String> one = first.ready();
    var second =
        new Running(
            any(
                "--ring",
                "r",
                "--seeds",
                one.get("listen"),
                "--data",
                temp.resolve("d").toString()));
    Map<String, String> two = second.ready();
    GatewayClient gateway = GatewayClient.at("http://" + two.get("http"));
    GatewayClient.Response put = gateway.ask("PUT", "/v1/dht/k", Map.of(), "1".getBytes(UTF_8));
    assertThat(put.status()).as(put::text).isEqualTo(201);

    var drain = new Running("drain", "--node", "http://" + two.get("http"));
    assertThat(drain.status()).as(drain::err).isZero();
    assertThat(drain.out.readLine()).contains(two.get("node"));
    assertThat(second.status()).isZero();
    GatewayClient left = GatewayClient.at("http://" + one.get("http"));
    assertThat(left.get("/v1/dht/k").text()).isEqualTo("1");
    assertThat(left.get("/v1/ring").text()).doesNotContain(two.get("node"));
    var again = new Running("drain", "--node", "http://" + two.get("http"));
    assertThat(again.status()).isEqualTo(2);
  }

  private Running member(String seed, String data, String... more) throws IOException {
    var all = new ArrayList<>(List.of(any("--ring", "r", "--seeds", seed)));
    all.addAll(List.of("--data", temp.resolve(data).toString()));
    all.addAll(Arrays.asList(more));
    return new Running(all.toArray(String[]::new));
  }

  private static void signal(String signal, Running... nodes) throws Exception {
    for (Running node : nodes) {
      String process = Long.toString(node.process.pid());
      assertThat(new ProcessBuilder("kill", "-" + signal, process).start().waitFor()).isZero();
    }
  }

  /** The arcs move to newcomers one after the other. */
  private static void awaitThreeCopies(GatewayClient gateway) throws Exception {
    GatewayClient.Response put;
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    do {
      put = gateway.ask("PUT", "/v1/dht/k?ack=all", Map.of(), "1".getBytes(UTF_8));
    } while (!"3/3".equals(put.header("Ring-Copies")) && System.nanoTime() - until < 0);
    assertThat(put.header("Ring-Copies")).as(put::text).isEqualTo("3/3");
  }

  /** Every arc has a daddy and as many members as the ring wants copies. */
  private static void awaitAllCopies(GatewayClient gateway) throws Exception {
    Json told;
    boolean whole;
    long until = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    do {
      told = Json.parse(gateway.get("/v1/copies").body());
      whole =
          told.at("/led").isPresent()
              && told.at("/led").equals(told.at("/arcs"))
              && told.at("/below").equals(Optional.of(Json.of(0)));
    } while (!whole && System.nanoTime() - until < 0);
    assertThat(whole).as(told.toString()).isTrue();
  }

  /** Takes a node out with all that it keeps, as it says itself. */
  private void drains(Running leaver, Map<String, String> ready) throws Exception {
    var drain = new Running("drain", "--node", "http://" + ready.get("http"));
    assertThat(drain.status(130)).as(drain::err).isZero();
    assertThat(drain.out.lines()).containsExactly("node   " + ready.get("node"), "state  left");
    assertThat(leaver.status()).as(leaver::err).isZero();
  }

  @Test
  @Timeout(300)
  void aNodeOfARingThatIsWellIsDrainedAlthoughItsArcsMoveToANewcomer() throws Exception {
    var first = new Running(any("--ring", "r", "--data", temp.resolve("0").toString()));
    Map<String, String> one = first.ready();
    String seed = one.get("listen");
    member(seed, "1").ready();
    Running leaver = member(seed, "2");
    Map<String, String> ready = leaver.ready();
    GatewayClient stays = GatewayClient.at("http://" + one.get("http"));
    awaitAllCopies(stays);
    GatewayClient.Response put = stays.ask("PUT", "/v1/dht/k", Map.of(), "1".getBytes(UTF_8));
    assertThat(put.status()).as(put::text).isEqualTo(201);
    member(seed, "3").ready();

    drains(leaver, ready);
    assertThat(stays.get("/v1/dht/k").text()).isEqualTo("1");
    assertThat(stays.get("/v1/ring").text()).doesNotContain(ready.get("node"));
  }

  @Test
  @Timeout(300)
  void aNodeThatCouldNotHandOverSaysSoAndComesBackWithWhatItKept() throws Exception {
    var first = new Running(any("--ring", "r", "--data", temp.resolve("0").toString()));
    String seed = first.ready().get("listen");
    Running second = member(seed, "1");
    Running leaver = member(seed, "2", "--set", "ring.drain.timeout=5s");
    second.ready();
    Map<String, String> ready = leaver.ready();
    String url = "http://" + ready.get("http");
    awaitThreeCopies(GatewayClient.at(url));
    // It could take all over, if only a majority of their members agreed.
    member(seed, "3").ready();

    signal("STOP", first, second);
    var drain = new Running("drain", "--node", url);
    assertThat(drain.status()).as(drain::err).isEqualTo(1);
    assertThat(drain.out.readLine()).isNull();
    assertThat(drain.err())
        .contains("node " + ready.get("node") + " hands over what it keeps …")
        .contains("ring: unavailable: Node " + ready.get("node") + " left without handing over")
        .contains("dht (did not hand over in time)")
        .contains("Keep its data directory.");
    // It waits a moment for those who ask how it went; whoever cannot wait learns it all the same.
    leaver.process.toHandle().destroy();
    assertThat(leaver.status()).isEqualTo(1);
    assertThat(leaver.err())
        .containsPattern(" WARN .* left without handing over everything: dht \\(did not hand over")
        .contains("ring: unavailable: Node " + ready.get("node") + " left without handing over");

    signal("CONT", first, second);
    Running returned = member(seed, "2");
    Map<String, String> back = returned.ready();
    assertThat(back.get("node")).isEqualTo(ready.get("node"));
    GatewayClient again = GatewayClient.at("http://" + back.get("http"));
    awaitThreeCopies(again);
    assertThat(Json.parse(again.get("/v1/drain").body()).at("/draining")).contains(Json.of(false));

    awaitAllCopies(again);
    drains(returned, back);
  }

  @Test
  void aNodeEndsWithItsParentsPipeWhenItIsTold() throws Exception {
    var node = new Running(any("--until-eof"));
    node.ready();
    node.process.getOutputStream().close();
    assertThat(node.status()).isZero();
  }

  @Test
  void aNodeWithADataDirectoryComesBackAsItself() throws Exception {
    String data = temp.resolve("data").toString();
    var first = new Running(any("--data", data));
    Map<String, String> before = first.ready();
    var locked = new Running(any("--data", data));
    assertThat(locked.status()).isEqualTo(2);
    assertThat(locked.err()).contains(data).contains("in use by another process");
    first.process.toHandle().destroy();
    assertThat(first.status()).isZero();
    var again = new Running(any("--data", data));
    Map<String, String> after = again.ready();
    assertThat(after.get("node")).isEqualTo(before.get("node"));
    Json ring = Json.parse(GatewayClient.at("http://" + after.get("http")).get("/v1/ring").body());
    assertThat(ring.at("/nodes/0/incarnation")).contains(Json.of(2));
  }

  @Test
  void withoutAGatewayTheReadyLineSaysOff() throws Exception {
    var node = new Running("node", "--listen", "127.0.0.1:0", "--http", "off");
    assertThat(node.ready()).containsEntry("http", "off");
  }

  @Test
  void whatCannotStartIsStatusTwoWithAReason() throws Exception {
    var unknown = new Running("node", "--sedes", "127.0.0.1:1");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("Did you mean '--seeds'?");
    var setting = new Running(any("--set", "ring.retry.maxx=1s"));
    assertThat(setting.status()).isEqualTo(2);
    assertThat(setting.err()).contains("ring.retry.max'");
    var noTime = new Running(any("--set", "ring.drain.timeout=2h"));
    assertThat(noTime.status()).isEqualTo(2);
    assertThat(noTime.err())
        .contains("ring.drain.timeout (from the command line) is more than nothing and at most 1h");
    var nobody = new Running(any("--seeds", "127.0.0.1:1", "--join-timeout", "1s"));
    assertThat(nobody.status()).isEqualTo(2);
    var beyond = new Running("node", "--listen", "127.0.0.1:0", "--http", "0.0.0.0:0");
    assertThat(beyond.status()).isEqualTo(2);
    assertThat(beyond.err()).contains("TLS and a token");
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      var ringPort = new Running("node", "--listen", address, "--http", "off");
      assertThat(ringPort.status()).isEqualTo(2);
      assertThat(ringPort.err()).contains(address);
      var httpPort = new Running("node", "--listen", "127.0.0.1:0", "--http", address);
      assertThat(httpPort.status()).isEqualTo(2);
      assertThat(httpPort.err()).contains(address);
    }
  }

  @Test
  void anotherRingIsNotJoined() throws Exception {
    var one = new Running(any("--ring", "one"));
    String seed = one.ready().get("listen");
    var other = new Running(any("--ring", "other", "--seeds", seed, "--join-timeout", "2s"));
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.err()).contains("one");
  }

  @Test
  void theDemoShowsEveryStepAndLeavesNothingBehind() throws Exception {
    var demo = new Running("demo", "--exit", "--nodes", "5");
    var lines = new ArrayList<String>();
    long silentMillisMax = 0;
    long last = System.nanoTime();
    for (String line = demo.out.readLine(); line != null; line = demo.out.readLine()) {
      lines.add(line);
      if (lines.size() > 1) {
        silentMillisMax = Math.max(silentMillisMax, (System.nanoTime() - last) / 1_000_000);
      }
      last = System.nanoTime();
      // What the demo started is looked for while it runs, because its end must be its children's.
      demo.process.descendants().forEach(child -> descendants.put(child.pid(), child));
    }
    String text = String.join("\n", lines);
    assertThat(demo.status()).as(text + demo.err()).isZero();
    for (String step :
        List.of(
            "join",
            "put",
            "compare-and-set",
            "conflict",
            "publish",
            "anycast",
            "owned resource",
            "queued task",
            "kill the daddy")) {
      assertThat(text).containsPattern("(?m)^ ?\\d+  " + step);
    }
    assertThat(text)
        .contains("too late")
        .contains("hello, ring")
        .contains("and this node takes 16")
        .contains("not built yet")
        .contains("written again")
        .containsPattern("under load: [1-9][0-9,]* writes .* [1-9][0-9,]* since; lost: 0")
        .doesNotContain("\u001b");
    assertThat(silentMillisMax).isLessThan(2_000);
    assertThat(descendants).hasSizeGreaterThanOrEqualTo(5);
    for (ProcessHandle child : descendants.values()) {
      child.onExit().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void theDemosNodesEndWhenTheDemoIsKilled() throws Exception {
    var demo = new Running("demo", "--nodes", "3");
    for (String line = demo.out.readLine(); ; line = demo.out.readLine()) {
      assertThat(line).as(() -> demo.err()).isNotNull();
      if (line.contains("are one ring")) {
        break;
      }
    }
    List<ProcessHandle> children = demo.process.descendants().toList();
    assertThat(children).hasSize(3);
    demo.process.destroyForcibly();
    for (ProcessHandle child : children) {
      child.onExit().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aRingPortThatIsSpokenToInHttpGoesOn() throws Exception {
    var node = new Running(any());
    Map<String, String> ready = node.ready();
    int port =
        Integer.parseInt(ready.get("listen").substring(ready.get("listen").lastIndexOf(':') + 1));
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      try {
        assertThat(socket.getInputStream().readAllBytes().length).isLessThan(10_000);
      } catch (java.net.SocketException reset) {
        assertThat(reset).hasMessageContaining("reset");
      }
    }
    assertThat(GatewayClient.at("http://" + ready.get("http")).get("/health/ready").status())
        .isEqualTo(200);
  }
}
