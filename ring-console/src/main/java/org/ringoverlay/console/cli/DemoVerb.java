package org.ringoverlay.console.cli;

import java.io.Console;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.demo.Demo;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Shows a ring at work. */
final class DemoVerb implements Verb {
  @Override
  public String summary() {
    return "Starts a ring of real processes on this machine and shows it at work.";
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.flag(spec, "--exit", "Ends after the steps, with status 0 if all went well.");
    Gatewayed.option(spec, "--nodes", "N", "How many nodes; default 7.");
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    int nodes = nodes(Gatewayed.value(parsed, "--nodes"));
    var demo = new Demo(terminal.out(), colours(terminal), nodes);
    return demo.run(parsed.hasMatchedOption("--exit")) ? Exit.DONE : Exit.NO;
  }

  private static int nodes(@Nullable String text) {
    if (text == null) {
      return 7;
    }
    try {
      int nodes = Integer.parseInt(text);
      if (nodes >= Demo.NODES_MIN && nodes <= Demo.NODES_MAX) {
        return nodes;
      }
    } catch (NumberFormatException notANumber) {
      throw wrong(text);
    }
    throw wrong(text);
  }

  private static RingException wrong(String text) {
    return new RingException.InvalidInput(
        "--nodes is a number from "
            + Demo.NODES_MIN
            + " to "
            + Demo.NODES_MAX
            + ", not '"
            + Printable.text(text, 40)
            + "'.");
  }

  /** Colours are for a terminal, and for nobody who asked for none (no-color.org). */
  private static boolean colours(Terminal terminal) {
    String term = terminal.env().getOrDefault("TERM", "dumb");
    return terminal.env().getOrDefault("NO_COLOR", "").isEmpty()
        && !term.equals("dumb")
        && isTerminal();
  }

  @SuppressWarnings("SystemConsoleNull") // for the JVMs before 22 it says what is asked here
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException before22) {
      return true;
    }
  }
}
