package org.ringoverlay.console.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.ringoverlay.json.Json;

/**
 * A browser with one page, driven by the DevTools protocol. What the page complains about is kept,
 * and so is every address that it asks for.
 */
final class Browser implements AutoCloseable {
  private static final int WAIT_SECONDS = 30;

  private final Process process;
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<Json>> asked = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> stderr = new CompletableFuture<>();
  private String session = "";

  /** Where this machine has a browser. */
  static Optional<Path> find() {
    String named = System.getProperty("ringtest.browser");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, "chromium"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it; everything that it writes goes below a directory. */
  Browser(Path program, Path directory) throws Exception {
    var command = new ArrayList<String>(List.of(program.toString(), "--headless"));
    command.addAll(
        List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--remote-debugging-port=0",
            "--user-data-dir=" + directory.resolve("profile"),
            "about:blank"));
    var builder = new ProcessBuilder(command);
    builder.environment().put("HOME", directory.toString());
    builder.environment().put("TMPDIR", directory.toString());
    builder.environment().put("XDG_CONFIG_HOME", directory.toString());
    builder.environment().put("XDG_CACHE_HOME", directory.toString());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    process = builder.start();
    var reader = new Thread(this::read, "browser");
    reader.setDaemon(true);
    reader.start();
    String address = stderr.get(WAIT_SECONDS, TimeUnit.SECONDS);
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address), new Hears())
            .get(WAIT_SECONDS, TimeUnit.SECONDS);
    String target = text(say("Target.createTarget", "{\"url\":\"about:blank\"}"), "/targetId");
    session =
        text(
            say("Target.attachToTarget", "{\"targetId\":" + Json.of(target) + ",\"flatten\":true}"),
            "/sessionId");
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      say(domain + ".enable", "{}");
    }
  }

  private void read() {
    try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
      var said = new ArrayList<String>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        if (line.startsWith("DevTools listening on ")) {
          stderr.complete(line.substring("DevTools listening on ".length()).strip());
        }
      }
      stderr.completeExceptionally(new IOException("the browser ended: " + said));
    } catch (IOException broken) {
      stderr.completeExceptionally(broken);
    }
  }

  private final class Hears implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        heard(Json.parse(message.toString()));
        message.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void heard(Json message) {
    Optional<Json> id = message.at("/id");
    if (id.isPresent()) {
      asked.remove(id.get().as(int.class)).complete(message);
      return;
    }
    switch (text(message, "/method")) {
      case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded" ->
          complaints.add(message.at("/params").orElseThrow().toString());
      case "Network.requestWillBeSent" -> requests.add(text(message, "/params/request/url"));
      default -> {}
    }
  }

  private static String text(Json json, String pointer) {
    return json.at(pointer).map(part -> part.as(String.class)).orElse("");
  }

  /** Says something to the browser and waits for its answer. */
  Json say(String method, String parameters) throws Exception {
    int number = numbers.incrementAndGet();
    var answer = new CompletableFuture<Json>();
    asked.put(number, answer);
    String to = session.isEmpty() ? "" : ",\"sessionId\":" + Json.of(session);
    socket
        .sendText(
            "{\"id\":"
                + number
                + ",\"method\":"
                + Json.of(method)
                + to
                + ",\"params\":"
                + parameters
                + "}",
            true)
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
    Json message = answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
    return message
        .at("/result")
        .orElseThrow(() -> new AssertionError(method + " was answered with " + message));
  }

  /** Opens a page. */
  void open(String url) throws Exception {
    say("Page.navigate", "{\"url\":" + Json.of(url) + "}");
  }

  /** The value of an expression in the page; one that is a promise is waited for. */
  Json value(String expression) throws Exception {
    Json result =
        say(
            "Runtime.evaluate",
            "{\"awaitPromise\":true,\"returnByValue\":true,\"expression\":"
                + Json.of(expression)
                + "}");
    if (result.at("/exceptionDetails").isPresent()) {
      throw new AssertionError(expression + ": " + result);
    }
    return result.at("/result/value").orElse(Json.of(null));
  }

  /** Waits, within the page and without asking again and again, until an expression is true. */
  void await(String expression) throws Exception {
    value(
        "new Promise((done, failed) => { const until = Date.now() + 25000; const look = () => {"
            + " let is = false; try { is = ("
            + expression
            + "); } catch (notYet) { is = false; }"
            + " if (is) done(true); else if (Date.now() > until) failed(new Error('never: ' + "
            + Json.of(expression)
            + ")); else setTimeout(look, 20); }; look(); })");
  }

  /** Presses a key that has no character. */
  void press(String key, int code) throws Exception {
    // A browser drops what is pressed before anybody can see the page.
    await("performance.getEntriesByType('paint').length > 0");
    for (String type : List.of("keyDown", "keyUp")) {
      say(
          "Input.dispatchKeyEvent",
          "{\"type\":\""
              + type
              + "\",\"key\":\""
              + key
              + "\",\"code\":\""
              + key
              + "\",\"windowsVirtualKeyCode\":"
              + code
              + (key.equals("Enter") && type.equals("keyDown") ? ",\"text\":\"\\r\"" : "")
              + "}");
    }
  }

  /** Types text where the focus is. */
  void type(String text) throws Exception {
    say("Input.insertText", "{\"text\":" + Json.of(text) + "}");
  }

  /** Makes the window so large, and light or dark. */
  void look(int width, int height, boolean dark) throws Exception {
    say(
        "Emulation.setDeviceMetricsOverride",
        "{\"width\":"
            + width
            + ",\"height\":"
            + height
            + ",\"deviceScaleFactor\":1,\"mobile\":"
            + (width < 500)
            + "}");
    say(
        "Emulation.setEmulatedMedia",
        "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\""
            + (dark ? "dark" : "light")
            + "\"}]}");
  }

  /** The whole page as a PNG. */
  byte[] picture() throws Exception {
    Json taken = say("Page.captureScreenshot", "{\"captureBeyondViewport\":true}");
    return Base64.getDecoder().decode(text(taken, "/data"));
  }

  /** What the page or the browser complained about. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Every address that was asked for. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    socket.abort();
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    // Its directory is deleted next, and must not be written to any more.
    all.forEach(one -> one.onExit().orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join());
  }
}
