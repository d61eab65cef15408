package org.ringoverlay.pubsub;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Answer;
import org.ringoverlay.error.Refusal;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.junit.RingTest;

/** Jobs handed to one willing node, in the simulator. */
class AnycastScenarioTest {
  private static <R> R anycast(SimRing ring, int node, Object job, Class<R> type) {
    return ring.await(Topics.on(ring.node(node)).anycast("work", job, type));
  }

  private static void willing(SimRing ring, int node) {
    ring.await(Topics.on(ring.node(node)).willing("work", (job, context) -> completedStage(node)));
  }

  private static void refusing(SimRing ring, int node) {
    ring.await(
        Topics.on(ring.node(node))
            .willing("work", (job, context) -> context.refuse("busy at " + node)));
  }

  @RingTest(nodes = 5, seeds = 3)
  void aWillingNodeDoesTheJobAndTheAnswerNamesIt(SimRing ring) {
    ring.settle();
    var askers = new ArrayList<Id>();
    ring.await(
        Topics.on(ring.node(3))
            .willing(
                "work",
                (job, context) -> {
                  askers.add(context.origin());
                  return completedStage("did " + job.as(String.class));
                }));
    Answer<String> answer =
        ring.await(Topics.on(ring.node(1)).anycastCall("work", "it", String.class));

    assertThat(answer.value()).isEqualTo("did it");
    assertThat(answer.node()).isEqualTo(ring.node(3).id());
    assertThat(askers).containsExactly(ring.node(1).id());
  }

  @RingTest(nodes = 5, seeds = 5)
  void jobsSpreadEvenlyWhereverTheyEnter(SimRing ring) {
    ring.settle();
    for (int node = 0; node < 5; node++) {
      willing(ring, node);
    }
    int[] done = new int[5];
    for (int job = 0; job < 500; job++) {
      done[anycast(ring, job * 7 % 5, job, Integer.class)]++;
    }
    double variance = 0;
    for (int count : done) {
      variance += (count - 100.0) * (count - 100.0) / 5;
    }
    assertThat(Math.sqrt(variance) / 100).isLessThan(0.2);
  }

  @RingTest(nodes = 5, seeds = 3)
  void oneThatRefusesPassesTheJobOn(SimRing ring) {
    ring.settle();
    refusing(ring, 1);
    refusing(ring, 2);
    willing(ring, 3);
    for (int job = 0; job < 10; job++) {
      assertThat(anycast(ring, 4, job, Integer.class)).isEqualTo(3);
    }
  }

  @RingTest(nodes = 5, seeds = 3)
  void whenAllRefuseTheirReasonsAreListed(SimRing ring) {
    ring.settle();
    refusing(ring, 1);
    refusing(ring, 3);

    assertThatThrownBy(() -> anycast(ring, 0, 1, Integer.class))
        .isInstanceOfSatisfying(
            RingException.Refused.class,
            refused ->
                assertThat(refused.refusals())
                    .containsExactlyInAnyOrder(
                        new Refusal(ring.node(1).id(), "busy at 1"),
                        new Refusal(ring.node(3).id(), "busy at 3")));
  }

  @RingTest(nodes = 3)
  void whenNobodyIsWillingTheListIsEmpty(SimRing ring) {
    ring.settle();
    Listener.on(ring, 1, "work");

    assertThatThrownBy(() -> anycast(ring, 0, 1, Integer.class))
        .isInstanceOfSatisfying(
            RingException.Refused.class, refused -> assertThat(refused.refusals()).isEmpty());
  }

  @RingTest(nodes = 5, seeds = 10)
  void aJobWhoseNodeIsKilledGoesToTheNext(SimRing ring) {
    ring.settle();
    var begun = new ArrayList<Integer>();
    for (int node : List.of(1, 2, 3)) {
      ring.await(
          Topics.on(ring.node(node))
              .willing(
                  "work",
                  (job, context) -> {
                    begun.add(node);
                    return begun.size() == 1
                        ? new CompletableFuture<Integer>()
                        : completedStage(node);
                  }));
    }
    CompletionStage<Integer> asked =
        Topics.on(ring.node(0))
            .anycastCall("work", 1, Integer.class, Duration.ofSeconds(30))
            .thenApply(Answer::value);
    ring.run(Duration.ofMillis(500));
    assertThat(begun).hasSize(1);
    ring.kill(begun.get(0));

    int done = ring.await(asked);
    assertThat(done).isNotEqualTo(begun.get(0)).isEqualTo(begun.get(1));
    assertThat(begun).hasSize(2);
  }

  @RingTest(nodes = 5, seeds = 10)
  void theWillingFindANewRoot(SimRing ring) {
    ring.settle();
    int root = ring.rootOf(Id.of("work"));
    int worker = (root + 1) % 5;
    int asker = (root + 2) % 5;
    willing(ring, worker);
    ring.kill(root);

    assertThat(anycast(ring, asker, 1, Integer.class)).isEqualTo(worker);
  }

  @RingTest(nodes = 3)
  void aHandlerThatFailsEndsTheJob(SimRing ring) {
    ring.settle();
    var begun = new ArrayList<Integer>();
    for (int node : List.of(1, 2)) {
      ring.await(
          Topics.on(ring.node(node))
              .willing(
                  "work",
                  (job, context) -> {
                    begun.add(node);
                    throw new IllegalStateException("broken on purpose");
                  }));
    }
    assertThatThrownBy(() -> anycast(ring, 0, 1, Integer.class))
        .isInstanceOf(RingException.HandlerFailed.class);
    assertThat(begun).hasSize(1);
  }

  @RingTest(nodes = 3)
  void aRefusalThatTheHandlerMetElsewhereIsNoRefusalOfTheJob(SimRing ring) {
    ring.settle();
    var begun = new ArrayList<Integer>();
    for (int node : List.of(1, 2)) {
      ring.await(
          Topics.on(ring.node(node))
              .willing(
                  "work",
                  (job, context) -> {
                    begun.add(node);
                    return CompletableFuture.failedFuture(
                        new RingException.Refused("of a call of its own"));
                  }));
    }
    assertThatThrownBy(() -> anycast(ring, 0, 1, Integer.class))
        .isInstanceOf(RingException.HandlerFailed.class)
        .hasMessageContaining("of a call of its own");
    assertThat(begun).hasSize(1);
  }

  @RingTest(nodes = 3)
  void aResultWithoutJsonFormIsTheHandlersFailure(SimRing ring) {
    ring.settle();
    ring.await(
        Topics.on(ring.node(1)).willing("work", (job, context) -> completedStage(new Object())));
    assertThatThrownBy(() -> anycast(ring, 0, 1, Integer.class))
        .isInstanceOf(RingException.HandlerFailed.class);
  }

  @RingTest(nodes = 3)
  void aResultThatIsTooLongIsTheHandlersFailure(SimRing ring) {
    ring.settle();
    ring.await(
        Topics.on(ring.node(1))
            .willing("work", (job, context) -> completedStage("x".repeat(5 << 20))));
    assertThatThrownBy(() -> anycast(ring, 0, 1, String.class))
        .isInstanceOf(RingException.HandlerFailed.class)
        .hasMessageContaining("ring.pubsub.message.max");
  }

  @RingTest(nodes = 3)
  void oneWhoIsNoLongerWillingGetsNoJob(SimRing ring) {
    ring.settle();
    willing(ring, 1);
    Willing leaver =
        ring.await(Topics.on(ring.node(2)).willing("work", (job, context) -> completedStage(2)));
    ring.await(leaver.cancel());
    for (int job = 0; job < 6; job++) {
      assertThat(anycast(ring, 0, job, Integer.class)).isEqualTo(1);
    }
  }

  @RingTest(nodes = 2)
  void oneNodeMayHaveSeveralWillingHandlers(SimRing ring) {
    ring.settle();
    refusing(ring, 0);
    willing(ring, 0);
    for (int job = 0; job < 6; job++) {
      assertThat(anycast(ring, 1, job, Integer.class)).isZero();
    }
  }
}
