package org.ringoverlay.console.gateway;

import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.Refusal;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An error as the gateway answers it: {@code application/problem+json} (RFC 9457) with the members
 * {@code code}, {@code hint} and {@code retrySafe}.
 */
record Problem(
    int status,
    String code,
    String detail,
    String hint,
    boolean retrySafe,
    OptionalLong retryAfterMillis,
    @Nullable RingException error) {
  private static final Logger LOG = LoggerFactory.getLogger("org.ringoverlay.gateway");
  private static final long RETRY_MILLIS_DEFAULT = 1_000;

  /** What a request says about whether it may be repeated. */
  enum Kind {
    /** Nothing keeps a repeat from being applied twice. */
    BARE,
    /** An operation ID or a version keeps it. */
    GUARDED,
    /** All willing nodes were asked, so a refusal is everyone's. */
    ANYCAST
  }

  static Problem of(int status, String code, String detail, String hint) {
    return new Problem(status, code, detail, hint, false, OptionalLong.empty(), null);
  }

  static Problem notFound(String detail) {
    return of(404, "not-found", detail, "Check the name; nothing changed.");
  }

  static Problem notBuilt(String what) {
    return of(
        501,
        "not-built",
        what + " not built yet.",
        "Use a later version for this, or do without it.");
  }

  static Problem denied(String detail, String hint) {
    return of(403, "denied", detail, hint);
  }

  static Problem invalid(String detail) {
    return of(400, "invalid-input", detail, "Correct the input; nothing changed.");
  }

  /** The problem for whatever a stage failed with or a handler threw. */
  static Problem of(Throwable thrown, Kind kind) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof RingException error) {
      return of(error, kind);
    }
    LOG.error("a request failed in the gateway itself", cause);
    return of(
        500,
        "handler-failed",
        "The gateway failed on this request.",
        "Read the log of this node; it is a fault of the program.");
  }

  static Problem of(RingException error, Kind kind) {
    int status = status(error, kind);
    OptionalLong retry = error.retryAfterMillis();
    if (retry.isEmpty() && (status == 503 || status == 429)) {
      retry = OptionalLong.of(RETRY_MILLIS_DEFAULT);
    }
    boolean unknown = error instanceof RingException.OutcomeUnknown;
    boolean safe = unknown ? kind == Kind.GUARDED : error.retrySafe();
    String hint = unknown ? new RingException.OutcomeUnknown("", safe).hint() : error.hint();
    return new Problem(status, error.code(), error.getMessage(), hint, safe, retry, error);
  }

  private static int status(RingException error, Kind kind) {
    return switch (error.code()) {
      case "invalid-input" -> 400;
      case "unauthenticated" -> 401;
      case "denied" -> 403;
      case "not-found", "unknown-service" -> 404;
      case "method" -> 405;
      case "not-owner" -> 409;
      case "conflict" -> 412;
      case "too-large" -> 413;
      case "key-reused" -> 422;
      case "handler-failed" -> 500;
      case "incompatible", "not-built" -> 501;
      case "refused" ->
          kind == Kind.ANYCAST || !((RingException.Refused) error).refusals().isEmpty() ? 503 : 429;
      case "no-route", "unavailable", "closed" -> 503;
      case "timeout", "outcome-unknown" -> 504;
      // A code that a newer node made up; its class still says what kind of trouble it is.
      default -> error instanceof RingException.InvalidInput ? 400 : 501;
    };
  }

  /** The same with another detail. */
  Problem saying(String words) {
    return new Problem(status, code, words, hint, retrySafe, retryAfterMillis, error);
  }

  /** The reply, with what RFC 9457 and HTTP want beside the body. */
  Reply.Whole reply(Kind kind) {
    var body =
        new JsonObject()
            .put("type", "docs/reference/errors.md#" + code)
            .put("title", title())
            .put("status", status)
            .put("code", code)
            .put("detail", Printable.text(detail, RingException.MESSAGE_CHARS_MAX))
            .put("hint", hint)
            .put("retrySafe", retrySafe);
    if (error instanceof RingException.Refused refused
        && (kind == Kind.ANYCAST || !refused.refusals().isEmpty())) {
      body.putAll("refusals", refused.refusals().stream().map(Problem::refusal).toList());
    }
    OptionalLong currentVersion = OptionalLong.empty();
    if (error instanceof RingException.Conflict conflict) {
      currentVersion = conflict.currentVersion();
      body.put("current", current(conflict));
    }
    Reply.Whole reply =
        new Reply.Whole(status, "application/problem+json", body.bytes(), java.util.Map.of());
    if (currentVersion.isPresent()) {
      reply = reply.with("ETag", "\"" + currentVersion.getAsLong() + "\"");
    }
    if (retryAfterMillis.isPresent()) {
      long seconds = Math.max(1, (retryAfterMillis.getAsLong() + 999) / 1_000);
      reply = reply.with("Retry-After", Long.toString(seconds));
    }
    return reply;
  }

  private static JsonObject refusal(Refusal refusal) {
    return new JsonObject().put("node", refusal.node().toString()).put("reason", refusal.reason());
  }

  private static @Nullable Object current(RingException.Conflict conflict) {
    if (conflict.currentVersion().isEmpty()) {
      return null;
    }
    String value = conflict.current();
    return new JsonObject()
        .put("version", Long.toString(conflict.currentVersion().getAsLong()))
        .put("value", value == null ? null : Json.parse(value));
  }

  private String title() {
    String words = code.replace('-', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
