package org.ringoverlay.console.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.ringoverlay.Answer;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;

/** What is sent: to an ID, to all of a topic, to one of a topic. */
final class Messages {
  private final Supplier<Backend> backend;
  private final int streamEventsMax;
  private final long streamBytesMax;
  private final StreamBudget budget;

  Messages(Supplier<Backend> backend, Settings settings, StreamBudget budget) {
    this.backend = backend;
    this.streamEventsMax = settings.get(GatewaySettings.STREAM_EVENTS_MAX);
    this.streamBytesMax = settings.get(GatewaySettings.STREAM_BYTES_MAX);
    this.budget = budget;
  }

  CompletionStage<Reply> send(Call call) {
    call.allowOnly("ns").withoutOperation();
    String service = Call.name(call.path().segment(2), "service");
    String key = Call.key(call.path().rest(3));
    Backend node = backend.get();
    return node.send(service, node.idOf(call.namespace(), key), call.json())
        .thenApply(Messages::answered);
  }

  CompletionStage<Reply> publish(Call call) {
    call.allowOnly("level").withoutOperation();
    String topic = Call.name(call.path().rest(2), "topic");
    var level =
        Backend.Level.valueOf(
            call.choice("level", "sequenced", "sent", "delivered").toUpperCase(Locale.ROOT));
    return backend
        .get()
        .publish(topic, call.json(), level)
        .thenApply(
            published -> {
              var body =
                  new JsonObject().put("seq", published.seq()).put("reached", published.reached());
              if (published.missing() != null) {
                body.put("missing", published.missing());
              }
              return Reply.Whole.json(200, body);
            });
  }

  CompletionStage<Reply> subscribe(Call call) {
    call.allowOnly().withoutOperation();
    String topic = Call.name(call.path().rest(2), "topic");
    if (call.headers().contains("Last-Event-ID")) {
      throw RingException.Incompatible.notBuilt(
          "Resuming a topic's stream (Last-Event-ID) is not built yet; subscribe afresh.");
    }
    Backend node = backend.get();
    if (call.head()) {
      // To subscribe would be for nobody.
      return CompletableFuture.completedFuture(
          new Reply.Whole(200, "text/event-stream", new byte[0], Map.of()));
    }
    var events =
        new EventStream(streamEventsMax, streamBytesMax, budget, EventStream.Numbers.SEQUENCES);
    return node.subscribe(topic, events)
        .thenApply(
            subscribed -> {
              events.subscribed(subscribed);
              return new Reply.Streaming(events);
            });
  }

  CompletionStage<Reply> anycast(Call call) {
    call.allowOnly().withoutOperation();
    String topic = Call.name(call.path().rest(2), "topic");
    return backend.get().anycast(topic, call.json()).thenApply(Messages::answered);
  }

  private static Reply answered(Answer<Json> answer) {
    return Reply.Whole.json(200, answer.value())
        .with("Ring-Node", answer.node().toString())
        .with("Ring-Hops", Integer.toString(answer.hops()))
        .with(HttpHeaderNames.CACHE_CONTROL.toString(), "no-store");
  }
}
