package org.ringoverlay.console.cli;

import java.util.ArrayList;
import java.util.Map;

/** What is said of a node that has left although others do not have all that it keeps. */
final class Unfinished {
  private Unfinished() {}

  /**
   * Says it.
   *
   * @param services which services could not hand over, and why
   */
  static int problem(String node, Map<String, String> services, Terminal terminal) {
    var all = new ArrayList<String>();
    services.forEach((service, why) -> all.add(service + " (" + why + ")"));
    return terminal.problem(
        "unavailable",
        "Node " + node + " left without handing over everything: " + String.join(", ", all) + ".",
        "Keep its data directory. Start the node again with it, so that others can take over what"
            + " it keeps, then drain it again. Without a data directory, what it alone kept is"
            + " gone.",
        false);
  }
}
