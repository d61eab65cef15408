package org.ringoverlay.lab.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

/**
 * A JVM that runs a program with nodes: starts it, tells it what to do, kills it, stops it.
 *
 * <p>The program takes commands on its standard input and is gone when that ends. On its standard
 * output it tells {@code node ID ADDRESS} of each node, then {@code ready}, or {@code failed WHY},
 * and then what it is asked for.
 *
 * <p>It ends with this process. The shell that stops it lets it go on when its own input ends, so
 * that a stopped JVM too finds that its starter is gone.
 */
public final class NodesProcess {
  /** For a JVM of which many run on one machine, and that is to start soon. */
  public static final List<String> SMALL =
      List.of(
          "-Xmx64m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:ActiveProcessorCount=1",
          "-Xshare:auto");

  private static final String HOLD =
      "trap '' INT TERM HUP; kill -STOP $1 && echo stopped; read -r over; kill -CONT $1";

  private static final String ENDED = "failed its output has ended";
  private static final int LOG_LINES_SHOWN = 15;

  private final String name;
  private final Path log;
  private final boolean keepsLog;
  private volatile boolean ending;
  private final Process process;
  private final PrintStream commands;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<Id> ids = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  private final Thread killer;
  private @Nullable Process holder;

  /**
   * What to start.
   *
   * @param name for errors and for the file of what it says on its standard error
   * @param before words that start the JVM's command line, where another program starts it
   * @param flags of the JVM
   * @param program its main class
   * @param arguments of the program
   * @param log where its standard error is appended; a temporary file, deleted at the end, if null
   */
  public record Plan(
      String name,
      List<String> before,
      List<String> flags,
      Class<?> program,
      List<String> arguments,
      @Nullable Path log) {
    /** Copies the lists. */
    public Plan {
      before = List.copyOf(before);
      flags = List.copyOf(flags);
      arguments = List.copyOf(arguments);
    }
  }

  private NodesProcess(String name, Path log, boolean keepsLog, Process process) {
    this.name = name;
    this.log = log;
    this.keepsLog = keepsLog;
    this.process = process;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.killer = new Thread(process::destroyForcibly, "end-" + name);
    Runtime.getRuntime().addShutdownHook(killer);
    var reader = new Thread(this::readOn, "read-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts it, and does not wait until it is ready. */
  public static NodesProcess start(Plan plan) throws IOException {
    var command = new ArrayList<>(plan.before());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(plan.flags());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(plan.program().getName());
    command.addAll(plan.arguments());
    Path kept = plan.log();
    Path log = kept == null ? Files.createTempFile("ring-burn-" + plan.name(), ".log") : kept;
    var builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // What the caller's shell sets for a node is not meant for all of these.
    builder.environment().keySet().removeIf(variable -> variable.startsWith("RING_"));
    return new NodesProcess(plan.name(), log, kept != null, builder.start());
  }

  private void readOn() {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException ended) {
      // Whoever ends a process closes its output, perhaps while it is being read.
      if (!ending) {
        lines.add("failed " + ended);
      }
    }
    lines.add(ENDED);
  }

  /**
   * Reads until a line begins with a word.
   *
   * @param others gets the lines before it
   * @return the line
   */
  public String await(String word, Duration longest, Consumer<String> others)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (true) {
      String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new IOException(
            name + " did not say '" + word + "' within " + longest.toSeconds() + " s" + tail());
      }
      if (line.equals(word) || line.startsWith(word + " ")) {
        return line;
      }
      if (line.startsWith("failed ")) {
        throw new IOException(name + " did not say '" + word + "' but '" + line + "'" + tail());
      }
      others.accept(line);
    }
  }

  private String tail() {
    try {
      List<String> all = Files.readAllLines(log);
      return ":\n"
          + String.join("\n", all.subList(Math.max(0, all.size() - LOG_LINES_SHOWN), all.size()));
    } catch (IOException unreadable) {
      return "";
    }
  }

  /** Hands all further lines on, one after the other, until its output ends. Blocks. */
  public void hearOut(Consumer<String> listener) throws InterruptedException {
    for (String line = lines.take(); !line.equals(ENDED); line = lines.take()) {
      listener.accept(line);
    }
  }

  /** Waits until its nodes have joined. */
  public void awaitReady(Duration longest) throws IOException, InterruptedException {
    await(
        "ready",
        longest,
        line -> {
          String[] words = line.split(" ", -1);
          ids.add(Id.parse(words[1]));
          addresses.add(words[2]);
        });
  }

  /** Tells it something. */
  public void tell(String command) {
    commands.println(command);
  }

  /** The IDs of its nodes, once it is ready. */
  public List<Id> ids() {
    return List.copyOf(ids);
  }

  /** The addresses of its nodes, once it is ready. */
  public List<String> addresses() {
    return List.copyOf(addresses);
  }

  /** Its number on this machine. */
  public long pid() {
    return process.pid();
  }

  /** Kills it, as {@code kill -9} does, and waits until it is gone. */
  public void kill() throws InterruptedException {
    ending = true;
    process.destroyForcibly().waitFor();
  }

  /** Asks it to end, as {@code kill} does, and waits until it is gone. */
  public void terminate() throws InterruptedException {
    ending = true;
    // Not by the process itself, which would close its input too, and so end it at once.
    process.toHandle().destroy();
    process.waitFor();
  }

  /** Stops it, as a suspended machine does, and waits until no thread of it runs. */
  public void stop() throws IOException, InterruptedException {
    holder =
        new ProcessBuilder("sh", "-c", HOLD, "sh", Long.toString(process.pid()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var said =
        new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
    if (!"stopped".equals(said.readLine())) {
      throw new IOException(name + " could not be stopped");
    }
    while (!isStill()) {
      Thread.onSpinWait();
    }
  }

  /** Whether each thread stands still, where the system tells so; else the signal's word counts. */
  private boolean isStill() throws IOException {
    Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
    if (!Files.isDirectory(tasks)) {
      return true;
    }
    try (Stream<Path> all = Files.list(tasks)) {
      for (Path task : all.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
    }
    return true;
  }

  /** Lets it go on. */
  public void goOn() throws IOException, InterruptedException {
    Process holds = holder;
    if (holds != null) {
      holds.getOutputStream().close();
      holds.waitFor();
    }
  }

  /** Kills it, if it still runs. */
  public void end() throws IOException, InterruptedException {
    goOn();
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(killer);
    } catch (IllegalStateException ending) {
      // This process ends already, and the hook has nothing left to do.
      return;
    } finally {
      if (!keepsLog) {
        Files.deleteIfExists(log);
      }
    }
  }
}
