package org.ringoverlay.console.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.ringoverlay.console.client.GatewayClient;

/**
 * A node in a process of its own.
 *
 * <p>It ends when its standard input does, so it does not outlive the demo however that ends.
 */
final class Child {
  private static final int LOG_LINES_MAX = 20;

  private final String name;
  private final Process process;
  private final long spawned;
  private final CompletableFuture<Map<String, String>> ready = new CompletableFuture<>();
  private final ArrayDeque<String> log = new ArrayDeque<>();

  private Child(String name, Process process, long spawned) {
    this.name = name;
    this.process = process;
    this.spawned = spawned;
  }

  /** Starts a node with these arguments of {@code ring node}. */
  static Child start(String name, List<String> arguments, Stage stage) throws IOException {
    var command = new ArrayList<String>(java());
    command.add("node");
    command.add("--until-eof");
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    // What the caller's shell sets for nodes is not meant for seven of them at once.
    builder.environment().keySet().removeIf(variable -> variable.startsWith("RING_"));
    long spawned = System.nanoTime();
    var child = new Child(name, builder.start(), spawned);
    stage.beside(() -> child.readOut());
    stage.beside(() -> child.readLog());
    return child;
  }

  /** This very JVM and jar, with the options that made this process start fast. */
  private static List<String> java() {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String[] own = ProcessHandle.current().info().arguments().orElse(new String[0]);
    boolean fromJar = List.of(own).contains("-jar");
    if (fromJar) {
      for (String argument : own) {
        if (argument.equals("-jar")) {
          break;
        }
        command.add(argument);
      }
    } else {
      command.add("-XX:+UseSerialGC");
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.add("-Xmx64m");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add("org.ringoverlay.console.Main");
    return command;
  }

  private void readOut() {
    try (var lines = lines(process.getInputStream())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("ready ")) {
          ready.complete(fields(line));
        }
      }
    } catch (IOException ended) {
      ready.completeExceptionally(ended);
      return;
    }
    ready.completeExceptionally(new IOException(name + " ended before it was ready: " + log()));
  }

  private void readLog() {
    try (var lines = lines(process.getErrorStream())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (log) {
          log.add(line);
          if (log.size() > LOG_LINES_MAX) {
            log.remove();
          }
        }
      }
    } catch (IOException ended) {
      return;
    }
  }

  private static BufferedReader lines(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  private static Map<String, String> fields(String line) {
    var fields = new TreeMap<String, String>();
    for (String field : line.split(" ", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    return fields;
  }

  /** The last lines of its log. */
  String log() {
    synchronized (log) {
      return log.isEmpty() ? "it logged nothing" : String.join(" | ", log);
    }
  }

  /** Waits until it is ready and gives how long it took since it was spawned. */
  long awaitReady() throws Exception {
    try {
      ready.get();
    } catch (java.util.concurrent.ExecutionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    }
    return System.nanoTime() - spawned;
  }

  private String field(String field) {
    return ready.join().getOrDefault(field, "");
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  String id() {
    return field("node");
  }

  String listen() {
    return field("listen");
  }

  String url() {
    return "http://" + field("http");
  }

  GatewayClient gateway() {
    return GatewayClient.at(url());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills it, as {@code kill -9} does. */
  void kill() {
    process.destroyForcibly();
  }

  /** Asks it to leave. */
  void stop() {
    process.destroy();
  }

  /** Waits a while for its end. */
  boolean ended(long millis) throws InterruptedException {
    return process.waitFor(millis, java.util.concurrent.TimeUnit.MILLISECONDS);
  }
}
