package org.ringoverlay.lab;

/** Where {@code ring bench} and {@code ring burn} start. */
public final class Main {
  private Main() {}

  /**
   * Answers {@code --version} and refuses everything else, with the status of a usage error.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--version")) {
      var version = Main.class.getPackage().getImplementationVersion();
      System.out.println("ring-lab " + (version == null ? "(unpackaged)" : version));
      return;
    }
    System.err.println("ring-lab: only --version is built yet");
    System.exit(2);
  }
}
