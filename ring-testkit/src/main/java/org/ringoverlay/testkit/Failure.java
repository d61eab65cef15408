package org.ringoverlay.testkit;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** What a simulation throws when something is wrong; told apart so that it is wrapped once only. */
final class Failure extends AssertionError {
  @Serial private static final long serialVersionUID = 1L;

  Failure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
