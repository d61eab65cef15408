package org.ringoverlay.lab.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ringoverlay.console.Rehearsal;

/**
 * An archive of the classes that nodes load in their lives, as {@code ./ring} makes one for those
 * that it starts.
 *
 * @see Rehearsal
 */
public final class ClassArchive {
  private static final Duration MADE_MAX = Duration.ofMinutes(2);
  private static final List<String> SILENT = List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off");

  private ClassArchive() {}

  /**
   * Makes one. Blocks for some ten seconds.
   *
   * @param flags of the JVMs that are to use it
   * @param directory where it is put, beside what the rehearsal said
   * @return the flags, and those by which it is used; without these where classes lie in
   *     directories, of which a JVM makes no archive, and where it makes none for another reason,
   *     which is told on standard error
   */
  public static List<String> add(List<String> flags, Path directory)
      throws IOException, InterruptedException {
    String classPath = System.getProperty("java.class.path");
    for (String part : classPath.split(File.pathSeparator, -1)) {
      if (Files.isDirectory(Path.of(part))) {
        return flags;
      }
    }
    Path archive = directory.resolve("ring.jsa");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(SILENT);
    command.add("-XX:ArchiveClassesAtExit=" + archive);
    command.addAll(List.of("-cp", classPath, Rehearsal.class.getName()));
    Path log = directory.resolve("rehearsal.log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
    process.getOutputStream().close();
    boolean ended = false;
    try {
      ended = process.waitFor(MADE_MAX.toSeconds(), TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly();
    }
    if (!ended || process.exitValue() != 0 || !Files.exists(archive)) {
      System.err.println(
          "no archive of classes was made, and nodes start without; " + log + " says why");
      return flags;
    }
    var with = new ArrayList<>(flags);
    with.addAll(SILENT);
    with.add("-XX:SharedArchiveFile=" + archive);
    return with;
  }
}
