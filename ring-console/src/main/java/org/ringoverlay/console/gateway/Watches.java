package org.ringoverlay.console.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;

/** What is below {@code /v1/watch}. */
final class Watches {
  /** The ID before that of any event: what is there comes first. */
  private static final String BEGINNING = "0";

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
      return watchPrefix(call);
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

  /** A star at the end that is not encoded means all keys that begin with what is before it. */
  private CompletionStage<Reply> watchPrefix(Call call) {
    String pattern = Objects.requireNonNull(call.path().rest(2));
    String prefix = pattern.substring(0, pattern.length() - 1);
    List<String> ids = call.all("Last-Event-ID");
    if (ids.size() > 1) {
      throw new RingException.InvalidInput("Last-Event-ID stands there once.");
    }
    String after = ids.isEmpty() ? null : ids.get(0).equals(BEGINNING) ? "" : ids.get(0);
    if (after != null && after.isEmpty() && !ids.get(0).equals(BEGINNING)) {
      throw new RingException.InvalidInput("Last-Event-ID is the id: of an event of this watch.");
    }
    Backend node = backend.get();
    if (call.head()) {
      return CompletableFuture.completedFuture(
          new Reply.Whole(200, "text/event-stream", new byte[0], Map.of()));
    }
    var events = new PrefixStream(streamEventsMax, streamBytesMax, budget);
    return node.watchPrefix(call.namespace(), prefix, after, events)
        .thenApply(
            standing -> {
              events.watched(standing);
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

  /** A change as JSON. */
  static byte[] body(Backend.Changed change) {
    byte[] head = head(change);
    return body(head, change.value(), length(head, change.value()));
  }

  private static byte[] head(Backend.Changed change) {
    return ("{\"key\":"
            + Json.of(change.key())
            + ",\"version\":\""
            + change.version()
            + (change.value() == null ? "\",\"deleted\":true" : "\",\"value\":"))
        .getBytes(UTF_8);
  }

  private static int length(byte[] head, @Nullable Json value) {
    return head.length + (value == null ? 0 : value.size()) + 1;
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

  /** Writes what a watch tells into a stream. */
  private record Told(EventStream events) implements Backend.Watcher {
    @Override
    public void changed(Backend.Changed change) {
      Json value = change.value();
      byte[] head = head(change);
      int length = length(head, value);
      events.event(change.version(), length, () -> body(head, value, length));
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
