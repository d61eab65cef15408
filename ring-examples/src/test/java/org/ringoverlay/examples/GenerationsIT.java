package org.ringoverlay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.examples.generations.v1.OldNode;
import org.ringoverlay.examples.generations.v2.NewNode;

/**
 * Two releases of one program in one ring: what the new one wrote survives what the old one does.
 */
class GenerationsIT {
  private static final String V1 = "org/ringoverlay/examples/generations/v1";
  private static final String V2 = "org/ringoverlay/examples/generations/v2";

  @Test
  void anOldNodeUpdatesWhatANewOneWroteAndNothingIsLost(@TempDir Path oldRelease)
      throws IOException {
    try (Program fresh = Program.start(NewNode.class, "0")) {
      String seed = fresh.awaitLine("new node at (127\\.0\\.0\\.1:[0-9]+)").group(1);
      String before = fresh.awaitLine("wrote (.*)").group(1);
      assertThat(before).contains("ada@old.example", "+44 20 7946 0018", "pager");

      try (Program old =
          Program.start(classPathOfOldRelease(oldRelease), OldNode.class.getName(), "0", seed)) {
        old.awaitLine("old node at .*");
        old.type("ada@new.example");
        old.awaitLine("changed");

        fresh.type("show");
        assertThat(fresh.awaitLine("json (.*)").group(1))
            .isEqualTo(before.replace("ada@old.example", "ada@new.example"));
        assertThat(fresh.awaitLine("read (.*)").group(1))
            .isEqualTo(
                "Profile[name=Ada, email=ada@new.example, phone=+44 20 7946 0018, preferences="
                    + "Preferences[language=en, notifications="
                    + "Notifications[urgentOnly=true, channels=[mail, pager]]]]");
        assertThat(old.finish()).isZero();
      }
      assertThat(fresh.finish()).isZero();
    }
  }

  /**
   * The class path of these tests, with the examples' own classes cut down to the first release.
   */
  private static String classPathOfOldRelease(Path directory) throws IOException {
    Path module = Path.of("").toAbsolutePath();
    Path classes = module.resolve("target/classes");
    assertThat(classes.resolve(V2)).isDirectory();
    Path target = Files.createDirectories(directory.resolve(V1));
    try (Stream<Path> files = Files.list(classes.resolve(V1))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString()));
      }
    }
    return directory
        + File.pathSeparator
        + Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).toAbsolutePath().startsWith(module))
            .collect(Collectors.joining(File.pathSeparator));
  }
}
