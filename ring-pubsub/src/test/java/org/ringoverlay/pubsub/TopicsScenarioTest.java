package org.ringoverlay.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.Json;
import org.ringoverlay.testkit.Faults;
import org.ringoverlay.testkit.NodeSetup;
import org.ringoverlay.testkit.SimRing;
import org.ringoverlay.testkit.Simulation;
import org.ringoverlay.testkit.junit.RingTest;

/** Publish and subscribe in fair and in foul weather, in the simulator. */
class TopicsScenarioTest {
  private static final PublishOptions DELIVERED = PublishOptions.defaults().at(Level.DELIVERED);

  private static Published publish(SimRing ring, int node, String topic, Object value) {
    return ring.await(Topics.on(ring.node(node)).publish(topic, value));
  }

  private static NodeSetup set(String name, String value) {
    return plan -> plan.builder().set(name, value);
  }

  /** A topic whose root is this node. */
  private static String topicRootedAt(SimRing ring, int node) {
    return IntStream.range(0, 10_000)
        .mapToObj(number -> "topic " + number)
        .filter(topic -> ring.rootOf(Id.of(topic)) == node)
        .findFirst()
        .orElseThrow();
  }

  @RingTest(nodes = 5, seeds = 5)
  void whatIsPublishedAfterSubscribingIsReceived(SimRing ring) {
    ring.settle();
    for (int round = 0; round < 100; round++) {
      String topic = "round " + round;
      Listener listener = Listener.on(ring, round % 5, topic);
      Published published = publish(ring, (round + 1) % 5, topic, round);
      assertThat(published.seq()).isGreaterThan(listener.subscription.head());
      assertThat(published.reached()).isEqualTo(1);
      assertThat(published.missing()).isZero();
      ring.run(Duration.ofMillis(200));
      assertThat(listener.values()).containsExactly(round);
    }
  }

  @RingTest(nodes = 3, seeds = 5)
  void whoWaitsForAGraftWhenItsNodeClosesIsTold(SimRing ring) {
    ring.settle();
    String topic = topicRootedAt(ring, 0);
    ring.partition(1);
    var subscribed = Topics.on(ring.node(1)).subscribe(topic, event -> {}).toCompletableFuture();
    ring.run(Duration.ofMillis(300));
    assertThat(subscribed).isNotDone();

    ring.node(1).halt();
    ring.run(Duration.ofSeconds(1));

    assertThatThrownBy(() -> ring.await(subscribed)).isInstanceOf(RingException.Closed.class);
  }

  @RingTest(nodes = 5, seeds = 5)
  void everySubscriberGetsEveryMessageInOneOrder(SimRing ring) {
    ring.settle();
    var listeners = new ArrayList<Listener>();
    for (int node = 0; node < 5; node++) {
      listeners.add(Listener.on(ring, node, "news"));
      listeners.add(Listener.on(ring, node, "news"));
    }
    var published = new ArrayList<CompletionStage<Published>>();
    for (int number = 0; number < 200; number++) {
      published.add(Topics.on(ring.node(number % 5)).publish("news", number));
      if (number % 7 == 0) {
        ring.run(Duration.ofMillis(1));
      }
    }
    for (CompletionStage<Published> one : published) {
      assertThat(ring.await(one).reached()).isEqualTo(10);
    }
    ring.run(Duration.ofSeconds(1));

    for (Listener listener : listeners) {
      assertThat(listener.events).hasSize(200);
      assertThat(listener.values()).isEqualTo(listeners.get(0).values());
      assertThat(listener.gaps).isEmpty();
    }
  }

  @RingTest(nodes = 5, seeds = 5)
  void lossAndRepetitionOnTheWayLoseAndRepeatNothing(SimRing ring, Simulation simulation) {
    ring.settle();
    List<Listener> listeners =
        IntStream.range(0, 5).mapToObj(node -> Listener.on(ring, node, "news")).toList();
    simulation.faults(Faults.none().withLoss(0.05).withDuplication(0.05).withReordering(0.05));
    var sequences = new ArrayList<Long>();
    for (int number = 0; number < 50; number++) {
      sequences.add(publish(ring, number % 5, "news", number).seq());
    }
    simulation.faults(Faults.none());
    ring.settle();
    ring.run(Duration.ofSeconds(10));

    assertThat(simulation.framesLost()).isPositive();
    for (Listener listener : listeners) {
      for (long seq : sequences) {
        assertThat(listener.accountsFor(seq)).isTrue();
      }
    }
  }

  @RingTest(nodes = 4, seeds = 3)
  void deliveredCountsThoseWhoConfirmed(SimRing ring) {
    ring.settle();
    String topic = topicRootedAt(ring, 0);
    var listeners = new ArrayList<Listener>();
    for (int node = 0; node < 4; node++) {
      listeners.add(Listener.on(ring, node, topic));
    }
    Published all = ring.await(Topics.on(ring.node(1)).publish(topic, 1, DELIVERED));
    assertThat(all.reached()).isEqualTo(4);
    assertThat(all.missing()).isZero();
    listeners.forEach(listener -> assertThat(listener.values()).containsExactly(1));

    ring.freeze(3);
    Published most =
        ring.await(
            Topics.on(ring.node(1)).publish(topic, 2, DELIVERED.within(Duration.ofMillis(500))));
    assertThat(most.reached()).isEqualTo(3);
    assertThat(most.missing()).isEqualTo(1);
    ring.thaw(3);
    ring.settle();
    ring.run(Duration.ofSeconds(10));
    assertThat(listeners.get(3).accountsFor(most.seq())).isTrue();
  }

  @RingTest(nodes = 3)
  void sentTellsNothingAndArrivesInFairWeather(SimRing ring) {
    ring.settle();
    Listener listener = Listener.on(ring, 0, "news");
    Published sent =
        ring.await(
            Topics.on(ring.node(1)).publish("news", 1, PublishOptions.defaults().at(Level.SENT)));
    assertThat(sent).isEqualTo(new Published(0, 0, 0));
    ring.run(Duration.ofSeconds(1));
    assertThat(listener.values()).containsExactly(1);
  }

  @RingTest(nodes = 5, seeds = 20)
  void publishesFlowAgainAfterTheRootWasKilled(SimRing ring, Simulation simulation) {
    ring.settle();
    String topic = topicRootedAt(ring, 2);
    List<Listener> listeners =
        List.of(
            Listener.on(ring, 0, topic), Listener.on(ring, 1, topic), Listener.on(ring, 4, topic));
    var sequences = new ArrayList<Long>();
    for (int number = 0; number < 20; number++) {
      sequences.add(publish(ring, 3, topic, number).seq());
    }
    ring.kill(2);
    Duration killed = simulation.elapsed();
    Published first = publish(ring, 3, topic, 100);

    assertThat(simulation.elapsed().minus(killed)).isLessThan(Duration.ofSeconds(3));
    assertThat(first.seq()).isGreaterThan(sequences.get(sequences.size() - 1));
    sequences.add(first.seq());
    ring.settle();
    ring.run(Duration.ofSeconds(2));
    for (int number = 0; number < 20; number++) {
      Published published = publish(ring, 3, topic, 101 + number);
      assertThat(published.reached()).isEqualTo(3);
      sequences.add(published.seq());
    }
    ring.run(Duration.ofSeconds(2));

    assertThat(sequences).isSorted().doesNotHaveDuplicates();
    for (Listener listener : listeners) {
      assertThat(listener.values())
          .endsWith(IntStream.range(0, 20).map(n -> 101 + n).boxed().toArray(Integer[]::new));
      for (long seq : sequences) {
        assertThat(listener.accountsFor(seq)).as("sequence %s", seq).isTrue();
      }
    }
  }

  @RingTest(nodes = 5, seeds = 10)
  void subscribersFindTheNewRootBeforeItSequences(SimRing ring) {
    ring.settle();
    String topic = topicRootedAt(ring, 2);
    Listener one = Listener.on(ring, 0, topic);
    Listener two = Listener.on(ring, 4, topic);
    ring.run(Duration.ofSeconds(3));
    ring.kill(2);

    assertThat(publish(ring, 3, topic, 1).reached()).isEqualTo(2);

    ring.run(Duration.ofSeconds(1));
    assertThat(one.values()).containsExactly(1);
    assertThat(two.values()).containsExactly(1);
  }

  @RingTest(nodes = 2, seeds = 10)
  void aTopicMovesToANodeThatJoins(SimRing ring) {
    ring.settle();
    var listeners = new ArrayList<Listener>();
    var topics = IntStream.range(0, 20).mapToObj(number -> "topic " + number).toList();
    topics.forEach(topic -> listeners.add(Listener.on(ring, 0, topic)));
    var joining = List.of(ring.beginAdding(), ring.beginAdding(), ring.beginAdding());
    var sequences = new ArrayList<List<Long>>();
    for (int round = 0; round < 20; round++) {
      for (int at = 0; at < topics.size(); at++) {
        if (round == 0) {
          sequences.add(new ArrayList<>());
        }
        sequences.get(at).add(publish(ring, 1, topics.get(at), round).seq());
      }
      ring.run(Duration.ofMillis(20));
    }
    joining.forEach(ring::await);
    ring.settle();
    ring.run(Duration.ofSeconds(3));

    assertThat(topics).anyMatch(topic -> ring.rootOf(Id.of(topic)) > 1);
    for (int at = 0; at < topics.size(); at++) {
      assertThat(sequences.get(at)).isSorted().doesNotHaveDuplicates();
      for (long seq : sequences.get(at)) {
        assertThat(listeners.get(at).accountsFor(seq)).isTrue();
      }
      assertThat(publish(ring, 1, topics.get(at), 99).reached()).isEqualTo(1);
    }
  }

  @RingTest(nodes = 4, seeds = 10)
  void aRootThatLeavesFirstDeliversWhatItTook(SimRing ring) {
    ring.settle();
    String topic = topicRootedAt(ring, 2);
    Listener listener = Listener.on(ring, 0, topic);
    for (int number = 0; number < 50; number++) {
      publish(ring, 1, topic, number);
    }
    ring.leave(2);
    ring.settle();
    Published after = publish(ring, 1, topic, 50);
    ring.run(Duration.ofSeconds(1));

    assertThat(after.reached()).isEqualTo(1);
    assertThat(listener.values()).hasSize(51);
    assertThat(listener.gaps).isEmpty();
  }

  @RingTest(seeds = 5)
  void aRootThatLeavesFirstDeliversWhatItTookForTopicsThatItHasLost(Simulation simulation) {
    var subscriber = new Subscriber();
    SimRing ring =
        simulation.ring(
            2,
            plan -> {
              if (plan.index() == 1) {
                subscriber.plan(plan);
              } else {
                plan.builder().set("ring.pubsub.renew.interval", "1m");
              }
            });
    ring.settle();
    List<String> topics =
        IntStream.range(0, 200)
            .mapToObj(number -> "topic " + number)
            .filter(topic -> ring.rootOf(Id.of(topic)) == 0)
            .toList();
    subscriber.graft(ring, 1, 0, topics);
    var confirmations = new TreeMap<String, CompletableFuture<NodeRequest.Taken>>();
    topics.forEach(topic -> confirmations.put(topic, new CompletableFuture<>()));
    subscriber.taking = batch -> confirmations.get(batch.topic());
    topics.forEach(topic -> publish(ring, 0, topic, 1));
    ring.add(3);
    List<String> lost = topics.stream().filter(topic -> ring.rootOf(Id.of(topic)) != 0).toList();
    assertThat(lost).isNotEmpty().hasSizeLessThan(topics.size());

    var left = ring.node(0).leave().toCompletableFuture();
    var whole = new NodeRequest.Taken(List.of());
    topics.stream()
        .filter(topic -> !lost.contains(topic))
        .forEach(topic -> confirmations.get(topic).complete(whole));
    ring.run(Duration.ofMillis(300));
    assertThat(left).as("what it has lost is not confirmed").isNotDone();
    lost.forEach(topic -> confirmations.get(topic).complete(whole));
    ring.run(Duration.ofMillis(300));
    assertThat(left).isCompleted();
  }

  @RingTest
  void aBatchThatASubscriberCanNeverTakeBecomesAGap(Simulation simulation) {
    var subscriber = new Subscriber();
    SimRing ring =
        simulation.ring(
            2,
            plan -> {
              if (plan.index() == 1) {
                subscriber.plan(plan);
              }
            });
    ring.settle();
    String topic = topicRootedAt(ring, 0);
    subscriber.graft(ring, 1, 0, List.of(topic));
    subscriber.taking =
        batch ->
            batch.items().get(0).isGap()
                ? CompletableFuture.completedFuture(new NodeRequest.Taken(List.of()))
                : CompletableFuture.failedFuture(new RingException.InvalidInput("unreadable"));
    Published published = ring.await(Topics.on(ring.node(0)).publish(topic, 1, DELIVERED));
    assertThat(published.missing()).isEqualTo(1);
    ring.run(Duration.ofSeconds(1));

    assertThat(subscriber.of(topic)).hasSize(2);
    NodeRequest.Item gap = subscriber.of(topic).get(1).items().get(0);
    assertThat(gap.seq()).isEqualTo(published.seq());
    assertThat(gap.gapTo()).isEqualTo(published.seq());
  }

  private static void cannotBeBuiltWithFourMebibytesOf(String setting, Simulation simulation) {
    assertThatThrownBy(() -> simulation.ring(1, set(setting, "4MiB")))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining(setting)
        .hasMessageContaining("ring.frame.max");
  }

  @RingTest
  void aMessageThatWouldNotFitAFrameIsToldWhenTheNodeIsBuilt(Simulation simulation) {
    cannotBeBuiltWithFourMebibytesOf("ring.pubsub.message.max", simulation);
  }

  @RingTest
  void aBatchThatWouldNotFitAFrameIsToldWhenTheNodeIsBuilt(Simulation simulation) {
    cannotBeBuiltWithFourMebibytesOf("ring.pubsub.batch.bytes", simulation);
  }

  @RingTest
  void theLongestMessageOfTheLongestNamedTopicFitsTheSmallestFrame(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            2,
            plan ->
                plan.builder()
                    .set("ring.frame.max", "6KiB")
                    .set("ring.pubsub.message.max", "4KiB")
                    .set("ring.pubsub.batch.bytes", "4KiB"));
    ring.settle();
    String topic =
        IntStream.range(100, 1_000)
            .mapToObj(number -> "\"".repeat(125) + number)
            .filter(name -> ring.rootOf(Id.of(name)) == 1)
            .findFirst()
            .orElseThrow();
    Listener listener = Listener.on(ring, 0, topic);
    ring.freeze(0);
    for (int number = 0; number < 400; number++) {
      publish(ring, 1, topic, "x".repeat(number % 399 == 0 ? 4_094 : 1));
    }
    ring.thaw(0);
    ring.run(Duration.ofSeconds(1));
    assertThat(listener.events).hasSize(400);
    assertThat(listener.gaps).isEmpty();
  }

  @RingTest
  void aRootRefusesALongerMessageThanItWouldItself(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            2,
            plan ->
                plan.builder().set("ring.pubsub.message.max", plan.index() == 0 ? "100B" : "1MiB"));
    ring.settle();
    String topic = topicRootedAt(ring, 0);
    assertThatThrownBy(() -> publish(ring, 1, topic, "x".repeat(100)))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("ring.pubsub.message.max");
    assertThatThrownBy(
            () ->
                ring.await(Topics.on(ring.node(1)).anycast(topic, "x".repeat(100), Integer.class)))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  @RingTest(nodes = 5, seeds = 5)
  void aKilledSubscriberDoesNotHinderTheOthers(SimRing ring) {
    ring.settle();
    String topic = topicRootedAt(ring, 0);
    Listener.on(ring, 3, topic);
    Listener survivor = Listener.on(ring, 4, topic);
    for (int number = 0; number < 40; number++) {
      if (number == 20) {
        ring.kill(3);
      }
      publish(ring, 1, topic, number);
    }
    ring.settle();
    ring.run(Duration.ofSeconds(5));

    assertThat(survivor.values()).hasSize(40);
    assertThat(survivor.gaps).isEmpty();
    Published after = ring.await(Topics.on(ring.node(1)).publish(topic, 40, DELIVERED));
    assertThat(after.reached()).isEqualTo(1);
    assertThat(after.missing()).isZero();
  }

  @RingTest(nodes = 3, seeds = 3)
  void nothingArrivesAfterUnsubscribing(SimRing ring) {
    ring.settle();
    Listener leaver = Listener.on(ring, 0, "news");
    Listener stayer = Listener.on(ring, 0, "news");
    publish(ring, 1, "news", 1);
    ring.run(Duration.ofSeconds(1));
    ring.await(leaver.subscription.cancel());
    assertThat(publish(ring, 1, "news", 2).reached()).isEqualTo(1);
    ring.run(Duration.ofSeconds(1));
    ring.await(stayer.subscription.cancel());
    assertThat(publish(ring, 1, "news", 3).reached()).isZero();
    ring.run(Duration.ofSeconds(1));

    assertThat(leaver.values()).containsExactly(1);
    assertThat(stayer.values()).containsExactly(1, 2);
    assertThat(leaver.subscription.isActive()).isFalse();
  }

  @RingTest(nodes = 3, seeds = 3)
  void oneWhoComesBackGetsWhatIsNewAlone(SimRing ring) {
    ring.settle();
    Listener before = Listener.on(ring, 0, "news");
    publish(ring, 1, "news", 1);
    var leaving = before.subscription.cancel();
    Listener again = Listener.on(ring, 0, "news");
    publish(ring, 1, "news", 2);
    ring.await(leaving);
    ring.run(Duration.ofSeconds(5));

    assertThat(again.values()).containsExactly(2);
    assertThat(again.gaps).isEmpty();
  }

  @RingTest(seeds = 5)
  void aFrozenSubscriberIsToldOfItsGapAndSlowsNobody(Simulation simulation) {
    SimRing ring = simulation.ring(4, set("ring.pubsub.window.messages", "10"));
    ring.settle();
    String topic = topicRootedAt(ring, 0);
    Listener slow = Listener.on(ring, 3, topic);
    Listener quick = Listener.on(ring, 2, topic);
    ring.freeze(3);
    var sequences = new ArrayList<Long>();
    int missing = 0;
    for (int number = 0; number < 100; number++) {
      Published published = publish(ring, 1, topic, number);
      sequences.add(published.seq());
      missing += published.missing();
      ring.run(Duration.ofMillis(2));
    }
    ring.run(Duration.ofMillis(100));
    assertThat(quick.events).hasSize(100);
    ring.thaw(3);
    ring.settle();
    ring.run(Duration.ofSeconds(10));

    assertThat(missing).isEqualTo(90);
    assertThat(slow.gaps).isNotEmpty();
    assertThat(slow.events).isNotEmpty();
    for (long seq : sequences) {
      assertThat(slow.accountsFor(seq)).as("sequence %s", seq).isTrue();
    }
  }

  @RingTest
  void aSlowHandlerIsToldOfItsGapAndSlowsNobody(Simulation simulation) {
    SimRing ring = simulation.ring(2, set("ring.pubsub.subscription.window", "5"));
    ring.settle();
    Listener quick = Listener.on(ring, 0, "news");
    var events = new ArrayList<Event>();
    var gaps = new ArrayList<Gap>();
    ring.await(
        Topics.on(ring.node(0))
            .subscribeAsync(
                "news",
                event -> {
                  events.add(event);
                  var work = new CompletableFuture<Void>();
                  ring.node(0).scheduler().schedule(1_000_000_000L, () -> work.complete(null));
                  return work;
                },
                SubscribeOptions.defaults().tellingGaps(gaps::add)));
    int missing = 0;
    for (int number = 0; number < 20; number++) {
      missing += ring.await(Topics.on(ring.node(1)).publish("news", number, DELIVERED)).missing();
    }
    ring.run(Duration.ofSeconds(20));

    assertThat(quick.events).hasSize(20);
    assertThat(events.size()).isBetween(6, 10);
    assertThat(missing).isEqualTo(20 - events.size());
    assertThat(gaps).isNotEmpty();
    assertThat(gaps.get(gaps.size() - 1).to())
        .isEqualTo(quick.events.get(quick.events.size() - 1).seq());
  }

  @RingTest(nodes = 5, seeds = 2)
  void manyTopicsDoNotMix(SimRing ring) {
    ring.settle();
    int count = 500;
    var listeners = new ArrayList<Listener>();
    var starting = new ArrayList<CompletionStage<Listener>>();
    for (int number = 0; number < count; number++) {
      starting.add(Listener.begin(ring, number % 5, "topic " + number));
    }
    starting.forEach(one -> listeners.add(ring.await(one)));
    for (int number = 0; number < count; number++) {
      publish(ring, (number + 2) % 5, "topic " + number, number);
    }
    ring.run(Duration.ofSeconds(10));
    for (int number = 0; number < count; number++) {
      assertThat(listeners.get(number).values()).containsExactly(number);
    }
    int rooted = 0;
    for (int node = 0; node < 5; node++) {
      rooted += ring.await(Topics.on(ring.node(node)).status()).rooted().size();
    }
    assertThat(rooted).isEqualTo(count);
  }

  @RingTest(nodes = 6, seeds = 5)
  void twoHalvesPublishApartAndTogetherAgain(SimRing ring) {
    ring.settle();
    List<Listener> listeners =
        IntStream.range(0, 6).mapToObj(node -> Listener.on(ring, node, "news")).toList();
    publish(ring, 0, "news", 1);
    ring.run(Duration.ofSeconds(1));
    ring.partition(0, 1, 2);
    ring.settle();
    ring.run(Duration.ofSeconds(2));
    assertThat(publish(ring, 0, "news", 2).reached()).isEqualTo(3);
    assertThat(publish(ring, 5, "news", 3).reached()).isEqualTo(3);
    ring.heal();
    ring.settle();
    ring.run(Duration.ofSeconds(5));
    Published together = publish(ring, 0, "news", 4);
    ring.run(Duration.ofSeconds(1));

    assertThat(together.reached()).isEqualTo(6);
    for (Listener listener : listeners) {
      assertThat(listener.values()).startsWith(1).endsWith(4);
      assertThat(listener.sequences()).contains(together.seq());
    }
  }

  @RingTest(nodes = 3)
  void aHandlerThatThrowsIsCountedAndStopsNobody(SimRing ring) {
    ring.settle();
    ring.await(
        Topics.on(ring.node(0))
            .subscribe(
                "news",
                event -> {
                  throw new IllegalStateException("broken on purpose");
                }));
    Listener sound = Listener.on(ring, 0, "news");
    publish(ring, 1, "news", 1);
    publish(ring, 1, "news", 2);
    ring.run(Duration.ofSeconds(1));

    assertThat(sound.values()).containsExactly(1, 2);
    TopicsStatus status = ring.await(Topics.on(ring.node(0)).status());
    assertThat(status.handlerFailures()).isEqualTo(2);
    assertThat(status.events()).isEqualTo(4);
    assertThat(status.subscriptions()).isEqualTo(2);
  }

  @RingTest
  void everyBoundIsARefusalThatNamesItsSetting(Simulation simulation) {
    SimRing ring =
        simulation.ring(
            2,
            plan ->
                plan.builder()
                    .set("ring.pubsub.publishes.max", "3")
                    .set("ring.pubsub.subscriptions.max", "2")
                    .set("ring.pubsub.subscribers.max", "1")
                    .set("ring.pubsub.topics.max", "2")
                    .set("ring.pubsub.message.max", "100"));
    ring.settle();
    Topics topics = Topics.on(ring.node(0));
    var many = new ArrayList<CompletionStage<Published>>();
    for (int number = 0; number < 10; number++) {
      many.add(topics.publish("news", number));
    }
    assertThatThrownBy(() -> many.forEach(ring::await))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.pubsub.publishes.max");

    Listener.on(ring, 0, "a");
    Listener.on(ring, 0, "b");
    assertThatThrownBy(() -> Listener.on(ring, 0, "c"))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.pubsub.subscriptions.max");
    assertThatThrownBy(() -> Listener.on(ring, 1, "a"))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.pubsub.subscribers.max");
    assertThatThrownBy(() -> ring.await(topics.publish("news", "x".repeat(100))))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("ring.pubsub.message.max");
  }

  @RingTest
  void aRootForgetsQuietTopicsBeforeItRefusesNewOnes(Simulation simulation) {
    SimRing ring = simulation.ring(1, set("ring.pubsub.topics.max", "3"));
    Listener kept = Listener.on(ring, 0, "kept");
    long last = 0;
    for (int number = 0; number < 20; number++) {
      last = publish(ring, 0, "quiet " + number, number).seq();
    }
    assertThat(publish(ring, 0, "quiet 0", 1).seq()).isGreaterThan(1).isLessThan(last + 20);
    publish(ring, 0, "kept", 1);
    ring.run(Duration.ofSeconds(1));
    assertThat(kept.values()).containsExactly(1);
    Listener.on(ring, 0, "second");
    Listener.on(ring, 0, "third");

    assertThatThrownBy(() -> Listener.on(ring, 0, "fourth"))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.pubsub.topics.max");
    assertThatThrownBy(() -> publish(ring, 0, "fifth", 1))
        .isInstanceOf(RingException.Refused.class)
        .hasMessageContaining("ring.pubsub.topics.max");
  }

  @RingTest
  void aTopicWithoutSubscribersIsForgottenInTime(Simulation simulation) {
    SimRing ring = simulation.ring(1, set("ring.pubsub.idle", "5s"));
    Listener listener = Listener.on(ring, 0, "news");
    publish(ring, 0, "news", 1);
    ring.run(Duration.ofSeconds(10));
    assertThat(ring.await(Topics.on(ring.node(0)).status()).rooted()).hasSize(1);
    ring.await(listener.subscription.cancel());
    ring.run(Duration.ofSeconds(10));

    assertThat(ring.await(Topics.on(ring.node(0)).status()).rooted()).isEmpty();
    assertThat(publish(ring, 0, "news", 2).seq()).isGreaterThan(1);
  }

  @RingTest(nodes = 2)
  void aRequestThatLeavesOutWhatItNeedsIsTheAskersMistake(SimRing ring) {
    ring.settle();
    String topic = topicRootedAt(ring, 1);
    for (String json :
        List.of(
            "{\"type\":\"publish\",\"topic\":\"" + topic + "\"}",
            "{\"type\":\"publish\",\"value\":1}",
            "{\"type\":\"offer\",\"topic\":\"" + topic + "\"}",
            "{\"type\":\"offer\",\"value\":1}",
            "{\"type\":\"graft\"}")) {
      assertThatThrownBy(
              () ->
                  ring.await(
                      ring.node(0)
                          .ask(RootRequest.SERVICE, Id.of(topic), Json.parse(json), Json.class)))
          .as(json)
          .isInstanceOf(RingException.InvalidInput.class);
    }
    Json nameless = Json.parse("{\"type\":\"graft\",\"places\":[{\"subscriptions\":1}]}");
    RootRequest.Grafted grafted =
        ring.await(
            ring.node(0)
                .ask(RootRequest.SERVICE, Id.of(topic), nameless, RootRequest.Grafted.class));
    assertThat(grafted.outcomes())
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.verdict()).isEqualTo(RootRequest.Verdict.REFUSED));
  }

  @RingTest(nodes = 1)
  void wrongInputIsSaidAtOnce(SimRing ring) {
    Topics topics = Topics.on(ring.node(0));
    assertThatThrownBy(() -> ring.await(topics.subscribe("a\nb", event -> {})))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> ring.await(topics.publish("", 1)))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(
            () ->
                ring.await(
                    topics.subscribe("t", event -> {}, SubscribeOptions.defaults().startingAt(7))))
        .isInstanceOf(RingException.Incompatible.class)
        .satisfies(error -> assertThat(((RingException) error).code()).isEqualTo("not-built"));
  }

  @RingTest(nodes = 2)
  void aSubscriptionThatNoRootTakesInTimeIsGone(SimRing ring) {
    ring.settle();
    String topic = topicRootedAt(ring, 0);
    ring.freeze(0);
    var heard = new ArrayList<Event>();
    CompletionStage<Subscription> subscribing =
        Topics.on(ring.node(1))
            .subscribe(
                topic, heard::add, SubscribeOptions.defaults().within(Duration.ofMillis(100)));
    assertThatThrownBy(() -> ring.await(subscribing)).isInstanceOf(RingException.Unavailable.class);
    ring.thaw(0);
    ring.settle();
    ring.run(Duration.ofSeconds(5));

    assertThat(publish(ring, 0, topic, 1).reached()).isZero();
    assertThat(heard).isEmpty();
    assertThat(ring.await(Topics.on(ring.node(1)).status()).subscriptions()).isZero();
  }
}
