package org.ringoverlay;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.error.RingException;
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
  default <R> CompletionStage<R> refuse(String reason) {
    return fail(new RingException.Refused(reason));
  }

  /** Refuses the request and says when to try again. */
  default <R> CompletionStage<R> refuse(String reason, Duration retryAfter) {
    return fail(
        new RingException.Refused(reason, List.of(), OptionalLong.of(retryAfter.toMillis())));
  }

  /**
   * Ends the request with an error of the family, on purpose: the handler vouches for what the
   * error says, above all that nothing was changed and that the request may be sent again.
   *
   * @return a stage failed with it, to be returned by the handler; what is chained to it keeps the
   *     purpose, what catches it and fails anew must say it anew
   */
  default <R> CompletionStage<R> fail(RingException error) {
    return CompletableFuture.failedFuture(new Told(error));
  }

  /**
   * What the caller of a request is told when its handler throws, or fails, in this way.
   *
   * <p>What {@link #fail} and {@link #refuse} made is told as it is. An error that escaped the
   * handler otherwise may be the end of a call of its own, after half of the work; so {@code
   * Timeout}, {@code NoRoute}, {@code Refused}, {@code NotOwner}, {@code Unavailable}, {@code
   * Closed} and {@code Incompatible} become {@code HandlerFailed} like anything else that is
   * thrown. {@code InvalidInput}, {@code Denied} and {@code Conflict} pass, since they invite
   * nobody to send the same again; {@code OutcomeUnknown} passes, without its word that a
   * repetition is safe, which held for another request.
   *
   * @param handler names the handler in the message, such as {@code "The handler of service 'x'"}
   */
  static RingException told(String handler, Throwable failure) {
    return Told.by(handler, failure);
  }
}
