package org.ringoverlay.console.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Settings;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Reads a command line and does what it says.
 *
 * <p>Each command's options are made when it is the one that was asked for, in code and not from
 * annotations: a node's start is a promise, and the rest of the command is not to cost a part of
 * it.
 */
public final class RingCommand {
  private static final Map<String, Supplier<Verb>> VERBS = new LinkedHashMap<>();

  static {
    VERBS.put("node", NodeVerb::new);
    VERBS.put("demo", DemoVerb::new);
    VERBS.put("status", StatusVerb::new);
    VERBS.put("ring", Look::members);
    VERBS.put("owner", Look::owner);
    VERBS.put("trace", Look::trace);
    VERBS.put("services", Look::services);
    VERBS.put("events", EventsVerb::new);
    VERBS.put("config", ConfigVerb::new);
    VERBS.put("get", RecordVerbs.Get::new);
    VERBS.put("put", RecordVerbs.Put::new);
    VERBS.put("delete", RecordVerbs.Delete::new);
    VERBS.put("watch", WatchVerb::new);
    VERBS.put("keys", KeysVerb::new);
    VERBS.put("copies", CopiesVerb::new);
    VERBS.put("namespace", NamespaceVerb::new);
    VERBS.put("drain", DrainVerb::new);
    VERBS.put("verify", VerifyVerb::new);
    VERBS.put("recover", RecoverVerb::new);
    VERBS.put("send", MessageVerbs.Send::new);
    VERBS.put("publish", MessageVerbs.Publish::new);
    VERBS.put("subscribe", MessageVerbs.Subscribe::new);
    VERBS.put("anycast", MessageVerbs.Anycast::new);
    for (String name :
        List.of("topics", "owners", "tasks", "doctor", "pool", "task", "bench", "certs")) {
      VERBS.put(name, () -> new NotBuilt(name));
    }
  }

  private final Output output;
  private final PrintStream out;
  private final PrintStream err;
  private final InputStream in;
  private final Map<String, String> env;
  private final Map<String, String> properties;

  /** A command that reads and writes there. */
  RingCommand(
      OutputStream out,
      PrintStream err,
      InputStream in,
      Map<String, String> env,
      Map<String, String> properties) {
    this.output = new Output(out);
    this.out = output.printer();
    this.err = err;
    this.in = in;
    this.env = env;
    this.properties = properties;
  }

  /** The command of this process. */
  public static RingCommand ofProcess() {
    return new RingCommand(
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
        System.err,
        System.in,
        System.getenv(),
        NodeArguments.properties());
  }

  /**
   * Does what a command line says. Blocks until it is done.
   *
   * @return the exit status
   */
  public int run(String... args) {
    int status = obey(args);
    out.flush();
    String loss = output.loss();
    if (loss == null) {
      return status;
    }
    err.println("ring: standard output could not be written: " + Printable.text(loss, 200));
    return status == Exit.DONE ? Exit.USAGE : status;
  }

  private int obey(String... args) {
    var words = new ArrayList<String>(Arrays.asList(args));
    var terminal = new Terminal(out, err, in, env, properties, wantsJson(words));
    if (words.isEmpty()
        || words.get(0).equals("--help")
        || words.get(0).equals("-h")
        || words.get(0).equals("help")) {
      usage(words.isEmpty() ? err : out);
      return words.isEmpty() ? Exit.USAGE : Exit.DONE;
    }
    if (words.get(0).equals("--version") || words.get(0).equals("-V")) {
      String version = RingCommand.class.getPackage().getImplementationVersion();
      out.println("ring " + (version == null ? "(unpackaged)" : version));
      return Exit.DONE;
    }
    String name = words.remove(0);
    Supplier<Verb> verb = VERBS.get(name);
    if (verb == null) {
      String nearest = Settings.nearest(name, new ArrayList<>(VERBS.keySet()));
      return terminal.problem(
          new RingException.InvalidInput(
              "There is no command '"
                  + Printable.text(name, 60)
                  + "'."
                  + (nearest == null ? "" : " Did you mean '" + nearest + "'?")
                  + " 'ring --help' lists them."));
    }
    return run(name, verb.get(), words, terminal);
  }

  private int run(String name, Verb verb, List<String> words, Terminal terminal) {
    if (verb instanceof NotBuilt notBuilt) {
      return terminal.problem(notBuilt.problem());
    }
    CommandSpec spec = CommandSpec.create().name("ring " + name);
    spec.usageMessage().description(verb.summary());
    spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Says this.").build());
    verb.shape(spec);
    var line = new CommandLine(spec);
    line.setUnmatchedOptionsArePositionalParams(false);
    CommandLine.ParseResult parsed;
    try {
      parsed = line.parseArgs(words.toArray(String[]::new));
    } catch (CommandLine.ParameterException wrong) {
      return terminal.problem(new RingException.InvalidInput(message(wrong, spec, name)));
    }
    if (parsed.isUsageHelpRequested()) {
      line.usage(out, CommandLine.Help.Ansi.OFF);
      return Exit.DONE;
    }
    try {
      Gatewayed.checkFormat(parsed);
      return verb.run(parsed, terminal);
    } catch (RingException error) {
      return terminal.problem(error);
    } catch (GatewayClient.Unreachable nobody) {
      terminal.problem(
          "unavailable",
          nobody.getMessage(),
          "Start one with 'ring node', or name one with --node URL or RING_NODE.",
          true);
      return Exit.USAGE;
    } catch (GatewayClient.Broken broken) {
      return verb.changes()
          ? terminal.problem(new RingException.OutcomeUnknown(broken.getMessage(), false))
          : terminal.problem(new RingException.Timeout(broken.getMessage()));
    } catch (Exception failed) {
      return terminal.problem(
          "handler-failed",
          "The command failed: " + failed,
          "It is a fault of the program.",
          false);
    }
  }

  private static String message(
      CommandLine.ParameterException wrong, CommandSpec spec, String name) {
    String help = " 'ring " + name + " --help' says more.";
    if (wrong instanceof CommandLine.UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      String word = unmatched.getUnmatched().get(0);
      String option = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      if (!option.startsWith("-")) {
        return "There is one word too many: '" + Printable.text(word, 60) + "'." + help;
      }
      String nearest = Settings.nearest(option, new ArrayList<>(spec.optionsMap().keySet()));
      return "There is no option '"
          + Printable.text(option, 60)
          + "'."
          + (nearest == null ? "" : " Did you mean '" + nearest + "'?")
          + help;
    }
    return Printable.text(Objects.requireNonNullElse(wrong.getMessage(), "The line is wrong"), 300)
        + "."
        + help;
  }

  /**
   * Looked for before the line is understood, because a line that is not is an error in that form
   * too.
   */
  private static boolean wantsJson(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        return false;
      }
      if (word.equals("-ojson")
          || word.equals("-o=json")
          || (word.equals("-o") && i + 1 < words.size() && words.get(i + 1).equals("json"))) {
        return true;
      }
    }
    return false;
  }

  private static void usage(PrintStream where) {
    where.println("Usage: ring COMMAND [OPTIONS] …");
    where.println();
    VERBS.forEach(
        (name, verb) -> {
          Verb made = verb.get();
          if (!(made instanceof NotBuilt)) {
            where.println("  " + name + " ".repeat(11 - name.length()) + made.summary());
          }
        });
    where.println();
    where.println(
        "Not built yet: "
            + String.join(
                ", ",
                VERBS.entrySet().stream()
                    .filter(entry -> entry.getValue().get() instanceof NotBuilt)
                    .map(Map.Entry::getKey)
                    .toList())
            + ".");
    where.println("'ring COMMAND --help' says more; 'ring --version' says which one this is.");
  }

  /** A command of the contract that a later version brings. */
  private record NotBuilt(String name) implements Verb {
    @Override
    public String summary() {
      return "Not built yet.";
    }

    @Override
    public void shape(CommandSpec spec) {}

    @Override
    public int run(CommandLine.ParseResult parsed, Terminal terminal) {
      return terminal.problem(problem());
    }

    RingException problem() {
      return RingException.Incompatible.notBuilt("The command '" + name + "' is not built yet.");
    }
  }
}
