package org.ringoverlay.testkit;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.AskOptions;
import org.ringoverlay.RingService;
import org.ringoverlay.error.RingException;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.junit.RingTest;

/** What is longer than a frame, or than a frame of the other side. */
class FrameLimitsTest {
  private final List<String> refused = new ArrayList<>();

  private void watched(NodePlan plan) {
    plan.observer(
        new RingObserver() {
          @Override
          public void refusedFrame(String remote, String reason) {
            refused.add(plan.host().name() + ": " + reason);
          }
        });
  }

  @RingTest
  void aTableThatNoFrameHasRoomForLetsNewcomersIn(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            40,
            plan -> {
              plan.builder().set("ring.frame.max", "280KiB");
              for (int label = 0; label < 60; label++) {
                plan.builder().label("label" + label, "x".repeat(128));
              }
              watched(plan);
            });
    ring.settle(Duration.ofSeconds(10));
    ring.add(2);
    ring.settle(Duration.ofSeconds(10));

    assertThat(ring.node(41).view().aliveCount()).isEqualTo(42);
    assertThat(refused).isEmpty();
  }

  @RingTest(seeds = 3)
  void aMessageThatTheOtherSideWouldNotTakeEndsTypedAndCostsNoConnection(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            3,
            plan -> {
              plan.builder().set("ring.frame.max", plan.index() == 1 ? "300KiB" : "2MiB");
              plan.service(
                  RingService.of(
                      "long",
                      String.class,
                      (text, context) ->
                          completedFuture(text.equals("give") ? "x".repeat(500_000) : "1")));
              watched(plan);
            });
    ring.settle();
    var direct = AskOptions.defaults().directly().within(Duration.ofSeconds(1));

    assertThatThrownBy(
            () ->
                ring.await(
                    ring.node(0)
                        .ask("long", ring.node(1).id(), "x".repeat(500_000), String.class, direct)))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("its ring.frame.max");
    assertThatThrownBy(
            () ->
                ring.await(
                    ring.node(1).ask("long", ring.node(0).id(), "give", String.class, direct)))
        .isInstanceOf(RingException.HandlerFailed.class)
        .hasMessageContaining("its ring.frame.max");
    assertThat(
            ring.await(
                ring.node(0).ask("long", ring.node(2).id(), "x".repeat(500_000), String.class)))
        .isEqualTo("1");
    assertThat(ring.isSettled()).isTrue();
    assertThat(refused)
        .isNotEmpty()
        .allMatch(why -> why.matches("[ac]: a frame of 500\\d+ bytes for a node that takes .*"));
  }
}
