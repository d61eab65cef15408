package org.ringoverlay.pubsub;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Context;
import org.ringoverlay.json.Json;

/**
 * A handler that takes jobs of a topic, from {@link Topics#willing} to {@link #cancel}.
 *
 * <p>All methods may be called from any thread; none blocks.
 */
public final class Willing implements AutoCloseable {
  private final String topic;
  private final BiFunction<? super Json, ? super Context, ? extends CompletionStage<?>> handler;
  private final Function<Willing, CompletionStage<Void>> canceller;
  private @Nullable CompletionStage<Void> cancelStage;

  Willing(
      String topic,
      BiFunction<? super Json, ? super Context, ? extends CompletionStage<?>> handler,
      Function<Willing, CompletionStage<Void>> canceller) {
    this.topic = topic;
    this.handler = handler;
    this.canceller = canceller;
  }

  /** The topic. */
  public String topic() {
    return topic;
  }

  /**
   * Takes no more jobs; one in work goes on. A second call gives the first one's stage.
   *
   * @return completes when the topic's root knows, or when trying to tell it took as long as the
   *     lease; never fails
   */
  public CompletionStage<Void> cancel() {
    synchronized (this) {
      if (cancelStage == null) {
        cancelStage = canceller.apply(this);
      }
      return cancelStage;
    }
  }

  /** Takes no more jobs; see {@link #cancel}. */
  @Override
  public void close() {
    cancel();
  }

  /** Runs the handler; what it throws comes as a failed stage. */
  CompletionStage<?> run(Json job, Context context) {
    try {
      return handler.apply(job, context);
    } catch (RuntimeException thrown) {
      return CompletableFuture.failedFuture(thrown);
    }
  }
}
