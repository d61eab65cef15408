package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.id.Id;

/** Sends messages to the copies and tells, always later, what came of them. On the loop. */
final class CopyPost {
  private final Ring ring;
  private final AskOptions options;

  CopyPost(Ring ring, long timeoutNanos) {
    this.ring = ring;
    // Whether a silent copy kept what it was sent does not matter to the daddy: it asks again.
    this.options =
        AskOptions.defaults().within(Duration.ofNanos(timeoutNanos)).directly().reading();
  }

  /** Sends a message to exactly this node. */
  <R> void send(
      Id node, CopyRequest message, Class<R> replyType, Consumer<R> answered, Runnable failed) {
    CompletionStage<R> stage = ring.ask(Records.COPY_SERVICE, node, message, replyType, options);
    boolean[] sending = {true};
    stage.whenComplete(
        (reply, error) -> {
          Runnable tell = error == null ? () -> answered.accept(reply) : failed;
          if (sending[0]) {
            ring.scheduler().execute(tell);
          } else {
            tell.run();
          }
        });
    sending[0] = false;
  }
}
