package org.ringoverlay.console.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;

/**
 * A request's target, taken apart before it is decoded, and decoded once.
 *
 * <p>A plus sign, doubled slashes and dot segments mean themselves: a key is any text, and a path
 * that was tidied up would name another one.
 *
 * @param raw the path as it came, beginning with a slash
 * @param query the decoded parameters
 */
record RequestPath(String raw, Map<String, String> query) {
  private static final int PARAMETERS_MAX = 16;
  private static final String SCHEME = "http://";

  /**
   * Takes a target apart.
   *
   * @throws RingException.InvalidInput if it is not a path with an optional query, after the scheme
   *     and the authority or without them
   */
  static RequestPath parse(String whole) {
    String authority = authority(whole);
    String target =
        authority == null ? whole : whole.substring(SCHEME.length() + authority.length());
    if (authority != null && !target.startsWith("/")) {
      target = "/" + target;
    }
    if (!target.startsWith("/")) {
      throw new RingException.InvalidInput("The request's target must be a path.");
    }
    int question = target.indexOf('?');
    return question < 0
        ? new RequestPath(target, Map.of())
        : new RequestPath(
            target.substring(0, question), parameters(target.substring(question + 1)));
  }

  /**
   * The host and port that a target names before its path, as one may that is meant for a proxy
   * (RFC 9112, section 3.2.2); null if it begins with its path.
   */
  static @Nullable String authority(String target) {
    if (!target.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    int end = SCHEME.length();
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    return target.substring(SCHEME.length(), end);
  }

  private static Map<String, String> parameters(String query) {
    var found = new LinkedHashMap<String, String>();
    for (String part : query.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (found.size() == PARAMETERS_MAX) {
        throw new RingException.InvalidInput("There are too many query parameters.");
      }
      int equals = part.indexOf('=');
      String name = decode(equals < 0 ? part : part.substring(0, equals));
      String value = equals < 0 ? "" : decode(part.substring(equals + 1));
      if (found.putIfAbsent(name, value) != null) {
        throw new RingException.InvalidInput(
            "The query parameter '" + name + "' stands there twice.");
      }
    }
    return found;
  }

  /** The decoded segment at an index from 0, or null if the path is shorter. */
  @Nullable String segment(int index) {
    int from = start(index);
    if (from < 0) {
      return null;
    }
    int end = raw.indexOf('/', from);
    return decode(raw.substring(from, end < 0 ? raw.length() : end));
  }

  /** Everything from the segment at an index on, decoded, or null if the path is shorter. */
  @Nullable String rest(int index) {
    int from = start(index);
    return from < 0 ? null : decode(raw.substring(from));
  }

  private int start(int index) {
    int from = 1;
    for (int i = 0; i < index; i++) {
      int slash = raw.indexOf('/', from);
      if (slash < 0) {
        return -1;
      }
      from = slash + 1;
    }
    return from;
  }

  /** A query parameter's value. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /**
   * Refuses parameters that nobody reads, so that a mistyped one is not mistaken for obeyed.
   *
   * @throws RingException.InvalidInput if there is another one
   */
  void allowOnly(Set<String> names) {
    for (String name : query.keySet()) {
      if (!names.contains(name)) {
        throw new RingException.InvalidInput(
            "There is no query parameter '"
                + name
                + "' here"
                + (names.isEmpty()
                    ? "."
                    : "; there are " + String.join(", ", names.stream().sorted().toList()) + "."));
      }
    }
  }

  /**
   * Decodes percent signs once.
   *
   * @throws RingException.InvalidInput if one is not followed by two hex digits, a character must
   *     not stand in a target, or the bytes are not UTF-8
   */
  static String decode(String raw) {
    boolean plain = true;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c <= ' ' || c > '~') {
        throw new RingException.InvalidInput(
            "The request's target holds a character that must be percent-encoded.");
      }
      plain &= c != '%';
    }
    if (plain) {
      return raw;
    }
    var bytes = ByteBuffer.allocate(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        boolean whole = i + 2 < raw.length();
        int high = whole ? hex(raw.charAt(i + 1)) : -1;
        int low = whole ? hex(raw.charAt(i + 2)) : -1;
        if (high < 0 || low < 0) {
          throw new RingException.InvalidInput(
              "A percent sign in the request's target must be followed by two hex digits.");
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else {
        bytes.put((byte) c);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(bytes.flip())
          .toString();
    } catch (CharacterCodingException notText) {
      throw new RingException.InvalidInput("The request's target is not UTF-8.");
    }
  }

  private static int hex(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}
