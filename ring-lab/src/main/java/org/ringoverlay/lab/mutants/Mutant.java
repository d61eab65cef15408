package org.ringoverlay.lab.mutants;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * One planted bug.
 *
 * @param name the patch's file name without its ending
 * @param module whose sources it changes
 * @param scenario the scenario that is to find it
 * @param bug what is wrong, in a sentence
 * @param patch the change
 */
record Mutant(String name, String module, String scenario, String bug, Patch patch) {
  private static final String ENDING = ".patch";
  private static final long MINUTES_MAX = 60;

  /** All mutants of a repository, by name. */
  static List<Mutant> of(Path root) throws IOException, Patch.Broken {
    var mutants = new ArrayList<Mutant>();
    try (Stream<Path> files = Files.list(root.resolve("ring-lab").resolve("mutants"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(ENDING)).sorted().toList()) {
        mutants.add(read(file));
      }
    }
    return mutants;
  }

  private static Mutant read(Path file) throws IOException, Patch.Broken {
    String name = String.valueOf(file.getFileName()).replace(ENDING, "");
    try {
      Patch patch = Patch.parse(Files.readAllLines(file));
      return new Mutant(
          name, patch.head("module"), patch.head("scenario"), patch.head("bug"), patch);
    } catch (Patch.Broken broken) {
      throw new Patch.Broken(file + ": " + broken.getMessage());
    }
  }

  /** Copies the module's sources below a directory, and changes the copy. */
  void applyTo(Path copy, Path root) throws IOException, Patch.Broken {
    Path sources = root.resolve(module).resolve("src").resolve("main").resolve("java");
    try (Stream<Path> all = Files.walk(sources)) {
      for (Path from : all.toList()) {
        Path to = copy.resolve(root.relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(to);
        } else {
          Files.copy(from, to);
        }
      }
    }
    try {
      patch.apply(copy);
    } catch (Patch.Broken broken) {
      throw new Patch.Broken(name + ENDING + ": " + broken.getMessage());
    }
  }

  /** Applies, compiles and runs it; gives what its JVM said last. */
  String hunt(Path root, long seed, int seeds) throws Exception {
    Path work = Files.createTempDirectory("mutant-");
    try {
      applyTo(work, root);
      Path classes = Files.createDirectories(work.resolve("classes"));
      compile(work, classes);
      return run(classes + File.pathSeparator + classPath(), scenario, seed, seeds);
    } finally {
      delete(work);
    }
  }

  private void compile(Path work, Path classes) throws IOException, Patch.Broken {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new Patch.Broken("mutants are compiled, which needs a JDK and not a JRE");
    }
    var words = new StringWriter();
    try (Stream<Path> all = Files.walk(work);
        var files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> sources =
          all.filter(path -> path.toString().endsWith(".java"))
              .filter(path -> !path.endsWith("module-info.java"))
              .toList();
      List<String> options =
          List.of(
              "-proc:none",
              "-nowarn",
              "-parameters",
              "--release",
              "17",
              "-cp",
              classPath(),
              "-d",
              classes.toString());
      boolean compiled =
          compiler
              .getTask(
                  words, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiled) {
        throw new Patch.Broken(name + ENDING + " does not compile any more:\n" + words);
      }
    }
  }

  /** Runs a scenario in a JVM of its own. */
  static String run(String classPath, String scenario, long seed, int seeds)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                MutantTrial.class.getName(),
                scenario,
                Long.toString(seed),
                Integer.toString(seeds))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var output = process.inputReader()) {
      String last = output.lines().reduce((before, line) -> line).orElse("said nothing");
      if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
        return "did not end within " + MINUTES_MAX + " minutes";
      }
      return last;
    } finally {
      process.destroyForcibly();
    }
  }

  static String classPath() {
    return Objects.requireNonNull(System.getProperty("java.class.path"));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
