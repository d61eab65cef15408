package org.ringoverlay.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.examples.Program;

/**
 * The first lesson, followed to the letter: its program, compiled from the page by the JVM that
 * runs it, prints what the page says, in three processes of which one is killed.
 */
class FirstRingLessonIT {
  private static final Path LESSON = Path.of("docs", "tutorial", "first-ring.md");

  @Test
  void theRingKeepsTheCounterWhenItsFirstNodeDies(@TempDir Path directory) throws IOException {
    List<Pages.Block> blocks = Pages.blocks(LESSON);
    String program =
        blocks.stream().filter(b -> b.language().equals("java")).findFirst().orElseThrow().text();
    Path source = Files.writeString(directory.resolve("FirstRing.java"), program);
    List<Pages.Block> shown = blocks.stream().filter(b -> b.language().equals("text")).toList();
    assertThat(shown).as("what the page shows").hasSize(7);
    Iterator<Pages.Block> page = shown.iterator();

    String port1 = Program.freePort();
    String port2 = Program.freePort();
    try (Program first = run(source, port1)) {
      expect(first, page.next());
      try (Program second = run(source, port2, "127.0.0.1:" + port1)) {
        expect(second, page.next());
        expect(first, page.next());
        try (Program third = run(source, "0", "127.0.0.1:" + port2)) {
          expect(third, page.next());
          pressEnterUntil(third, page.next());
          first.kill();
          expect(second, page.next());
          second.type("");
          expect(second, page.next());
          assertThat(third.finish()).isZero();
        }
        assertThat(second.finish()).isZero();
      }
    }
  }

  private static Program run(Path source, String... args) {
    return Program.start(System.getProperty("java.class.path"), source.toString(), args);
  }

  /** Presses Enter until a line says what it should, as the page tells its reader to. */
  private static void pressEnterUntil(Program program, Pages.Block block) {
    String wanted = block.text().strip();
    String line;
    do {
      program.type("");
      line = program.awaitLine("visits so far: .*").group();
    } while (!line.equals(wanted));
  }

  /** Waits for the lines of a block in their order; three dots stand for anything. */
  private static void expect(Program program, Pages.Block block) {
    for (String line : block.text().lines().toList()) {
      program.awaitLine(Pattern.quote(line).replace("…", "\\E.*\\Q"));
    }
  }
}
