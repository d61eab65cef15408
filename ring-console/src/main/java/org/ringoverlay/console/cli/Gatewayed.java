package org.ringoverlay.console.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** What the commands that talk to a gateway have in common. */
final class Gatewayed {
  private Gatewayed() {}

  /** Adds {@code --node} and {@code -o}. */
  static void shape(CommandSpec spec) {
    option(
        spec,
        "--node",
        "URL",
        "The gateway to talk to; default RING_NODE, else http://127.0.0.1:8400.");
    format(spec);
  }

  static void namespace(CommandSpec spec) {
    option(spec, "--ns", "NAME", "The namespace, 'default' by default.");
  }

  static void option(CommandSpec spec, String name, String label, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .type(String.class)
            .arity("1")
            .paramLabel(label)
            .description(description)
            .build());
  }

  static void flag(CommandSpec spec, String name, String description) {
    spec.addOption(
        OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build());
  }

  static void parameter(CommandSpec spec, String label, String description) {
    parameter(spec, label, description, true);
  }

  /** Adds a parameter that may be left out, behind all others. */
  static void lastParameter(CommandSpec spec, String label, String description) {
    parameter(spec, label, description, false);
  }

  private static void parameter(
      CommandSpec spec, String label, String description, boolean required) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(Integer.toString(spec.positionalParameters().size()))
            .type(String.class)
            .arity(required ? "1" : "0..1")
            .required(required)
            .paramLabel(label)
            .description(description)
            .build());
  }

  static @Nullable String value(ParseResult parsed, String option) {
    return parsed.matchedOptionValue(option, (String) null);
  }

  static String word(ParseResult parsed, int index) {
    String word = parsed.matchedPositionalValue(index, (String) null);
    if (word == null) {
      throw new IllegalStateException("the parser demands parameter " + index);
    }
    return word;
  }

  static GatewayClient client(ParseResult parsed, Terminal terminal) {
    return GatewayClient.at(url(value(parsed, "--node"), terminal.env()));
  }

  /** The gateway to talk to; to a shell, a variable that is empty is one that is not set. */
  static String url(@Nullable String option, Map<String, String> env) {
    if (option != null) {
      return option;
    }
    String named = env.getOrDefault("RING_NODE", "");
    return named.isEmpty() ? "http://127.0.0.1:8400" : named;
  }

  /** The option {@code -o}. */
  static void format(CommandSpec spec) {
    option(spec, "-o", "FORMAT", "json for programs, text (the default) for people.");
  }

  /** Refuses a form of output that does not exist. */
  static void checkFormat(ParseResult parsed) {
    String format = parsed.hasMatchedOption("-o") ? value(parsed, "-o") : null;
    if (format != null && !format.equals("json") && !format.equals("text")) {
      throw new RingException.InvalidInput("-o is json or text.");
    }
  }

  /** The JSON that a parameter is, or that standard input is if the parameter is a dash. */
  static byte[] json(String text, Terminal terminal) throws IOException {
    byte[] bytes =
        text.equals("-")
            ? terminal.in().readNBytes(Json.SIZE_BYTES_MAX + 1)
            : text.getBytes(StandardCharsets.UTF_8);
    Json.parse(bytes);
    return bytes;
  }

  /** Makes a query of names and values; nulls are left out. */
  static String query(@Nullable String... namesAndValues) {
    var query = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      String value = namesAndValues[i + 1];
      if (value != null) {
        query
            .append(query.length() == 0 ? '?' : '&')
            .append(namesAndValues[i])
            .append('=')
            .append(GatewayClient.encode(value));
      }
    }
    return query.toString();
  }

  static Map<String, String> headers(@Nullable String... namesAndValues) {
    var headers = new LinkedHashMap<String, String>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      String name = namesAndValues[i];
      String value = namesAndValues[i + 1];
      if (name != null && value != null) {
        headers.put(name, value);
      }
    }
    return headers;
  }

  /** Prints a gateway's body for programs, or what {@code forPeople} makes of it. */
  static int show(
      GatewayClient.Response response,
      Terminal terminal,
      java.util.function.Consumer<Json> forPeople) {
    if (!response.isOk()) {
      return terminal.problem(response.status(), response.body());
    }
    if (terminal.json()) {
      terminal.raw(response.body());
    } else {
      forPeople.accept(Json.parse(response.body()));
    }
    return Exit.DONE;
  }
}
