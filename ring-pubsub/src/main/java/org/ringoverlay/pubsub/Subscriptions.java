package org.ringoverlay.pubsub;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.ringoverlay.Context;
import org.ringoverlay.Ring;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscriptions and willing handlers of this node: how they begin, end and are counted. On the
 * loop, but for what says otherwise.
 */
final class Subscriptions {
  private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

  private final Ring ring;
  private final Pace pace;
  private final Grafts grafts;
  private final Loop loop;
  private final int countMax;
  private final int windowMax;
  private final Home home = new Home();
  private int subscriptions;
  private int willing;
  private long events;
  private long gaps;
  private long handlerFailures;
  private boolean closed;

  Subscriptions(Ring ring, Pace pace, Grafts grafts, Loop loop) {
    this.ring = ring;
    this.pace = pace;
    this.grafts = grafts;
    this.loop = loop;
    this.countMax = ring.settings().get(PubsubSettings.SUBSCRIPTIONS_MAX);
    this.windowMax = ring.settings().get(PubsubSettings.SUBSCRIPTION_WINDOW);
  }

  /** How they fare, beside the topics whose root this node is. */
  TopicsStatus status(List<TopicsStatus.Rooted> rooted) {
    return new TopicsStatus(subscriptions, willing, events, gaps, handlerFailures, rooted);
  }

  /** The node is closed and its timers with it: whoever waits for a root is told. */
  void close(RingException why) {
    closed = true;
    grafts.all().forEach(topic -> topic.endWaiters(why));
  }

  /** Subscribes. Any thread. */
  CompletionStage<Subscription> subscribe(
      String topic,
      Function<? super Event, ? extends CompletionStage<?>> handler,
      SubscribeOptions options) {
    var subscription = new Subscription(topic, handler, options.onGap(), windowMax, home);
    return register(
        topic,
        options.timeout(),
        subscription,
        local -> {
          subscriptions++;
          local.add(subscription);
        },
        local -> {
          boolean removed = local.remove(subscription);
          if (removed) {
            subscriptions--;
            subscription.abandon();
          }
          return removed;
        },
        subscription::grafted);
  }

  /** Makes this node willing. Any thread. */
  CompletionStage<Willing> willing(
      String topic,
      BiFunction<? super Json, ? super Context, ? extends CompletionStage<?>> handler,
      Duration timeout) {
    var one = new Willing(topic, handler, this::cancelled);
    return register(
        topic,
        timeout,
        one,
        local -> {
          willing++;
          local.add(one);
        },
        local -> {
          boolean removed = local.remove(one);
          if (removed) {
            willing--;
          }
          return removed;
        },
        head -> {});
  }

  private <S> CompletionStage<S> register(
      String topic,
      Duration timeout,
      S result,
      Consumer<LocalTopic> add,
      Function<LocalTopic, Boolean> remove,
      Consumer<Long> grafted) {
    var future = new CompletableFuture<S>();
    try {
      TopicName.check(topic);
    } catch (RingException.InvalidInput invalid) {
      future.completeExceptionally(invalid);
      return future;
    }
    loop.run(
        future,
        () -> {
          if (closed) {
            future.completeExceptionally(new RingException.Closed("This node has closed."));
            return;
          }
          if (subscriptions + willing >= countMax) {
            future.completeExceptionally(
                new RingException.Refused(
                    "This node already has "
                        + countMax
                        + " subscriptions (ring.pubsub.subscriptions.max)."));
            return;
          }
          LocalTopic local = grafts.make(topic);
          add.accept(local);
          var waiter =
              new LocalTopic.Waiter() {
                @Override
                public void confirmed(long head) {
                  grafted.accept(head);
                  future.complete(result);
                }

                @Override
                public void refused(RingException why) {
                  if (remove.apply(local)) {
                    grafts.changed(local);
                  }
                  future.completeExceptionally(why);
                }
              };
          local.await(waiter);
          grafts.changed(local);
          var timer =
              pace.after(
                  timeout.toNanos(),
                  () -> {
                    if (!future.isDone()) {
                      local.forget(waiter);
                      waiter.refused(
                          new RingException.Unavailable(
                              "No root of the topic took the subscription within "
                                  + timeout.toMillis()
                                  + " ms."));
                    }
                  });
          // Not chained to: the caller gets the future itself.
          var unused = future.whenComplete((value, error) -> loop.run(timer::cancel));
        });
    return future;
  }

  private CompletionStage<Void> cancelled(Willing one) {
    var done = new CompletableFuture<Void>();
    loop.run(
        done,
        () -> {
          LocalTopic local = grafts.find(one.topic());
          if (local == null || !local.remove(one)) {
            done.complete(null);
            return;
          }
          willing--;
          awaitGone(local, done);
        });
    return done.exceptionally(closed -> null);
  }

  private void awaitGone(LocalTopic local, CompletableFuture<Void> done) {
    local.await(
        new LocalTopic.Waiter() {
          @Override
          public void confirmed(long head) {
            done.complete(null);
          }

          @Override
          public void refused(RingException why) {
            done.complete(null);
          }
        });
    grafts.changed(local);
    pace.after(pace.leaseNanos(), () -> done.complete(null));
  }

  /** What subscriptions need of this node. */
  private final class Home implements Subscription.Home {
    @Override
    public boolean onLoop(Runnable task) {
      return loop.run(task);
    }

    @Override
    public void resumes() {
      ring.scheduler().handlerBegins(NodeRequest.SERVICE);
    }

    @Override
    public void paused() {
      ring.scheduler().handlerEnds();
    }

    @Override
    public void handed() {
      events++;
    }

    @Override
    public void gapTold(Gap gap, boolean toLog) {
      gaps++;
      if (toLog) {
        LOG.warn(
            "A subscription to '{}' missed what lies from {} to {}; later gaps of it are only"
                + " counted.",
            Printable.text(gap.topic(), 128),
            gap.from(),
            gap.to());
      }
    }

    @Override
    public void handlerFailed(String topic, Throwable why, boolean first) {
      handlerFailures++;
      if (first) {
        LOG.warn(
            "A handler of topic '{}' failed; later failures of it are only counted.",
            Printable.text(topic, 128),
            why);
      }
    }

    @Override
    public CompletionStage<Void> cancelled(Subscription subscription) {
      var done = new CompletableFuture<Void>();
      LocalTopic local = grafts.find(subscription.topic());
      if (local == null || !local.remove(subscription)) {
        done.complete(null);
      } else {
        subscriptions--;
        awaitGone(local, done);
      }
      return done;
    }
  }
}
