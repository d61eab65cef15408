package org.ringoverlay.console.cli;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Shows or changes how many copies the ring keeps, and shows how far it is with that. */
final class CopiesVerb implements Verb {
  private static final String PATH = "/v1/copies";

  @Override
  public String summary() {
    return "Says how many copies the ring keeps, or changes that to N: 1, 3, 5 or 7.";
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.lastParameter(spec, "N", "How many copies the ring is to keep from now on.");
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    GatewayClient client = Gatewayed.client(parsed, terminal);
    @Nullable String copies = parsed.matchedPositionalValue(0, (String) null);
    if (copies != null) {
      if (!copies.matches("[0-9]{1,2}")) {
        throw new RingException.InvalidInput("A ring keeps 1, 3, 5 or 7 copies.");
      }
      byte[] body =
          ("{\"copies\":" + Integer.parseInt(copies) + "}").getBytes(StandardCharsets.UTF_8);
      GatewayClient.Response changed =
          client.ask("PUT", PATH, Gatewayed.headers("Content-Type", "application/json"), body);
      if (!changed.isOk()) {
        return terminal.problem(changed.status(), changed.body());
      }
    }
    return Gatewayed.show(client.get(PATH), terminal, view -> print(view, terminal));
  }

  private static void print(Json view, Terminal terminal) {
    terminal.fields(
        "copies", Terminal.text(view, "/copies"),
        "arcs", Terminal.text(view, "/arcs"),
        "with a daddy", Terminal.text(view, "/led"),
        "with fewer", Terminal.text(view, "/below"),
        "with more", Terminal.text(view, "/above"));
    for (Json node : Terminal.elements(view.at("/silent").orElse(Json.of(java.util.List.of())))) {
      terminal.fields("silent", Terminal.text(node, ""));
    }
  }
}
