package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.junit.RingTest;

/** A hello or a welcome that gets lost costs a part of a second, and not the connection. */
class GreetingTest {
  private final List<String> refused = new ArrayList<>();

  private SimRing ringOfOne(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            1,
            plan -> {
              plan.builder().set("ring.heartbeat.suspect", "10s");
              plan.observer(
                  new RingObserver() {
                    @Override
                    public void refusedFrame(String remote, String reason) {
                      refused.add(reason);
                    }
                  });
            });
    ring.settle();
    return ring;
  }

  @RingTest
  void helloIsRepeatedUntilItIsAnsweredAndWhatComesBeforeIsLeftOut(Simulation simulation) {
    SimRing ring = ringOfOne(simulation);
    Stranger member = Stranger.on(simulation, "m");
    member.greetingsUnanswered = 2;
    Stranger.on(simulation, "s")
        .greets(simulation, "a:1")
        .says(Stranger.news(Stranger.fact(member.card(), 1, "ALIVE")));

    ring.run(Duration.ofMillis(1_400));

    assertThat(member.greetings).isEqualTo(3);
    assertThat(member.ends).isEmpty();
    assertThat(member.count("beat")).as("what waited for the connection").isPositive();
    assertThat(refused).containsOnly("a message that is no greeting").hasSize(2);
  }

  /** What a slow seed sends on the first connection must not be lost for a second one. */
  @RingTest
  void connectionThatANewerOneReplacesIsHeardUntilTheOtherClosesIt(Simulation simulation) {
    Stranger seed = Stranger.on(simulation, "m");
    SimRing ring =
        simulation.ring(
            1,
            plan -> {
              plan.builder().set("ring.join.attempt", "500ms");
              if (plan.index() == 1) {
                plan.builder().seeds(List.of(seed.address));
              }
            });
    var unused = ring.beginAdding();
    simulation.run(Duration.ofMillis(800));
    assertThat(seed.greetings).isEqualTo(2);
    assertThat(seed.count("idle")).isEqualTo(1);

    seed.says("{\"type\":\"ping\",\"number\":7,\"digest\":0}");
    simulation.run(Duration.ofMillis(100));
    assertThat(seed.count("pong")).isEqualTo(1);
    assertThat(seed.ends).isEmpty();
  }

  @RingTest
  void helloThatComesAgainIsAnsweredAgain(Simulation simulation) {
    SimRing ring = ringOfOne(simulation);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");

    stranger.says(stranger.hello());
    ring.run(Duration.ofMillis(100));

    assertThat(stranger.count("welcome")).isEqualTo(2);
    assertThat(stranger.ends).isEmpty();
    assertThat(refused).isEmpty();
  }
}
