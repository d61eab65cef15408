package org.ringoverlay.console.cli;

import java.util.function.Function;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.console.client.GatewayClient.ServerEvent;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.ParseResult;

/** What the commands that print a stream of events have in common. */
final class Streamed {
  private Streamed() {}

  /**
   * Prints a stream's events, one line each, until it ends or nobody reads any more.
   *
   * @param forPeople an event as a line for people
   */
  static int print(
      ParseResult parsed, Terminal terminal, String path, Function<ServerEvent, String> forPeople)
      throws Exception {
    GatewayClient.Response refused;
    try {
      refused =
          Gatewayed.client(parsed, terminal).stream(
              path,
              event -> {
                terminal.line(terminal.json() ? forPrograms(event) : forPeople.apply(event));
                terminal.out().flush();
                return !terminal.out().checkError();
              });
    } catch (GatewayClient.Broken broken) {
      throw new RingException.Unavailable(broken.getMessage());
    }
    if (refused != null) {
      return terminal.problem(refused.status(), refused.body());
    }
    if (terminal.out().checkError()) {
      // Nobody reads any more, which is the usual end of a pipe.
      return Exit.DONE;
    }
    throw new RingException.Closed("The node ended the stream.");
  }

  private static String forPrograms(ServerEvent event) {
    return "{\"event\":"
        + Json.of(event.name())
        + (event.id().isEmpty() ? "" : ",\"id\":" + Json.of(event.id()))
        + ",\"data\":"
        + event.data()
        + "}";
  }
}
