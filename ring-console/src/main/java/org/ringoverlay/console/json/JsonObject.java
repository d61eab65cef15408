package org.ringoverlay.console.json;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.json.Json;

/**
 * Writes a JSON object field by field, in the order of the calls, so that bodies read well. One
 * thread.
 */
public final class JsonObject {
  private final StringBuilder text = new StringBuilder("{");

  /** Adds anything that has a JSON form; a {@code Json} stands there as it is, null is null. */
  public JsonObject put(String name, @Nullable Object value) {
    if (text.length() > 1) {
      text.append(',');
    }
    text.append(Json.of(name)).append(':');
    if (value instanceof JsonObject object) {
      text.append(object);
    } else if (value instanceof Long || value instanceof Integer || value instanceof Boolean) {
      text.append(value);
    } else {
      text.append(Json.of(value));
    }
    return this;
  }

  /** Adds an array of objects. */
  public JsonObject putAll(String name, Collection<JsonObject> objects) {
    if (text.length() > 1) {
      text.append(',');
    }
    text.append(Json.of(name)).append(":[");
    String between = "";
    for (JsonObject object : objects) {
      text.append(between).append(object);
      between = ",";
    }
    text.append(']');
    return this;
  }

  /** The whole object as UTF-8. */
  public byte[] bytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
