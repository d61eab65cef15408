package org.ringoverlay.dht.internal.arc;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;

/** A client's request that waits for its answer. The first answer counts. */
final class Pending {
  private final Request request;
  private final @Nullable String fullKey;
  private final long deadlineNanos;
  private final CompletableFuture<Object> answer = new CompletableFuture<>();

  /**
   * Makes one.
   *
   * @param fullKey the record's key with its namespace, null if it asks for an arc
   * @param deadlineNanos when, by the node's clock, an answer is of no use any more
   */
  Pending(Request request, @Nullable String fullKey, long deadlineNanos) {
    this.request = request;
    this.fullKey = fullKey;
    this.deadlineNanos = deadlineNanos;
  }

  Request request() {
    return request;
  }

  @Nullable String fullKey() {
    return fullKey;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  boolean isExpired(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  boolean isAnswered() {
    return answer.isDone();
  }

  void done(Object reply) {
    answer.complete(reply);
  }

  void fail(RingException error) {
    answer.completeExceptionally(error);
  }

  /** Says that there was no time for it: it was not begun, or it only reads. */
  void expire(String why) {
    fail(new RingException.Timeout(why));
  }

  /** Says that it may or may not be made; its operation's ID makes a repeat safe. */
  void unknown(String why) {
    fail(new RingException.OutcomeUnknown(why, true));
  }

  CompletableFuture<Object> answer() {
    return answer;
  }
}
