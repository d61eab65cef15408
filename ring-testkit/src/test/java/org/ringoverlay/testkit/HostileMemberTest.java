package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.AskOptions;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.Echo.Said;
import org.ringoverlay.testkit.Echo.Say;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/** Hostile inputs 20, 21 and 25: one that greets as a member does and then says what none says. */
class HostileMemberTest {
  private static final Duration SOON = Duration.ofMillis(200);

  /** Nodes with an echo, and what the first of them counts. */
  private static final class Counted implements NodeSetup {
    final Echo echo = new Echo();
    final List<String> refused = new ArrayList<>();
    final List<String> troubles = new ArrayList<>();
    long strayReplies;
    long strayAcknowledgements;

    @Override
    public void prepare(NodePlan plan) {
      echo.prepare(plan);
      if (plan.index() == 0) {
        plan.observer(
            new RingObserver() {
              @Override
              public void refusedFrame(String remote, String reason) {
                refused.add(reason);
              }

              @Override
              public void trouble(Id node, String what) {
                troubles.add(what);
              }

              @Override
              public void strayReply(Id node, Id from) {
                strayReplies++;
              }

              @Override
              public void strayAcknowledgements(Id node, Id from, int count) {
                strayAcknowledgements += count;
              }
            });
      }
    }
  }

  private final Counted counted = new Counted();

  private SimRing ringOf(Simulation simulation, int nodes) {
    SimRing ring = simulation.ring(nodes, counted);
    ring.settle();
    counted.refused.clear();
    counted.strayReplies = 0;
    return ring;
  }

  private static CompletionStage<Said> ask(SimRing ring, int from, Id target, Duration within) {
    return ring.node(from)
        .ask("echo", target, new Say(1), Said.class, AskOptions.defaults().within(within));
  }

  private void assertOthersAreServed(SimRing ring) {
    for (int to : ring.running()) {
      Said said = ring.await(ask(ring, 0, ring.node(to).id(), Duration.ofSeconds(5)));
      assertThat(said.node()).isEqualTo(to);
    }
  }

  @RingTest
  void whatIsNotKnownIsAnsweredAndTheConnectionStays(Simulation simulation) {
    SimRing ring = ringOf(simulation, 2);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");

    stranger.sends(new byte[] {2, 1, 7});
    stranger.sends(new byte[] {1, 99});
    stranger.sends(new byte[] {1, 5, 0, 0, 0, 9, 1, 99, 7});
    stranger.says("{\"type\":\"\\r\\nERROR \\u001b[31m ${jndi:x}\",\"x\":1}");
    stranger.says(
        Stranger.news(Stranger.fact(stranger.card(), 1, "\\r\\nERROR \\u001b[31m ${jndi:x}")));
    stranger.says("{\"type\":\"ping\",\"number\":1,\"digest\":0,\"more\":[{}]}");
    ring.run(SOON);

    assertThat(stranger.ends).isEmpty();
    assertThat(stranger.count("notUnderstood")).isEqualTo(4);
    assertThat(stranger.count("pong")).isEqualTo(1);
    assertThat(counted.refused)
        .containsExactly(
            "frame version 2",
            "frame kind 99",
            "a hop of frame kind 99",
            "a link message of an unknown type",
            "1 facts about members in states that this node does not know");
    assertThat(ring.node(0).view().find(stranger.id)).isEmpty();
    assertOthersAreServed(ring);
  }

  @RingTest
  void oneThatSaysOnlyWhatIsNotKnownIsThereAllTheSame(Simulation simulation) {
    SimRing ring = ringOf(simulation, 3);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    stranger.sign = new byte[] {1, 99};
    stranger.joins();
    ring.run(Duration.ofSeconds(5));

    for (int node : ring.running()) {
      assertThat(ring.node(node).view().find(stranger.id))
          .hasValueSatisfying(seen -> assertThat(seen.state()).isEqualTo(MemberState.ALIVE));
    }
  }

  @RingTest
  void whatANodeDidNotUnderstandIsNotToldRaw(Simulation simulation) {
    SimRing ring = ringOf(simulation, 2);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    counted.troubles.clear();

    stranger.says(
        "{\"type\":\"notUnderstood\",\"what\":\"\\r\\nERROR \\u001b[31m"
            + "x".repeat(9_999)
            + "\"}");
    ring.run(SOON);

    assertThat(counted.troubles).singleElement().asString().doesNotContain("\n", "\r", "\u001b");
    assertThat(counted.troubles.get(0).length()).isLessThan(200);
    assertThat(stranger.ends).isEmpty();
  }

  @RingTest
  void aNodeOfALaterProtocolIsRejectedInWords(Simulation simulation) {
    SimRing ring = ringOf(simulation, 2);
    Stranger stranger = Stranger.on(simulation, "s");
    stranger.protocolMin = 2;
    stranger.protocolMax = 3;
    stranger.greets(simulation, "a:1");
    ring.run(SOON);

    assertThat(stranger.count("reject")).isEqualTo(1);
    assertThat(stranger.heard.get(0)).contains("incompatible", "protocol 1 to 1", "2 to 3");
    assertThat(stranger.ends).hasSize(1);
    assertThat(counted.refused).singleElement().asString().contains("2 to 3");
    assertOthersAreServed(ring);
  }

  @RingTest
  void aServiceThatNobodyHasIsATypedError(Simulation simulation) {
    SimRing ring = ringOf(simulation, 2);
    for (int to : ring.running()) {
      var asked = ring.node(0).ask("nobody's", ring.node(to).id(), 1, Integer.class);
      assertThatThrownBy(() -> ring.await(asked))
          .isInstanceOfSatisfying(
              RingException.Incompatible.class,
              error -> assertThat(error.code()).isEqualTo("unknown-service"));
    }
  }

  @RingTest
  void repliesNobodyAskedForAreCountedAndAnswerNoCallThatWaits(Simulation simulation) {
    SimRing ring = ringOf(simulation, 3);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    Id self = ring.node(0).id();
    Id frozen = ring.node(1).id();
    ring.freeze(1);
    var options = AskOptions.defaults().directly().within(Duration.ofSeconds(1));
    var waiting = ring.node(0).ask("echo", frozen, new Say(7), Said.class, options);

    for (int sent = 0; sent < 200_000; sent++) {
      long run = (1L << 31) | sent / 100;
      stranger.sends(
          Stranger.travels(
              Stranger.REPLY, 1, 16, self, frozen, run, 1 + sent % 100, "{\"number\":0}"));
      if (sent % 50_000 == 0) {
        ring.run(Duration.ofMillis(10));
      }
    }
    ring.run(SOON);

    assertThat(counted.strayReplies).isEqualTo(200_000);
    assertThat(waiting.toCompletableFuture()).isNotDone();
    assertThat(stranger.ends).isEmpty();
    ring.thaw(1);
    assertThat(ring.await(waiting)).isEqualTo(new Said(7, 1));
  }

  @RingTest
  void acknowledgementsNobodyAskedForAreCounted(Simulation simulation) {
    SimRing ring = ringOf(simulation, 2);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    ByteBuffer acks = ByteBuffer.allocate(2 + 4 * 1_024).put((byte) 1).put((byte) 6);
    for (int number = 1; number <= 1_024; number++) {
      acks.putInt(number);
    }
    for (int i = 0; i < 100; i++) {
      stranger.sends(acks.array());
    }
    ring.run(SOON);

    assertThat(counted.strayAcknowledgements).isEqualTo(102_400);
    assertThat(stranger.ends).isEmpty();
    assertOthersAreServed(ring);
  }

  @RingTest(seeds = 3)
  void aLoopOfTwoThatTakeEachOtherForTheRootEndsAtTheMostHops(Simulation simulation) {
    SimRing ring = ringOf(simulation, 3);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    var bounced = new ArrayList<Integer>();
    stranger.travelling =
        (from, frame) -> {
          bounced.add((int) frame[4]);
          byte[] back = frame.clone();
          back[4]++;
          Stranger.sends(from, back);
        };
    stranger.joins();
    ring.run(SOON);
    assertThat(ring.node(0).view().root(stranger.id)).extracting(Member::id).isEqualTo(stranger.id);

    var asked = ask(ring, 0, stranger.id, Duration.ofSeconds(1));
    assertThatThrownBy(() -> ring.await(asked))
        .isInstanceOf(RingException.NoRoute.class)
        .hasMessageContaining("ring.hops.max");

    assertThat(bounced.subList(0, 8)).containsExactly(1, 3, 5, 7, 9, 11, 13, 15);
    assertThat(bounced).as("a few attempts of as many hops").hasSizeLessThan(60);
    assertThat(counted.echo.effects).isEmpty();
    assertOthersAreServed(ring);
  }

  @RingTest
  void hopsThatNoMessageHasCloseTheConnection(Simulation simulation) {
    SimRing ring = ringOf(simulation, 2);
    Id self = ring.node(0).id();
    int[][] hops = {{-1, 16}, {17, 16}, {0, 65}, {255, 255}, {0, 0}, {64, 1}, {-128, 64}};
    for (int i = 0; i < hops.length; i++) {
      Stranger stranger = Stranger.on(simulation, "s" + i).greets(simulation, "a:1");
      stranger.sends(
          Stranger.travels(
              Stranger.REQUEST, hops[i][0], hops[i][1], self, stranger.id, 1, 1, "{\"number\":1}"));
      ring.run(SOON);
      assertThat(stranger.ends).as("hop %d of %d", hops[i][0], hops[i][1]).hasSize(1);
    }
    assertThat(counted.refused).hasSize(hops.length).allMatch(why -> why.startsWith("hop "));
    assertThat(counted.echo.effects).isEmpty();
    assertOthersAreServed(ring);
  }

  @RingTest
  void aRequestInThisNodesOwnNameIsAnsweredToItselfAndThatAnswerIsStray(Simulation simulation) {
    SimRing ring = ringOf(simulation, 2);
    Id self = ring.node(0).id();
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");

    stranger.sends(Stranger.travels(Stranger.REQUEST, 1, 16, self, self, 5, 1, "{\"number\":1}"));
    stranger.sends(Stranger.travels(Stranger.REPLY, 1, 16, self, self, 5, 1, "{\"number\":1}"));
    ring.run(SOON);

    assertThat(counted.echo.effects).containsExactly(new Echo.Effect(1, 0));
    assertThat(counted.strayReplies).isEqualTo(2);
    assertThat(stranger.ends).isEmpty();
    assertOthersAreServed(ring);
  }

  @RingTest
  void aRequestInTheNameOfNobodyIsRunAndItsAnswerGivenUp(Simulation simulation) {
    SimRing ring = ringOf(simulation, 2);
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    counted.troubles.clear();

    stranger.sends(
        Stranger.travels(
            Stranger.REQUEST, 1, 16, ring.node(0).id(), Id.of("nobody"), 5, 1, "{\"number\":1}"));
    ring.run(SOON);

    assertThat(counted.troubles).singleElement().asString().contains("could not be sent");
    assertOthersAreServed(ring);
  }

  @RingTest
  void whatWaitsForManyConnectionsAtOnceIsBoundedAndRefusedWithAReason(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            1,
            plan -> {
              counted.prepare(plan);
              plan.builder()
                  .set("ring.link.waiting.all", "64KiB")
                  .set("ring.heartbeat.suspect", "1m");
            });
    ring.settle();
    Stranger stranger = Stranger.on(simulation, "s").greets(simulation, "a:1");
    var asked = new ArrayList<CompletionStage<Said>>();
    for (int i = 0; i < 40; i++) {
      Stranger deaf = Stranger.on(simulation, "deaf" + i);
      deaf.greetingsUnanswered = Integer.MAX_VALUE;
      stranger.says(Stranger.news(Stranger.fact(deaf.card(), 1, "ALIVE")));
    }
    ring.run(SOON);
    for (int i = 0; i < 40; i++) {
      asked.add(
          ring.node(0)
              .ask(
                  "echo",
                  Id.of("deaf" + i),
                  Map.of("number", i, "padding", "x".repeat(4_000)),
                  Said.class,
                  AskOptions.defaults().within(Duration.ofMillis(700))));
    }
    int refused = 0;
    for (CompletionStage<Said> each : asked) {
      try {
        ring.await(each);
      } catch (RingException.Refused full) {
        refused++;
      } catch (RingException other) {
        assertThat(other).isInstanceOfAny(RingException.OutcomeUnknown.class);
      }
    }
    assertThat(refused).as("16 times 4 KB wait at most").isBetween(24, 39);
  }
}
