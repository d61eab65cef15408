package org.ringoverlay.console.gateway;

import java.util.List;
import java.util.regex.Pattern;
import org.ringoverlay.error.RingException;

/**
 * Reads {@code If-Match} and {@code If-None-Match} (RFC 9110, section 13.1) as conditions on
 * versions.
 */
final class Preconditions {
  private static final Pattern TAG = Pattern.compile("\"(0|[1-9][0-9]{0,15})\"");
  private static final long VERSION_MAX = (1L << 53) - 1;

  private Preconditions() {}

  /**
   * Reads the conditions of a request.
   *
   * @param ifMatch the values of its {@code If-Match} headers
   * @param ifNoneMatch the values of its {@code If-None-Match} headers
   * @throws RingException.InvalidInput if they are several, weak, not numbers, or both
   */
  static Condition ofWrite(List<String> ifMatch, List<String> ifNoneMatch) {
    if (ifMatch.isEmpty() && ifNoneMatch.isEmpty()) {
      return new Condition.None();
    }
    if (!ifMatch.isEmpty() && !ifNoneMatch.isEmpty()) {
      throw new RingException.InvalidInput("Send If-Match or If-None-Match, not both.");
    }
    if (ifMatch.isEmpty()) {
      if (!one(ifNoneMatch, "If-None-Match").equals("*")) {
        throw new RingException.InvalidInput("If-None-Match must be * here.");
      }
      return new Condition.Absent();
    }
    String tag = one(ifMatch, "If-Match");
    return tag.equals("*")
        ? new Condition.Exists()
        : new Condition.AtVersion(version(tag, "If-Match"));
  }

  /**
   * Whether a record of this version passes the conditions of a read: 200 if it does, else 304 or
   * 412.
   */
  static int ofRead(List<String> ifMatch, List<String> ifNoneMatch, long version) {
    if (!ifMatch.isEmpty()) {
      String tag = one(ifMatch, "If-Match");
      if (!tag.equals("*") && version(tag, "If-Match") != version) {
        return 412;
      }
    }
    if (!ifNoneMatch.isEmpty()) {
      String tag = one(ifNoneMatch, "If-None-Match");
      if (tag.equals("*") || version(tag, "If-None-Match") == version) {
        return 304;
      }
    }
    return 200;
  }

  private static String one(List<String> values, String name) {
    if (values.size() > 1) {
      throw new RingException.InvalidInput(name + " must stand there once, with one tag.");
    }
    return values.get(0).strip();
  }

  private static long version(String tag, String name) {
    if (TAG.matcher(tag).matches()) {
      long version = Long.parseLong(tag.substring(1, tag.length() - 1));
      if (version <= VERSION_MAX) {
        return version;
      }
    }
    throw new RingException.InvalidInput(
        name + " must be * or one strong tag with a version, such as \"17\".");
  }
}
