package org.ringoverlay.pubsub;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A handler's place in a topic, from {@link Topics#subscribe} to {@link #cancel}.
 *
 * <p>Its handler is called on the node's loop, one event at a time, in the topic's order, each
 * sequence once. While an asynchronous handler's stage is not complete, later events wait; beyond
 * {@code ring.pubsub.subscription.window} of them it is told a {@link Gap} instead. A handler that
 * throws is counted and logged once, and the next event comes all the same.
 *
 * <p>All methods may be called from any thread; none blocks.
 */
public final class Subscription implements AutoCloseable {
  /** What a subscription needs of its node. */
  interface Home {
    /** Runs on the loop, at once if there already; false if the loop is gone. */
    boolean onLoop(Runnable task);

    /** A handler of a topic begins, later than the request that brought the event. */
    void resumes();

    /** It returned. */
    void paused();

    void handed();

    void gapTold(Gap gap, boolean toLog);

    void handlerFailed(String topic, Throwable why, boolean first);

    CompletionStage<Void> cancelled(Subscription subscription);
  }

  private final String topic;
  private final Function<? super Event, ? extends CompletionStage<?>> handler;
  private final @Nullable Consumer<? super Gap> onGap;
  private final int windowMax;
  private final Home home;
  private final ArrayDeque<Object> waiting = new ArrayDeque<>();
  private int events;
  // Written on the loop; read by whoever holds the subscription.
  private volatile long head = -1;
  private volatile boolean cancelled;
  private boolean pumping;
  private boolean busy;
  private boolean failedBefore;
  private boolean missedBefore;
  private @Nullable CompletionStage<Void> cancelStage;

  Subscription(
      String topic,
      Function<? super Event, ? extends CompletionStage<?>> handler,
      @Nullable Consumer<? super Gap> onGap,
      int windowMax,
      Home home) {
    this.topic = topic;
    this.handler = handler;
    this.onGap = onGap;
    this.windowMax = windowMax;
    this.home = home;
  }

  /** The topic. */
  public String topic() {
    return topic;
  }

  /**
   * The topic's last sequence when this subscription was grafted: every message above it comes here
   * or is told as a gap, none below it does.
   */
  public long head() {
    return head;
  }

  /** Whether it still gets events. */
  public boolean isActive() {
    return !cancelled;
  }

  /**
   * Ends the subscription: from now on, when called on the loop, or from this node's next turn on,
   * no event is handed over. A second call gives the first one's stage.
   *
   * @return completes when the topic's root knows, or when trying to tell it took as long as the
   *     lease; never fails
   */
  public CompletionStage<Void> cancel() {
    cancelled = true;
    var done = new CompletableFuture<Void>();
    boolean taken =
        home.onLoop(
            () -> {
              if (cancelStage == null) {
                waiting.clear();
                events = 0;
                cancelStage = home.cancelled(this);
              }
              cancelStage.whenComplete((nothing, error) -> done.complete(null));
            });
    if (!taken) {
      done.complete(null);
    }
    return done;
  }

  /** Ends the subscription without waiting; see {@link #cancel}. */
  @Override
  public void close() {
    cancel();
  }

  /** The root has grafted it: what waited and is entitled goes to the handler. */
  void grafted(long atHead) {
    if (head < 0) {
      head = atHead;
      pump();
    }
  }

  /** Ends it before it was grafted. */
  void abandon() {
    cancelled = true;
    waiting.clear();
    events = 0;
  }

  /**
   * Takes an event in its order.
   *
   * @return false if there was no room; the handler is told a gap
   */
  boolean offer(Event event) {
    if (cancelled || (head >= 0 && event.seq() <= head)) {
      return true;
    }
    if (events >= windowMax) {
      offerGap(new Gap(topic, event.seq(), event.seq()));
      return false;
    }
    waiting.addLast(event);
    events++;
    pump();
    return true;
  }

  /** Takes a gap in its order. */
  void offerGap(Gap gap) {
    if (cancelled) {
      return;
    }
    if (waiting.peekLast() instanceof Gap last
        && (gap.from() > last.to() || waiting.size() > 2 * (windowMax + 1))) {
      waiting.removeLast();
      waiting.addLast(
          new Gap(topic, Math.min(last.from(), gap.from()), Math.max(last.to(), gap.to())));
    } else {
      waiting.addLast(gap);
    }
    pump();
  }

  /**
   * Hands over until the handler is busy; a handler that comes back here finds the loop running.
   */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (!busy && !cancelled && head >= 0 && !waiting.isEmpty()) {
        Object next = waiting.removeFirst();
        if (next instanceof Event event) {
          events--;
          if (event.seq() > head) {
            hand(event);
          }
        } else if (next instanceof Gap gap && gap.to() > head) {
          tell(new Gap(topic, Math.max(gap.from(), head + 1), gap.to()));
        }
      }
    } finally {
      pumping = false;
    }
  }

  private void hand(Event event) {
    home.handed();
    CompletionStage<?> stage;
    boolean done;
    try {
      stage = handler.apply(event);
      CompletableFuture<?> future = stage.toCompletableFuture();
      done = future.isDone() && !future.isCompletedExceptionally();
    } catch (RuntimeException thrown) {
      failed(thrown);
      return;
    }
    if (done) {
      return;
    }
    busy = true;
    stage.whenComplete(
        (nothing, error) ->
            home.onLoop(
                () -> {
                  busy = false;
                  if (error != null) {
                    failed(error);
                  }
                  resume();
                }));
  }

  private void resume() {
    if (pumping) {
      return;
    }
    home.resumes();
    try {
      pump();
    } finally {
      home.paused();
    }
  }

  private void tell(Gap gap) {
    home.gapTold(gap, onGap == null && !missedBefore);
    missedBefore = true;
    if (onGap == null) {
      return;
    }
    try {
      onGap.accept(gap);
    } catch (RuntimeException thrown) {
      failed(thrown);
    }
  }

  private void failed(Throwable why) {
    boolean first = !failedBefore;
    failedBefore = true;
    home.handlerFailed(topic, why, first);
  }

  @Override
  public String toString() {
    return "subscription to " + topic + (cancelled ? ", cancelled" : " from " + head);
  }
}
