package org.ringoverlay.console.cli;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Shows or changes what holds in a namespace. */
final class NamespaceVerb implements Verb {
  private static final String NONE = "none";

  @Override
  public String summary() {
    return "Says what holds for the records of a namespace, or changes that.";
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.parameter(spec, "NS", "The namespace.");
    Gatewayed.option(
        spec, "--ttl", "D", "How long values live that are put without a time, or none.");
    Gatewayed.option(spec, "--value-max", "BYTES", "The most bytes of a value, or none.");
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    GatewayClient client = Gatewayed.client(parsed, terminal);
    String path = "/v1/namespaces/" + GatewayClient.encode(Gatewayed.word(parsed, 0));
    String ttl = Gatewayed.value(parsed, "--ttl");
    String valueMax = Gatewayed.value(parsed, "--value-max");
    GatewayClient.Response response =
        ttl == null && valueMax == null
            ? client.get(path)
            : client.ask(
                "PUT",
                path,
                Gatewayed.headers("Content-Type", "application/json"),
                body(ttl, valueMax));
    return Gatewayed.show(response, terminal, rules -> print(rules, terminal));
  }

  private static byte[] body(@Nullable String ttl, @Nullable String valueMax) {
    var body = new JsonObject();
    if (ttl != null) {
      body.put("ttl", ttl.equals(NONE) ? null : ttl);
    }
    if (valueMax != null) {
      if (!valueMax.equals(NONE) && !valueMax.matches("[0-9]{1,15}")) {
        throw new RingException.InvalidInput("--value-max is a number of bytes, or none.");
      }
      body.put("valueMax", valueMax.equals(NONE) ? null : (Long) Long.parseLong(valueMax));
    }
    return body.bytes();
  }

  private static void print(Json rules, Terminal terminal) {
    terminal.fields(
        "namespace", Terminal.text(rules, "/namespace"),
        "ttl", orNone(Terminal.text(rules, "/ttl")),
        "value max", orNone(Terminal.text(rules, "/valueMax")));
  }

  private static String orNone(String text) {
    return text.isEmpty() ? NONE : text;
  }
}
