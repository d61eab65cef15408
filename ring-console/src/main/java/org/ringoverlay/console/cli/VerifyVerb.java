package org.ringoverlay.console.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Compares all copies of all arcs, some arcs with each request. */
final class VerifyVerb implements Verb {
  /** Longer than a node takes for one request. */
  private static final int PATIENCE_MILLIS = 60_000;

  @Override
  public String summary() {
    return "Compares all copies of all records of the ring, and names those that differ.";
  }

  @Override
  public boolean changes() {
    return false;
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    GatewayClient client = Gatewayed.client(parsed, terminal).waiting(PATIENCE_MILLIS);
    var sum = new Sum();
    String from = "0";
    while (from != null) {
      GatewayClient.Response response =
          client.ask("POST", "/v1/verify" + Gatewayed.query("from", from), Map.of(), null);
      int status = Gatewayed.show(response, terminal, page -> {});
      if (status != Exit.DONE) {
        return status;
      }
      Json page = Json.parse(response.body());
      sum.add(page);
      from = next(page);
      if (from != null) {
        terminal
            .err()
            .printf(
                Locale.ROOT,
                "… %s of %,d arcs, %,d records, %,d of them uneven%n",
                from,
                sum.arcs,
                sum.records,
                sum.uneven.size());
      }
    }
    if (!terminal.json()) {
      sum.print(terminal);
    }
    return sum.isSound() ? Exit.DONE : terminal.problem(sum.problem());
  }

  private static @Nullable String next(Json page) {
    String next = Terminal.text(page, "/next");
    return next.isEmpty() ? null : next;
  }

  /** What all requests together found. */
  private static final class Sum {
    private final List<List<String>> uneven = new ArrayList<>();
    private final Map<String, Long> silent = new TreeMap<>();
    private long arcs;
    private long compared;
    private long records;
    private long undecided;

    void add(Json page) {
      arcs = number(page, "/arcs");
      compared += number(page, "/compared");
      records += number(page, "/records");
      undecided += number(page, "/undecided");
      elements(page, "/silent")
          .forEach(
              one -> silent.merge(Terminal.text(one, "/node"), number(one, "/arcs"), Long::sum));
      elements(page, "/uneven").forEach(this::addUneven);
    }

    private void addUneven(Json each) {
      var copies = new ArrayList<String>();
      for (Json copy : elements(each, "/copies")) {
        String version = Terminal.text(copy, "/version");
        copies.add(Terminal.text(copy, "/node") + "=" + (version.isEmpty() ? "none" : version));
      }
      uneven.add(
          List.of(
              Terminal.text(each, "/arc"),
              Terminal.text(each, "/ns"),
              Terminal.text(each, "/key"),
              String.join(" ", copies)));
    }

    private static long number(Json page, String pointer) {
      return Long.parseLong(Terminal.text(page, pointer));
    }

    private static List<Json> elements(Json object, String pointer) {
      return object.at(pointer).map(Terminal::elements).orElse(List.of());
    }

    boolean isSound() {
      return uneven.isEmpty() && silent.isEmpty() && undecided == 0;
    }

    void print(Terminal terminal) {
      if (!uneven.isEmpty()) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("arc", "namespace", "key", "versions"));
        rows.addAll(uneven);
        terminal.table(rows);
      }
      terminal.fields(
          "arcs", arcs + "",
          "compared", compared + "",
          "records", records + "",
          "uneven", uneven.size() + "",
          "silent", String.join(" ", new TreeSet<>(silent.keySet())),
          "undecided", undecided + "");
    }

    RingException problem() {
      var text = new StringBuilder();
      if (!uneven.isEmpty()) {
        text.append("Records whose copies differ: ").append(uneven.size()).append(". ");
      }
      silent.forEach(
          (node, count) ->
              text.append("Node ")
                  .append(node)
                  .append(", which keeps copies of ")
                  .append(count)
                  .append(" arcs, gave no answer. "));
      if (undecided > 0) {
        text.append("Of ")
            .append(undecided)
            .append(" arcs it is not known whether their copies are equal. ");
      }
      return new RingException.Unavailable(text.toString().strip());
    }
  }
}
