package org.ringoverlay.pubsub;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.ringoverlay.Answer;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * The publishes and anycasts of this node that wait for a topic's root.
 *
 * <p>A node that does not take itself for the root, or leaves, changes nothing and says so; then
 * the request goes out again shortly, until its deadline. On the loop.
 */
final class Calls {
  private final Ring ring;
  private final Pace pace;
  private final int openMax;
  private final Map<Runnable, CompletableFuture<?>> pausing = new LinkedHashMap<>();
  private boolean closed;
  private int open;

  Calls(Ring ring, Pace pace) {
    this.ring = ring;
    this.pace = pace;
    this.openMax = ring.settings().get(PubsubSettings.PUBLISHES_MAX);
  }

  <R> CompletableFuture<Answer<R>> call(
      Id topic, RootRequest request, Class<R> replyType, Duration timeout) {
    var future = new CompletableFuture<Answer<R>>();
    if (open >= openMax) {
      future.completeExceptionally(
          new RingException.Refused(
              "This node already waits for "
                  + openMax
                  + " publishes and anycasts (ring.pubsub.publishes.max)."));
      return future;
    }
    open++;
    attempt(topic, request, replyType, pace.now() + timeout.toNanos(), future);
    return future;
  }

  private void pause(Runnable next, CompletableFuture<?> future) {
    if (closed) {
      open--;
      future.completeExceptionally(new RingException.Closed("This node has closed."));
      return;
    }
    pausing.put(next, future);
    pace.afterRetry(
        () -> {
          if (pausing.remove(next) != null) {
            next.run();
          }
        });
  }

  /** The node is closed and its timers with it: nothing that pauses will be tried again. */
  void close(RingException why) {
    closed = true;
    List<CompletableFuture<?>> told = List.copyOf(pausing.values());
    pausing.clear();
    open -= told.size();
    told.forEach(future -> future.completeExceptionally(why));
  }

  private <R> void attempt(
      Id topic,
      RootRequest request,
      Class<R> replyType,
      long deadlineNanos,
      CompletableFuture<Answer<R>> future) {
    long left = Math.max(1, deadlineNanos - pace.now());
    var options = AskOptions.defaults().atLikelyRoot().within(Duration.ofNanos(left));
    ring.call(RootRequest.SERVICE, topic, request, replyType, options)
        .whenComplete(
            (answer, thrown) -> {
              if (thrown == null) {
                open--;
                future.complete(answer);
                return;
              }
              RingException error = Errors.of(thrown);
              if (error instanceof RingException.NotOwner && deadlineNanos - pace.now() > 0) {
                pause(() -> attempt(topic, request, replyType, deadlineNanos, future), future);
                return;
              }
              open--;
              future.completeExceptionally(error);
            });
  }
}
