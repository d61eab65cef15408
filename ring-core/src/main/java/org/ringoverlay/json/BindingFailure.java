package org.ringoverlay.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/**
 * Turns Jackson's exceptions into ours.
 *
 * <p>Jackson's messages repeat the input, so none of them and none of its exceptions, even as a
 * cause, leaves this package: what is said is made from the place, the Java type and our own words.
 */
final class BindingFailure {

  private static final int PLACE_CHARS_MAX = 160;
  private static final int REASON_CHARS_MAX = 400;
  private static final int CONSTANTS_MAX = 16;

  private BindingFailure() {}

  static RuntimeException onRead(Exception error, Class<?> type) {
    String target = "does not fit " + type.getSimpleName();
    RuntimeException misuse = misuse(error);
    if (misuse != null) {
      return misuse;
    }
    return new RingException.InvalidInput(
        target + place(error) + ": " + Printable.text(readReason(error), REASON_CHARS_MAX));
  }

  static RuntimeException onWrite(JsonProcessingException error) {
    RuntimeException misuse = misuse(error);
    if (misuse != null) {
      return misuse;
    }
    return new RingException.InvalidInput(
        "has no JSON form"
            + place(error)
            + ": "
            + Printable.text(writeReason(error), REASON_CHARS_MAX));
  }

  /**
   * What the caller did wrong, if the type itself cannot be bound; such messages come from our own
   * classes.
   */
  private static @Nullable RuntimeException misuse(Exception error) {
    InvalidDefinitionException definition = find(error, InvalidDefinitionException.class);
    return definition == null
        ? null
        : new IllegalArgumentException(
            "this type cannot be bound to JSON: " + definition.getOriginalMessage());
  }

  private static String readReason(Exception error) {
    RingException ours = find(error, RingException.class);
    if (ours != null) {
      return ours.getMessage();
    }
    InputCoercionException range = find(error, InputCoercionException.class);
    if (range != null) {
      return "the number is out of the range of " + range.getTargetType().getSimpleName();
    }
    if (error instanceof ValueInstantiationException && error.getCause() != null) {
      // The type's own constructor refused the values; what it says is meant for whoever sent them.
      return String.valueOf(error.getCause().getMessage());
    }
    Class<?> expected =
        error instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
    if (expected == null) {
      return "it cannot be read";
    }
    if (expected.isEnum() && error instanceof InvalidFormatException) {
      return Arrays.stream(expected.getEnumConstants())
          .limit(CONSTANTS_MAX)
          .map(constant -> ((Enum<?>) constant).name())
          .collect(Collectors.joining(", ", "expected is one of ", ""));
    }
    return "expected is " + expected.getSimpleName();
  }

  private static String writeReason(JsonProcessingException error) {
    RingException ours = find(error, RingException.class);
    if (ours != null) {
      return ours.getMessage();
    }
    if (find(error, StreamConstraintsException.class) != null) {
      return "it is nested deeper than " + StandardBinding.MESSAGE_DEPTH_MAX;
    }
    Throwable cause = error.getCause();
    return cause == null ? "it cannot be written" : String.valueOf(cause.getMessage());
  }

  /** Where in the value, as a JSON Pointer; names of map entries may come from a stranger. */
  private static String place(Exception error) {
    if (!(error instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
      return "";
    }
    String pointer =
        mapping.getPath().stream()
            .map(step -> step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
            .collect(Collectors.joining("/", "/", ""));
    return " at " + Printable.text(pointer, PLACE_CHARS_MAX);
  }

  private static <E extends Throwable> @Nullable E find(Throwable error, Class<E> type) {
    for (Throwable at = error; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }
}
