package org.ringoverlay.lab.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A unified diff. Applied without fuzz: what a hunk removes and what stands around it must be in
 * the file, whole and in one place only, wherever that place has moved to. A file that has moved to
 * another package is found by its name, if only one has that name.
 *
 * <p>Written here because the build needs a JDK and Maven alone, and not git.
 */
final class Patch {
  private static final Pattern HEAD = Pattern.compile("# ([a-z]+): (.+)");

  private final List<String> head = new ArrayList<>();
  private final List<FileChange> files = new ArrayList<>();

  private record FileChange(String path, List<Hunk> hunks) {}

  private record Hunk(List<String> before, List<String> after) {
    Hunk() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  /** A patch that cannot be read or does not apply any more. */
  static final class Broken extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    Broken(String wrong) {
      super(wrong);
    }
  }

  private Patch() {}

  static Patch parse(List<String> lines) throws Broken {
    var patch = new Patch();
    for (String line : lines) {
      patch.take(line);
    }
    if (patch.files.stream().noneMatch(file -> !file.hunks.isEmpty())) {
      throw new Broken("it changes nothing");
    }
    return patch;
  }

  private void take(String line) throws Broken {
    if (line.startsWith("+++ ")) {
      String path = line.substring(4).strip();
      files.add(new FileChange(path.replaceFirst("^b/", ""), new ArrayList<>()));
    } else if (files.isEmpty()) {
      head.add(line);
    } else if (line.startsWith("@@")) {
      last(files).hunks.add(new Hunk());
    } else if (!line.startsWith("diff ")
        && !line.startsWith("--- ")
        && !line.startsWith("index ")) {
      takeChange(line);
    }
  }

  private void takeChange(String line) throws Broken {
    if (last(files).hunks.isEmpty()) {
      throw new Broken("a line stands outside of a hunk: " + line);
    }
    Hunk hunk = last(last(files).hunks);
    char kind = line.isEmpty() ? ' ' : line.charAt(0);
    String text = line.isEmpty() ? "" : line.substring(1);
    switch (kind) {
      case ' ' -> {
        hunk.before.add(text);
        hunk.after.add(text);
      }
      case '-' -> hunk.before.add(text);
      case '+' -> hunk.after.add(text);
      case '\\' -> {}
      default -> throw new Broken("a line of a hunk begins with '" + kind + "': " + line);
    }
  }

  private static <T> T last(List<T> all) {
    return all.get(all.size() - 1);
  }

  /** A value of the head, from a line {@code # name: value}. */
  String head(String name) throws Broken {
    for (String line : head) {
      Matcher matcher = HEAD.matcher(line);
      if (matcher.matches() && matcher.group(1).equals(name)) {
        return matcher.group(2).strip();
      }
    }
    throw new Broken("its head has no line '# " + name + ": …'");
  }

  /** Changes the files below a directory that stands for the repository's root. */
  void apply(Path root) throws Broken, IOException {
    for (FileChange file : files) {
      Path path = find(root, file.path);
      List<String> lines = new ArrayList<>(Files.readAllLines(path));
      for (Hunk hunk : file.hunks) {
        int at = only(lines, hunk.before, file.path);
        lines.subList(at, at + hunk.before.size()).clear();
        lines.addAll(at, hunk.after);
      }
      Files.write(path, lines);
    }
  }

  private static Path find(Path root, String path) throws Broken, IOException {
    Path exact = root.resolve(path);
    if (Files.isRegularFile(exact)) {
      return exact;
    }
    String name = String.valueOf(exact.getFileName());
    try (Stream<Path> all = Files.walk(root)) {
      List<Path> found =
          all.filter(Files::isRegularFile)
              .filter(file -> String.valueOf(file.getFileName()).equals(name))
              .toList();
      if (found.size() != 1) {
        throw new Broken(path + " is not there, and " + found.size() + " files are called so");
      }
      return found.get(0);
    }
  }

  private static int only(List<String> lines, List<String> wanted, String path) throws Broken {
    int found = -1;
    for (int at = 0; at + wanted.size() <= lines.size(); at++) {
      if (lines.subList(at, at + wanted.size()).equals(wanted)) {
        if (found >= 0) {
          throw new Broken("a hunk fits " + path + " at more than one place; give it more context");
        }
        found = at;
      }
    }
    if (found < 0) {
      throw new Broken(
          "a hunk does not fit " + path + " any more; it wants:\n" + String.join("\n", wanted));
    }
    return found;
  }
}
