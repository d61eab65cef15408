package org.ringoverlay.console.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command of the {@code ring} command. */
interface Verb {
  /** What it does, in a line. */
  String summary();

  /** Adds its options and parameters. */
  void shape(CommandSpec spec);

  /** Whether the ring may be another one after it. */
  default boolean changes() {
    return true;
  }

  /** Does it and gives the exit status. */
  int run(ParseResult parsed, Terminal terminal) throws Exception;
}
