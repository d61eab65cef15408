package org.ringoverlay;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.ringoverlay.error.RingException;

/**
 * Carries an error that a handler tells its caller on purpose, so that one which merely escaped it
 * is not taken for it.
 *
 * <p>A {@code CompletionException}, because stages hand one on as it is and whoever looks for the
 * error itself unwraps it anyway.
 */
final class Told extends CompletionException {
  private static final long serialVersionUID = 1L;

  private final transient RingException error;

  Told(RingException error) {
    super(error.getMessage(), error);
    this.error = error;
  }

  /** Refusals come by the thousand, and show frames of the loop alone. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }

  /** See {@link Context#told}. */
  static RingException by(String handler, Throwable failure) {
    Throwable cause = failure;
    while (true) {
      if (cause instanceof Told told) {
        return told.error;
      }
      Throwable inner =
          cause instanceof CompletionException || cause instanceof ExecutionException
              ? cause.getCause()
              : null;
      if (inner == null) {
        return escaped(handler, cause);
      }
      cause = inner;
    }
  }

  private static RingException escaped(String handler, Throwable cause) {
    if (cause instanceof RingException.InvalidInput invalid) {
      return invalid;
    }
    if (cause instanceof RingException.Denied denied) {
      return denied;
    }
    if (cause instanceof RingException.Conflict conflict) {
      return conflict;
    }
    if (cause instanceof RingException.OutcomeUnknown unknown) {
      return unknown.retrySafe()
          ? new RingException.OutcomeUnknown(unknown.getMessage(), false)
          : unknown;
    }
    return cause instanceof RingException.HandlerFailed failed
        ? failed
        : new RingException.HandlerFailed(handler + " failed: " + cause, cause);
  }
}
