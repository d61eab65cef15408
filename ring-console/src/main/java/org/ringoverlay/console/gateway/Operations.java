package org.ringoverlay.console.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator has a node do. */
final class Operations {
  private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

  private final Supplier<Backend> backend;

  /**
   * What is asked for by {@code POST /v1/recover}; whoever leaves something out means the harmless.
   */
  record Recovery(
      @Nullable List<String> lost, @Nullable List<Integer> arcs, @Nullable Boolean confirm) {}

  Operations(Supplier<Backend> backend) {
    this.backend = backend;
  }

  /** The node is asked to go; how far it is, {@link #drained} tells. */
  CompletionStage<Reply> drain(Call call) {
    call.allowOnly().withoutOperation();
    Backend node = backend.get();
    node.drain();
    return CompletableFuture.completedFuture(
        Reply.Whole.json(
            202, new JsonObject().put("node", node.id().toString()).put("draining", true)));
  }

  /** Held back until the node has left, so that whoever waits for that hears of it. */
  CompletionStage<Reply> drained(Call call) {
    call.allowOnly("wait").withoutOperation();
    Backend node = backend.get();
    return node.drained(call.hold())
        .thenApply(
            drained -> {
              var unfinished = new JsonObject();
              drained.unfinished().forEach(unfinished::put);
              return Reply.Whole.json(
                  200,
                  new JsonObject()
                      .put("node", node.id().toString())
                      .put("draining", drained.draining())
                      .put("withinMs", drained.within().toMillis())
                      .put("left", drained.left())
                      .put("unfinished", unfinished));
            });
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

  /**
   * Tells which arcs have lost their majority, or has their survivors go on. What is given up is
   * written to the log too, arc by arc, for whoever asks later what was lost.
   */
  CompletionStage<Reply> recover(Call call) {
    call.allowOnly().withoutOperation();
    Recovery asked = call.json().as(Recovery.class);
    var lost = new ArrayList<Id>();
    for (String node : asked.lost() == null ? List.<String>of() : asked.lost()) {
      if (node == null || !Id.isId(node)) {
        throw new RingException.InvalidInput("A lost node is named by its ID, 40 hex digits.");
      }
      lost.add(Id.parse(node));
    }
    List<Integer> arcs = asked.arcs() == null ? List.of() : asked.arcs();
    if (arcs.stream().anyMatch(Objects::isNull)) {
      throw new RingException.InvalidInput("An arc is named by its number.");
    }
    boolean confirmed = Boolean.TRUE.equals(asked.confirm());
    return backend
        .get()
        .recover(lost, arcs, confirmed)
        .thenApply(
            losses -> {
              if (confirmed) {
                losses.forEach(Operations::log);
              }
              return Reply.Whole.json(
                  200,
                  new JsonObject()
                      .put("confirmed", confirmed)
                      .putAll("arcs", losses.stream().map(Operations::told).toList()));
            });
  }

  private static void log(Backend.Loss loss) {
    LOG.warn(
        "recover: arc {} {}, epoch {} given up, survivors {}, lost {}, {} records left, none newer"
            + " than {} {}",
        loss.arc(),
        loss.state(),
        loss.epoch(),
        loss.survivors(),
        loss.lost(),
        loss.keys(),
        loss.newest(),
        loss.why());
  }

  private static JsonObject told(Backend.Loss loss) {
    return new JsonObject()
        .put("arc", loss.arc())
        .put("state", loss.state())
        .put("epoch", loss.epoch())
        .put("survivors", loss.survivors().stream().map(Id::toString).toList())
        .put("lost", loss.lost().stream().map(Id::toString).toList())
        .put("keys", loss.keys())
        .put("newest", Long.toString(loss.newest()))
        .put("why", loss.why());
  }
}
