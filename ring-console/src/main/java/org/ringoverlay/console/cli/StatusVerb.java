package org.ringoverlay.console.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Says how the node that is asked and its ring are, and how safe records are there. */
final class StatusVerb implements Verb {
  @Override
  public String summary() {
    return "Says how the node and its ring are, and how many copies it should keep.";
  }

  @Override
  public boolean changes() {
    return false;
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    GatewayClient client = Gatewayed.client(parsed, terminal);
    boolean ready = client.get("/health/ready").isOk();
    GatewayClient.Response ring = client.get("/v1/ring");
    GatewayClient.Response services = client.get("/v1/services");
    if (!ring.isOk() || !services.isOk()) {
      GatewayClient.Response failed = ring.isOk() ? services : ring;
      return terminal.problem(failed.status(), failed.body());
    }
    Json view = Json.parse(ring.body());
    Json own = Json.parse(services.body());
    // A node of an older build has neither, and says the rest all the same.
    Json copies = orNull(client, "/v1/copies?consistency=stale");
    Json durability = orNull(client, "/v1/durability");
    List<Json> doubted =
        Look.elements(view, "/nodes").stream()
            .filter(member -> !Terminal.text(member, "/state").equals("alive"))
            .toList();
    if (terminal.json()) {
      terminal.line(
          "{\"node\":"
              + Json.of(Terminal.text(own, "/node"))
              + ",\"ring\":"
              + Json.of(Terminal.text(view, "/ring"))
              + ",\"ready\":"
              + ready
              + ",\"members\":"
              + Look.elements(view, "/nodes").size()
              + ",\"complete\":"
              + Look.isComplete(view)
              + ",\"estimate\":"
              + Json.of(Long.parseLong(Terminal.text(view, "/estimate")))
              + ",\"notAlive\":"
              + Json.of(doubted)
              + ",\"copies\":"
              + Json.of(copies)
              + ",\"durability\":"
              + Json.of(durability)
              + ",\"services\":"
              + own.at("/services").orElse(Json.of(List.of()))
              + "}");
    } else {
      print(view, Terminal.text(own, "/node"), ready, terminal);
      doubted.forEach(
          member ->
              terminal.fields(
                  Terminal.text(member, "/state"),
                  Terminal.text(member, "/id") + "  " + Terminal.text(member, "/cause")));
      terminal.fields(safety(copies, durability).toArray(String[]::new));
    }
    return Exit.DONE;
  }

  private static @Nullable Json orNull(GatewayClient client, String path) throws IOException {
    GatewayClient.Response response = client.get(path);
    return response.isOk() ? Json.parse(response.body()) : null;
  }

  private static void print(Json view, String node, boolean ready, Terminal terminal) {
    int members = Look.elements(view, "/nodes").size();
    terminal.fields(
        "node",
        node,
        "ring",
        Terminal.text(view, "/ring"),
        "ready",
        ready ? "yes" : "no",
        "members",
        Look.isComplete(view)
            ? Integer.toString(members)
            : members + " known, about " + Terminal.text(view, "/estimate") + " in all");
  }

  /** How many copies the ring wants, and how many arcs have others. */
  private static String wanted(Json copies) {
    String below = Terminal.text(copies, "/below");
    String above = Terminal.text(copies, "/above");
    int silent = Look.elements(copies, "/silent").size();
    return Terminal.text(copies, "/copies")
        + " wanted"
        + (below.equals("0") ? "" : "; fewer in " + below + " arcs")
        + (above.equals("0") ? "" : "; more in " + above + " arcs")
        + (silent == 0 ? "" : "; silent nodes: " + silent);
  }

  private static List<String> safety(@Nullable Json copies, @Nullable Json durability) {
    var fields = new ArrayList<String>();
    if (copies != null) {
      fields.addAll(List.of("copies", wanted(copies)));
    }
    if (durability == null) {
      return fields;
    }
    String repairs = Terminal.text(durability, "/repairs");
    String advised = Terminal.text(durability, "/advised");
    fields.addAll(
        List.of(
            "losses",
            Terminal.text(durability, "/losses")
                + " of nodes in "
                + days(Long.parseLong(Terminal.text(durability, "/observedMs")))
                + " of node time",
            "repair",
            repairs.equals("0")
                ? "not seen yet; " + seconds(durability) + " and the time to copy"
                : seconds(durability) + ", seen " + repairs + " times"));
    for (Json risk : Look.elements(durability, "/risks")) {
      String likely = Terminal.text(risk, "/likely");
      fields.addAll(
          List.of(
              "risk at " + Terminal.text(risk, "/copies"),
              (likely.isEmpty() ? "" : "about " + chance(likely) + ", ")
                  + "at most "
                  + chance(Terminal.text(risk, "/atMost"))
                  + " a year"));
    }
    fields.addAll(
        List.of(
            "advice",
            advised.isEmpty()
                ? "none: too little was seen to tell, or not even 7 copies would do"
                : advised + " copies"));
    return fields;
  }

  private static String days(long millis) {
    return String.format(Locale.ROOT, "%.1f days", millis / (double) Duration.ofDays(1).toMillis());
  }

  private static String seconds(Json durability) {
    return String.format(
        Locale.ROOT, "%.1f s", Long.parseLong(Terminal.text(durability, "/repairMs")) / 1_000.0);
  }

  private static String chance(String number) {
    return String.format(Locale.ROOT, "%.1e", Double.parseDouble(number));
  }
}
