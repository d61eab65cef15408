package org.ringoverlay.console.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Gives up lost majorities, or tells what would be given up. */
final class RecoverVerb implements Verb {
  @Override
  public String summary() {
    return "Tells which arcs have lost their majority for ever; with --confirm gives it up.";
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.option(
        spec, "--lost", "ID[,ID…]", "The nodes that will never come back, by their whole IDs.");
    Gatewayed.option(spec, "--arcs", "N[,N…]", "Looks at these arcs. Default: all.");
    Gatewayed.flag(
        spec, "--confirm", "Goes on with what the survivors hold, instead of only telling.");
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    var asked =
        new JsonObject()
            .put("lost", words(Gatewayed.value(parsed, "--lost")))
            .put("arcs", numbers(words(Gatewayed.value(parsed, "--arcs"))))
            .put("confirm", parsed.hasMatchedOption("--confirm"));
    GatewayClient.Response response =
        Gatewayed.client(parsed, terminal)
            .ask(
                "POST",
                "/v1/recover",
                Map.of("Content-Type", "application/json"),
                asked.toString().getBytes(StandardCharsets.UTF_8));
    int status = Gatewayed.show(response, terminal, told -> print(told, terminal));
    boolean refused =
        status == Exit.DONE
            && arcs(Json.parse(response.body())).stream()
                .anyMatch(arc -> Terminal.text(arc, "/state").equals("refused"));
    return refused ? Exit.NO : status;
  }

  private static List<String> words(@Nullable String list) {
    return list == null || list.isEmpty() ? List.of() : List.of(list.split(",", -1));
  }

  private static List<Integer> numbers(List<String> words) {
    var numbers = new ArrayList<Integer>();
    for (String word : words) {
      if (!word.matches("[0-9]{1,9}")) {
        throw new RingException.InvalidInput("--arcs is a list of numbers, as in --arcs 5,17.");
      }
      numbers.add(Integer.valueOf(word));
    }
    return numbers;
  }

  private static List<Json> arcs(Json told) {
    return told.at("/arcs").map(Terminal::elements).orElse(List.of());
  }

  /** Arcs that fared alike stand in one row: there are thousands. */
  private static void print(Json told, Terminal terminal) {
    if (arcs(told).isEmpty()) {
      terminal.line("no arc has lost its majority for ever");
      return;
    }
    var alike = new LinkedHashMap<List<String>, long[]>();
    for (Json arc : arcs(told)) {
      List<String> fate =
          List.of(
              Terminal.text(arc, "/state"),
              nodes(arc, "/survivors"),
              nodes(arc, "/lost"),
              Terminal.text(arc, "/why"));
      long[] sums = alike.computeIfAbsent(fate, unused -> new long[2]);
      sums[0]++;
      sums[1] += arc.at("/keys").map(keys -> keys.as(long.class)).orElse(0L);
    }
    var rows = new ArrayList<List<String>>();
    var notes = new ArrayList<List<String>>();
    rows.add(List.of("STATE", "ARCS", "RECORDS", "SURVIVORS", "LOST"));
    notes.add(List.of());
    alike.forEach(
        (fate, sums) -> {
          rows.add(
              List.of(
                  fate.get(0),
                  Long.toString(sums[0]),
                  Long.toString(sums[1]),
                  fate.get(1),
                  fate.get(2)));
          notes.add(fate.get(3).isEmpty() ? List.of() : List.of(fate.get(3)));
        });
    terminal.table(rows, notes);
    if (told.at("/confirmed").filter(Json.of(true)::equals).isEmpty()) {
      terminal.line("nothing was changed; --confirm goes on with these records alone");
    }
  }

  private static String nodes(Json arc, String pointer) {
    List<String> names =
        arc.at(pointer).map(Terminal::elements).orElse(List.of()).stream()
            .map(node -> node.as(String.class).substring(0, 8))
            .toList();
    return names.isEmpty() ? "-" : String.join(" ", names);
  }
}
