package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * Sends messages to the copies and tells, always later, what came of them. A reply that no sound
 * node can have sent counts as none. On the loop.
 */
final class CopyPost {
  private static final int DOUBLINGS_MAX = 4;

  private final Ring ring;
  private final long timeoutNanos;

  CopyPost(Ring ring, long timeoutNanos) {
    this.ring = ring;
    this.timeoutNanos = timeoutNanos;
  }

  /** Sends a message to exactly this node. */
  <R> void send(
      Id node, CopyRequest message, Class<R> replyType, Consumer<R> answered, Runnable failed) {
    send(node, message, 0, replyType, answered, failed);
  }

  /**
   * Sends a message to exactly this node, which may be one that nobody can stand in for.
   *
   * @param failures how often such messages failed before: each time the node gets twice the time,
   *     up to a bound, so that a slow one is heard in the end
   */
  <R> void send(
      Id node,
      CopyRequest message,
      int failures,
      Class<R> replyType,
      Consumer<R> answered,
      Runnable failed) {
    Duration timeout = Duration.ofNanos(timeoutNanos << Math.min(failures, DOUBLINGS_MAX));
    // Whether a silent copy kept what it was sent does not matter to the daddy: it asks again.
    AskOptions options = AskOptions.defaults().within(timeout).directly().reading();
    CompletionStage<R> stage = ring.ask(Records.COPY_SERVICE, node, message, replyType, options);
    boolean[] sending = {true};
    stage.whenComplete(
        (reply, error) -> {
          boolean heard = error == null && isSound(message, reply);
          Runnable tell = heard ? () -> answered.accept(reply) : failed;
          if (sending[0]) {
            ring.scheduler().execute(tell);
          } else {
            tell.run();
          }
        });
    sending[0] = false;
  }

  private boolean isSound(CopyRequest message, Object reply) {
    try {
      Soundness.checkReply(ring.view().arcs(), message, reply);
      return true;
    } catch (RingException.InvalidInput unsound) {
      return false;
    }
  }
}
