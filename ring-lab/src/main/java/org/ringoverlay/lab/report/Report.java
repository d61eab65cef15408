package org.ringoverlay.lab.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory with runs and their plots, and one page that shows all of them: each run of a profile
 * adds itself, in the place of what the same profile and seed said before. The page needs nothing
 * but the files beside it.
 */
public final class Report {
  private static final String ENDING = ".run";
  private static final String PAGE = "index.html";

  private static final String STYLE =
      """
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
          padding: 0 1rem; background: #fff; color: #1d1f22 }
        h1 { font-size: 1.6rem } h2 { font-size: 1.25rem; margin-top: 3rem }
        table { border-collapse: collapse; width: 100% }
        th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #dcdfe3;
          vertical-align: top }
        ul { list-style: none; padding: 0 } li { margin: .2rem 0 }
        .kept, .broken { font-weight: 600; white-space: nowrap }
        .kept { color: #00694d } .broken { color: #b3261e }
        pre { white-space: pre-wrap; padding: .8rem; background: #f3f4f6; font-size: .85rem }
        img { max-width: 100%; display: block; margin: 1rem 0 }
        .small { color: #5b6168; font-size: .9rem } a { color: #0060a0 }
        @media (prefers-color-scheme: dark) {
          body { background: #16181b; color: #e4e6e9 } pre { background: #22262b }
          th, td { border-color: #33373c } a { color: #7cc4f5 } .small { color: #a4abb3 }
          .kept { color: #4fd1a5 } .broken { color: #ff8a80 }
        }
      """;

  private Report() {}

  /**
   * Adds a run, or replaces it, and writes the page anew.
   *
   * @return the page
   */
  public static Path add(Path directory, Run run) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(run.name() + ENDING), run.toText());
    var runs = new ArrayList<Run>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(ENDING)).sorted().toList()) {
        runs.add(Run.parse(Files.readAllLines(file)));
      }
    }
    Path page = directory.resolve(PAGE);
    Files.writeString(page, page(runs));
    return page;
  }

  /** The page: what held at a glance, then each run. */
  static String page(List<Run> runs) {
    var html = new StringBuilder();
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width\"/>\n");
    html.append("<title>What the overlay is held to</title>\n<style>\n").append(STYLE);
    html.append("</style>\n</head>\n<body>\n<h1>What the overlay is held to</h1>\n");
    long kept = runs.stream().filter(Run::holds).count();
    element(html, "p", kept + " of " + runs.size() + " runs hold.");
    html.append(
        "<table>\n<tr><th>profile</th><th>seed</th><th></th><th>is</th><th>took</th></tr>\n");
    for (Run run : runs) {
      html.append("<tr><td><a href=\"#").append(escape(run.name())).append("\">");
      html.append(escape(run.profile())).append("</a></td>");
      element(html, "td", Long.toString(run.seed()));
      html.append("<td>").append(verdict(run.holds())).append("</td>");
      element(html, "td", run.about());
      element(html, "td", run.took());
      html.append("</tr>\n");
    }
    html.append("</table>\n");
    runs.forEach(run -> section(html, run));
    return html.append("</body>\n</html>\n").toString();
  }

  private static void section(StringBuilder html, Run run) {
    html.append("<section id=\"").append(escape(run.name())).append("\">\n");
    element(html, "h2", run.profile() + ", seed " + run.seed() + ": " + run.about());
    html.append("<ul>\n");
    for (Run.Note note : run.notes()) {
      if (note.kind() == Run.Kind.HOLDS || note.kind() == Run.Kind.FAILS) {
        html.append("<li>").append(verdict(note.kind() == Run.Kind.HOLDS)).append(' ');
        html.append(escape(note.text())).append("</li>\n");
      }
    }
    html.append("</ul>\n");
    String figures = String.join("\n", texts(run, Run.Kind.FIGURE));
    if (!figures.isEmpty()) {
      element(html, "pre", figures);
    }
    for (String plot : texts(run, Run.Kind.PLOT)) {
      String file = escape(plot);
      html.append("<img src=\"").append(file).append("\" alt=\"plot ").append(file);
      html.append("\"/>\n");
    }
    html.append("<p class=\"small\">").append(escape(run.where())).append("<br/>");
    element(html, "code", run.again());
    html.append("</p>\n</section>\n");
  }

  private static List<String> texts(Run run, Run.Kind kind) {
    return run.notes().stream().filter(n -> n.kind() == kind).map(Run.Note::text).toList();
  }

  private static String verdict(boolean holds) {
    return holds
        ? "<span class=\"kept\">holds</span>"
        : "<span class=\"broken\">does NOT hold</span>";
  }

  private static void element(StringBuilder html, String name, String text) {
    html.append('<').append(name).append('>').append(escape(text));
    html.append("</").append(name).append(">\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
