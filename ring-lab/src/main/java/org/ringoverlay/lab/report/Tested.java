package org.ringoverlay.lab.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Which code a run tested, so that runs of different days may be added up while it is the same.
 *
 * <p>A digest over the project's compiled classes, by name and content, of the jar that runs: the
 * same sources make the same digest with the same compiler. The console and the examples are left
 * out, for no burn runs them.
 */
public final class Tested {
  private static final String PROJECT = "org/ringoverlay/";
  private static final List<String> LEFT_OUT =
      List.of(PROJECT + "console/", PROJECT + "examples/", PROJECT + "lab/mutants/");
  private static final int DIGITS = 16;

  private Tested() {}

  /**
   * The first digits of the digest, or what there is instead if the classes are in no jar.
   *
   * @throws UncheckedIOException if the jar cannot be read
   */
  public static String code() {
    try {
      Path jar = Path.of(Tested.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.isRegularFile(jar) ? digest(jar) : "of no jar";
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    } catch (URISyntaxException elsewhere) {
      return "of no file";
    }
  }

  static String digest(Path path) throws IOException {
    try (var jar = new JarFile(path.toFile())) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      var classes = new ArrayList<JarEntry>();
      jar.stream()
          .filter(entry -> entry.getName().startsWith(PROJECT))
          .filter(entry -> entry.getName().endsWith(".class"))
          .filter(entry -> LEFT_OUT.stream().noneMatch(entry.getName()::startsWith))
          .forEach(classes::add);
      classes.sort(Comparator.comparing(JarEntry::getName));
      for (JarEntry entry : classes) {
        digest.update(entry.getName().getBytes(StandardCharsets.UTF_8));
        try (InputStream content = jar.getInputStream(entry)) {
          digest.update(content.readAllBytes());
        }
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("Every JVM has SHA-256.", missing);
    }
  }
}
