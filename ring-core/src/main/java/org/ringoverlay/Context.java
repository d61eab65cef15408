package org.ringoverlay;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.id.Id;

/** What a handler knows of the request that it handles. On the loop. */
public interface Context {
  /** The node that handles the request. */
  Ring ring();

  /** The ID that the request was sent to. */
  Id target();

  /** The node that asked. */
  Id origin();

  /** How long the asker still waits; zero or negative when it no longer does. */
  Duration timeLeft();

  /** The request's ID, equal for all repeats of one request and for no other request. */
  String requestId();

  /** How many nodes the request passed on its way, 0 when asker and handler are one node. */
  int hops();

  /**
   * Refuses the request.
   *
   * @param reason told to the caller
   * @return a stage failed with {@code Refused}, to be returned by the handler
   */
  <R> CompletionStage<R> refuse(String reason);

  /** Refuses the request and says when to try again. */
  <R> CompletionStage<R> refuse(String reason, Duration retryAfter);
}
