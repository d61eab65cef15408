package org.ringoverlay.lab.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.lab.process.NodesProcess;
import org.ringoverlay.lab.report.Progress;

/** Real nodes in several JVMs, at a size at which they take seconds. */
class RealShockIT {
  private static final int NODES = 6;

  /**
   * Nobody listens where a killed process did, so it is missed at once whatever the clocks of
   * silence say; a build that has no time for one of the others for a while does not make it dead.
   */
  private static final RealShockCourse.Size SMALL =
      new RealShockCourse.Size(
          3,
          Duration.ofSeconds(3),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(6),
          Map.of("ring.heartbeat.suspect", "20s"));

  @Test
  void lookupsFailOnlyTowardTheNodesOfAKilledJvm() throws IOException {
    var said = new ByteArrayOutputStream();
    var out = new PrintStream(said, true, StandardCharsets.UTF_8);
    var burn = new Burn("real-kill", 1, NODES, 1_000, null, out, new Progress(null));

    new RealShockCourse(ShockCourse.Shock.KILL, SMALL).run(burn);

    assertThat(burn.holds()).as(said.toString(StandardCharsets.UTF_8)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs", "stands still"})
  void aJvmDoesNotOutliveItsStarter(String itself) throws Exception {
    Process starter =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Starter.class.getName(),
                itself)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(starter.getInputStream(), StandardCharsets.UTF_8))) {
      ProcessHandle nodes = ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();

      starter.destroyForcibly().waitFor();

      assertThat(nodes.onExit().get(10, TimeUnit.SECONDS).isAlive()).isFalse();
    } finally {
      starter.destroyForcibly();
    }
  }

  /** Starts a JVM of nodes, tells its number, and waits to be killed. */
  static final class Starter {
    private Starter() {}

    public static void main(String[] args) throws Exception {
      NodesProcess nodes = NodesProgram.start("orphan", 1, List.of(), Map.of());
      nodes.awaitReady(Duration.ofMinutes(1));
      if (args[0].equals("stands still")) {
        nodes.stop();
      }
      System.out.println(nodes.pid());
      System.in.read();
    }
  }
}
