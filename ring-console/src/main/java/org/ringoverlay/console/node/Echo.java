package org.ringoverlay.console.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Setting;

/**
 * The service that every runnable node has, to try a ring with: it says who answered, and what it
 * got.
 */
final class Echo {
  static final String NAME = "echo";

  static final Setting<Long> BYTES_MAX =
      Setting.size(
          "ring.echo.bytes.max", "1MiB", "The longest message that the echo service takes.");

  /** What it answers. */
  record Reply(String node, Json echo) {}

  private Echo() {}

  static RingService<Json> service() {
    return RingService.of(NAME, Json.class, Echo::answer);
  }

  static CompletionStage<Reply> answer(Json message, Context context) {
    long bytesMax = context.ring().settings().get(BYTES_MAX);
    return message.size() <= bytesMax
        ? CompletableFuture.completedFuture(new Reply(context.ring().id().toString(), message))
        : context.refuse(
            "the message has " + message.size() + " bytes, and this node takes " + bytesMax);
  }
}
