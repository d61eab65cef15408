package org.ringoverlay.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.error.RingException;

/** The lock between real processes. */
class DirectoryLockIT {
  @TempDir Path temp;

  /** Holds a directory until it is killed. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      FileStore.open(args[0], Disk.REAL, 0);
      System.out.println("held");
      // Blocks until the parent ends, which closes the pipe.
      int ended = System.in.read();
      System.exit(ended);
    }
  }

  @Test
  @Timeout(60)
  void keepsOtherProcessesOutUntilTheHolderIsKilled() throws IOException, InterruptedException {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                temp.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("held");
      assertThatThrownBy(() -> FileStore.open(temp.toString(), Disk.REAL, 0))
          .isInstanceOf(RingException.Unavailable.class)
          .hasMessageContaining(temp.toRealPath().toString())
          .hasMessageContaining("in use by another process");
    } finally {
      holder.destroyForcibly();
    }
    assertThat(holder.waitFor(20, TimeUnit.SECONDS)).isTrue();
    FileStore.open(temp.toString(), Disk.REAL, 0).close().toCompletableFuture().join();
  }
}
