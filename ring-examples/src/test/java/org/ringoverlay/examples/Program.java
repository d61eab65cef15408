package org.ringoverlay.examples;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JVM that runs an example: its lines are waited for, never slept for.
 *
 * <p>Closing kills it if it still runs.
 */
public final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final String name;
  private final Process process;
  private final BufferedWriter in;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();

  private Program(String name, Process process) {
    this.name = name;
    this.process = process;
    this.in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    collect(process.getInputStream(), "");
    collect(process.getErrorStream(), "err: ");
  }

  /** Starts a JVM on this test's own class path. */
  public static Program start(Class<?> main, String... args) {
    return start(System.getProperty("java.class.path"), main.getName(), args);
  }

  /**
   * Starts a JVM.
   *
   * @param main a class, or a source file that the JVM compiles first
   */
  public static Program start(String classPath, String main, String... args) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(List.of("-Dfile.encoding=UTF-8", "-cp", classPath, main));
    command.addAll(List.of(args));
    try {
      return new Program(main, new ProcessBuilder(command).start());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** A port that nobody listens on now, for programs that are told theirs. */
  public static String freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void collect(InputStream stream, String prefix) {
    var reader =
        new Thread(
            () -> {
              var text = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
              text.lines().forEach(line -> lines.add(prefix + line));
            },
            name + " output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Waits for a line that matches as a whole, and gives its groups; lines before it are passed. */
  public Matcher awaitLine(String regex) {
    Pattern pattern = Pattern.compile(regex);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String line = next(deadline, "a line like: " + regex);
      Matcher matcher = pattern.matcher(line);
      if (matcher.matches()) {
        return matcher;
      }
    }
  }

  private String next(long deadline, String wanted) {
    try {
      String line = lines.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError(
            name
                + (process.isAlive() ? " runs" : " ended with " + process.exitValue())
                + " and did not print "
                + wanted
                + "\nit printed:\n"
                + String.join("\n", seen));
      }
      seen.add(line);
      return line;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + wanted, interrupted);
    }
  }

  /** Types a line. */
  public void type(String line) {
    try {
      in.write(line);
      in.newLine();
      in.flush();
    } catch (IOException failed) {
      throw new UncheckedIOException(
          name + " took no input; it printed:\n" + String.join("\n", seen), failed);
    }
  }

  /** Ends the input, waits for the end, and gives the exit status. */
  public int finish() {
    try {
      in.close();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(name + " did not end after its input had");
      }
      return process.exitValue();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end", interrupted);
    }
  }

  /** Kills it, as a power cut would. */
  public void kill() {
    // Process itself would close the streams too, under the hands of whoever reads them, and with
    // that throw away the last lines.
    process.toHandle().destroyForcibly();
  }

  /** What it printed until now, as far as it was waited for. */
  List<String> seen() {
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    kill();
  }
}
