package org.ringoverlay.console.cli;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The commands that read and write records. */
final class RecordVerbs {
  private RecordVerbs() {}

  private static String path(String key) {
    return "/v1/dht/" + GatewayClient.encode(key);
  }

  private static @Nullable String tag(ParseResult parsed) {
    String version = Gatewayed.value(parsed, "--if-version");
    if (version == null) {
      return null;
    }
    if (!version.matches("[0-9]{1,16}")) {
      throw new RingException.InvalidInput("--if-version is a version, a decimal number.");
    }
    return "\"" + version + "\"";
  }

  /** Shows a record or what became of it. */
  private static void show(
      String key, GatewayClient.Response response, byte[] value, Terminal terminal) {
    String version = response.header("ETag").replace("\"", "");
    String daddy = response.header("Ring-Daddy");
    String copies = response.header("Ring-Copies");
    String hops = response.header("Ring-Hops");
    if (terminal.json()) {
      terminal.line(
          "{\"key\":"
              + Json.of(key)
              + ",\"version\":"
              + Json.of(version)
              + ",\"value\":"
              + new String(value, StandardCharsets.UTF_8)
              + ",\"daddy\":"
              + Json.of(daddy)
              + ",\"copies\":"
              + Json.of(copies)
              + ",\"hops\":"
              + (hops.isEmpty() ? "null" : hops)
              + "}");
    } else {
      terminal.fields(
          "key", key,
          "version", version,
          "value", new String(value, StandardCharsets.UTF_8),
          "daddy", daddy,
          "copies", copies,
          "hops", hops);
    }
  }

  /** Reads one. */
  static final class Get implements Verb {
    @Override
    public String summary() {
      return "Reads a record.";
    }

    @Override
    public boolean changes() {
      return false;
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.parameter(spec, "KEY", "The key, 1 to 512 bytes.");
      Gatewayed.flag(spec, "--stale", "Reads what one node holds, which may be old.");
      Gatewayed.namespace(spec);
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      String key = Gatewayed.word(parsed, 0);
      GatewayClient.Response response =
          Gatewayed.client(parsed, terminal)
              .get(
                  path(key)
                      + Gatewayed.query(
                          "ns",
                          Gatewayed.value(parsed, "--ns"),
                          "consistency",
                          parsed.hasMatchedOption("--stale") ? "stale" : null));
      if (!response.isOk()) {
        return terminal.problem(response.status(), response.body());
      }
      show(key, response, response.body(), terminal);
      return Exit.DONE;
    }
  }

  /** Writes one. */
  static final class Put implements Verb {
    @Override
    public String summary() {
      return "Writes a record.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.parameter(spec, "KEY", "The key, 1 to 512 bytes.");
      Gatewayed.parameter(spec, "JSON", "The value, or - for standard input.");
      Gatewayed.option(spec, "--if-version", "V", "Only if the record has this version.");
      Gatewayed.flag(spec, "--if-absent", "Only if there is no record.");
      Gatewayed.option(spec, "--ttl", "D", "How long it lives, such as 30s.");
      Gatewayed.option(spec, "--ack", "WHEN", "majority (the default), all or daddy.");
      Gatewayed.namespace(spec);
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      String key = Gatewayed.word(parsed, 0);
      String tag = tag(parsed);
      boolean absent = parsed.hasMatchedOption("--if-absent");
      if (tag != null && absent) {
        throw new RingException.InvalidInput("Give --if-version or --if-absent, not both.");
      }
      GatewayClient client = Gatewayed.client(parsed, terminal);
      byte[] value = Gatewayed.json(Gatewayed.word(parsed, 1), terminal);
      GatewayClient.Response response =
          client.ask(
              "PUT",
              path(key)
                  + Gatewayed.query(
                      "ns", Gatewayed.value(parsed, "--ns"),
                      "ttl", Gatewayed.value(parsed, "--ttl"),
                      "ack", Gatewayed.value(parsed, "--ack")),
              Gatewayed.headers(
                  "Content-Type",
                  "application/json",
                  "If-Match",
                  tag,
                  "If-None-Match",
                  absent ? "*" : null),
              value);
      if (!response.isOk()) {
        return terminal.problem(response.status(), response.body());
      }
      show(key, response, value, terminal);
      return Exit.DONE;
    }
  }

  /** Deletes one. */
  static final class Delete implements Verb {
    @Override
    public String summary() {
      return "Deletes a record.";
    }

    @Override
    public void shape(CommandSpec spec) {
      Gatewayed.parameter(spec, "KEY", "The key, 1 to 512 bytes.");
      Gatewayed.option(spec, "--if-version", "V", "Only if the record has this version.");
      Gatewayed.namespace(spec);
      Gatewayed.shape(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws Exception {
      String key = Gatewayed.word(parsed, 0);
      GatewayClient.Response response =
          Gatewayed.client(parsed, terminal)
              .ask(
                  "DELETE",
                  path(key) + Gatewayed.query("ns", Gatewayed.value(parsed, "--ns")),
                  Gatewayed.headers("If-Match", tag(parsed)),
                  null);
      if (!response.isOk()) {
        return terminal.problem(response.status(), response.body());
      }
      if (!terminal.json()) {
        terminal.fields("deleted", key, "copies", response.header("Ring-Copies"));
      }
      return Exit.DONE;
    }
  }
}
