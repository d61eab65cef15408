package org.ringoverlay.testkit;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.AskOptions;
import org.ringoverlay.LeaveReport;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.testkit.Echo.Said;
import org.ringoverlay.testkit.Echo.Say;
import org.ringoverlay.testkit.junit.RingTest;
import org.ringoverlay.view.MemberState;

/** What a ring does, told through its public face. */
class RingScenarioTest {
  private static final Duration SUSPICION_MAX = Duration.ofSeconds(2);

  @RingTest(nodes = 5, seeds = 10)
  void fiveNodesJoinAndAgree(SimRing ring) {
    ring.settle(Duration.ofSeconds(5));

    assertThat(ring.running()).hasSize(5);
    for (int index : ring.running()) {
      assertThat(ring.node(index).view().aliveCount()).isEqualTo(5);
      assertThat(ring.node(index).identity()).isEqualTo(ring.node(0).identity()).hasSize(32);
    }
  }

  @RingTest(seeds = 5)
  void askReachesTheRootFromEveryNode(Simulation simulation) {
    SimRing ring = simulation.ring(5, new Echo());
    ring.settle();
    for (int number = 0; number < 40; number++) {
      Id target = Id.of("key " + number);
      for (int from : ring.running()) {
        Said said = ring.await(ask(ring.node(from), target, number));
        assertThat(said).isEqualTo(new Said(number, ring.rootOf(target)));
      }
    }
  }

  @RingTest(seeds = 3)
  void whoWaitsForALeaveIsToldWhenTheNodeHaltsBefore(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            2,
            plan ->
                plan.service(
                    RingService.of(
                        "never",
                        Integer.class,
                        (request, context) -> new CompletableFuture<Integer>())));
    ring.settle();
    Ring leaver = ring.node(0);
    var unanswered =
        ring.node(1).ask("never", leaver.id(), 1, Integer.class, AskOptions.defaults().directly());
    ring.run(Duration.ofMillis(200));
    var left = leaver.leave().toCompletableFuture();
    ring.run(Duration.ofMillis(200));
    assertThat(left).isNotDone();

    leaver.halt();
    ring.run(Duration.ofSeconds(1));

    assertThat(left).isCompletedExceptionally();
    assertThatThrownBy(() -> ring.await(left)).isInstanceOf(RingException.Closed.class);
    assertThatThrownBy(() -> ring.await(unanswered)).isInstanceOf(RingException.class);
  }

  @RingTest(seeds = 1)
  void errorOfAHandlersOwnCallDoesNotSpeakForTheRequest(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            2,
            plan ->
                plan.service(
                        RingService.of(
                            "relay",
                            Integer.class,
                            (request, context) ->
                                context
                                    .ring()
                                    .call(
                                        "relay",
                                        Id.of("nobody"),
                                        request,
                                        Integer.class,
                                        AskOptions.defaults().directly())))
                    .service(
                        RingService.of(
                            "shut",
                            Integer.class,
                            (request, context) ->
                                context.fail(new RingException.Unavailable("not before noon")))));
    ring.settle();
    Id other = ring.node(1).id();
    assertThatThrownBy(() -> ring.await(ring.node(0).ask("relay", other, 1, Integer.class)))
        .isInstanceOf(RingException.HandlerFailed.class)
        .hasMessageContaining("no-route");
    assertThatThrownBy(() -> ring.await(ring.node(0).ask("shut", other, 1, Integer.class)))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessage("not before noon");
  }

  @RingTest(seeds = 1)
  void replyThatNoFrameHasRoomForIsAFailureOfTheHandler(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            2,
            plan ->
                plan.service(
                    RingService.of(
                        "long",
                        Integer.class,
                        (length, context) -> completedFuture("x".repeat(length)))));
    ring.settle();
    Id other = ring.node(1).id();
    int longest = ring.node(0).payloadBytesMax() - 2;
    assertThat(ring.await(ring.node(0).ask("long", other, longest, String.class))).hasSize(longest);
    assertThatThrownBy(() -> ring.await(ring.node(0).ask("long", other, longest + 1, String.class)))
        .isInstanceOf(RingException.HandlerFailed.class)
        .hasMessageContaining("ring.frame.max");
  }

  @RingTest(seeds = 10)
  void aRepeatGetsTheFirstAnswerUnderLoss(Simulation simulation) {
    var echo = new Echo();
    SimRing ring = simulation.ring(5, echo);
    ring.settle();
    simulation.faults(Faults.none().withLoss(0.2));

    var answers = new ArrayList<CompletionStage<Said>>();
    for (int number = 0; number < 200; number++) {
      answers.add(ask(ring.node(number % 5), Id.of("key " + number), number));
    }
    for (int number = 0; number < answers.size(); number++) {
      assertThat(ring.await(answers.get(number)).number()).isEqualTo(number);
    }

    assertThat(simulation.framesLost()).isPositive();
    assertThat(echo.repeats).isPositive();
    assertThat(echo.effects).hasSizeGreaterThanOrEqualTo(200).doesNotHaveDuplicates();
  }

  @RingTest(seeds = 10)
  void aKilledNodeIsNoticedAndItsRangeTaken(Simulation simulation) {
    SimRing ring = simulation.ring(5, new Echo());
    ring.settle();
    Id target = ring.node(2).id();
    ring.kill(2);

    assertThat(ring.settle()).isLessThan(Duration.ofSeconds(5));
    Said said = ring.await(ask(ring.node(0), target, 1));
    assertThat(said.node()).isEqualTo(ring.rootOf(target)).isNotEqualTo(2);
  }

  @RingTest(seeds = 10)
  void aNodeWithoutPowerIsNoticedAlthoughNobodyIsTold(Simulation simulation) {
    SimRing ring = simulation.ring(5, new Echo());
    ring.settle();
    ring.killSilently(3);

    assertThat(ring.settle()).isLessThan(Duration.ofSeconds(5));
    assertThat(ring.node(0).view().aliveCount()).isEqualTo(4);
  }

  @RingTest(seeds = 10)
  void aFrozenNodeIsRoutedAroundAndComesBack(Simulation simulation) {
    SimRing ring = simulation.ring(5, new Echo());
    ring.settle();
    Id target = ring.node(1).id();
    ring.freeze(1);

    assertThat(ring.settle()).isLessThan(SUSPICION_MAX);
    Said meanwhile = ring.await(ask(ring.node(0), target, 1));
    assertThat(meanwhile.node()).isNotEqualTo(1);

    ring.run(Duration.ofSeconds(10));
    ring.thaw(1);
    ring.settle();
    assertThat(ring.await(ask(ring.node(0), target, 2)).node()).isEqualTo(1);
  }

  @RingTest(nodes = 6, seeds = 10)
  void twoHalvesBecomeOneRingAgain(SimRing ring) {
    ring.settle();
    ring.partition(0, 2, 4);
    ring.settle();
    assertThat(ring.node(0).view().aliveCount()).isEqualTo(3);
    assertThat(ring.node(1).view().aliveCount()).isEqualTo(3);

    ring.run(Duration.ofMinutes(2));
    ring.heal();

    assertThat(ring.settle()).isLessThan(Duration.ofSeconds(30));
    assertThat(ring.node(0).view().aliveCount()).isEqualTo(6);
  }

  @RingTest(nodes = 2)
  void aNodeOfAnotherRingIsRefused(SimRing ring) {
    CompletionStage<Ring> stranger =
        Ring.builder()
            .transport(ring.simulation().host("stranger").transport())
            .ring("another")
            .seeds(List.of("a:1"))
            .start();

    assertThatThrownBy(() -> ring.await(stranger)).isInstanceOf(RingException.Incompatible.class);
    assertThat(ring.node(0).view().members()).hasSize(2);
  }

  @RingTest(nodes = 1)
  void seedsThatNobodyAnswersAreAnErrorThatNamesThem(SimRing ring) {
    CompletionStage<Ring> lost =
        Ring.builder()
            .transport(ring.simulation().host("lost").transport())
            .seeds(List.of("nowhere:1", "a:9"))
            .start();

    assertThatThrownBy(() -> ring.await(lost))
        .isInstanceOf(RingException.Unavailable.class)
        .hasMessageContaining("nowhere:1")
        .hasMessageContaining("a:9");
  }

  @RingTest(nodes = 1, seeds = 5)
  void twentyNodesJoinAtOnce(SimRing ring) {
    ring.add(20);

    ring.settle(Duration.ofSeconds(10));
    assertThat(ring.node(20).view().aliveCount()).isEqualTo(21);
  }

  @RingTest(seeds = 5)
  void aLeavingNodeHandsOverAndIsSeenToHaveLeft(Simulation simulation) {
    var states = new ArrayList<MemberState>();
    SimRing ring =
        simulation.ring(
            4,
            plan -> {
              plan.service(new Heavy(plan.index()));
              if (plan.index() == 0) {
                plan.observer(Seen.of(states));
              }
            });
    ring.settle();
    LeaveReport report = ring.leave(2);

    assertThat(report.handedOver()).containsEntry("heavy", 2L);
    assertThat(report.unfinished()).isEmpty();
    assertThat(ring.settle()).isLessThan(Duration.ofSeconds(1));
    assertThat(states).endsWith(MemberState.LEFT).doesNotContain(MemberState.SUSPECT);
  }

  @RingTest(seeds = 5)
  void aNodeThatCannotHandOverLeavesInTimeAndSaysWhatToDo(Simulation simulation) {
    var troubles = new ArrayList<String>();
    SimRing ring =
        simulation.ring(
            4,
            plan -> {
              plan.service(new Reluctant());
              if (plan.index() == 1) {
                plan.durable();
              }
              plan.observer(
                  new RingObserver() {
                    @Override
                    public void trouble(Id node, String what) {
                      troubles.add(plan.index() + ": " + what);
                    }
                  });
            });
    ring.settle();

    Map<String, String> unfinished = Map.of("reluctant", "did not hand over in time");
    assertThat(ring.leave(1).unfinished()).isEqualTo(unfinished);
    assertThat(ring.await(ring.beginStop(2)).unfinished()).isEqualTo(unfinished);
    assertThat(troubles)
        .containsExactly(
            "1: left without handing over everything: reluctant (did not hand over in time). Start"
                + " it again with its data directory, so that others can take over what it keeps,"
                + " then have it leave again.",
            "2: stopped without handing over everything: reluctant (did not hand over in time)."
                + " What it alone kept in memory is gone.");
  }

  @RingTest(seeds = 5)
  void aNodeThatIsGivenTimeToLeaveTakesAllOfItAndNoMore(Simulation simulation) {
    SimRing ring = simulation.ring(4, plan -> plan.service(new Reluctant()));
    ring.settle();

    Duration longer = Duration.ofSeconds(100);
    CompletableFuture<LeaveReport> first = ring.node(1).leave(longer).toCompletableFuture();
    var others =
        List.of(
            ring.node(1).leave().toCompletableFuture(),
            ring.node(1).leave(Duration.ofMillis(1)).toCompletableFuture(),
            ring.node(1).stop().toCompletableFuture());
    LeaveReport report = ring.await(first);
    assertThat(report.took()).isBetween(longer, longer.plusMillis(20));
    assertThat(report.unfinished()).isEqualTo(Map.of("reluctant", "did not hand over in time"));
    assertThat(others).allSatisfy(other -> assertThat(other).isCompletedWithValue(report));

    Duration shorter = Duration.ofMillis(500);
    assertThat(ring.await(ring.node(2).leave(shorter)).took())
        .isBetween(shorter, shorter.plusMillis(20));

    ring.node(3).stop();
    assertThat(ring.await(ring.node(3).leave(longer)).took())
        .isBetween(Duration.ofSeconds(5), Duration.ofMillis(5_020));
  }

  @RingTest(seeds = 5)
  void aNodeThatHasHandedOverDoesNotTakeTheTimeThatItIsGiven(Simulation simulation) {
    SimRing ring = simulation.ring(4, plan -> plan.service(new Heavy(plan.index())));
    ring.settle();

    LeaveReport report = ring.await(ring.node(2).leave(Ring.LEAVE_MAX));
    assertThat(report.handedOver()).containsEntry("heavy", 2L);
    assertThat(report.unfinished()).isEmpty();
    assertThat(report.took()).isLessThan(Duration.ofSeconds(1));
  }

  @RingTest(seeds = 1)
  void aTimeToLeaveThatIsNoneIsRefusedAndNothingHasBegun(Simulation simulation) {
    SimRing ring = simulation.ring(2);
    ring.settle();

    for (Duration none :
        List.of(Duration.ZERO, Duration.ofNanos(-1), Ring.LEAVE_MAX.plusNanos(1))) {
      assertThatThrownBy(() -> ring.await(ring.node(1).leave(none)))
          .isInstanceOf(RingException.InvalidInput.class)
          .hasMessage(
              "A node may take more than nothing and at most 1 h to leave, not " + none + ".");
    }
    assertThat(ring.node(1).isReady()).isTrue();
  }

  @RingTest(seeds = 10)
  void aDurableNodeComesBackAsItselfWithAHigherIncarnation(Simulation simulation) {
    SimRing ring = simulation.ring(4, NodePlan::durable);
    ring.settle();
    ring.run(Duration.ofSeconds(10));
    Id before = ring.node(1).id();
    ring.kill(1);
    ring.run(Duration.ofSeconds(3));

    Ring again = ring.restart(1);

    assertThat(again.id()).isEqualTo(before);
    assertThat(again.incarnation()).isEqualTo(2);
    ring.settle();
  }

  @RingTest(seeds = 10)
  void aDurableNodeThatLeftGivesItsDirectoryBackToItsNextProcess(Simulation simulation) {
    SimRing ring = simulation.ring(4, NodePlan::durable);
    ring.settle();
    Id before = ring.node(1).id();
    ring.leave(1);

    Ring again = ring.restart(1);

    assertThat(again.id()).isEqualTo(before);
    assertThat(again.incarnation()).isEqualTo(2);
    ring.settle();
  }

  @RingTest(seeds = 5)
  void aStartThatFailedLeavesTheDirectoryFree(Simulation simulation) {
    SimRing ring = simulation.ring(2, NodePlan::durable);
    ring.settle();
    ring.kill(1);
    ring.partition(1);
    simulation.host("b").loseDisk();
    assertThatThrownBy(() -> ring.restart(1)).isInstanceOf(RingException.Unavailable.class);
    ring.heal();

    Ring again = ring.restart(1);

    assertThat(again.isReady()).isTrue();
    ring.settle();
  }

  @RingTest(seeds = 10)
  void theFounderComesBackIntoItsOwnRing(Simulation simulation) {
    SimRing ring = simulation.ring(3, NodePlan::durable);
    ring.run(Duration.ofSeconds(10));
    String identity = ring.node(0).identity();
    ring.kill(0);
    ring.restart(0);

    ring.settle();
    assertThat(ring.node(0).identity()).isEqualTo(identity);
  }

  @RingTest(seeds = 20)
  void asksAreAnsweredOrTypedErrorsInBadWeather(Simulation simulation) {
    var echo = new Echo();
    SimRing ring = simulation.ring(5, echo);
    ring.settle();
    simulation.faults(
        Faults.none()
            .withLoss(0.05)
            .withDuplication(0.02)
            .withReordering(0.02)
            .withReset(0.001)
            .withPartitions(Duration.ofSeconds(20), Duration.ofSeconds(10))
            .withPauses(Duration.ofSeconds(15), Duration.ofSeconds(4)));
    var outcomes = new ArrayList<String>();
    for (int number = 0; number < 300; number++) {
      ask(ring.node(number % 5), Id.of("key " + number), number)
          .whenComplete((said, error) -> outcomes.add(error == null ? "ok" : codeOf(error)));
      ring.run(Duration.ofMillis(200));
    }
    ring.run(Duration.ofSeconds(21));
    assertThat(outcomes).hasSize(300).doesNotContain("untyped");
    assertThat(outcomes).filteredOn("ok"::equals).hasSizeGreaterThan(200);

    simulation.faults(Faults.none());
    simulation.heal();
    simulation.hosts().forEach(Host::thaw);
    ring.settle(Duration.ofSeconds(60));
    assertThat(echo.effects).doesNotHaveDuplicates();
  }

  @RingTest(seeds = 5)
  void aNodeThatResumedAloneIsFoundAlthoughNobodyRemembersIt(Simulation simulation) {
    SimRing ring = simulation.ring(4, NodePlan::durable);
    ring.run(Duration.ofSeconds(10));
    ring.kill(3);
    ring.partition(3);
    ring.restart(3);
    assertThat(ring.node(3).view().aliveCount()).isEqualTo(1);
    List.of(0, 1, 2).forEach(ring::kill);
    List.of(0, 1, 2).forEach(ring::restart);
    ring.settle();
    assertThat(ring.node(0).view().members()).hasSize(3);

    ring.heal();

    assertThat(ring.settle()).isLessThan(Duration.ofSeconds(30));
    assertThat(ring.node(3).view().aliveCount()).isEqualTo(4);
  }

  @RingTest(seeds = 5)
  void halvesThatCameBackApartAndRememberOnlyAddressesBecomeOneRing(Simulation simulation) {
    SimRing ring = simulation.ring(5, NodePlan::durable);
    ring.run(Duration.ofSeconds(10));
    List<Integer> all = List.of(0, 1, 2, 3, 4);
    all.forEach(ring::kill);
    ring.partition(0, 1);
    all.forEach(ring::restart);
    ring.settle(Duration.ofMinutes(1));
    assertThat(ring.node(0).view().members()).hasSize(2);
    assertThat(ring.node(4).view().members()).hasSize(3);

    ring.heal();

    assertThat(ring.settle()).isLessThan(Duration.ofSeconds(30));
    assertThat(ring.node(0).view().aliveCount()).isEqualTo(5);
  }

  @RingTest
  void aSeedThatAcceptsAndSaysNothingIsGivenUp(Simulation simulation) {
    Peer mute = Peer.on(simulation.host("mute")).listening(1);
    CompletionStage<Ring> waiting =
        Ring.builder().transport(simulation.host("b").transport()).seeds(List.of("mute:1")).start();

    assertThatThrownBy(() -> simulation.await(waiting))
        .isInstanceOf(RingException.Unavailable.class);
    simulation.run(Duration.ofSeconds(5));
    assertThat(mute.heard).contains("opened");
    assertThat(mute.heard.stream().filter(word -> word.startsWith("closed")))
        .hasSize(mute.connections.size());
    assertThat(
            mute.heard.stream()
                .takeWhile(word -> !word.startsWith("closed"))
                .filter(word -> word.equals("opened")))
        .as("few are open at once")
        .hasSizeLessThanOrEqualTo(4);
  }

  @RingTest
  void aConnectionThatSaysNothingIsClosed(Simulation simulation) {
    simulation.ring(1);
    Peer mute = Peer.on(simulation.host("mute"));
    mute.connect("a:1");
    simulation.run(Duration.ofSeconds(5));

    assertThat(mute.heard).containsExactly("opened", "closed: the peer closed the connection");
  }

  @RingTest(seeds = 5)
  void aNewcomerThatDialsASlowSeedOftenKeepsOneConnection(Simulation simulation) {
    SimRing ring = simulation.ring(2);
    ring.freeze(0);
    CompletionStage<Ring> joining = ring.beginAdding();
    ring.run(Duration.ofSeconds(12));
    ring.thaw(0);
    ring.await(joining);
    ring.settle();
    ring.run(Duration.ofSeconds(10));

    assertThat(ring.host(0).process().connectionCount()).isLessThanOrEqualTo(4);
  }

  @RingTest(nodes = 1)
  void awaitOnALoopThrowsAtOnce(SimRing ring) {
    Ring node = ring.node(0);
    var thrown = new ArrayList<Throwable>();
    node.scheduler()
        .execute(
            () -> {
              try {
                node.await(node.closed());
              } catch (IllegalStateException refused) {
                thrown.add(refused);
              }
            });
    ring.run(Duration.ofMillis(1));

    assertThat(thrown).hasSize(1);
  }

  @RingTest(seeds = 10)
  void aSilentRootIsNotSpokenForUntilItIsDead(Simulation simulation) {
    var echo = new Echo();
    SimRing ring = simulation.ring(5, echo);
    ring.settle();
    Id silent = ring.node(2).id();
    Id besideIt = Id.of("found below");
    for (int i = 0; ring.rootOf(besideIt) != 2; i++) {
      besideIt = Id.of("key " + i);
    }
    ring.freeze(2);
    simulation.runUntil(() -> isSeen(ring, 0, silent, MemberState.SUSPECT), Duration.ofSeconds(5));
    assertThat(isSeen(ring, 0, silent, MemberState.SUSPECT)).isTrue();

    var options = AskOptions.defaults().within(Duration.ofSeconds(20));
    var sure = ring.node(0).ask("echo", besideIt, new Say(1), Said.class, options);
    var likely = ring.node(0).ask("echo", besideIt, new Say(2), Said.class, options.atLikelyRoot());
    Said early = ring.await(likely);
    assertThat(isSeen(ring, 0, silent, MemberState.SUSPECT)).isTrue();
    assertThat(sure.toCompletableFuture()).isNotDone();
    assertThat(echo.effects).containsExactly(new Echo.Effect(2, early.node()));

    Said late = ring.await(sure);
    assertThat(isSeen(ring, late.node(), silent, MemberState.SUSPECT)).isFalse();
    assertThat(late.node()).isEqualTo(early.node());
  }

  @RingTest(seeds = 3)
  void aNodeThatIsAskedFirstAnswersAndIfItCannotTheRootDoes(Simulation simulation) {
    var echo = new Echo();
    SimRing ring = simulation.ring(5, echo);
    ring.settle();
    Id target = Id.of("a key");
    int root = ring.rootOf(target);
    int other = (root + 1) % 5;
    int asker = (root + 2) % 5;
    var first = AskOptions.defaults().firstTo(ring.node(other).id());
    for (int from : List.of(asker, other, root)) {
      Said said = ring.await(ring.node(from).ask("echo", target, new Say(from), Said.class, first));
      assertThat(said.node()).as("asked by %s", from).isEqualTo(other);
    }
    ring.kill(other);
    Said said = ring.await(ring.node(asker).ask("echo", target, new Say(9), Said.class, first));
    assertThat(said.node()).isEqualTo(root);
  }

  @RingTest(seeds = 3)
  void aPausedNodeIsSureAgainAlthoughOneNeighbourCannotAnswerIt(Simulation simulation) {
    var troubles = new ArrayList<String>();
    var echo = new Echo();
    SimRing ring =
        simulation.ring(
            5,
            plan -> {
              echo.prepare(plan);
              plan.observer(
                  new RingObserver() {
                    @Override
                    public void trouble(Id node, String what) {
                      troubles.add(plan.index() + ": " + what);
                    }
                  });
            });
    ring.settle();
    simulation.cut(List.of(ring.host(1)), List.of(ring.host(2)));
    ring.run(Duration.ofSeconds(5));
    ring.freeze(1);
    ring.run(Duration.ofMillis(1_850));
    ring.thaw(1);
    ring.run(Duration.ofSeconds(10));

    Id target = ring.node(1).id();
    assertThat(ring.await(ask(ring.node(0), target, 2)).node()).isEqualTo(1);
    assertThat(troubles).anyMatch(each -> each.startsWith("1: these neighbours did not answer"));
  }

  private static boolean isSeen(SimRing ring, int by, Id node, MemberState state) {
    return ring.node(by).view().find(node).filter(m -> m.state() == state).isPresent();
  }

  private static String codeOf(Throwable error) {
    Throwable cause = error.getCause() == null ? error : error.getCause();
    return cause instanceof RingException typed ? typed.code() : "untyped";
  }

  private static CompletionStage<Said> ask(Ring from, Id target, int number) {
    return from.ask(
        "echo",
        target,
        new Say(number),
        Said.class,
        AskOptions.defaults().within(Duration.ofSeconds(20)));
  }
}
