package org.ringoverlay.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One run of a profile, as it is kept on disk: a word and a text on each line.
 *
 * @param profile what was run
 * @param seed from which
 * @param about what the profile is, in a line
 * @param where on what, and when
 * @param took how long, in words
 * @param again the command that runs it again
 * @param notes what it said, in its order
 */
public record Run(
    String profile,
    long seed,
    String about,
    String where,
    String took,
    String again,
    List<Note> notes) {

  /** What a note is. */
  public enum Kind {
    /** A figure that nothing is held to. */
    FIGURE,
    /** A bound that held. */
    HOLDS,
    /** A bound that did not hold, or why the run ended early. */
    FAILS,
    /** The name of a plot's file. */
    PLOT
  }

  /** One line that a run said. */
  public record Note(Kind kind, String text) {}

  /** Copies the notes. */
  public Run {
    notes = List.copyOf(notes);
  }

  /** Whether each bound held. */
  public boolean holds() {
    return notes.stream().noneMatch(note -> note.kind() == Kind.FAILS);
  }

  /** The name of the file that keeps it, without what tells runs from other files. */
  String name() {
    return profile + "-" + seed;
  }

  /** As it is kept. */
  String toText() {
    var text = new StringBuilder();
    line(text, "profile", profile);
    line(text, "seed", Long.toString(seed));
    line(text, "about", about);
    line(text, "where", where);
    line(text, "took", took);
    line(text, "again", again);
    notes.forEach(note -> note.text().lines().forEach(l -> line(text, note.kind().name(), l)));
    return text.toString();
  }

  private static void line(StringBuilder text, String word, String rest) {
    text.append(word).append(' ').append(rest.replace('\n', ' ')).append('\n');
  }

  /**
   * Reads what {@link #toText} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Run parse(List<String> lines) {
    Map<String, String> head = new TreeMap<>();
    var notes = new ArrayList<Note>();
    for (String line : lines) {
      int blank = line.indexOf(' ');
      if (blank < 0) {
        throw new IllegalArgumentException("a line of a run has a word and a text: " + line);
      }
      String word = line.substring(0, blank);
      String rest = line.substring(blank + 1);
      if (Character.isUpperCase(word.charAt(0))) {
        notes.add(new Note(Kind.valueOf(word), rest));
      } else {
        head.put(word, rest);
      }
    }
    return new Run(
        head.getOrDefault("profile", ""),
        Long.parseLong(head.getOrDefault("seed", "none")),
        head.getOrDefault("about", ""),
        head.getOrDefault("where", ""),
        head.getOrDefault("took", ""),
        head.getOrDefault("again", ""),
        notes);
  }
}
