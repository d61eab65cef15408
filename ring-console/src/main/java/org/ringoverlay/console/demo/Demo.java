package org.ringoverlay.console.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.console.client.GatewayClient.Response;
import org.ringoverlay.json.Json;

/**
 * Shows a ring at work on real processes, then leaves it to whoever watches.
 *
 * <p>{@link #run} blocks. Every process that it starts is ended when it returns, when this process
 * ends, and by itself when this process is killed.
 */
public final class Demo {
  /** Fewer could not keep a majority of three copies when one is killed. */
  public static final int NODES_MIN = 3;

  /** More would need more memory than a small machine has. */
  public static final int NODES_MAX = 50;

  private static final String KEY = "demo/greeting";
  private static final String PATH = "/v1/dht/" + GatewayClient.encode(KEY);
  private static final int SUBSCRIBERS = 3;
  private static final long READY_SECONDS_MAX = 60;
  private static final long TAKEOVER_NANOS_MAX = 30_000_000_000L;

  /** Writes that are acknowledged before the daddy is killed, and after, at least. */
  private static final int WRITES_BEFORE = 100;

  private static final int WRITES_AFTER = 100;
  private static final long WRITES_SECONDS_MAX = 30;

  private final Stage stage;
  private final int nodes;
  private final List<Child> children = new CopyOnWriteArrayList<>();

  /** A step did not do what it is there to show. */
  private static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  /**
   * Prepares a demo.
   *
   * @param nodes how many processes
   * @param colours whether {@code out} is a terminal that shows them
   */
  public Demo(PrintStream out, boolean colours, int nodes) {
    this.stage = new Stage(out, colours);
    this.nodes = nodes;
  }

  /**
   * Runs all steps.
   *
   * @param exit whether to end after them; else it stays until the process is ended
   * @return whether every step did what it shows
   */
  public boolean run(boolean exit) throws InterruptedException {
    var cleaner = new Thread(this::killAll, "demo-end");
    Runtime.getRuntime().addShutdownHook(cleaner);
    try {
      steps();
      stage.line("");
      stage.line("Every step did what it should.");
      if (!exit) {
        whatNext();
        new CountDownLatch(1).await();
      }
      return true;
    } catch (InterruptedException interrupted) {
      throw interrupted;
    } catch (Exception failed) {
      String message = failed.getMessage();
      stage.failed(message == null ? failed.toString() : message);
      return false;
    } finally {
      stopAll();
      try {
        Runtime.getRuntime().removeShutdownHook(cleaner);
      } catch (IllegalStateException ending) {
        // The process ends already; the hook cleans up.
        cleaner.interrupt();
      }
    }
  }

  private void steps() throws Exception {
    stage.title("Ring demo: " + nodes + " nodes, each a process of its own, one ring on loopback");
    join();
    String version = put();
    String second = compareAndSet(version);
    conflict(version, second);
    publish();
    anycast();
    stage.skipped("owned resource", "not built yet: comes with the resource pools");
    stage.skipped("queued task", "not built yet: comes with the task queues");
    killTheDaddy(second);
  }

  // ------------------------------------------------------------------- steps

  private void join() throws Exception {
    stage.begin("join");
    long began = System.nanoTime();
    Child first = spawn(1, List.of());
    long took = awaitReady(first);
    stage.detail(
        first.name() + "  " + shortId(first.id()) + "  " + first.listen() + "  founded the ring",
        took);
    for (int i = 2; i <= nodes; i++) {
      spawn(i, List.of("--seeds", first.listen()));
    }
    for (Child child : children.subList(1, nodes)) {
      long ready = awaitReady(child);
      stage.detail(
          child.name() + "  " + shortId(child.id()) + "  " + child.listen() + "  joined", ready);
    }
    stage.doing("waiting until all know all", () -> until(this::allKnowAll, READY_SECONDS_MAX));
    stage.done(nodes + " processes are one ring", System.nanoTime() - began);
  }

  private Child spawn(int number, List<String> more) throws IOException {
    var arguments =
        new ArrayList<String>(
            List.of("--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--ring", "demo"));
    // The anycast step needs nodes that refuse: all but the last take short messages only.
    arguments.addAll(List.of("--set", "ring.echo.bytes.max=" + (number == nodes ? "64" : "16")));
    arguments.addAll(more);
    Child child = Child.start("node-" + number, arguments, stage);
    children.add(child);
    return child;
  }

  private long awaitReady(Child child) throws Exception {
    return stage.doing("waiting for " + child.name(), child::awaitReady);
  }

  private boolean allKnowAll() throws IOException {
    for (Child child : children) {
      Response ring = child.gateway().get("/v1/ring");
      if (!ring.isOk() || alive(ring) != nodes) {
        return false;
      }
    }
    return true;
  }

  private static long alive(Response ring) {
    Json[] all = Json.parse(ring.body()).at("/nodes").orElseThrow().as(Json[].class);
    return List.of(all).stream().filter(node -> text(node, "/state").equals("alive")).count();
  }

  private String put() throws Exception {
    stage.begin("put");
    String value = "{\"text\":\"hello\"}";
    long began = System.nanoTime();
    Response put = write(children.get(0), value, Map.of());
    long took = System.nanoTime() - began;
    expect(put.status() == 201, "the put was answered with " + said(put));
    stage.done(
        KEY + " = " + value + ", " + copies(put) + ", daddy " + nameOf(put.header("Ring-Daddy")),
        took);
    return version(put);
  }

  private String compareAndSet(String version) throws Exception {
    stage.begin("compare-and-set");
    String value = "{\"text\":\"hello, ring\"}";
    long began = System.nanoTime();
    Response put = write(children.get(1), value, Map.of("If-Match", "\"" + version + "\""));
    long took = System.nanoTime() - began;
    expect(put.status() == 200, "the compare-and-set was answered with " + said(put));
    stage.done(
        "version " + version + " became " + version(put) + ", through " + children.get(1).name(),
        took);
    return version(put);
  }

  private void conflict(String old, String current) throws Exception {
    stage.begin("conflict");
    String value = "{\"text\":\"too late\"}";
    long began = System.nanoTime();
    Response put = write(children.get(2), value, Map.of("If-Match", "\"" + old + "\""));
    long took = System.nanoTime() - began;
    expect(put.status() == 412, "a write on an old version was answered with " + said(put));
    Json problem = Json.parse(put.body());
    expect(
        text(problem, "/current/version").equals(current),
        "the conflict names another version: " + said(put));
    stage.done("a write that expected version " + old + " is refused, nothing changed", took);
    stage.detail("wanted to write  " + value);
    stage.detail(
        "but there is     "
            + problem.at("/current/value").map(Json::toString).orElse("?")
            + ", version "
            + current);
  }

  private void publish() throws Exception {
    stage.begin("publish");
    int count = Math.min(SUBSCRIBERS, nodes);
    var ready = new CountDownLatch(count);
    var arrived = new CountDownLatch(count);
    for (Child child : children.subList(0, count)) {
      stage.beside(() -> listen(child, ready, arrived));
    }
    stage.doing(
        "subscribing " + count + " nodes",
        () -> {
          expect(
              ready.await(READY_SECONDS_MAX, TimeUnit.SECONDS),
              "not every subscription was grafted");
          return true;
        });
    long began = System.nanoTime();
    Child from = children.get(nodes - 1);
    Response published =
        ask(from, "POST", "/v1/topics/demo", Map.of(), "{\"news\":\"a ring is up\"}");
    long took = System.nanoTime() - began;
    expect(published.isOk(), "the publish was answered with " + said(published));
    String reached = text(Json.parse(published.body()), "/reached");
    expect(
        reached.equals(Integer.toString(count)),
        "the publish reached " + reached + " of " + count + " subscribers");
    stage.done(
        from.name()
            + " published, sequence "
            + text(Json.parse(published.body()), "/seq")
            + ", reached "
            + reached
            + " of "
            + count,
        took);
    stage.doing(
        "waiting for the message",
        () -> {
          expect(
              arrived.await(READY_SECONDS_MAX, TimeUnit.SECONDS),
              "not every subscriber got the message");
          return true;
        });
    stage.detail("it arrived at all of them", System.nanoTime() - began);
  }

  private static void listen(Child child, CountDownLatch ready, CountDownLatch arrived) {
    try {
      child.gateway().stream(
          "/v1/topics/demo",
          event -> {
            if (event.name().equals("ready")) {
              ready.countDown();
              return true;
            }
            arrived.countDown();
            return false;
          });
    } catch (IOException broken) {
      // The step misses the message and says so.
      return;
    }
  }

  private void anycast() throws Exception {
    stage.begin("anycast");
    Child last = children.get(nodes - 1);
    long began = System.nanoTime();
    Response done =
        ask(
            children.get(0),
            "POST",
            "/v1/anycast/echo",
            Map.of(),
            "\"" + "a job for one ".repeat(3) + "\"");
    long took = System.nanoTime() - began;
    expect(done.isOk(), "the anycast was answered with " + said(done));
    expect(
        done.header("Ring-Node").equals(last.id()),
        "a node that should have refused did the job: " + nameOf(done.header("Ring-Node")));
    stage.done(last.name() + " took the job; the others take shorter ones only", took);
    began = System.nanoTime();
    Response refused =
        ask(
            children.get(0),
            "POST",
            "/v1/anycast/echo",
            Map.of(),
            "\"" + "too long for all ".repeat(6) + "\"");
    took = System.nanoTime() - began;
    expect(refused.status() == 503, "a job that nobody takes was answered with " + said(refused));
    Json[] refusals = Json.parse(refused.body()).at("/refusals").orElseThrow().as(Json[].class);
    expect(refusals.length == nodes, refusals.length + " of " + nodes + " nodes gave a reason");
    stage.detail(
        "a job too long for all was refused by "
            + refusals.length
            + " nodes, each with its reason:",
        took);
    for (int i = 0; i < Math.min(2, refusals.length); i++) {
      stage.detail("  " + nameOf(text(refusals[i], "/node")) + ": " + text(refusals[i], "/reason"));
    }
  }

  private void killTheDaddy(String version) throws Exception {
    stage.begin("kill the daddy");
    // A young ring is still making copies, and of two members none can do without the other.
    stage.doing("waiting for three copies", this::awaitCopies);
    Response owner =
        ask(children.get(0), "GET", "/v1/owner/" + GatewayClient.encode(KEY), Map.of(), null);
    expect(owner.isOk(), "the question for the owner was answered with " + said(owner));
    String daddyId = text(Json.parse(owner.body()), "/daddy");
    Child daddy =
        children.stream()
            .filter(child -> child.id().equals(daddyId))
            .findFirst()
            .orElseThrow(() -> new Failed("the daddy is none of the demo's nodes: " + daddyId));
    List<Child> others = children.stream().filter(child -> child != daddy).limit(2).toList();
    Child other = others.get(0);
    var load = new Load(KEY, others.stream().map(Child::gateway).toList());
    stage.doing(
        "waiting for writes", () -> until(() -> load.count() >= WRITES_BEFORE, WRITES_SECONDS_MAX));
    long before = load.count();
    long began = System.nanoTime();
    daddy.kill();
    stage.detail("kill -9 " + daddy.pid() + "  (" + daddy.name() + ", the daddy of " + KEY + ")");
    Response read =
        stage.doing("waiting for the next daddy", () -> readUntil(other, daddyId, began));
    long readable = System.nanoTime() - began;
    expect(version(read).equals(version), "the record came back in another version: " + said(read));
    stage.done(
        "the record is there, version " + version + ", daddy " + nameOf(read.header("Ring-Daddy")),
        readable);
    stage.detail(read.text());
    Response put =
        stage.doing("writing under the next daddy", () -> writeUntil(other, version, began));
    stage.detail(
        "and written again: version " + version(put) + ", " + copies(put),
        System.nanoTime() - began);
    long after = load.count();
    stage.doing(
        "waiting for writes",
        () -> until(() -> load.count() >= after + WRITES_AFTER, WRITES_SECONDS_MAX));
    load.end();
    long lost = stage.doing("reading what was written", () -> load.lost(other.gateway()));
    stage.detail(
        "under load: %,d writes to its arc acknowledged before, %,d since; lost: %,d"
            .formatted(before, load.count() - before, lost));
    expect(lost == 0, lost + " keys lost what had been acknowledged");
  }

  private Response awaitCopies() throws Exception {
    GatewayClient client = children.get(0).gateway().waiting(6_000);
    long began = System.nanoTime();
    String last = "nothing";
    while (System.nanoTime() - began < TAKEOVER_NANOS_MAX) {
      try {
        Response read = client.get(PATH);
        if (read.isOk() && read.header("Ring-Copies").equals("3/3")) {
          return read;
        }
        last = said(read);
      } catch (GatewayClient.Broken slow) {
        last = slow.getMessage();
      }
      pause();
    }
    throw new Failed("the record did not come to three copies; the last answer was " + last);
  }

  private static Response readUntil(Child node, String former, long began) throws Exception {
    GatewayClient client = node.gateway().waiting(6_000);
    String last = "nothing";
    while (System.nanoTime() - began < TAKEOVER_NANOS_MAX) {
      try {
        Response read = client.get(PATH);
        if (read.isOk() && !read.header("Ring-Daddy").equals(former)) {
          return read;
        }
        expect(read.status() != 404, "the record is gone");
        last = said(read);
      } catch (GatewayClient.Broken slow) {
        last = slow.getMessage();
      }
      pause();
    }
    throw new Failed("no other node answered for the record; the last answer was " + last);
  }

  private Response writeUntil(Child node, String version, long began) throws Exception {
    String last = "nothing";
    while (System.nanoTime() - began < TAKEOVER_NANOS_MAX) {
      Response put =
          write(node, "{\"text\":\"still here\"}", Map.of("If-Match", "\"" + version + "\""));
      if (put.isOk()) {
        return put;
      }
      // A write whose answer was lost may have been applied; the version tells.
      expect(put.status() != 412, "the version was not as it should be: " + said(put));
      last = said(put);
      pause();
    }
    throw new Failed("no write was accepted under the next daddy; the last answer was " + last);
  }

  // ----------------------------------------------------------------- helpers

  private static void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(20);
  }

  /** A question that is asked until it is answered with yes. */
  @FunctionalInterface
  private interface Question {
    boolean ask() throws IOException;
  }

  private static boolean until(Question question, long secondsMax) throws Exception {
    long began = System.nanoTime();
    while (!question.ask()) {
      expect(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(secondsMax), "it took too long");
      pause();
    }
    return true;
  }

  private Response write(Child node, String value, Map<String, String> headers) throws Exception {
    return ask(node, "PUT", PATH, headers, value);
  }

  private Response ask(
      Child node,
      String method,
      String path,
      Map<String, String> headers,
      @org.jspecify.annotations.Nullable String body)
      throws Exception {
    byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
    return stage.doing(
        "waiting for " + node.name(), () -> node.gateway().ask(method, path, headers, bytes));
  }

  private static void expect(boolean holds, String otherwise) throws Failed {
    if (!holds) {
      throw new Failed(otherwise);
    }
  }

  private static String said(Response response) {
    String body = response.text();
    return response.status() + " " + (body.length() > 300 ? body.substring(0, 300) : body);
  }

  private static String version(Response response) {
    return response.header("ETag").replace("\"", "");
  }

  private static String copies(Response response) {
    return response.header("Ring-Copies") + " copies";
  }

  private static String text(Json json, String pointer) {
    return json.at(pointer)
        .map(part -> part.isString() ? part.as(String.class) : part.toString())
        .orElse("");
  }

  private static String shortId(String id) {
    return id.substring(0, Math.min(8, id.length()));
  }

  private String nameOf(String id) {
    return children.stream()
        .filter(child -> child.id().equals(id))
        .map(Child::name)
        .findFirst()
        .orElse(id);
  }

  private void whatNext() {
    Child node = children.stream().filter(Child::isAlive).findFirst().orElseThrow();
    stage.line("");
    stage.line("The ring stays up until you press Ctrl-C. Look at it in a browser:");
    stage.line("");
    stage.line("  " + node.url() + "/#key=" + GatewayClient.encode(KEY));
    stage.line("");
    stage.line("and use it:");
    stage.line("");
    stage.line("  export RING_NODE=" + node.url());
    stage.line("  ./ring events --after 0");
    stage.line("  ./ring ring");
    stage.line("  ./ring get " + KEY);
    stage.line("  ./ring put mine '{\"n\":1}'");
    stage.line("  ./ring subscribe news          # and in another terminal:");
    stage.line("  ./ring publish news '\"hello\"'");
    stage.line(
        "  ./ring node --listen 127.0.0.1:0 --http off --ring demo --seeds " + node.listen());
  }

  private void stopAll() throws InterruptedException {
    children.forEach(Child::stop);
    for (Child child : children) {
      if (!child.ended(500)) {
        child.kill();
      }
    }
  }

  private void killAll() {
    children.forEach(Child::kill);
  }
}
