package org.ringoverlay.console.cli;

import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.Ring;
import org.ringoverlay.console.node.RunningNode;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Says what a node started here would be set to, and where each value stands. */
final class ConfigVerb implements Verb {
  @Override
  public String summary() {
    return "Lists the settings of a node that would be started here.";
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.flag(spec, "--origin", "Says where each value comes from.");
    NodeArguments.settings(spec);
    Gatewayed.format(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) {
    var builder = Ring.builder().knownSettings(RunningNode.settings());
    builder.settings(new Settings.Source("the command line", NodeArguments.set(parsed)));
    NodeArguments.sources(parsed, terminal.properties(), terminal.env()).forEach(builder::settings);
    Settings settings = builder.resolveSettings();
    boolean origin = parsed.hasMatchedOption("--origin");
    if (terminal.json()) {
      terminal.line(json(settings, origin));
    } else {
      terminal.table(rows(settings, origin));
    }
    return Exit.DONE;
  }

  private static List<List<String>> rows(Settings settings, boolean origin) {
    var rows = new ArrayList<List<String>>();
    rows.add(
        origin
            ? List.of("SETTING", "VALUE", "ORIGIN", "WHAT")
            : List.of("SETTING", "VALUE", "WHAT"));
    for (Setting<?> setting : settings.known()) {
      String value = settings.text(setting);
      String shown = value.isEmpty() ? "-" : value;
      rows.add(
          origin
              ? List.of(setting.name(), shown, settings.origin(setting), setting.doc())
              : List.of(setting.name(), shown, setting.doc()));
    }
    return rows;
  }

  private static String json(Settings settings, boolean origin) {
    var text = new StringBuilder("{");
    for (Setting<?> setting : settings.known()) {
      text.append(text.length() > 1 ? "," : "").append(Json.of(setting.name())).append(":");
      String value = Json.of(settings.text(setting)).toString();
      text.append(
          origin
              ? "{\"value\":" + value + ",\"origin\":" + Json.of(settings.origin(setting)) + "}"
              : value);
    }
    return text.append("}").toString();
  }
}
