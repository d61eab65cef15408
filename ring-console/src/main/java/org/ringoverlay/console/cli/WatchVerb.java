package org.ringoverlay.console.cli;

import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.console.client.GatewayClient.ServerEvent;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Prints what becomes of a record. */
final class WatchVerb implements Verb {
  private static final int LINE_CHARS_MAX = 8_000;

  @Override
  public String summary() {
    return "Prints the changes of a record until it is interrupted.";
  }

  @Override
  public boolean changes() {
    return false;
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.parameter(spec, "KEY", "The key, 1 to 512 bytes.");
    Gatewayed.namespace(spec);
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    String key = Gatewayed.word(parsed, 0);
    if (key.endsWith("*")) {
      throw RingException.Incompatible.notBuilt("Watching a prefix is not built yet.");
    }
    return Streamed.print(
        parsed,
        terminal,
        "/v1/watch/"
            + GatewayClient.encode(key)
            + Gatewayed.query("ns", Gatewayed.value(parsed, "--ns")),
        WatchVerb::line);
  }

  private static String line(ServerEvent event) {
    return Printable.text(
        switch (event.name()) {
          case "ready" -> "ready after version " + event.id();
          case "gap" -> gap(Json.parse(event.data()));
          default -> change(Json.parse(event.data()));
        },
        LINE_CHARS_MAX);
  }

  private static String gap(Json gap) {
    return "gap: changes of versions "
        + Terminal.text(gap, "/from")
        + " to "
        + Terminal.text(gap, "/to")
        + " are not kept any more";
  }

  private static String change(Json change) {
    String version = Terminal.text(change, "/version");
    return version + "  " + change.at("/value").map(Json::toString).orElse("deleted");
  }
}
