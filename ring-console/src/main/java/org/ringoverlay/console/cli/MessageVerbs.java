package org.ringoverlay.console.cli;

import java.util.Map;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The commands that send. */
final class MessageVerbs {
  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

  private MessageVerbs() {}

  /** Sends the message that a parameter is, and gives the gateway's word. */
  private static GatewayClient.Response post(
      ParseResult parsed, Terminal terminal, int message, String path) throws Exception {
    GatewayClient client = Gatewayed.client(parsed, terminal);
    return client.ask(
        "POST", path, JSON, Gatewayed.json(Gatewayed.word(parsed, message), terminal));
  }

  private static int answered(GatewayClient.Response response, Terminal terminal) {
    return Gatewayed.show(
        response,
        terminal,
        reply ->
            terminal.fields(
                "node", response.header("Ring-Node"),
                "hops", response.header("Ring-Hops"),
                "reply", reply.toString()));
  }

  /** To an ID. */
  static final class Send implements Verb {
    @Override
    public String summary() {
      return "Sends a message to a service at an ID and prints the reply.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.parameter(spec, "SERVICE", "The service's name.");
      Gatewayed.parameter(spec, "ID|KEY", "An ID of 40 hex digits, or a key.");
      Gatewayed.parameter(spec, "JSON", "The message, or - for standard input.");
      Gatewayed.namespace(spec);
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      String path =
          "/v1/services/"
              + GatewayClient.encode(Gatewayed.word(parsed, 0))
              + "/"
              + GatewayClient.encode(Gatewayed.word(parsed, 1))
              + Gatewayed.query("ns", Gatewayed.value(parsed, "--ns"));
      return answered(post(parsed, terminal, 2, path), terminal);
    }
  }

  /** To all of a topic. */
  static final class Publish implements Verb {
    @Override
    public String summary() {
      return "Publishes to a topic and says how many it reached.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.parameter(spec, "TOPIC", "The topic's name.");
      Gatewayed.parameter(spec, "JSON", "The message, or - for standard input.");
      Gatewayed.option(spec, "--level", "LEVEL", "sent, sequenced (the default) or delivered.");
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      String path =
          "/v1/topics/"
              + GatewayClient.encode(Gatewayed.word(parsed, 0))
              + Gatewayed.query("level", Gatewayed.value(parsed, "--level"));
      return Gatewayed.show(
          post(parsed, terminal, 1, path),
          terminal,
          published -> {
            terminal.fields(
                "seq", Terminal.text(published, "/seq"),
                "reached", Terminal.text(published, "/reached"));
            published
                .at("/missing")
                .ifPresent(missing -> terminal.fields("missing", missing.toString()));
          });
    }
  }

  /** From a topic. */
  static final class Subscribe implements Verb {
    @Override
    public String summary() {
      return "Prints a topic's messages until it is interrupted.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.parameter(spec, "TOPIC", "The topic's name.");
      Gatewayed.option(spec, "--from", "SEQ", "The sequence to begin at.");
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      if (Gatewayed.value(parsed, "--from") != null) {
        throw RingException.Incompatible.notBuilt("subscribe --from is not built yet.");
      }
      return Streamed.print(
          parsed,
          terminal,
          "/v1/topics/" + GatewayClient.encode(Gatewayed.word(parsed, 0)),
          MessageVerbs::line);
    }
  }

  private static String line(GatewayClient.ServerEvent event) {
    String id = Printable.text(event.id(), 40);
    return switch (event.name()) {
      case "ready" -> "ready after " + id;
      case "gap" -> "gap " + Printable.text(event.data(), 200);
      default -> id + "  " + Printable.text(event.data(), 8_000);
    };
  }

  /** To one of a topic. */
  static final class Anycast implements Verb {
    @Override
    public String summary() {
      return "Sends a message to one willing subscriber of a topic and prints the reply.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.parameter(spec, "TOPIC", "The topic's name.");
      Gatewayed.parameter(spec, "JSON", "The message, or - for standard input.");
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      String path = "/v1/anycast/" + GatewayClient.encode(Gatewayed.word(parsed, 0));
      return answered(post(parsed, terminal, 1, path), terminal);
    }
  }
}
