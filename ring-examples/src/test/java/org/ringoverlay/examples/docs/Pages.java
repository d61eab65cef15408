package org.ringoverlay.examples.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The project's Markdown pages as tests see them. */
final class Pages {
  /**
   * A fenced block.
   *
   * @param page where it stands, from the project's root
   * @param line the line of its fence, from 1
   * @param language what stands behind the fence, or empty
   */
  record Block(Path page, int line, String language, String text) {
    String place() {
      return page + ":" + line;
    }
  }

  private Pages() {}

  /** The project's root: the directory above this module. */
  static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }

  /** Every page, from the project's root, sorted. */
  static List<Path> all() {
    var pages = new ArrayList<Path>();
    try (Stream<Path> top = Files.list(root());
        Stream<Path> docs = Files.walk(root().resolve("docs"))) {
      Stream.concat(top, docs)
          .filter(file -> file.getFileName().toString().endsWith(".md"))
          .map(file -> root().relativize(file))
          .sorted()
          .forEach(pages::add);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return pages;
  }

  static String read(Path page) {
    try {
      return Files.readString(root().resolve(page), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The fenced blocks of a page, in their order. */
  static List<Block> blocks(Path page) {
    var blocks = new ArrayList<Block>();
    List<String> lines = read(page).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!isFence(lines.get(i))) {
        continue;
      }
      int fence = i;
      int indent = lines.get(fence).indexOf('`');
      var text = new StringBuilder();
      for (i++; i < lines.size() && !isFence(lines.get(i)); i++) {
        String line = lines.get(i);
        text.append(line.substring(Math.min(indent, line.length()))).append('\n');
      }
      String language = lines.get(fence).strip().substring(3).strip();
      blocks.add(new Block(page, fence + 1, language, text.toString()));
    }
    return blocks;
  }

  /** A fence may be indented, as within a list. */
  private static boolean isFence(String line) {
    return line.strip().startsWith("```");
  }

  /** The fenced blocks of one language on all pages. */
  static List<Block> blocks(String language) {
    return all().stream()
        .flatMap(page -> blocks(page).stream())
        .filter(block -> block.language().equals(language))
        .toList();
  }

  /** The anchors that a page's headings give, as the usual renderers make them. */
  static List<String> anchors(Path page) {
    var anchors = new ArrayList<String>();
    boolean fenced = false;
    for (String line : read(page).lines().toList()) {
      if (isFence(line)) {
        fenced = !fenced;
      } else if (!fenced && line.matches("#{1,6} .*")) {
        String heading = line.replaceFirst("#+ ", "").strip().toLowerCase(Locale.ROOT);
        anchors.add(heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
      }
    }
    return anchors;
  }
}
