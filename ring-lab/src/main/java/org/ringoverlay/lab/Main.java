package org.ringoverlay.lab;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Where {@code ring bench} and {@code ring burn} start. */
@Command(
    name = "ring",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Measures and torments whole rings.",
    subcommands = {BenchCommand.class, BurnCommand.class})
public final class Main implements Runnable {
  private static final String LOGGING_LEVEL = "logging.level";

  @CommandLine.Spec private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

  private Main() {}

  /**
   * Runs the command line and ends the process: 0 done, 1 a bound did not hold, 2 usage.
   *
   * <p>What befalls the nodes here is done to them on purpose: they log errors only, unless {@code
   * -Dlogging.level} says otherwise.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    if (System.getProperty(LOGGING_LEVEL) == null) {
      System.setProperty(LOGGING_LEVEL, "ERROR");
    }
    System.exit(
        new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public void run() {
    CommandLine.Model.CommandSpec known = spec;
    if (known != null) {
      throw new CommandLine.ParameterException(
          known.commandLine(), "Say what to do: bench or burn.");
    }
  }

  /** The version in the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"ring-lab " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
