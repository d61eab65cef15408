package org.ringoverlay.console.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.node.NodeOptions;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Settings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of a node, and the places where its settings stand. */
final class NodeArguments {
  private static final long CONFIG_BYTES_MAX = 1 << 20;

  private NodeArguments() {}

  static void shape(CommandSpec spec) {
    Gatewayed.option(
        spec, "--listen", "HOST:PORT", "The ring port; default 127.0.0.1:7400, port 0 is any.");
    Gatewayed.option(
        spec, "--http", "HOST:PORT", "The gateway; default 127.0.0.1:8400; 'off' for none.");
    Gatewayed.option(
        spec, "--advertise", "HOST:PORT", "What others are told instead of the bound address.");
    Gatewayed.option(
        spec, "--data", "DIR", "Where the node keeps its identity; in memory by default.");
    Gatewayed.option(spec, "--ring", "NAME", "The ring's name; default 'ring'.");
    Gatewayed.option(spec, "--seeds", "HOST:PORT,…", "Members to join; none founds a ring.");
    many(
        spec, "--label", "NAME=VALUE", "A label that others see, such as zone=a; may be repeated.");
    Gatewayed.flag(spec, "--found", "Founds the ring although there are seeds.");
    Gatewayed.option(spec, "--join-timeout", "D", "How long to look for a seed; default 30s.");
    Gatewayed.flag(spec, "--no-echo", "Without the echo service.");
    settings(spec);
  }

  static void settings(CommandSpec spec) {
    Gatewayed.option(spec, "--config", "FILE", "A YAML file with settings.");
    many(spec, "--set", "NAME=VALUE", "A setting; may be repeated. 'ring config' lists them.");
  }

  private static void many(CommandSpec spec, String name, String label, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .paramLabel(label)
            .description(description)
            .build());
  }

  static NodeOptions options(
      ParseResult parsed, Map<String, String> properties, Map<String, String> env) {
    var set = set(parsed);
    String joinTimeout = Gatewayed.value(parsed, "--join-timeout");
    if (joinTimeout != null) {
      set.put("ring.join.timeout", joinTimeout);
    }
    return new NodeOptions(
        or(parsed, "--listen", "127.0.0.1:7400"),
        or(parsed, "--http", "127.0.0.1:8400"),
        or(parsed, "--advertise", ""),
        or(parsed, "--data", ""),
        or(parsed, "--ring", "ring"),
        seeds(Gatewayed.value(parsed, "--seeds")),
        pairs(parsed, "--label"),
        parsed.hasMatchedOption("--found"),
        !parsed.hasMatchedOption("--no-echo"),
        set,
        sources(parsed, properties, env));
  }

  static Map<String, String> set(ParseResult parsed) {
    return pairs(parsed, "--set");
  }

  /**
   * Where settings stand beside the command line: properties before the environment before the
   * file.
   */
  static List<Settings.Source> sources(
      ParseResult parsed, Map<String, String> properties, Map<String, String> env) {
    var sources = new ArrayList<Settings.Source>();
    sources.add(Settings.Source.systemProperties(properties));
    sources.add(Settings.Source.environment(env));
    String file = Gatewayed.value(parsed, "--config");
    if (file != null) {
      sources.add(new Settings.Source(Printable.text(file, 200), yaml(file)));
    }
    return sources;
  }

  /** The properties of this process. */
  static Map<String, String> properties() {
    var properties = new TreeMap<String, String>();
    for (String name : System.getProperties().stringPropertyNames()) {
      String value = System.getProperty(name);
      if (value != null) {
        properties.put(name, value);
      }
    }
    return properties;
  }

  private static String or(ParseResult parsed, String option, String otherwise) {
    String value = Gatewayed.value(parsed, option);
    return value == null ? otherwise : value;
  }

  private static List<String> seeds(@Nullable String text) {
    return text == null
        ? List.of()
        : List.of(text.split(",")).stream().map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  private static Map<String, String> pairs(ParseResult parsed, String option) {
    var pairs = new TreeMap<String, String>();
    for (String pair : parsed.matchedOptionValue(option, List.<String>of())) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new RingException.InvalidInput(
            option + " is NAME=VALUE, not '" + Printable.text(pair, 80) + "'.");
      }
      if (pairs.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
        throw new RingException.InvalidInput(
            option + " names '" + Printable.text(pair.substring(0, equals), 80) + "' twice.");
      }
    }
    return pairs;
  }

  /**
   * Reads a YAML file; {@code ring: {heartbeat: {interval: 1s}}} is {@code
   * ring.heartbeat.interval}.
   */
  static Map<String, String> yaml(String file) {
    String shown = Printable.text(file, 200);
    byte[] bytes;
    try {
      Path path = Path.of(file);
      if (Files.size(path) > CONFIG_BYTES_MAX) {
        throw new RingException.InvalidInput("The file " + shown + " is too long for settings.");
      }
      bytes = Files.readAllBytes(path);
    } catch (IOException | InvalidPathException unreadable) {
      throw new RingException.InvalidInput("The file " + shown + " of --config cannot be read.");
    }
    var values = new TreeMap<String, String>();
    try {
      JsonNode root = new YAMLMapper().readTree(new String(bytes, StandardCharsets.UTF_8));
      if (root != null && !root.isMissingNode() && !root.isNull()) {
        if (!root.isObject()) {
          throw new RingException.InvalidInput(
              "The file " + shown + " must hold names and values.");
        }
        flatten("", root, values, shown);
      }
    } catch (JsonProcessingException broken) {
      var at = broken.getLocation();
      throw new RingException.InvalidInput(
          "The file "
              + shown
              + " is not YAML"
              + (at == null ? "." : " at line " + at.getLineNr() + "."));
    }
    return values;
  }

  private static void flatten(
      String prefix, JsonNode node, Map<String, String> values, String file) {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              JsonNode value = node.get(name);
              String full = prefix.isEmpty() ? name : prefix + "." + name;
              if (value.isObject()) {
                flatten(full, value, values, file);
              } else if (value.isValueNode() && !value.isNull()) {
                values.put(full, value.asText());
              } else {
                throw new RingException.InvalidInput(
                    "In the file "
                        + file
                        + " '"
                        + Printable.text(full, 80)
                        + "' must have one value.");
              }
            });
  }
}
