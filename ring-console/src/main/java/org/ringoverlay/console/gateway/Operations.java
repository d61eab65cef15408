package org.ringoverlay.console.gateway;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.ringoverlay.console.json.JsonObject;

/** What an operator has a node do. */
final class Operations {
  private final Supplier<Backend> backend;

  Operations(Supplier<Backend> backend) {
    this.backend = backend;
  }

  /** The node is asked to go; how far it is, its readiness and its end tell. */
  CompletionStage<Reply> drain(Call call) {
    call.allowOnly().withoutOperation();
    Backend node = backend.get();
    node.drain();
    return CompletableFuture.completedFuture(
        Reply.Whole.json(
            202, new JsonObject().put("node", node.id().toString()).put("draining", true)));
  }
}
