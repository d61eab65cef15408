package org.ringoverlay.console.gateway;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.error.RingException;

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

  /** Some arcs at a time, so that whoever asks sees how far it is and can stop. */
  CompletionStage<Reply> verify(Call call) {
    call.allowOnly("from").withoutOperation();
    return backend.get().verify(from(call)).thenApply(Operations::verified);
  }

  private static int from(Call call) {
    String text = call.path().parameter("from").orElse("0");
    try {
      int from = Integer.parseInt(text);
      if (from >= 0) {
        return from;
      }
    } catch (NumberFormatException none) {
      // Said below.
    }
    throw new RingException.InvalidInput(
        "The query parameter 'from' is the number of an arc, 0 for the first.");
  }

  private static Reply verified(Backend.Verified found) {
    var silent = new ArrayList<JsonObject>();
    found
        .silent()
        .forEach(
            (node, arcs) ->
                silent.add(new JsonObject().put("node", node.toString()).put("arcs", arcs)));
    return Reply.Whole.json(
        200,
        new JsonObject()
            .put("sound", found.isSound())
            .put("arcs", found.arcs())
            .put("next", found.next())
            .put("compared", found.compared())
            .put("records", found.records())
            .putAll("uneven", found.uneven().stream().map(Operations::uneven).toList())
            .putAll("silent", silent)
            .put("undecided", found.undecided()));
  }

  private static JsonObject uneven(Backend.Uneven found) {
    var copies = new ArrayList<JsonObject>();
    found
        .versions()
        .forEach(
            (node, version) ->
                copies.add(
                    new JsonObject()
                        .put("node", node.toString())
                        .put("version", version == 0 ? null : Long.toString(version))));
    return new JsonObject()
        .put("arc", found.arc())
        .put("ns", found.namespace())
        .put("key", found.key())
        .putAll("copies", copies);
  }
}
