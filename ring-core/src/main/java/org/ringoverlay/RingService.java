package org.ringoverlay;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.view.RingView;

/**
 * A small asynchronous service on a node: it gets the requests for the IDs whose root the node is.
 *
 * <p>All methods are called on the node's loop and must not block; one that holds the loop is
 * reported with its stack. A service that throws fails that request alone.
 *
 * @param <Q> the requests: a record, a sealed interface of records told apart by a JSON field
 *     {@code type}, or {@link org.ringoverlay.json.Json} for the text as it came
 */
public interface RingService<Q> {
  /** The name that callers use: 1–128 bytes of UTF-8 without control characters. */
  String name();

  /** The class of the requests. */
  Class<Q> requestType();

  /**
   * Handles a request. A repeat of the same request never comes here while the node remembers the
   * first.
   *
   * @return the reply, anything the node's {@code JsonBinding} writes. {@link Context#refuse} and
   *     {@link Context#fail} say why there is none. What the handler throws or fails with otherwise
   *     is told as {@link Context#told} says: mostly as {@code HandlerFailed}
   */
  CompletionStage<?> handle(Q request, Context context);

  /** The node is now root of these IDs too, in its own view. */
  default void gained(IdRange range) {}

  /** The node is no longer root of these IDs, in its own view. */
  default void lost(IdRange range) {}

  /** Somebody came, went or was suspected. Called after {@link #lost} and {@link #gained}. */
  default void changed(RingView view) {}

  /**
   * The node is about to leave: hand over what others need.
   *
   * @return how many things were handed over, for the report; waited for until the leave's deadline
   */
  default CompletionStage<Long> leaving() {
    return java.util.concurrent.CompletableFuture.completedFuture(0L);
  }

  /**
   * The node is about to stop, by {@link Ring#close}, and may come back with what its data
   * directory keeps. A service that keeps nothing there hands over as when the node leaves.
   */
  default CompletionStage<Long> stopping() {
    return leaving();
  }

  /** How many requests may be in work at once on this node; one more is refused. */
  default int inFlightMax() {
    return 10_000;
  }

  /** Makes a service of a function. */
  static <Q> RingService<Q> of(
      String name,
      Class<Q> requestType,
      BiFunction<? super Q, ? super Context, ? extends CompletionStage<?>> handler) {
    Objects.requireNonNull(name);
    Objects.requireNonNull(requestType);
    Objects.requireNonNull(handler);
    return new RingService<>() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Class<Q> requestType() {
        return requestType;
      }

      @Override
      public CompletionStage<?> handle(Q request, Context context) {
        return handler.apply(request, context);
      }
    };
  }
}
