package org.ringoverlay.pubsub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.pubsub.NodeRequest.Batch;
import org.ringoverlay.pubsub.NodeRequest.Taken;
import org.ringoverlay.pubsub.RootRequest.Graft;
import org.ringoverlay.pubsub.RootRequest.Grafted;
import org.ringoverlay.pubsub.RootRequest.Outcome;
import org.ringoverlay.pubsub.RootRequest.Place;
import org.ringoverlay.pubsub.RootRequest.Publish;
import org.ringoverlay.pubsub.RootRequest.Sequenced;
import org.ringoverlay.pubsub.RootRequest.Verdict;
import org.ringoverlay.view.RingView;

/**
 * The topics whose root this node is.
 *
 * <p>A topic whose root it no longer is takes nothing more; what it has queued still goes out, for
 * at most a lease. On the loop.
 */
final class Roots {
  private final Ring ring;
  private final Pace pace;
  private final int topicsMax;
  private final int subscribersMax;
  private final int heldMax;
  private final long messageBytesMax;
  private final AskOptions deliverOptions;
  private final Channel.Window window;
  private final Settling settling;
  private final TreeMap<String, RootTopic> topics = new TreeMap<>();
  private final LinkedHashSet<RootTopic> idle = new LinkedHashSet<>();
  private final LinkedHashSet<RootTopic> retired = new LinkedHashSet<>();
  private long floor;
  private long reign;
  private long batches;
  private int held;
  private boolean sweeping;
  private @Nullable CompletableFuture<Long> leaving;

  Roots(Ring ring, Pace pace, long messageBytesMax) {
    this.ring = ring;
    this.pace = pace;
    this.messageBytesMax = messageBytesMax;
    var settings = ring.settings();
    this.topicsMax = settings.get(PubsubSettings.TOPICS_MAX);
    this.subscribersMax = settings.get(PubsubSettings.SUBSCRIBERS_MAX);
    this.heldMax = settings.get(PubsubSettings.HELD_MAX);
    this.deliverOptions =
        AskOptions.defaults()
            .within(Duration.ofNanos(settings.get(PubsubSettings.DELIVER_TIMEOUT)))
            .directly()
            .reading();
    this.window =
        new Channel.Window(
            settings.get(PubsubSettings.WINDOW_MESSAGES),
            settings.get(PubsubSettings.WINDOW_BYTES),
            settings.get(PubsubSettings.BATCH_MESSAGES),
            settings.get(PubsubSettings.BATCH_BYTES));
    this.settling = new Settling(settings.get(PubsubSettings.SETTLE));
  }

  List<RootTopic> all() {
    return List.copyOf(topics.values());
  }

  @Nullable RootTopic find(String name) {
    return topics.get(name);
  }

  // ------------------------------------------------------------------ places

  Grafted graft(Graft request, Id node) {
    if (request.places().size() > Graft.PLACES_MAX) {
      throw new RingException.InvalidInput(
          "A graft has at most " + Graft.PLACES_MAX + " places, not " + request.places().size());
    }
    var outcomes = new ArrayList<Outcome>(request.places().size());
    var touched = new LinkedHashSet<RootTopic>();
    for (Place place : request.places()) {
      Outcome outcome = graft(place, node);
      outcomes.add(outcome);
      RootTopic topic = outcome.verdict() == Verdict.GRAFTED ? topics.get(place.topic()) : null;
      if (topic != null) {
        touched.add(topic);
      }
    }
    touched.forEach(this::pump);
    return new Grafted(outcomes);
  }

  private Outcome graft(Place place, Id node) {
    Id id;
    try {
      id = Id.of(TopicName.check(place.topic()));
    } catch (RingException.InvalidInput invalid) {
      return refused(invalid.getMessage());
    }
    if (place.subscriptions() < 0 || !Sequencer.isValid(place.seen())) {
      return refused("a place's numbers are out of range");
    }
    if (!ring.view().isRoot(id) || leaving != null) {
      return new Outcome(Verdict.NOT_ROOT, 0, 0, "");
    }
    RootTopic topic = topics.get(place.topic());
    if (place.subscriptions() == 0 && !place.willing()) {
      if (topic == null) {
        return new Outcome(Verdict.GRAFTED, 0, 0, "");
      }
      remove(topic, node);
      return grafted(topic);
    }
    if (topic == null) {
      topic = make(place.topic(), id);
      if (topic == null) {
        return refused("this node is root of " + topicsMax + " topics (ring.pubsub.topics.max)");
      }
    }
    if (topic.member(node) == null && topic.memberCount() >= subscribersMax) {
      return refused(
          "the topic has " + subscribersMax + " subscribing nodes (ring.pubsub.subscribers.max)");
    }
    idle.remove(topic);
    topic.graft(node, place, pace.now() + pace.leaseNanos());
    return grafted(topic);
  }

  private static Outcome grafted(RootTopic topic) {
    Sequencer sequencer = topic.sequencer();
    return new Outcome(Verdict.GRAFTED, sequencer.last(), sequencer.reign(), "");
  }

  private static Outcome refused(String reason) {
    return new Outcome(Verdict.REFUSED, 0, 0, reason);
  }

  private @Nullable RootTopic make(String name, Id id) {
    if (topics.size() >= topicsMax) {
      if (idle.isEmpty()) {
        return null;
      }
      forget(idle.iterator().next());
    }
    if (reign == 0) {
      reign = 1 + ring.randomness().below(Sequencer.MAX - 1);
    }
    var topic = new RootTopic(name, id, new Sequencer(reign, floor), window, pace.now());
    topics.put(name, topic);
    idle.add(topic);
    sweepLater();
    return topic;
  }

  private void remove(RootTopic topic, Id node) {
    topic.remove(node, pace.now());
    if (topic.memberCount() == 0 && topics.get(topic.name()) == topic) {
      idle.add(topic);
    }
    endLeaveIfDrained();
  }

  /** A forgotten topic may come back: what begins later in this reign begins above it. */
  private void forget(RootTopic topic) {
    topics.remove(topic.name(), topic);
    idle.remove(topic);
    floor = Math.max(floor, topic.sequencer().last());
  }

  // ---------------------------------------------------------------- publishes

  CompletionStage<Sequenced> publish(Publish request, Context context) {
    Id id = Id.of(TopicName.check(request.topic()));
    if (!Sequencer.isValid(request.seen())) {
      throw new RingException.InvalidInput("The sequence that the publisher saw is out of range.");
    }
    Topics.checkSize(request.value(), messageBytesMax);
    return whenSettled(id, () -> sequence(request, id, context));
  }

  /** Runs a request for an ID now, or once the subscribers have had time to find this new root. */
  <R> CompletionStage<R> whenSettled(Id id, Supplier<CompletionStage<R>> work) {
    if (!ring.view().isRoot(id) || leaving != null) {
      return CompletableFuture.failedFuture(notRoot());
    }
    long left = ring.view().aliveCount() == 1 ? 0 : settling.leftNanos(id, pace.now());
    if (left == 0) {
      return work.get();
    }
    if (held >= heldMax) {
      return CompletableFuture.failedFuture(
          new RingException.Refused(
              "This node has just become the topic's root and holds "
                  + heldMax
                  + " requests (ring.pubsub.held.max)."));
    }
    held++;
    var result = new CompletableFuture<R>();
    pace.after(
        left,
        () -> {
          held--;
          CompletionStage<R> stage;
          try {
            stage = whenSettled(id, work);
          } catch (RingException failed) {
            result.completeExceptionally(failed);
            return;
          }
          stage.whenComplete(
              (value, error) -> {
                if (error == null) {
                  result.complete(value);
                } else {
                  result.completeExceptionally(Errors.of(error));
                }
              });
        });
    return result;
  }

  private static RingException notRoot() {
    return new RingException.NotOwner("This node is not the topic's root, or is leaving.", null);
  }

  private CompletionStage<Sequenced> sequence(Publish request, Id id, Context context) {
    RootTopic topic = topics.get(request.topic());
    if (topic == null) {
      topic = make(request.topic(), id);
    }
    if (topic == null) {
      return CompletableFuture.failedFuture(
          new RingException.Refused(
              "This node is root of " + topicsMax + " topics (ring.pubsub.topics.max)."));
    }
    topic.learn(request.seen(), request.reign());
    if (topic.sequencer().isSpent()) {
      return CompletableFuture.failedFuture(
          new RingException.Unavailable("The topic has used up its sequences."));
    }
    if (idle.remove(topic)) {
      idle.add(topic);
    }
    return request.delivered()
        ? deliver(topic, request, context)
        : CompletableFuture.completedFuture(handOver(topic, request, null));
  }

  private Sequenced handOver(
      RootTopic topic, Publish request, @Nullable Confirmation confirmation) {
    RootTopic.Handed handed = topic.publish(request.value(), confirmation, pace.now());
    pump(topic);
    return new Sequenced(
        handed.seq(), handed.reached(), handed.missing(), topic.sequencer().reign());
  }

  private CompletionStage<Sequenced> deliver(RootTopic topic, Publish request, Context context) {
    var ended = new CompletableFuture<Confirmation>();
    var confirmation = new Confirmation(ended::complete);
    Sequenced handed = handOver(topic, request, confirmation);
    confirmation.askedAll();
    // A fifth of the time is the answer's way back.
    long left = context.timeLeft().toNanos() / 5 * 4;
    var timer = pace.after(left, confirmation::deadline);
    return ended.thenApply(
        counted -> {
          timer.cancel();
          return new Sequenced(handed.seq(), counted.reached(), counted.missing(), handed.reign());
        });
  }

  // ----------------------------------------------------------------- sending

  private void pump(RootTopic topic) {
    for (RootTopic.Member member : topic.members()) {
      pump(topic, member);
    }
  }

  private void pump(RootTopic topic, RootTopic.Member member) {
    Channel channel = member.channel();
    Batch batch = topic.nextBatch(member, ++batches);
    if (channel != null && batch != null) {
      send(topic, member, channel, batch);
    }
  }

  private void send(RootTopic topic, RootTopic.Member member, Channel channel, Batch batch) {
    ring.call(NodeRequest.SERVICE, member.node, batch, Taken.class, deliverOptions)
        .whenComplete(
            (answer, error) -> {
              if (channel.isClosed()) {
                return;
              }
              if (error == null) {
                channel.confirmed(answer.value().missed());
                pump(topic, member);
                endLeaveIfDrained();
                return;
              }
              boolean never = Errors.of(error) instanceof RingException.InvalidInput;
              if (never) {
                channel.undeliverable();
              }
              pace.afterRetry(
                  () -> {
                    if (never) {
                      pump(topic, member);
                    } else if (!channel.isClosed()) {
                      send(topic, member, channel, batch);
                    }
                  });
            });
  }

  // ------------------------------------------------------------------ changes

  void gained(IdRange range) {
    settling.gained(range, pace.now());
  }

  void changed(RingView view) {
    for (RootTopic topic : all()) {
      if (view.isRoot(topic.id())) {
        dropAbsent(topic, view);
      } else {
        forget(topic);
        retired.add(topic);
        reign = 0;
      }
    }
    for (RootTopic topic : List.copyOf(retired)) {
      dropAbsent(topic, view);
    }
    tidyRetired();
    endLeaveIfDrained();
  }

  private void dropAbsent(RootTopic topic, RingView view) {
    for (RootTopic.Member member : topic.members()) {
      if (view.find(member.node).isEmpty()) {
        remove(topic, member.node);
      }
    }
  }

  private void tidyRetired() {
    retired.removeIf(topic -> topic.memberCount() == 0 || topic.isDrained());
  }

  private void sweepLater() {
    if (!sweeping) {
      sweeping = true;
      pace.after(pace.renewNanos(), this::sweep);
    }
  }

  private void sweep() {
    sweeping = false;
    long now = pace.now();
    for (RootTopic topic : all()) {
      topic.lapsed(now).forEach(node -> remove(topic, node));
    }
    for (RootTopic topic : List.copyOf(retired)) {
      topic.lapsed(now).forEach(node -> remove(topic, node));
    }
    tidyRetired();
    long idleMax = pace.settingNanos(PubsubSettings.IDLE);
    for (RootTopic topic : List.copyOf(idle)) {
      if (now - topic.idleSinceNanos() >= idleMax) {
        forget(topic);
      }
    }
    if (!topics.isEmpty() || !retired.isEmpty()) {
      sweepLater();
    }
  }

  /** Takes nothing more and waits until what is queued has been confirmed. */
  CompletionStage<Long> leave() {
    CompletableFuture<Long> already = leaving;
    if (already != null) {
      return already;
    }
    var drained = new CompletableFuture<Long>();
    leaving = drained;
    endLeaveIfDrained();
    return drained;
  }

  private void endLeaveIfDrained() {
    CompletableFuture<Long> waiter = leaving;
    if (waiter == null || waiter.isDone()) {
      return;
    }
    if (!allDrained(topics.values()) || !allDrained(retired)) {
      return;
    }
    waiter.complete((long) topics.size());
  }

  private static boolean allDrained(Collection<RootTopic> some) {
    return some.stream().allMatch(RootTopic::isDrained);
  }
}
