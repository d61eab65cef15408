package org.ringoverlay.pubsub;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.ringoverlay.Context;
import org.ringoverlay.error.RingException;

/** What a failed stage failed with. */
final class Errors {
  private Errors() {}

  /** The error itself, out of the wrapping that chained stages put around it. */
  static Throwable unwrap(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException || cause instanceof ExecutionException) {
      Throwable inner = cause.getCause();
      if (inner == null) {
        break;
      }
      cause = inner;
    }
    return cause;
  }

  /** As a member of the family; what a handler threw becomes {@code HandlerFailed}. */
  static RingException of(Throwable thrown) {
    Throwable cause = unwrap(thrown);
    return cause instanceof RingException known
        ? known
        : new RingException.HandlerFailed(cause.toString(), cause);
  }

  /**
   * Does work whose every error of the family is the outcome of the request itself: this module's
   * own, made before or after anything changed as it says.
   */
  static <R> CompletionStage<R> vouched(Context context, Supplier<CompletionStage<R>> work) {
    try {
      return work.get().exceptionallyCompose(thrown -> context.fail(of(thrown)));
    } catch (RingException thrown) {
      return context.fail(thrown);
    }
  }
}
