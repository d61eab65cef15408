package org.ringoverlay.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestedTest {
  @TempDir private Path directory;

  @Test
  void theSameClassesAreTheSameCodeInWhateverOrderAndWithWhateverBeside() throws IOException {
    String code = digest(Map.of("org/ringoverlay/A.class", "a", "org/ringoverlay/B.class", "b"));

    assertThat(code).matches("[0-9a-f]{16}");
    var more = new TreeMap<String, String>(Comparator.reverseOrder());
    more.put("org/ringoverlay/A.class", "a");
    more.put("org/ringoverlay/B.class", "b");
    more.put("org/ringoverlay/console/Page.class", "c");
    more.put("com/other/C.class", "c");
    assertThat(digest(more)).isEqualTo(code);
  }

  @Test
  void anotherClassOrAnotherNameIsOtherCode() throws IOException {
    String code = digest(Map.of("org/ringoverlay/dht/A.class", "a"));

    assertThat(digest(Map.of("org/ringoverlay/dht/A.class", "b"))).isNotEqualTo(code);
    assertThat(digest(Map.of("org/ringoverlay/dht/B.class", "a"))).isNotEqualTo(code);
  }

  private String digest(Map<String, String> entries) throws IOException {
    Path jar = Files.createTempFile(directory, "some", ".jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        out.putNextEntry(new JarEntry(entry.getKey()));
        out.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return Tested.digest(jar);
  }
}
