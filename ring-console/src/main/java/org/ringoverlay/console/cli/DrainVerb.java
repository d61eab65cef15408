package org.ringoverlay.console.cli;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * Takes a node out of the ring for good, and waits until it has left. Done is only what the node
 * itself said was done: who believes so may throw its disk away.
 */
final class DrainVerb implements Verb {
  /** How long one is waited for that does not say how long it takes at most. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** How much longer than it said: it never gives up silently, and its end is to be heard. */
  private static final Duration BEYOND = Duration.ofSeconds(20);

  private static final String PROGRESS = "/v1/drain?wait=1s";

  /** How long the gateway may keep silent beyond what it was asked to wait. */
  private static final int SILENT_MILLIS = 10_000;

  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(250);

  /**
   * What the node says of how far it is.
   *
   * @param withinMs how long it takes at most; null if it is too old to say so
   */
  record Progress(
      String node,
      boolean draining,
      @Nullable Long withinMs,
      boolean left,
      Map<String, String> unfinished) {
    Duration longest() {
      if (withinMs == null) {
        return LONGEST;
      }
      var within = Duration.ofMillis(withinMs);
      return (within.compareTo(Ring.LEAVE_MAX) > 0 ? Ring.LEAVE_MAX : within).plus(BEYOND);
    }
  }

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
    GatewayClient patient = client.waiting(SILENT_MILLIS);
    long began = System.nanoTime();
    Duration longest = LONGEST;
    boolean told = false;
    while (System.nanoTime() - began < longest.toNanos()) {
      GatewayClient.Response said;
      try {
        said = patient.get(PROGRESS);
      } catch (GatewayClient.Unreachable gone) {
        return unknown(node, terminal);
      } catch (GatewayClient.Broken silent) {
        pause(node, terminal);
        continue;
      }
      if (said.status() == 405 || said.status() == 404) {
        // Whoever said how far it is was none of the old, and another has its address by now.
        return told ? unknown(node, terminal) : awaitEnd(client, begun, node, began, terminal);
      }
      if (said.isOk()) {
        Progress progress = Json.parse(said.body()).as(Progress.class);
        if (!progress.node().equals(node) || !progress.draining()) {
          // Another process has the address by now, or the same node in its next life.
          return unknown(node, terminal);
        }
        if (progress.left()) {
          return left(said, progress, terminal);
        }
        told = true;
        longest = progress.longest();
        handsOver(node, terminal);
      } else if (Terminal.text(Json.parse(said.body()), "/code").equals("closed")) {
        return terminal.problem(said.status(), said.body());
      } else {
        pause(node, terminal);
      }
    }
    return stillDrains(node, longest, terminal);
  }

  private static int left(GatewayClient.Response said, Progress progress, Terminal terminal) {
    String node = progress.node();
    return progress.unfinished().isEmpty()
        ? Gatewayed.show(said, terminal, left -> terminal.fields("node", node, "state", "left"))
        : Unfinished.problem(node, new TreeMap<>(progress.unfinished()), terminal);
  }

  private static int unknown(String node, Terminal terminal) {
    return terminal.problem(
        "outcome-unknown",
        "Node " + node + " has ended and did not say whether others have all that it kept.",
        "The log of its process says so if they do not, and its exit status is 0 if they do, unless"
            + " a signal ended it. Keep its data directory until you know; in doubt start the node"
            + " again with it and drain it again.",
        false);
  }

  private static int stillDrains(String node, Duration longest, Terminal terminal) {
    return terminal.problem(
        new RingException.Timeout(
            "Node " + node + " still drains after " + longest.toSeconds() + " s; it goes on."));
  }

  private static void handsOver(String node, Terminal terminal) {
    terminal.err().println("node " + node + " hands over what it keeps …");
  }

  private static void pause(String node, Terminal terminal) throws InterruptedException {
    terminal.err().println("node " + node + " does not say how far it is …");
    Thread.sleep(AGAIN.toMillis());
  }

  /** An older node does not say how far it is; that its gateway is gone is all that it tells. */
  private static int awaitEnd(
      GatewayClient client,
      GatewayClient.Response begun,
      String node,
      long began,
      Terminal terminal)
      throws InterruptedException {
    for (int looks = 1; answers(client); looks++) {
      if (System.nanoTime() - began > LONGEST.toNanos()) {
        return stillDrains(node, LONGEST, terminal);
      }
      if (looks % 4 == 0) {
        handsOver(node, terminal);
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
