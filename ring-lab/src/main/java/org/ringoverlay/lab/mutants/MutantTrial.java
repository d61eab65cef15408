package org.ringoverlay.lab.mutants;

import org.ringoverlay.lab.burn.Scenario;

/** The program that looks for a bug: one scenario, seed after seed, until one fails. */
final class MutantTrial {
  static final String FOUND = "found at seed ";
  static final String SURVIVED = "survived";

  private MutantTrial() {}

  /**
   * Prints what it found as its last line.
   *
   * @param arguments the scenario, the first seed, how many
   */
  @SuppressWarnings("SystemOut") // read by the process that started it
  public static void main(String[] arguments) {
    Scenario scenario = Scenario.named(arguments[0]);
    long first = Long.parseLong(arguments[1]);
    long count = Long.parseLong(arguments[2]);
    for (long seed = first; seed < first + count; seed++) {
      String failure = scenario.failure(seed);
      if (failure != null) {
        System.out.println(FOUND + seed + ": " + failure);
        return;
      }
    }
    System.out.println(SURVIVED);
  }
}
