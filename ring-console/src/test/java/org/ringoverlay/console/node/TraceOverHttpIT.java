package org.ringoverlay.console.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.console.client.GatewayClient;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;

/** Traces in a ring of real nodes that know few others. */
@Timeout(120)
class TraceOverHttpIT {
  private static final int NODES = 20;
  private static final Map<String, String> LARGE =
      Map.of(
          "ring.table.full.members.max", "0",
          "ring.leafset.side", "2",
          // Silence alone is to end a trace here, not the others' verdict on it.
          "ring.heartbeat.suspect", "60s");
  private static final List<RunningNode> NODES_RUNNING = new ArrayList<>();

  @BeforeAll
  static void start() {
    for (int i = 0; i < NODES; i++) {
      NODES_RUNNING.add(
          RunningNode.start(
              new NodeOptions(
                  "127.0.0.1:0",
                  i == 0 ? "127.0.0.1:0" : "off",
                  "",
                  "",
                  "large",
                  i == 0 ? List.of() : List.of(NODES_RUNNING.get(0).ring().address()),
                  Map.of(),
                  false,
                  false,
                  LARGE,
                  List.of())));
    }
  }

  @AfterAll
  static void close() {
    NODES_RUNNING.forEach(RunningNode::close);
    NODES_RUNNING.clear();
  }

  private static GatewayClient.Response trace(String key) throws Exception {
    return GatewayClient.at("http://" + NODES_RUNNING.get(0).http()).get("/v1/trace/" + key);
  }

  private static List<String> nodes(Json trace) {
    return Stream.of(trace.at("/hops").orElseThrow().as(Json[].class))
        .map(hop -> hop.at("/node").orElseThrow().as(String.class))
        .toList();
  }

  /** A key to which the way has nodes between this one and the root. */
  private static String farKey() throws Exception {
    for (int i = 0; ; i++) {
      GatewayClient.Response found = trace("far-" + i);
      if (found.isOk() && nodes(Json.parse(found.body())).size() > 2) {
        return "far-" + i;
      }
    }
  }

  @Test
  void aTraceHasTheRealHopsInTheirOrder() throws Exception {
    String key = farKey();
    long begin = System.nanoTime();
    GatewayClient.Response answer = trace(key);
    long tookMicros = (System.nanoTime() - begin) / 1_000;
    assertThat(answer.status()).isEqualTo(200);
    Json trace = Json.parse(answer.body());
    List<String> nodes = nodes(trace);
    assertThat(nodes.get(0)).isEqualTo(NODES_RUNNING.get(0).ring().id().toString());
    assertThat(new HashSet<>(nodes)).hasSameSizeAs(nodes);
    // The last one is the root, in the eyes of one who sees all nodes.
    Id target = Id.parse(trace.at("/id").orElseThrow().as(String.class));
    Id centre = NODES_RUNNING.get(0).ring().view().arcs().address(target);
    Id root =
        NODES_RUNNING.stream()
            .map(node -> node.ring().id())
            .min((one, other) -> Id.compareDistance(centre, one, other))
            .orElseThrow();
    assertThat(nodes.get(nodes.size() - 1)).isEqualTo(root.toString());
    // Each hop is one that the node before it knows.
    for (int hop = 1; hop < nodes.size(); hop++) {
      String from = nodes.get(hop - 1);
      Id to = Id.parse(nodes.get(hop));
      assertThat(NODES_RUNNING)
          .filteredOn(node -> node.ring().id().toString().equals(from))
          .allMatch(node -> node.ring().view().find(to).isPresent());
    }
    long hopsMicros = 0;
    for (Json hop : trace.at("/hops").orElseThrow().as(Json[].class)) {
      long micros = hop.at("/micros").orElseThrow().as(long.class);
      assertThat(micros).isNotNegative();
      hopsMicros += micros;
    }
    assertThat(hopsMicros).isPositive().isLessThanOrEqualTo(tookMicros);
    assertThat(new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8))
        .matches(
            "\\{\"key\":\""
                + key
                + "\",\"id\":\"[0-9a-f]{40}\",\"hops\":\\[(\\{\"node\":\"[0-9a-f]{40}\","
                + "\"micros\":[0-9]+},?)+],\"root\":\""
                + root
                + "\",\"daddy\":\"[0-9a-f]{40}\"}");
  }

  @Test
  void aHopThatHangsEndsTheTraceWithAProblemThatNamesIt() throws Exception {
    String key = farKey();
    // The nodes on the way may be others a moment later, as nodes learn of each other. The root
    // stays the root.
    List<String> way = nodes(Json.parse(trace(key).body()));
    String root = way.get(way.size() - 1);
    var goesOn = new CountDownLatch(1);
    NODES_RUNNING.stream()
        .map(RunningNode::ring)
        .filter(ring -> ring.id().toString().equals(root))
        .forEach(
            ring ->
                ring.scheduler()
                    .execute(
                        () -> {
                          try {
                            goesOn.await();
                          } catch (InterruptedException ended) {
                            Thread.currentThread().interrupt();
                          }
                        }));
    try {
      GatewayClient.Response answer = trace(key);
      Json problem = Json.parse(answer.body());
      assertThat(problem.at("/detail").orElseThrow().as(String.class))
          .containsPattern("Node " + root + " is hop [1-9] of the way");
      assertThat(problem.at("/code").orElseThrow().as(String.class)).isIn("no-route", "timeout");
      assertThat(answer.status()).isIn(503, 504);
    } finally {
      goesOn.countDown();
    }
  }
}
