package org.ringoverlay.console.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Setting;

/**
 * A whole request.
 *
 * @param method GET for HEAD too
 * @param head whether only the head of the reply is wanted
 */
@SuppressWarnings("ArrayRecordComponent") // a request is read once and never compared
record Call(String method, boolean head, RequestPath path, HttpHeaders headers, byte[] body) {
  static final Duration HOLD_MAX = Duration.ofSeconds(30);
  static final int NAME_BYTES_MAX = 128;
  static final int KEY_BYTES_MAX = 512;
  static final int OPERATION_CHARS_MAX = 128;

  List<String> all(CharSequence header) {
    return headers.getAll(header);
  }

  Condition condition() {
    return Preconditions.ofWrite(all(HttpHeaderNames.IF_MATCH), all(HttpHeaderNames.IF_NONE_MATCH));
  }

  /** The body as JSON. */
  Json json() {
    if (body.length == 0) {
      throw new RingException.InvalidInput("The body must be a JSON value; it is empty.");
    }
    return Json.parse(body);
  }

  /** The namespace that {@code ?ns=} names. */
  String namespace() {
    return path.parameter("ns").map(ns -> name(ns, "namespace")).orElse("default");
  }

  /** The value of {@code ?name=}, which must be one of these; the first is the default. */
  String choice(String name, String... allowed) {
    Optional<String> given = path.parameter(name);
    if (given.isEmpty()) {
      return allowed[0];
    }
    for (String one : allowed) {
      if (one.equals(given.get())) {
        return one;
      }
    }
    throw new RingException.InvalidInput(
        "The query parameter '" + name + "' is " + String.join(" or ", allowed) + ".");
  }

  /** How long the answer may be held back, at most, until there is something to tell. */
  Duration hold() {
    String text = path.parameter("wait").orElse("0s");
    try {
      var wait = Duration.ofNanos(Setting.durationNanos(text));
      if (wait.compareTo(HOLD_MAX) <= 0) {
        return wait;
      }
    } catch (NumberFormatException none) {
      // Said below.
    }
    throw new RingException.InvalidInput(
        "The query parameter 'wait' is a duration such as 500ms or 10s, "
            + HOLD_MAX.toSeconds()
            + "s at most.");
  }

  /** The operation ID of {@code Idempotency-Key}. */
  @Nullable String operation() {
    List<String> values = all("Idempotency-Key");
    if (values.isEmpty()) {
      return null;
    }
    String value = values.get(0);
    boolean ascii = value.chars().allMatch(c -> c > ' ' - 1 && c < 127);
    if (values.size() > 1 || value.isEmpty() || value.length() > OPERATION_CHARS_MAX || !ascii) {
      throw new RingException.InvalidInput(
          "Idempotency-Key must stand there once, with 1 to 128 printable ASCII characters.");
    }
    return value;
  }

  /** Refuses a promise that is not kept here. */
  void withoutOperation() {
    if (headers.contains("Idempotency-Key")) {
      throw new RingException.InvalidInput(
          "Idempotency-Key holds for PUT and DELETE below /v1/dht alone; leave it out here.");
    }
  }

  Call allowOnly(String... parameters) {
    path.allowOnly(Set.of(parameters));
    return this;
  }

  Problem.Kind kind() {
    boolean writes = method.equals("PUT") || method.equals("DELETE");
    return writes
            && (headers.contains("Idempotency-Key") || headers.contains(HttpHeaderNames.IF_MATCH))
        ? Problem.Kind.GUARDED
        : Problem.Kind.BARE;
  }

  static String key(@Nullable String key) {
    int length = key == null ? 0 : key.getBytes(StandardCharsets.UTF_8).length;
    if (key == null || length < 1 || length > KEY_BYTES_MAX) {
      throw new RingException.InvalidInput(
          "A key has 1 to " + KEY_BYTES_MAX + " bytes of UTF-8; this one has " + length + ".");
    }
    return key;
  }

  static String name(@Nullable String name, String what) {
    int length = name == null ? 0 : name.getBytes(StandardCharsets.UTF_8).length;
    if (name == null || length < 1 || length > NAME_BYTES_MAX) {
      throw new RingException.InvalidInput(
          "A "
              + what
              + " has 1 to "
              + NAME_BYTES_MAX
              + " bytes of UTF-8; this one has "
              + length
              + ".");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw new RingException.InvalidInput("A " + what + " has no control characters.");
    }
    return name;
  }
}
