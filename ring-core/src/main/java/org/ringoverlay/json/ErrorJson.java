package org.ringoverlay.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.Refusal;
import org.ringoverlay.error.RingException;
import org.ringoverlay.error.RingException.Closed;
import org.ringoverlay.error.RingException.Conflict;
import org.ringoverlay.error.RingException.Denied;
import org.ringoverlay.error.RingException.HandlerFailed;
import org.ringoverlay.error.RingException.Incompatible;
import org.ringoverlay.error.RingException.InvalidInput;
import org.ringoverlay.error.RingException.NoRoute;
import org.ringoverlay.error.RingException.NotOwner;
import org.ringoverlay.error.RingException.OutcomeUnknown;
import org.ringoverlay.error.RingException.Refused;
import org.ringoverlay.error.RingException.Timeout;
import org.ringoverlay.error.RingException.Unavailable;
import org.ringoverlay.id.Id;

/**
 * The wire form of errors: {@code
 * {"code","message","hint","retrySafe","retryAfterMillis"?,"details":{…}}}.
 *
 * <p>The details are {@code {"reason","refusals":[{"node","reason"}]}} of a refusal; {@code
 * {"key","expectedVersion","mustExist"?,"currentVersion","attempted"?,"current"?}} of a conflict,
 * versions as decimal strings and null for absent, values as JSON; {@code {"owner"?}} of a wrong
 * owner; and {@code {}} otherwise.
 *
 * <p>Both ways are pure and thread-safe. Neither the cause nor the trace of an error travels.
 */
public final class ErrorJson {

  // What is shown of an error of a newer node.
  private static final int CODE_CHARS_MAX = 64;

  private ErrorJson() {}

  /**
   * The error as JSON; of bounded size but for the two values of a conflict, around which it may be
   * nested deeper than other JSON.
   */
  public static Json toJson(RingException error) {
    OptionalLong wait = error.retryAfterMillis();
    return written(
        new Wire(
            error.code(),
            error.getMessage(),
            error.hint(),
            error.retrySafe(),
            wait.isPresent() ? wait.getAsLong() : null,
            written(details(error))));
  }

  private static Json written(Object value) {
    return Json.trusted(JsonBinding.standard().write(value), JsonBinding.standard());
  }

  /**
   * The bytes of {@link #toJson}, as they came from another node.
   *
   * @throws InvalidInput if they are no JSON, or nested deeper than a message may be
   */
  public static Json parse(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    Grammar.check(array, offset, length, StandardBinding.MESSAGE_DEPTH_MAX);
    return Json.trusted(Arrays.copyOfRange(array, offset, offset + length), JsonBinding.standard());
  }

  /**
   * The error that another node sent. A code that this version does not know comes from a newer
   * node and gives an {@link Incompatible} that keeps the text.
   *
   * @throws InvalidInput if the JSON is not the form of an error
   */
  public static RingException fromJson(Json json) {
    Read wire = json.as(Read.class);
    String code = require(wire.code(), "code");
    String message = wire.message() == null ? "" : wire.message();
    Json details = json.at("/details").orElseGet(() -> Json.of(new Nothing()));
    OptionalLong wait =
        wire.retryAfterMillis() == null
            ? OptionalLong.empty()
            : OptionalLong.of(Math.max(0, wire.retryAfterMillis()));
    return switch (code) {
      case "timeout" -> new Timeout(message);
      case "no-route" -> new NoRoute(message, wait);
      case "refused" -> refused(details.as(OfRefused.class), wait);
      case "conflict" -> conflict(details.as(OfConflict.class));
      case "outcome-unknown" -> new OutcomeUnknown(message, wire.retrySafe());
      case "not-owner" -> new NotOwner(message, details.as(OfNotOwner.class).owner());
      case "unavailable" -> new Unavailable(message, wait);
      case "incompatible" -> new Incompatible(message);
      case "unknown-service" -> Incompatible.unknownService(message);
      case "not-built" -> Incompatible.notBuilt(message);
      case "invalid-input" -> new InvalidInput(message);
      case "too-large" -> InvalidInput.tooLarge(message);
      case "key-reused" -> InvalidInput.keyReused(message);
      case "handler-failed" -> new HandlerFailed(message);
      case "denied" -> new Denied(message);
      case "unauthenticated" -> Denied.unauthenticated(message);
      case "closed" -> new Closed(message);
      default ->
          new Incompatible(
              "an error this version does not know, '"
                  + Printable.text(code, CODE_CHARS_MAX)
                  + "': "
                  + message
                  + (wire.hint() == null ? "" : " (" + wire.hint() + ")"));
    };
  }

  private static Object details(RingException error) {
    if (error instanceof Refused refused) {
      return new OfRefused(refused.reason(), new ArrayList<>(refused.refusals()));
    }
    if (error instanceof Conflict conflict) {
      return new OfConflict(
          conflict.key(),
          decimal(conflict.expected()),
          conflict.mustExist(),
          decimal(conflict.currentVersion()),
          value(conflict.attempted()),
          value(conflict.current()));
    }
    if (error instanceof NotOwner notOwner) {
      return new OfNotOwner(notOwner.owner());
    }
    return new Nothing();
  }

  private static RingException refused(OfRefused details, OptionalLong wait) {
    List<Refusal> refusals = new ArrayList<>();
    if (details.refusals() != null) {
      for (Refusal refusal : details.refusals()) {
        if (refusal == null) {
          throw new InvalidInput("a refusal is an object");
        }
        refusals.add(refusal);
      }
    }
    return new Refused(details.reason() == null ? "" : details.reason(), refusals, wait);
  }

  private static RingException conflict(OfConflict details) {
    if (details.mustExist()) {
      return Conflict.mustExist(require(details.key(), "key"), text(details.attempted()));
    }
    return new Conflict(
        require(details.key(), "key"),
        version(details.expectedVersion()),
        version(details.currentVersion()),
        text(details.attempted()),
        text(details.current()));
  }

  private static @Nullable String decimal(OptionalLong version) {
    return version.isPresent() ? Long.toString(version.getAsLong()) : null;
  }

  private static OptionalLong version(@Nullable String decimal) {
    if (decimal == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(decimal));
    } catch (NumberFormatException e) {
      throw new InvalidInput("a version is a decimal number");
    }
  }

  private static @Nullable Json value(@Nullable String text) {
    return text == null ? null : Json.parse(text);
  }

  private static @Nullable String text(@Nullable Json value) {
    return value == null ? null : value.toString();
  }

  private static String require(@Nullable String value, String field) {
    if (value == null) {
      throw new InvalidInput("an error has a field '" + field + "'");
    }
    return value;
  }

  // A field that is left out and one that is null differ: a conflict's value may well be JSON's
  // null.

  private record Wire(
      @Nullable String code,
      @Nullable String message,
      @Nullable String hint,
      boolean retrySafe,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long retryAfterMillis,
      @Nullable Json details) {}

  /** What is read of it at once; the details may be deeper than a component that is JSON. */
  private record Read(
      @Nullable String code,
      @Nullable String message,
      @Nullable String hint,
      boolean retrySafe,
      @Nullable Long retryAfterMillis) {}

  private record OfRefused(@Nullable String reason, @Nullable List<@Nullable Refusal> refusals) {}

  private record OfConflict(
      @Nullable String key,
      @Nullable String expectedVersion,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean mustExist,
      @Nullable String currentVersion,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Json attempted,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Json current) {}

  private record OfNotOwner(@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Id owner) {}

  private record Nothing() {}
}
