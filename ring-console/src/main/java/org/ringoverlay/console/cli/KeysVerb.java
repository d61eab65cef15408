package org.ringoverlay.console.cli;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Lists keys. */
final class KeysVerb implements Verb {
  private static final String PAGE = "1000";
  private static final int LINE_CHARS_MAX = 4_000;

  @Override
  public String summary() {
    return "Lists the keys that begin with a prefix, in order of their UTF-8.";
  }

  @Override
  public boolean changes() {
    return false;
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.parameter(spec, "PREFIX*", "What the keys begin with, and a star; '*' is all.");
    Gatewayed.option(spec, "--after", "KEY", "Begins after this key.");
    Gatewayed.option(
        spec, "--limit", "N", "Lists one page of up to N keys, 1 to 1000. Default: all keys.");
    Gatewayed.namespace(spec);
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    String prefix = Gatewayed.word(parsed, 0);
    if (!prefix.endsWith("*")) {
      throw new RingException.InvalidInput("A prefix ends with a star, as in 'ring keys user/*'.");
    }
    GatewayClient client = Gatewayed.client(parsed, terminal);
    String limit = Gatewayed.value(parsed, "--limit");
    String after = Gatewayed.value(parsed, "--after");
    do {
      GatewayClient.Response response =
          client.get(
              "/v1/dht"
                  + Gatewayed.query(
                      "ns",
                      Gatewayed.value(parsed, "--ns"),
                      "prefix",
                      prefix.substring(0, prefix.length() - 1),
                      "after",
                      after,
                      "limit",
                      limit == null ? PAGE : limit));
      int status = Gatewayed.show(response, terminal, page -> print(page, terminal));
      if (status != Exit.DONE) {
        return status;
      }
      after = next(Json.parse(response.body()));
    } while (after != null && limit == null && !terminal.out().checkError());
    return Exit.DONE;
  }

  private static void print(Json page, Terminal terminal) {
    page.at("/keys")
        .ifPresent(
            keys ->
                Terminal.elements(keys)
                    .forEach(
                        key ->
                            terminal.line(Printable.text(key.as(String.class), LINE_CHARS_MAX))));
  }

  private static @Nullable String next(Json page) {
    return page.at("/next")
        .filter(next -> !next.isNull())
        .map(next -> next.as(String.class))
        .orElse(null);
  }
}
