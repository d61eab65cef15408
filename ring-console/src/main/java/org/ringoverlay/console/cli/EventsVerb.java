package org.ringoverlay.console.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ringoverlay.console.client.GatewayClient.ServerEvent;
import org.ringoverlay.error.Printable;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Shows what happens to the ring, as one node sees it. */
final class EventsVerb implements Verb {
  private static final int LINE_CHARS_MAX = 4_000;
  private static final int DAY_CHARS_MAX = 20;

  @Override
  public String summary() {
    return "Prints who comes, goes and is suspected, and why, until it is interrupted.";
  }

  @Override
  public boolean changes() {
    return false;
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.option(
        spec,
        "--after",
        "ID",
        "Begins after this event; 0 is all that the node keeps. Default: what comes from now on.");
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    String after = Gatewayed.value(parsed, "--after");
    return Streamed.print(
        parsed, terminal, "/v1/events" + Gatewayed.query("after", after), new Lines()::line);
  }

  /** Events as lines of some 80 columns: a day is said once, and a node has its first digits. */
  private static final class Lines {
    private String day = "";

    String line(ServerEvent event) {
      String line = EventsVerb.line(event);
      if (!event.name().equals("message")) {
        return line;
      }
      String at = Terminal.text(Json.parse(event.data()), "/at");
      String today = Printable.text(at.substring(0, Math.max(0, at.indexOf('T'))), DAY_CHARS_MAX);
      if (today.equals(day)) {
        return line;
      }
      day = today;
      return day + " (UTC)" + System.lineSeparator() + line;
    }
  }

  private static String line(ServerEvent event) {
    return Printable.text(
        switch (event.name()) {
          case "ready" -> "ready after " + event.id();
          case "gap" -> gap(Json.parse(event.data()));
          default -> told(Json.parse(event.data()));
        },
        LINE_CHARS_MAX);
  }

  private static String gap(Json gap) {
    String from = Terminal.text(gap, "/from");
    return from.isEmpty()
        ? "gap: the node was started again, and what it saw before is gone"
        : "gap: events " + from + " to " + Terminal.text(gap, "/to") + " are not kept any more";
  }

  private static String told(Json event) {
    String kind = Terminal.text(event, "/kind");
    String head = time(event) + "  " + kind + " ".repeat(width(kind)) + "  ";
    String leftOut = Terminal.text(event, "/leftOut");
    return head
        + switch (kind) {
          case "view" -> view(event);
          case "slow-handler" ->
              Terminal.text(event, "/service")
                  + (Terminal.text(event, "/over").equals("true") ? " held" : " holds")
                  + " the loop for "
                  + Terminal.text(event, "/millis")
                  + " ms"
                  + (Terminal.text(event, "/stack").isEmpty() ? "" : "  at ")
                  + Terminal.text(event, "/stack");
          default ->
              joined(
                  shortened(Terminal.text(event, "/node")),
                  Terminal.text(event, "/listen"),
                  Terminal.text(event, "/remote"),
                  Terminal.text(event, "/cause"));
        }
        + (leftOut.isEmpty() || leftOut.equals("0") ? "" : "  (" + leftOut + " more left out)");
  }

  private static String time(Json event) {
    String at = Terminal.text(event, "/at");
    return at.substring(at.indexOf('T') + 1).replace("Z", "");
  }

  private static String shortened(String id) {
    return Id.isId(id) ? Id.parse(id).shortString() : id;
  }

  private static int width(String kind) {
    return Math.max(0, "refused-frame".length() - kind.length());
  }

  private static String view(Json view) {
    boolean complete = Terminal.text(view, "/complete").equals("true");
    return Terminal.text(view, "/alive")
        + " alive of "
        + Terminal.text(view, "/members")
        + (complete ? "" : " known, about " + Terminal.text(view, "/estimate") + " in all");
  }

  private static String joined(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining("  "));
  }
}
