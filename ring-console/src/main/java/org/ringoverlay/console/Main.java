package org.ringoverlay.console;

import org.ringoverlay.console.cli.RingCommand;

/** Where the {@code ring} command starts. */
public final class Main {
  private Main() {}

  /**
   * Runs a command and ends the process with its status.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(RingCommand.ofProcess().run(args));
  }
}
