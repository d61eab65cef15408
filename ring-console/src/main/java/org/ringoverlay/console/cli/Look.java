package org.ringoverlay.console.cli;

import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The commands that look and change nothing. */
sealed interface Look extends Verb {
  /** The members. */
  final class Members implements Look {
    @Override
    public String summary() {
      return "Lists the ring's live nodes.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      GatewayClient.Response response = Gatewayed.client(parsed, terminal).get("/v1/ring");
      return Gatewayed.show(response, terminal, ring -> terminal.table(rows(ring)));
    }

    private static List<List<String>> rows(Json ring) {
      var rows = new ArrayList<List<String>>();
      rows.add(List.of("NODE", "LISTEN", "HTTP", "STATE", "INCARNATION", "LABELS"));
      for (Json node : Terminal.elements(ring.at("/nodes").orElse(Json.of(List.of())))) {
        String http = Terminal.text(node, "/http");
        rows.add(
            List.of(
                Terminal.text(node, "/id"),
                Terminal.text(node, "/listen"),
                http.isEmpty() ? "-" : http,
                Terminal.text(node, "/state"),
                Terminal.text(node, "/incarnation"),
                Terminal.text(node, "/labels")));
      }
      return rows;
    }
  }

  /** The node that is asked. */
  final class Status implements Look {
    @Override
    public String summary() {
      return "Says how the node and its ring are.";
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
      String name = Terminal.text(view, "/ring");
      int members = Terminal.elements(view.at("/nodes").orElse(Json.of(List.of()))).size();
      String node = Terminal.text(own, "/node");
      if (terminal.json()) {
        terminal.line(
            "{\"node\":"
                + Json.of(node)
                + ",\"ring\":"
                + Json.of(name)
                + ",\"ready\":"
                + ready
                + ",\"members\":"
                + members
                + ",\"services\":"
                + own.at("/services").orElse(Json.of(List.of()))
                + "}");
      } else {
        terminal.fields(
            "node",
            node,
            "ring",
            name,
            "ready",
            ready ? "yes" : "no",
            "members",
            Integer.toString(members));
      }
      return Exit.DONE;
    }
  }

  /** Who holds a key. */
  final class Owner implements Look {
    @Override
    public String summary() {
      return "Says who is a key's daddy, and who has copies.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.parameter(spec, "KEY", "A key, or an ID of 40 hex digits.");
      Gatewayed.namespace(spec);
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      GatewayClient.Response response =
          Gatewayed.client(parsed, terminal)
              .get(
                  "/v1/owner/"
                      + GatewayClient.encode(Gatewayed.word(parsed, 0))
                      + Gatewayed.query("ns", Gatewayed.value(parsed, "--ns")));
      return Gatewayed.show(
          response,
          terminal,
          owner ->
              terminal.fields(
                  "key", Terminal.text(owner, "/key"),
                  "id", Terminal.text(owner, "/id"),
                  "daddy", Terminal.text(owner, "/daddy"),
                  "replicas",
                      String.join(
                          " ",
                          Terminal.elements(owner.at("/replicas").orElse(Json.of(List.of())))
                              .stream()
                              .map(id -> Terminal.text(id, ""))
                              .toList()),
                  "epoch", Terminal.text(owner, "/epoch")));
    }
  }

  /** The way to a key. */
  final class Trace implements Look {
    @Override
    public String summary() {
      return "Shows the way that a message to a key takes.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.parameter(spec, "KEY", "A key, or an ID of 40 hex digits.");
      Gatewayed.namespace(spec);
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      GatewayClient.Response response =
          Gatewayed.client(parsed, terminal)
              .get(
                  "/v1/trace/"
                      + GatewayClient.encode(Gatewayed.word(parsed, 0))
                      + Gatewayed.query("ns", Gatewayed.value(parsed, "--ns")));
      return Gatewayed.show(response, terminal, trace -> people(trace, terminal));
    }

    private static void people(Json trace, Terminal terminal) {
      terminal.fields(
          "key", Terminal.text(trace, "/key"),
          "id", Terminal.text(trace, "/id"),
          "root", Terminal.text(trace, "/root"),
          "daddy", Terminal.text(trace, "/daddy"));
      var rows = new ArrayList<List<String>>();
      rows.add(List.of("HOP", "NODE", "MICROS"));
      for (Json hop : Terminal.elements(trace.at("/hops").orElse(Json.of(List.of())))) {
        rows.add(
            List.of(
                Integer.toString(rows.size() - 1),
                Terminal.text(hop, "/node"),
                Terminal.text(hop, "/micros")));
      }
      terminal.line("");
      terminal.table(rows);
    }
  }

  /** The services of the node that is asked. */
  final class Services implements Look {
    @Override
    public String summary() {
      return "Lists the node's services and how they fare.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      GatewayClient.Response response = Gatewayed.client(parsed, terminal).get("/v1/services");
      return Gatewayed.show(response, terminal, services -> terminal.table(rows(services)));
    }

    private static List<List<String>> rows(Json services) {
      var rows = new ArrayList<List<String>>();
      rows.add(List.of("SERVICE", "IN FLIGHT", "HANDLED", "FAILED", "REFUSED", "REPEATED"));
      for (Json service : Terminal.elements(services.at("/services").orElse(Json.of(List.of())))) {
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
}
