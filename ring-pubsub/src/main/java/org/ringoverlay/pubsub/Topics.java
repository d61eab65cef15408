package org.ringoverlay.pubsub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Answer;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.json.ErrorJson;
import org.ringoverlay.json.Json;
import org.ringoverlay.pubsub.RootRequest.Offer;
import org.ringoverlay.pubsub.RootRequest.Offered;
import org.ringoverlay.pubsub.RootRequest.Publish;
import org.ringoverlay.pubsub.RootRequest.Sequenced;

/**
 * The topics of a ring, as one node uses them: publish to all subscribers, or hand a job to one
 * that is willing.
 *
 * <p>A topic needs no making: its name, 1–128 bytes of UTF-8 without control characters, has an ID,
 * and the root of that ID keeps it. What this build promises, and what it does not yet, stands in
 * {@code docs/explanation/pubsub-first-version.md}.
 *
 * <p>All methods may be called from any thread; none blocks. Stages complete on the node's loop,
 * and handlers are called there: what they do must not block.
 */
public final class Topics {
  private static final Duration ANYCAST_TIMEOUT = Duration.ofSeconds(5);

  private final Ring ring;
  private final Grafts grafts;
  private final Roots roots;
  private final Offers offers;
  private final Deliveries deliveries;
  private final Calls calls;
  private final Subscriptions subscriptions;
  private final Loop loop;
  private final Memory memory = new Memory();
  private final long messageBytesMax;

  Topics(Ring ring) {
    this.ring = ring;
    this.messageBytesMax = PubsubSettings.messageBytesMax(ring);
    Pace pace = new Pace(ring);
    this.loop = new Loop(ring.scheduler());
    this.grafts = new Grafts(ring, pace);
    this.subscriptions = new Subscriptions(ring, pace, grafts, loop);
    this.roots = new Roots(ring, pace, messageBytesMax);
    this.offers = new Offers(ring, roots, messageBytesMax);
    this.deliveries = new Deliveries(ring, grafts, loop, messageBytesMax);
    this.calls = new Calls(ring, pace);
    var unused = ring.closed().thenRun(this::close);
  }

  /**
   * The topics of a node.
   *
   * @throws IllegalStateException if ring-pubsub was not on the class path when the node was built
   */
  public static Topics on(Ring ring) {
    return ring.extension(Topics.class);
  }

  private void close() {
    var why = new RingException.Closed("This node has closed.");
    calls.close(why);
    subscriptions.close(why);
  }

  List<RingService<?>> services() {
    return List.of(
        new RootService(roots, offers, grafts),
        RingService.of(NodeRequest.SERVICE, NodeRequest.class, deliveries::handle));
  }

  // --------------------------------------------------------------- subscribing

  /**
   * Subscribes with the default options; see {@link #subscribe(String, Consumer,
   * SubscribeOptions)}.
   */
  public CompletionStage<Subscription> subscribe(String topic, Consumer<? super Event> handler) {
    return subscribe(topic, handler, SubscribeOptions.defaults());
  }

  /**
   * Subscribes.
   *
   * @param handler gets the events, one at a time, in order, on the loop; if it throws, that is
   *     counted and logged once, and the next event comes all the same
   * @return completes when the topic's root knows this subscription: what is published after that
   *     is received. Fails with {@code InvalidInput} (the topic's name), {@code Refused} (a bound
   *     of this node or of the root), {@code Unavailable} (no root took it in time), {@code
   *     Incompatible} with the code {@code not-built} (a sequence to begin at), {@code Closed};
   *     then there is no subscription
   */
  public CompletionStage<Subscription> subscribe(
      String topic, Consumer<? super Event> handler, SubscribeOptions options) {
    Objects.requireNonNull(handler);
    CompletionStage<?> handled = CompletableFuture.completedFuture(null);
    return subscribeAsync(
        topic,
        event -> {
          handler.accept(event);
          return handled;
        },
        options);
  }

  /**
   * Subscribes with a handler that takes its time: the next event comes when its stage has
   * completed. Meanwhile {@code ring.pubsub.subscription.window} events wait; beyond that it is
   * told a gap. Otherwise as {@link #subscribe(String, Consumer, SubscribeOptions)}.
   */
  public CompletionStage<Subscription> subscribeAsync(
      String topic,
      Function<? super Event, ? extends CompletionStage<?>> handler,
      SubscribeOptions options) {
    Objects.requireNonNull(handler);
    Objects.requireNonNull(options);
    if (options.from().isPresent()) {
      return CompletableFuture.failedFuture(
          RingException.Incompatible.notBuilt(
              "Topics do not keep their messages yet, so a subscription cannot begin at "
                  + options.from().getAsLong()
                  + "."));
    }
    return subscriptions.subscribe(topic, handler, options);
  }

  /**
   * Makes this node one that takes jobs of a topic.
   *
   * @param handler does a job and gives its result, anything the node's {@code JsonBinding} writes;
   *     {@link Context#refuse} declines it, and the next willing node is asked. {@link
   *     Context#origin} is the node that wants the job done. Failing otherwise ends the job with
   *     what {@link Context#told} makes of it. A result has at most {@code ring.pubsub.message.max}
   *     bytes
   * @return completes when the topic's root knows; fails as {@link #subscribe(String, Consumer,
   *     SubscribeOptions)} does
   */
  public CompletionStage<Willing> willing(
      String topic,
      BiFunction<? super Json, ? super Context, ? extends CompletionStage<?>> handler) {
    Objects.requireNonNull(handler);
    return subscriptions.willing(topic, handler, SubscribeOptions.defaults().timeout());
  }

  // ---------------------------------------------------------------- publishing

  /**
   * Publishes at the default level, {@code SEQUENCED}; see {@link #publish(String, Object,
   * PublishOptions)}.
   */
  public CompletionStage<Published> publish(String topic, @Nullable Object value) {
    return publish(topic, value, PublishOptions.defaults());
  }

  /**
   * Publishes.
   *
   * @param value anything the node's {@code JsonBinding} writes, at most {@code
   *     ring.pubsub.message.max} bytes of it
   * @return completes when the message has come as far as the level says. Fails with {@code
   *     InvalidInput} (the topic's name, the value), {@code Refused} (a bound), {@code NoRoute},
   *     {@code NotOwner} (no node took itself for the topic's root in time), {@code Timeout} when
   *     nothing was published by the deadline, {@code OutcomeUnknown} when it may have been, {@code
   *     Closed}. At level {@code SENT} only what this node itself can say is told
   */
  public CompletionStage<Published> publish(
      String topic, @Nullable Object value, PublishOptions options) {
    var future = new CompletableFuture<Published>();
    Json json;
    try {
      json = json(topic, value);
    } catch (RingException.InvalidInput invalid) {
      future.completeExceptionally(invalid);
      return future;
    }
    loop.run(
        future,
        () -> {
          Memory.Told told = memory.of(topic);
          var request =
              new Publish(
                  topic, json, options.level() == Level.DELIVERED, told.seq(), told.reign());
          var call = calls.call(Id.of(topic), request, Sequenced.class, options.timeout());
          if (options.level() == Level.SENT && !call.isDone()) {
            future.complete(new Published(0, 0, 0));
          }
          var unused =
              call.whenComplete(
                  (answer, error) -> {
                    if (error != null) {
                      future.completeExceptionally(Errors.unwrap(error));
                      return;
                    }
                    Sequenced sequenced = answer.value();
                    memory.keep(topic, sequenced.seq(), sequenced.reign());
                    future.complete(
                        options.level() == Level.SENT
                            ? new Published(0, 0, 0)
                            : new Published(
                                sequenced.seq(), sequenced.reached(), sequenced.missing()));
                  });
        });
    return future;
  }

  private Json json(String topic, @Nullable Object value) {
    TopicName.check(topic);
    Json json = Json.of(value, ring.binding());
    checkSize(json, messageBytesMax);
    return json;
  }

  static void checkSize(@Nullable Json message, long bytesMax) {
    if (message == null) {
      throw new RingException.InvalidInput("A message has a value, JSON's null if nothing else.");
    }
    if (message.size() > bytesMax) {
      throw RingException.InvalidInput.tooLarge(
          "A message has at most "
              + bytesMax
              + " bytes (ring.pubsub.message.max), not "
              + message.size()
              + ".");
    }
  }

  // ------------------------------------------------------------------ anycast

  /** Hands a job to one willing node and gives only its result; see {@link #anycastCall}. */
  public <R> CompletionStage<R> anycast(String topic, @Nullable Object value, Class<R> replyType) {
    return anycastCall(topic, value, replyType, ANYCAST_TIMEOUT).thenApply(Answer::value);
  }

  /**
   * Hands a job to one willing node within five seconds; see {@link #anycastCall(String, Object,
   * Class, Duration)}.
   */
  public <R> CompletionStage<Answer<R>> anycastCall(
      String topic, @Nullable Object value, Class<R> replyType) {
    return anycastCall(topic, value, replyType, ANYCAST_TIMEOUT);
  }

  /**
   * Hands a job to one willing node: they are asked one after another, each job beginning at
   * another, until one does not refuse. At most one answer is accepted; when a node dies with a job
   * in work the job goes to the next, so it may be begun more than once.
   *
   * @return the result and the node that gave it. Fails with {@code Refused} and all refusals if
   *     nobody took it (an empty list: nobody is willing), with what the handler told through
   *     {@link Context#fail} or {@link Context#told} makes of its failure, and otherwise as {@link
   *     #publish(String, Object, PublishOptions)} does
   */
  public <R> CompletionStage<Answer<R>> anycastCall(
      String topic, @Nullable Object value, Class<R> replyType, Duration timeout) {
    Timeouts.check(timeout);
    var future = new CompletableFuture<Answer<R>>();
    Json json;
    try {
      json = json(topic, value);
    } catch (RingException.InvalidInput invalid) {
      future.completeExceptionally(invalid);
      return future;
    }
    loop.run(
        future,
        () -> {
          var call = calls.call(Id.of(topic), new Offer(topic, json), Offered.class, timeout);
          var unused =
              call.whenComplete(
                  (answer, error) -> {
                    try {
                      if (error != null) {
                        future.completeExceptionally(Errors.unwrap(error));
                      } else {
                        future.complete(taken(topic, answer, replyType));
                      }
                    } catch (RingException | IllegalArgumentException unreadable) {
                      future.completeExceptionally(unreadable);
                    }
                  });
        });
    return future;
  }

  private <R> Answer<R> taken(String topic, Answer<Offered> answer, Class<R> replyType) {
    Offered offered = answer.value();
    if (offered instanceof Offered.Done done) {
      byte[] bytes = done.value().bytes();
      R value = ring.binding().read(bytes, 0, bytes.length, replyType);
      return new Answer<>(value, done.node(), answer.hops() + done.hops());
    }
    if (offered instanceof Offered.Failed failed) {
      throw ErrorJson.fromJson(failed.error());
    }
    if (offered instanceof Offered.Nobody nobody) {
      String shown = Printable.text(topic, 40);
      throw new RingException.Refused(
          nobody.refusals().isEmpty()
              ? "nobody is willing in topic '" + shown + "'"
              : "all " + nobody.refusals().size() + " willing in topic '" + shown + "' declined",
          nobody.refusals());
    }
    throw new IllegalStateException("a sealed family has no other: " + offered);
  }

  // ------------------------------------------------------------------- status

  /** How this node's part of the topics fares. */
  public CompletionStage<TopicsStatus> status() {
    var future = new CompletableFuture<TopicsStatus>();
    loop.run(
        future,
        () -> {
          var rooted = new ArrayList<TopicsStatus.Rooted>();
          for (RootTopic topic : roots.all()) {
            rooted.add(
                new TopicsStatus.Rooted(
                    topic.name(),
                    topic.sequencer().head(),
                    topic.subscriptions(),
                    topic.members().stream().map(member -> member.node).toList(),
                    topic.queued()));
          }
          future.complete(subscriptions.status(rooted));
        });
    return future;
  }
}
