package org.ringoverlay.console.gateway;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.ringoverlay.console.events.RingEvents.Change;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.RingView;

/** What the ring looks like from this node. */
final class Views {
  private final Supplier<Backend> backend;

  Views(Supplier<Backend> backend) {
    this.backend = backend;
  }

  /** Lives as long as it answers, joined or not. */
  CompletionStage<Reply> live(Call call) {
    return done(Reply.Whole.json(200, new JsonObject().put("live", true)));
  }

  CompletionStage<Reply> ready(Call call) {
    if (!backend.get().isReady()) {
      throw new org.ringoverlay.error.RingException.Unavailable(
          "The node has not joined yet, or is leaving.");
    }
    return done(Reply.Whole.json(200, new JsonObject().put("ready", true)));
  }

  CompletionStage<Reply> ring(Call call) {
    call.allowOnly();
    Backend node = backend.get();
    RingView view = node.view();
    var nodes =
        view.members().stream()
            .map(
                member ->
                    new JsonObject()
                        .put("id", member.id().toString())
                        .put("listen", member.address())
                        .put("http", member.http().isEmpty() ? null : member.http())
                        .put("state", member.state().name().toLowerCase(Locale.ROOT))
                        .put("incarnation", member.incarnation())
                        .put("labels", member.labels())
                        .put("cause", causeOf(node, member).map(Change::cause).orElse(null))
                        .put(
                            "since",
                            causeOf(node, member)
                                .map(change -> change.at().toString())
                                .orElse(null)))
            .toList();
    return done(
        Reply.Whole.json(
            200,
            new JsonObject()
                .put("ring", node.ringName())
                .putAll("nodes", nodes)
                .put("complete", view.isComplete())
                .put("estimate", view.sizeEstimate())));
  }

  private static Optional<Change> causeOf(Backend node, Member member) {
    return node.events().changeOf(member.id());
  }

  CompletionStage<Reply> events(Call call) {
    call.allowOnly("after");
    // A browser that connects again repeats the query of the first time, and says in the header how
    // far it has come since.
    String header = call.headers().get("Last-Event-ID");
    String after = header != null ? header : call.path().parameter("after").orElse(null);
    var feed = new LogFeed(backend.get().events().log().readAfter(after));
    return done(
        call.head()
            ? new Reply.Whole(200, "text/event-stream", new byte[0], Map.of())
            : new Reply.Streaming(feed));
  }

  CompletionStage<Reply> services(Call call) {
    call.allowOnly();
    Backend node = backend.get();
    var services =
        node.services().stream()
            .map(
                service ->
                    new JsonObject()
                        .put("name", service.name())
                        .put("inFlight", service.inFlight())
                        .put("handled", service.handled())
                        .put("failed", service.failed())
                        .put("refused", service.refused())
                        .put("repeated", service.repeated()))
            .toList();
    return done(
        Reply.Whole.json(
            200, new JsonObject().put("node", node.id().toString()).putAll("services", services)));
  }

  CompletionStage<Reply> owner(Call call) {
    call.allowOnly("ns");
    String key = Call.key(call.path().rest(2));
    return backend
        .get()
        .owner(call.namespace(), key)
        .thenApply(
            owner ->
                Reply.Whole.json(
                    200,
                    new JsonObject()
                        .put("key", owner.key())
                        .put("id", owner.id().toString())
                        .put("daddy", owner.daddy().toString())
                        .put("replicas", owner.replicas().stream().map(Id::toString).toList())
                        .put("epoch", owner.epoch())));
  }

  CompletionStage<Reply> trace(Call call) {
    call.allowOnly("ns");
    String key = Call.key(call.path().rest(2));
    Backend node = backend.get();
    Id id = node.idOf(call.namespace(), key);
    return node.trace(id)
        .thenCombine(
            node.owner(call.namespace(), key),
            (route, owner) ->
                Reply.Whole.json(
                    200,
                    new JsonObject()
                        .put("key", key)
                        .put("id", id.toString())
                        .putAll(
                            "hops",
                            route.hops().stream()
                                .map(
                                    hop ->
                                        new JsonObject()
                                            .put("node", hop.node().toString())
                                            .put("micros", hop.micros()))
                                .toList())
                        .put("root", route.root().toString())
                        .put("daddy", owner.daddy().toString())));
  }

  private static CompletionStage<Reply> done(Reply reply) {
    return CompletableFuture.completedFuture(reply);
  }
}
