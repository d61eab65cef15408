package org.ringoverlay.console.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ringoverlay.console.json.JsonObject;
import org.ringoverlay.json.Json;

/** What a request is answered with: a whole reply, or a stream of events. */
sealed interface Reply {
  /**
   * A reply that is whole.
   *
   * @param contentType empty if there is no body
   */
  @SuppressWarnings("ArrayRecordComponent") // a reply is written once and never compared
  record Whole(int status, String contentType, byte[] body, Map<String, String> headers)
      implements Reply {
    private static final byte[] NOTHING = {};

    static Whole empty(int status) {
      return new Whole(status, "", NOTHING, Map.of());
    }

    static Whole json(int status, byte[] body) {
      return new Whole(status, "application/json", body, Map.of());
    }

    static Whole json(int status, JsonObject body) {
      return json(status, body.bytes());
    }

    static Whole json(int status, Json body) {
      return json(status, body.bytes());
    }

    Whole with(String name, String value) {
      var more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Whole(status, contentType, body, more);
    }
  }

  /** A stream of events that begins now. */
  record Streaming(Feed events) implements Reply {}
}
