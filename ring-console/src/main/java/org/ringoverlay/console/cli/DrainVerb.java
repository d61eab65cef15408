package org.ringoverlay.console.cli;

import java.time.Duration;
import java.util.Map;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Takes a node out of the ring for good, and waits until it is gone. */
final class DrainVerb implements Verb {
  /** Longer than any node takes with the default of {@code ring.leave.timeout}. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private static final Duration LOOK = Duration.ofMillis(250);

  @Override
  public String summary() {
    return "Takes the node out of the ring for good: others take over what it keeps, then it ends.";
  }

  @Override
  public void shape(CommandSpec spec) {
    Gatewayed.shape(spec);
  }

  @Override
  public int run(ParseResult parsed, Terminal terminal) throws Exception {
    GatewayClient client = Gatewayed.client(parsed, terminal);
    GatewayClient.Response begun = client.ask("POST", "/v1/drain", Map.of(), null);
    if (!begun.isOk()) {
      return Gatewayed.show(begun, terminal, nothing -> {});
    }
    String node = Terminal.text(Json.parse(begun.body()), "/node");
    long began = System.nanoTime();
    for (int looks = 1; answers(client); looks++) {
      if (System.nanoTime() - began > LONGEST.toNanos()) {
        return terminal.problem(
            new RingException.Timeout(
                "Node " + node + " still drains after " + LONGEST.toSeconds() + " s; it goes on."));
      }
      if (looks % 4 == 0) {
        terminal.err().println("node " + node + " hands over what it keeps …");
      }
      Thread.sleep(LOOK.toMillis());
    }
    return Gatewayed.show(
        begun, terminal, drained -> terminal.fields("node", node, "state", "left"));
  }

  private static boolean answers(GatewayClient client) {
    try {
      var unused = client.get("/health/live");
      return true;
    } catch (GatewayClient.Unreachable | GatewayClient.Broken gone) {
      return false;
    }
  }
}
