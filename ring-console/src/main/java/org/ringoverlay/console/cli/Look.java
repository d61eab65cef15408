package org.ringoverlay.console.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * A command that asks for one view and shows it.
 *
 * @param summary what it does, in a line
 * @param path where the view is; a key is put behind it
 * @param ofKey whether the view is of a key
 * @param forPeople how people see it
 */
record Look(String summary, String path, boolean ofKey, BiConsumer<Json, Terminal> forPeople)
    implements Verb {
  /** The members. */
  static Look members() {
    return new Look("Lists the ring's live nodes.", "/v1/ring", false, Look::members);
  }

  /** Who holds a key. */
  static Look owner() {
    return new Look(
        "Says who is a key's daddy, and who has copies.", "/v1/owner/", true, Look::owner);
  }

  /** The way to a key. */
  static Look trace() {
    return new Look(
        "Shows the way that a message to a key takes.", "/v1/trace/", true, Look::trace);
  }

  /** The services of the node that is asked. */
  static Look services() {
    return new Look(
        "Lists the node's services and how they fare.",
        "/v1/services",
        false,
        (services, terminal) -> terminal.table(services(services)));
  }

  @Override
  public boolean changes() {
    return false;
  }

  @Override
  public void shape(CommandSpec spec) {
    if (ofKey) {
      Gatewayed.parameter(spec, "KEY", "A key, or an ID of 40 hex digits.");
      Gatewayed.namespace(spec);
    }
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    String where =
        ofKey
            ? path
                + GatewayClient.encode(Gatewayed.word(parsed, 0))
                + Gatewayed.query("ns", Gatewayed.value(parsed, "--ns"))
            : path;
    GatewayClient.Response response = Gatewayed.client(parsed, terminal).get(where);
    return Gatewayed.show(response, terminal, view -> forPeople.accept(view, terminal));
  }

  static List<Json> elements(Json view, String pointer) {
    return Terminal.elements(view.at(pointer).orElse(Json.of(List.of())));
  }

  /** A line of columns for each, and under it what has no fixed width, so that 80 columns do. */
  private static void members(Json ring, Terminal terminal) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("NODE", "STATE", "LISTEN", "START"));
    var notes = new ArrayList<List<String>>();
    notes.add(List.of());
    for (Json node : elements(ring, "/nodes")) {
      rows.add(
          List.of(
              Terminal.text(node, "/id"),
              Terminal.text(node, "/state"),
              Terminal.text(node, "/listen"),
              Terminal.text(node, "/incarnation")));
      String cause = Terminal.text(node, "/cause");
      String http = Terminal.text(node, "/http");
      String labels = Terminal.text(node, "/labels");
      notes.add(
          List.of(
              (cause.isEmpty() ? "" : cause + "  ")
                  + (http.isEmpty() ? "no http" : "http " + http)
                  + (labels.equals("{}") ? "" : "  " + labels)));
    }
    terminal.table(rows, notes);
    if (!isComplete(ring)) {
      terminal.line("");
      terminal.line(
          "The node knows these of about " + Terminal.text(ring, "/estimate") + " in all.");
    }
  }

  static boolean isComplete(Json ring) {
    return Terminal.text(ring, "/complete").equals("true");
  }

  private static void owner(Json owner, Terminal terminal) {
    var fields = new ArrayList<String>();
    fields.addAll(List.of("key", Terminal.text(owner, "/key")));
    fields.addAll(List.of("id", Terminal.text(owner, "/id")));
    fields.addAll(List.of("daddy", Terminal.text(owner, "/daddy")));
    String name = "replicas";
    for (Json replica : elements(owner, "/replicas")) {
      fields.addAll(List.of(name, Terminal.text(replica, "")));
      name = "";
    }
    fields.addAll(List.of("epoch", Terminal.text(owner, "/epoch")));
    terminal.fields(fields.toArray(String[]::new));
  }

  private static void trace(Json trace, Terminal terminal) {
    boolean moving = !Terminal.text(trace, "/root").equals(Terminal.text(trace, "/daddy"));
    terminal.fields(
        "key", Terminal.text(trace, "/key"),
        "id", Terminal.text(trace, "/id"),
        "root", Terminal.text(trace, "/root"),
        "daddy", Terminal.text(trace, "/daddy"));
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("HOP", "NODE", "MICROS"));
    for (Json hop : elements(trace, "/hops")) {
      rows.add(
          List.of(
              Integer.toString(rows.size() - 1),
              Terminal.text(hop, "/node"),
              Terminal.text(hop, "/micros")));
    }
    terminal.line("");
    terminal.table(rows);
    terminal.line("");
    terminal.line(
        moving
            ? "The last hop is the root. It is not the daddy yet, who reigns until it is."
            : "The last hop is the root, and the daddy too.");
  }

  private static List<List<String>> services(Json services) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("SERVICE", "IN FLIGHT", "HANDLED", "FAILED", "REFUSED", "REPEATED"));
    for (Json service : elements(services, "/services")) {
      rows.add(
          List.of(
              Terminal.text(service, "/name"),
              Terminal.text(service, "/inFlight"),
              Terminal.text(service, "/handled"),
              Terminal.text(service, "/failed"),
              Terminal.text(service, "/refused"),
              Terminal.text(service, "/repeated")));
    }
    return rows;
  }
}
