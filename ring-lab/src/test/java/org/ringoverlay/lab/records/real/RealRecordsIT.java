package org.ringoverlay.lab.records.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.lab.report.Progress;

/** Real processes with disks, at a size at which they take seconds. */
class RealRecordsIT {
  private static final int NODES = 3;
  private static final int AWAY_MILLIS_MAX = 800;

  @TempDir private Path directory;

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void fiveKilledProcessesLoseNothing() throws IOException, InterruptedException {
    keepsEveryPromise(new Fault.Plan(5, 0, 0, 0, 0, AWAY_MILLIS_MAX));
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void nodesCutOffBothWaysAndOneWayLoseNothing() throws IOException, InterruptedException {
    assumeTrue(Network.isPossible(), "needs root");
    keepsEveryPromise(new Fault.Plan(0, 0, 2, 0, 0, AWAY_MILLIS_MAX));
  }

  private void keepsEveryPromise(Fault.Plan plan) throws IOException, InterruptedException {
    var said = new ByteArrayOutputStream();
    var out = new PrintStream(said, true, StandardCharsets.UTF_8);

    String flaw = new RealCourse(plan, NODES, 1, Map.of(), out, new Progress(null)).run(directory);

    assertThat(flaw).as(said.toString(StandardCharsets.UTF_8)).isNull();
  }
}
