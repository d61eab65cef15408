package org.ringoverlay.console.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;

/** What is below {@code /v1/watch}. */
final class Watches {
  private final Supplier<Backend> backend;
  private final int streamEventsMax;
  private final long streamBytesMax;
  private final StreamBudget budget;

  Watches(Supplier<Backend> backend, Settings settings, StreamBudget budget) {
    this.backend = backend;
    this.streamEventsMax = settings.get(GatewaySettings.STREAM_EVENTS_MAX);
    this.streamBytesMax = settings.get(GatewaySettings.STREAM_BYTES_MAX);
    this.budget = budget;
  }

  CompletionStage<Reply> watch(Call call) {
    call.allowOnly("ns").withoutOperation();
    if (call.path().raw().endsWith("*")) {
      throw RingException.Incompatible.notBuilt(
          "Watching a prefix is not built yet; a key that ends with a star is written with %2A.");
    }
    String key = Call.key(call.path().rest(2));
    Long after = after(call.all("Last-Event-ID"));
    Backend node = backend.get();
    if (call.head()) {
      // To watch would be for nobody.
      return CompletableFuture.completedFuture(
          new Reply.Whole(200, "text/event-stream", new byte[0], Map.of()));
    }
    var events =
        new EventStream(streamEventsMax, streamBytesMax, budget, EventStream.Numbers.VERSIONS);
    return node.watch(call.namespace(), key, after, new Told(events))
        .thenApply(
            standing -> {
              events.subscribed(standing);
              return new Reply.Streaming(events);
            });
  }

  private static @Nullable Long after(List<String> lastEventId) {
    if (lastEventId.isEmpty()) {
      return null;
    }
    String id = lastEventId.get(0);
    if (lastEventId.size() > 1 || !id.matches("[0-9]{1,16}")) {
      throw new RingException.InvalidInput("Last-Event-ID is the id: of an event of this watch.");
    }
    return Long.valueOf(id);
  }

  /** Writes what a watch tells into a stream. */
  private record Told(EventStream events) implements Backend.Watcher {
    @Override
    public void changed(Backend.Changed change) {
      Json value = change.value();
      byte[] head =
          ("{\"key\":"
                  + Json.of(change.key())
                  + ",\"version\":\""
                  + change.version()
                  + (value == null ? "\",\"deleted\":true" : "\",\"value\":"))
              .getBytes(UTF_8);
      int length = head.length + (value == null ? 0 : value.size()) + 1;
      events.event(change.version(), length, () -> body(head, value, length));
    }

    private static byte[] body(byte[] head, @Nullable Json value, int length) {
      byte[] body = new byte[length];
      System.arraycopy(head, 0, body, 0, head.length);
      if (value != null) {
        System.arraycopy(value.bytes(), 0, body, head.length, value.size());
      }
      body[length - 1] = '}';
      return body;
    }

    @Override
    public void gap(long from, long to) {
      events.gap(from, to);
    }

    @Override
    public void ended(String reason) {
      events.ended(reason);
    }
  }
}
