package org.ringoverlay.console.cli;

import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.console.client.GatewayClient.ServerEvent;
import org.ringoverlay.error.Printable;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Prints what becomes of a record, or of all whose keys begin with a prefix. */
final class WatchVerb implements Verb {
  private static final int LINE_CHARS_MAX = 8_000;

  @Override
  public String summary() {
    return "Prints the changes of a record, or of all with a prefix, until it is interrupted.";
  }

  @Override
  public boolean changes() {
    return false;
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.parameter(
        spec, "KEY|PREFIX*", "The key, 1 to 512 bytes, or what keys begin with and a star.");
    Gatewayed.namespace(spec);
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    String key = Gatewayed.word(parsed, 0);
    boolean prefix = key.endsWith("*");
    String path =
        prefix
            ? GatewayClient.encode(key.substring(0, key.length() - 1)) + "*"
            : GatewayClient.encode(key);
    return Streamed.print(
        parsed,
        terminal,
        "/v1/watch/" + path + Gatewayed.query("ns", Gatewayed.value(parsed, "--ns")),
        prefix ? WatchVerb::lineOfPrefix : WatchVerb::line);
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

  private static String lineOfPrefix(ServerEvent event) {
    return Printable.text(
        switch (event.name()) {
          case "ready" -> "ready";
          case "gap" -> "gap: changes are not kept any more; all values that there are follow";
          default -> changeOfPrefix(Json.parse(event.data()));
        },
        LINE_CHARS_MAX);
  }

  private static String changeOfPrefix(Json change) {
    return Terminal.text(change, "/version")
        + "  "
        + Terminal.text(change, "/key")
        + "  "
        + change.at("/value").map(Json::toString).orElse("deleted");
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
