package org.ringoverlay.console.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Setting;

/** What is below {@code /v1/dht}. */
final class Records {
  private static final int LISTED_MAX = 1_000;

  private final Supplier<Backend> backend;

  Records(Supplier<Backend> backend) {
    this.backend = backend;
  }

  CompletionStage<Reply> get(Call call) {
    call.allowOnly("ns", "consistency");
    call.withoutOperation();
    String key = Call.key(call.path().rest(2));
    boolean stale = call.choice("consistency", "linearizable", "stale").equals("stale");
    // Read before the record is: a broken header is the caller's fault whatever the ring says.
    Preconditions.ofRead(
        call.all(HttpHeaderNames.IF_MATCH), call.all(HttpHeaderNames.IF_NONE_MATCH), -1);
    return backend
        .get()
        .get(call.namespace(), key, stale)
        .thenApply(found -> found.isPresent() ? found(call, key, found.get()) : absent(call, key));
  }

  /** Lists keys that begin with a prefix. */
  CompletionStage<Reply> list(Call call) {
    call.allowOnly("ns", "prefix", "after", "limit").withoutOperation();
    return backend
        .get()
        .list(
            call.namespace(),
            position(call, "prefix"),
            position(call, "after"),
            limit(call.path().parameter("limit")))
        .thenApply(
            page ->
                Reply.Whole.json(
                    200, new JsonObject().put("keys", page.keys()).put("next", page.next())));
  }

  private static String position(Call call, String name) {
    String given = call.path().parameter(name).orElse("");
    return given.isEmpty() ? given : Call.key(given);
  }

  private static int limit(Optional<String> given) {
    String text = given.orElse("100");
    int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    if (limit < 1 || limit > LISTED_MAX) {
      throw new RingException.InvalidInput("A page has 1 to " + LISTED_MAX + " keys (limit).");
    }
    return limit;
  }

  private static Reply found(Call call, String key, Backend.Stored stored) {
    int status =
        Preconditions.ofRead(
            call.all(HttpHeaderNames.IF_MATCH),
            call.all(HttpHeaderNames.IF_NONE_MATCH),
            stored.version());
    if (status == 412) {
      var conflict =
          new RingException.Conflict(
              key,
              expected(call.all(HttpHeaderNames.IF_MATCH)),
              OptionalLong.of(stored.version()),
              null,
              stored.value().toString());
      return at(Problem.of(conflict, Problem.Kind.BARE).reply(Problem.Kind.BARE), stored.place());
    }
    Reply.Whole reply =
        status == 304 ? Reply.Whole.empty(304) : Reply.Whole.json(200, stored.value());
    return at(reply, stored.place()).with("ETag", tag(stored.version()));
  }

  private static Reply absent(Call call, String key) {
    List<String> match = call.all(HttpHeaderNames.IF_MATCH);
    if (match.isEmpty()) {
      return Problem.notFound("There is no record under this key.").reply(Problem.Kind.BARE);
    }
    OptionalLong expected = expected(match);
    var conflict = new RingException.Conflict(key, expected, OptionalLong.empty(), null, null);
    Problem problem = Problem.of(conflict, Problem.Kind.BARE);
    return (expected.isPresent()
            ? problem
            : problem.saying("The record was to be there and is absent."))
        .reply(Problem.Kind.BARE);
  }

  /** The version that a condition names, empty if it names none. */
  private static OptionalLong expected(List<String> match) {
    return Preconditions.ofWrite(match, List.of()) instanceof Condition.AtVersion at
        ? OptionalLong.of(at.version())
        : OptionalLong.empty();
  }

  CompletionStage<Reply> put(Call call) {
    call.allowOnly("ns", "ack", "ttl");
    String key = Call.key(call.path().rest(2));
    Backend.Ack ack = ack(call);
    Condition condition = call.condition();
    String operation = call.operation();
    return backend
        .get()
        .put(call.namespace(), key, call.json(), condition, ack, ttl(call), operation)
        .thenApply(
            written ->
                at(Reply.Whole.empty(written.created() ? 201 : 200), written.place())
                    .with("ETag", tag(written.version())));
  }

  CompletionStage<Reply> delete(Call call) {
    call.allowOnly("ns", "ack");
    String key = Call.key(call.path().rest(2));
    if (!call.all(HttpHeaderNames.IF_NONE_MATCH).isEmpty()) {
      throw new RingException.InvalidInput("If-None-Match has no meaning for DELETE.");
    }
    return backend
        .get()
        .delete(call.namespace(), key, call.condition(), ack(call), call.operation())
        .thenApply(
            place ->
                place.isPresent() ? at(Reply.Whole.empty(204), place.get()) : absent(call, key));
  }

  private static @Nullable Duration ttl(Call call) {
    Optional<String> text = call.path().parameter("ttl");
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Duration.ofNanos(Setting.durationNanos(text.get()));
    } catch (NumberFormatException none) {
      throw new RingException.InvalidInput(
          "A record's time to live is a duration such as 500ms, 30s, 10m, 1h or 7d.");
    }
  }

  private static Backend.Ack ack(Call call) {
    return Backend.Ack.valueOf(
        call.choice("ack", "majority", "all", "daddy").toUpperCase(Locale.ROOT));
  }

  private static Reply.Whole at(Reply.Whole reply, Backend.Place place) {
    return reply
        .with("Ring-Daddy", place.daddy().toString())
        .with("Ring-Copies", place.copies() + "/" + place.wanted())
        .with("Ring-Hops", Integer.toString(place.hops()));
  }

  private static String tag(long version) {
    return "\"" + version + "\"";
  }
}
