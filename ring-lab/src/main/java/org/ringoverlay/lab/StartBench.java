package org.ringoverlay.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.ringoverlay.Ring;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ring bench start}: how long a cold JVM takes to join and have its first put acknowledged.
 */
@Command(
    name = "start",
    description =
        "From spawning a second JVM to its first put acknowledged by two copies; its threads beside an"
            + " idle JVM's with the same flags; its lines of log.")
final class StartBench implements Callable<Integer> {
  private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-Xshare:auto");

  @Option(names = "--rounds", defaultValue = "5", description = "Rounds (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--check",
      description =
          "End with 1 unless the median is at most 2 s, with at most 6 more threads, at most 5 INFO lines and"
              + " no warning.")
  private boolean check;

  private record Round(long millis, int threads, int copies, long infoLines, long warnings) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintStream out = System.out;
    int idle = number(run(List.of(), new ArrayList<>()), "threads");
    out.printf("an idle JVM with %s has %d threads%n", String.join(" ", FLAGS), idle);
    var all = new ArrayList<Round>();
    try (Ring first = Ring.builder().startAndAwait()) {
      for (int i = 0; i < rounds; i++) {
        var log = new ArrayList<String>();
        long spawned = System.nanoTime();
        Spoken line = run(List.of(first.address()), log);
        Round round =
            new Round(
                (line.at() - spawned) / 1_000_000,
                number(line, "threads"),
                number(line, "copies"),
                log.stream().filter(l -> l.contains(" INFO ")).count(),
                log.stream().filter(l -> l.toUpperCase(Locale.ROOT).contains("WARN")).count());
        all.add(round);
        out.printf(
            "joined and put acknowledged by %d copies %,d ms after it was spawned; %d threads, %d more than"
                + " idle; %d INFO lines, %d warnings%n",
            round.copies(),
            round.millis(),
            round.threads(),
            round.threads() - idle,
            round.infoLines(),
            round.warnings());
      }
    }
    long[] millis = all.stream().mapToLong(Round::millis).sorted().toArray();
    out.printf("median %,d ms of %s%n", millis[millis.length / 2], Arrays.toString(millis));
    boolean holds =
        millis[millis.length / 2] <= 2_000
            && all.stream()
                .allMatch(
                    r ->
                        r.copies() >= 2
                            && r.threads() - idle <= 6
                            && r.infoLines() <= 5
                            && r.warnings() == 0);
    if (check) {
      out.println(holds ? "holds" : "does NOT hold");
    }
    return check && !holds ? 1 : 0;
  }

  private record Spoken(String line, long at) {}

  /** Runs a probe until it has spoken, and to its end. */
  private static Spoken run(List<String> args, List<String> log)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(FLAGS);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), StartProbe.class.getName()));
    command.addAll(args);
    Path errors = Files.createTempFile("ring-bench-start", ".log");
    try {
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      try (var reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        String line = reader.readLine();
        long at = System.nanoTime();
        process.getOutputStream().close();
        process.waitFor();
        log.addAll(Files.readAllLines(errors));
        if (line == null) {
          throw new IOException("the probe said nothing: " + String.join("\n", log));
        }
        return new Spoken(line, at);
      }
    } finally {
      Files.deleteIfExists(errors);
    }
  }

  private static int number(Spoken spoken, String name) {
    for (String word : spoken.line().split(" ", -1)) {
      if (word.startsWith(name + "=")) {
        return Integer.parseInt(word.substring(name.length() + 1));
      }
    }
    throw new IllegalStateException("no " + name + " in: " + spoken.line());
  }
}
