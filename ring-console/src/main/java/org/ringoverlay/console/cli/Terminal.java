package org.ringoverlay.console.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;

/**
 * Where a command reads and writes.
 *
 * @param env the environment
 * @param properties the system properties
 * @param json whether programs read the output
 */
record Terminal(
    PrintStream out,
    PrintStream err,
    InputStream in,
    Map<String, String> env,
    Map<String, String> properties,
    boolean json) {
  private static final int CELL_CHARS_MAX = 2_000;

  /** Prints a line for people; foreign text in it loses what a terminal could obey. */
  void line(String text) {
    out.println(text);
  }

  /** Prints bytes that a program reads, as they are, and a line end. */
  void raw(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
    out.println();
    out.flush();
  }

  /** Prints names and values under each other. */
  void fields(String... namesAndValues) {
    int width = 0;
    for (int i = 0; i < namesAndValues.length; i += 2) {
      width = Math.max(width, namesAndValues[i].length());
    }
    for (int i = 0; i < namesAndValues.length; i += 2) {
      out.println(pad(namesAndValues[i], width) + "  " + shown(namesAndValues[i + 1]));
    }
  }

  /** Prints rows in columns, the first row as their heads. */
  void table(List<List<String>> rows) {
    table(rows, List.of());
  }

  /** Prints rows in columns, and under each, indented, its notes if it has any. */
  void table(List<List<String>> rows, List<List<String>> notes) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], shown(row.get(i)).length());
      }
    }
    for (int at = 0; at < rows.size(); at++) {
      var text = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = shown(rows.get(at).get(i));
        text.append(i == columns - 1 ? cell : pad(cell, widths[i]) + "  ");
      }
      out.println(text.toString().stripTrailing());
      if (at < notes.size()) {
        notes.get(at).forEach(note -> out.println("  " + shown(note)));
      }
    }
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String shown(String text) {
    return Printable.text(text, CELL_CHARS_MAX);
  }

  /** Says an error that no gateway said, in the form that a gateway would. */
  int problem(RingException error) {
    return problem(error.code(), error.getMessage(), error.hint(), error.retrySafe());
  }

  int problem(String code, String detail, String hint, boolean retrySafe) {
    if (json) {
      err.println(
          "{\"type\":\"docs/reference/errors.md#"
              + code
              + "\",\"title\":"
              + Json.of(code.replace('-', ' '))
              + ",\"code\":"
              + Json.of(code)
              + ",\"detail\":"
              + Json.of(detail)
              + ",\"hint\":"
              + Json.of(hint)
              + ",\"retrySafe\":"
              + retrySafe
              + "}");
    } else {
      err.println("ring: " + code + ": " + shown(detail));
      if (!hint.isEmpty()) {
        err.println("      " + shown(hint));
      }
    }
    return Exit.of(code);
  }

  /** Says the problem that a gateway answered with. */
  int problem(int status, byte[] body) {
    Json problem;
    try {
      problem = Json.parse(body);
    } catch (RingException notJson) {
      return problem(
          "incompatible",
          "The gateway answered with status " + status + " and no problem: is it a ring's?",
          "Check the address of --node.",
          false);
    }
    String code = text(problem, "/code");
    if (json) {
      err.println(new String(body, StandardCharsets.UTF_8));
      return Exit.of(code);
    }
    err.println("ring: " + shown(code) + ": " + shown(text(problem, "/detail")));
    problem
        .at("/current")
        .ifPresent(
            current ->
                err.println(
                    "      current: "
                        + (current.isNull()
                            ? "absent"
                            : "version "
                                + shown(text(current, "/version"))
                                + ", value "
                                + shown(text(current, "/value")))));
    problem
        .at("/refusals")
        .ifPresent(
            refusals ->
                elements(refusals)
                    .forEach(
                        refusal ->
                            err.println(
                                "      "
                                    + shown(text(refusal, "/node"))
                                    + "  "
                                    + shown(text(refusal, "/reason")))));
    String hint = text(problem, "/hint");
    if (!hint.isEmpty()) {
      err.println("      " + shown(hint));
    }
    return Exit.of(code);
  }

  /** A part of JSON as text: a string without its quotes, null as nothing, the rest as written. */
  static String text(Json json, String pointer) {
    return json.at(pointer)
        .map(part -> part.isString() ? part.as(String.class) : part.isNull() ? "" : part.toString())
        .orElse("");
  }

  /** The elements of an array. */
  static List<Json> elements(Json array) {
    return array.isArray() ? Stream.of(array.as(Json[].class)).toList() : List.of();
  }
}
