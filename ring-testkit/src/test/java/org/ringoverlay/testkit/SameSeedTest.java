package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The same seed gives the same run, event for event, whatever JVM it runs in. */
class SameSeedTest {
  private static final long FORK_MAX_SECONDS = 60;

  @Test
  void twoRunsInOneJvmAreTheSame() {
    assertThat(SameSeedRun.hash(SameSeedRun.SEED)).isEqualTo(SameSeedRun.hash(SameSeedRun.SEED));
    assertThat(SameSeedRun.hash(SameSeedRun.SEED + 1))
        .isNotEqualTo(SameSeedRun.hash(SameSeedRun.SEED));
  }

  @Test
  void anotherJvmWithOtherHashesLocaleAndZoneRunsTheSame() throws Exception {
    String here = SameSeedRun.hash(SameSeedRun.SEED);

    String there =
        fork(
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:hashCode=2",
            "-XX:+UseSerialGC",
            "-Duser.language=tr",
            "-Duser.country=TR",
            "-Duser.timezone=Pacific/Chatham",
            "-Dfile.encoding=ISO-8859-1");
    String interpreted = fork("-XX:TieredStopAtLevel=1", "-Duser.language=ar");

    assertThat(there).isEqualTo(here);
    assertThat(interpreted).isEqualTo(here);
  }

  private static String fork(String... flags) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), SameSeedRun.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(process.waitFor(FORK_MAX_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
      return output.strip();
    } finally {
      process.destroyForcibly();
    }
  }
}
