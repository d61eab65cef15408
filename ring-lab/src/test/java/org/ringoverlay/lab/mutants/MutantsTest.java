package org.ringoverlay.lab.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.ringoverlay.lab.burn.Scenario;

class MutantsTest {
  @TempDir Path directory;

  /** A mutant that rots is no proof of anything: one that no longer applies fails the build. */
  @TestFactory
  Stream<DynamicTest> everyMutantAppliesAndNamesAScenario() throws Exception {
    Path root = MutantsCommand.repository();
    assertThat(root).isNotNull();
    List<Mutant> mutants = Mutant.of(root);
    assertThat(mutants).isNotEmpty();
    return mutants.stream()
        .map(
            mutant ->
                DynamicTest.dynamicTest(
                    mutant.name(),
                    () -> {
                      assertThat(Scenario.named(mutant.scenario())).isNotNull();
                      mutant.applyTo(Files.createTempDirectory(directory, "copy"), root);
                    }));
  }

  @Test
  void aMutantIsCompiledAndFound() throws Exception {
    Path root = MutantsCommand.repository();
    Mutant split =
        Mutant.of(root).stream()
            .filter(mutant -> mutant.name().equals("the-departed-are-not-looked-for"))
            .findFirst()
            .orElseThrow();

    assertThat(split.hunt(root, 1, 3)).startsWith(MutantTrial.FOUND + "1: The nodes did not agree");
    assertThat(Mutant.run(Mutant.classPath(), split.scenario(), 1, 1))
        .isEqualTo(MutantTrial.SURVIVED);
  }

  @Test
  void aPatchIsAppliedWhereItsContextIs() throws Exception {
    Path file = Files.createDirectories(directory.resolve("moved")).resolve("A.java");
    Files.writeString(file, "new line\none\ntwo\nthree\nfour\n");

    patch("two", "2").apply(directory);

    assertThat(Files.readString(file)).isEqualTo("new line\none\n2\nthree\nfour\n");
  }

  @Test
  void aPatchThatFitsNowhereOrTwiceIsBroken() throws Exception {
    Path file = directory.resolve("A.java");
    Files.writeString(file, "one\nto\nthree\n");
    assertThatThrownBy(() -> patch("two", "2").apply(directory))
        .isInstanceOf(Patch.Broken.class)
        .hasMessageContaining("does not fit x/A.java any more");

    Files.writeString(file, "one\ntwo\nthree\none\ntwo\nthree\n");
    assertThatThrownBy(() -> patch("two", "2").apply(directory))
        .isInstanceOf(Patch.Broken.class)
        .hasMessageContaining("more than one place");

    Files.writeString(Files.createDirectories(directory.resolve("y")).resolve("A.java"), "");
    assertThatThrownBy(() -> patch("two", "2").apply(directory))
        .isInstanceOf(Patch.Broken.class)
        .hasMessageContaining("2 files are called so");
  }

  @Test
  void aPatchWithoutAChangeOrAHeadIsBroken() throws Exception {
    assertThatThrownBy(() -> Patch.parse(List.of("# module: x"))).isInstanceOf(Patch.Broken.class);
    assertThatThrownBy(() -> patch("a", "b").head("scenario")).isInstanceOf(Patch.Broken.class);
    assertThat(patch("a", "b").head("module")).isEqualTo("ring-core");
  }

  private static Patch patch(String before, String after) throws Patch.Broken {
    return Patch.parse(
        List.of(
            "# module: ring-core",
            "--- a/x/A.java",
            "+++ b/x/A.java",
            "@@ -1,3 +1,3 @@",
            " one",
            "-" + before,
            "+" + after,
            " three"));
  }
}
