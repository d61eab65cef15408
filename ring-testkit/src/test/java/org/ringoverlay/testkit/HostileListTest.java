package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.AskOptions;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.Echo.Said;
import org.ringoverlay.testkit.Echo.Say;
import org.ringoverlay.testkit.junit.RingTest;

/** Hostile input 26: members that do not exist, a million of them, all over the circle. */
class HostileListTest {
  private static final int MEMBERS_MAX = 500;
  private static final int FACTS_PER_FRAME = 1_000;

  private final List<String> troubles = new ArrayList<>();

  private SimRing ring(Simulation simulation) {
    var echo = new Echo();
    SimRing ring =
        simulation.ring(
            3,
            plan -> {
              echo.prepare(plan);
              plan.builder().set("ring.members.max", String.valueOf(MEMBERS_MAX));
              plan.observer(
                  new RingObserver() {
                    @Override
                    public void trouble(Id node, String what) {
                      troubles.add(what);
                    }
                  });
            });
    ring.settle();
    return ring;
  }

  private static Id member(int number) {
    return Id.of(number * 0x9E3779B97F4A7C15L, number, 0);
  }

  private static String facts(int from, int count, String address) {
    var text = new StringBuilder();
    for (int number = from; number < from + count; number++) {
      text.append(number == from ? "" : ",");
      text.append(Stranger.fact(Stranger.card(member(number), 1, address), 1, "ALIVE"));
    }
    return text.toString();
  }

  private static String seen(int from, int count) {
    var text = new StringBuilder();
    for (int number = from; number < from + count; number++) {
      text.append(number == from ? "" : ",");
      text.append("{\"id\":\"").append(member(number));
      text.append("\",\"incarnation\":1,\"version\":1,\"state\":\"ALIVE\"}");
    }
    return text.toString();
  }

  private void assertOthersAreServed(SimRing ring) {
    for (int to : ring.running()) {
      var options = AskOptions.defaults().directly().within(Duration.ofSeconds(5));
      Said said =
          ring.await(
              ring.node(0).ask("echo", ring.node(to).id(), new Say(to), Said.class, options));
      assertThat(said.node()).isEqualTo(to);
    }
  }

  private void assertBounded(SimRing ring) {
    for (int node : ring.running()) {
      assertThat(ring.node(node).view().members()).hasSizeLessThanOrEqualTo(MEMBERS_MAX);
    }
  }

  @RingTest
  void aHundredThousandMembersFillTheTableUpToItsBoundAndNoFurther(Simulation simulation) {
    SimRing ring = ring(simulation);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    for (int from = 0; from < 100_000; from += FACTS_PER_FRAME) {
      stranger.says(Stranger.news(facts(from, FACTS_PER_FRAME, "nowhere:1")));
      ring.run(Duration.ofMillis(5));
      assertBounded(ring);
    }
    ring.run(Duration.ofSeconds(10));

    assertThat(stranger.ends).isEmpty();
    assertBounded(ring);
    assertThat(troubles).anyMatch(what -> what.startsWith("the table of members is full"));
    assertOthersAreServed(ring);
  }

  @RingTest
  void aListOfMoreMembersThanAnyNodeSendsAtOnceClosesItsConnection(Simulation simulation) {
    SimRing ring = ring(simulation);
    for (String rest :
        List.of(
            "\"joined\",\"ringIdentity\":\"x\",\"arcBits\":1,\"entries\":[",
            "\"settled\",\"round\":1,\"around\":[",
            "\"news\",\"row\":0,\"entries\":[",
            "\"lacking\",\"entries\":[")) {
      Stranger stranger = Stranger.on(simulation, "s" + rest.length()).greets(simulation, "a:1");
      stranger.says("{\"type\":" + rest + facts(0, 30_000, "nowhere:1") + "]}");
      ring.run(Duration.ofSeconds(1));
      assertThat(stranger.ends).as(rest).hasSize(1);
      assertThat(ring.node(0).view().members()).hasSize(3);
    }
    assertOthersAreServed(ring);
  }

  @RingTest
  void oneAddressUnderManyIdsIsNotDialledByAll(Simulation simulation) {
    SimRing ring = ring(simulation);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    stranger.says(Stranger.news(facts(0, 1_000, "s:1")));
    stranger.says(Stranger.news(facts(1_000, 1_000, "s:1")));
    int before = stranger.greetings;
    ring.run(Duration.ofSeconds(1));
    int first = stranger.greetings - before;
    ring.run(Duration.ofSeconds(29));
    assertThat(first).as("dialled by three nodes in a second").isLessThan(40);
    assertThat(stranger.greetings - before).isLessThan(30 * 40);
    assertBounded(ring);
    assertOthersAreServed(ring);
  }

  @RingTest
  void addressesThatLeadNowhereAreNotDialledInAStorm(Simulation simulation) {
    SimRing ring = ring(simulation);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    String[] addresses = {
      "10.0.0.1:80", "169.254.169.254:80", "127.0.0.1:22", "0.0.0.0:0", "x", "", "a:1", "a:99999999"
    };
    for (int i = 0; i < addresses.length; i++) {
      stranger.says(Stranger.news(facts(100 * i, 100, addresses[i])));
    }
    ring.run(Duration.ofSeconds(30));
    assertThat(stranger.ends).isEmpty();
    assertBounded(ring);
    assertOthersAreServed(ring);
  }

  @RingTest
  void everyMessageThatHoldsAListIsBounded(Simulation simulation) {
    SimRing ring = ring(simulation);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    String list = facts(0, FACTS_PER_FRAME, "nowhere:1");
    String seen = seen(0, 20_000);
    String parts = "0" + ",1".repeat(100_000);
    for (String message :
        List.of(
            "\"joined\",\"ringIdentity\":\"x\",\"arcBits\":1,\"entries\":[" + list + "]",
            "\"settled\",\"round\":1,\"around\":[" + list + "]",
            "\"news\",\"row\":0,\"entries\":[" + list + "]",
            "\"lacking\",\"entries\":[" + list + "]",
            "\"have\",\"parts\":[" + parts + "],\"seen\":[" + seen + "]",
            "\"beat\",\"digest\":1,\"facts\":[" + seen + "]",
            "\"sums\",\"sums\":[" + parts + "]",
            "\"want\",\"ids\":[" + ("\"" + ring.node(0).id() + "\",").repeat(50_000) + "null]",
            "\"settle\",\"round\":1,\"self\":"
                + Stranger.fact(stranger.card(), 1, "JOINING")
                + ",\"knows\":\""
                + "0123abcd".repeat(50_000)
                + "\",\"taken\":["
                + parts
                + "]")) {
      long bytes = simulation.bytesSent();
      stranger.says("{\"type\":" + message + "}");
      ring.run(Duration.ofSeconds(1));
      assertThat(simulation.bytesSent() - bytes)
          .as(message.substring(0, 20))
          .isLessThan(4L * message.length() + 100_000);
      assertThat(stranger.ends).as(message.substring(0, 20)).isEmpty();
      assertBounded(ring);
    }
    assertOthersAreServed(ring);
  }

  @RingTest
  void aFrameAboveTheMostClosesItsConnection(Simulation simulation) {
    SimRing ring = ring(simulation);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    stranger.says(Stranger.news(facts(0, 45_000, "nowhere:1")));
    ring.run(Duration.ofSeconds(1));
    assertThat(stranger.ends).hasSize(1);
    assertThat(ring.node(0).view().members()).hasSize(3);
    assertOthersAreServed(ring);
  }
}
