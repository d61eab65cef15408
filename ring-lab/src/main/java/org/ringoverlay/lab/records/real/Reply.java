package org.ringoverlay.lab.records.real;

import java.util.Locale;

/**
 * What a client is told, as a line of words.
 *
 * @param version 0 for none
 * @param text a value, the IDs of members, or what went wrong; may be empty
 */
record Reply(Kind kind, long version, String text) {
  private static final String ERROR = "ring: ";

  /** The process ended, or stood still for too long, before it answered. */
  static final Reply LOST = new Reply(Kind.LOST, 0, "");

  /** What came of it. */
  enum Kind {
    FOUND,
    ABSENT,
    /** Written or deleted; without a version, nothing was there to delete. */
    WRITTEN,
    CONFLICT,
    UNKNOWN,
    /** Nothing changed. */
    REFUSED,
    OWNER,
    /** An error that no client should ever see. */
    BROKEN,
    LOST
  }

  /** The kind, with the code of the error if there is one. */
  String reason() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    if (!text.startsWith(ERROR)) {
      return name;
    }
    int colon = text.indexOf(':', ERROR.length());
    return name + ", " + text.substring(ERROR.length(), colon < 0 ? text.length() : colon);
  }

  String words() {
    return kind + " " + version + " " + text.replace('\n', ' ');
  }

  static Reply parse(String words) {
    String[] parts = words.split(" ", 3);
    return new Reply(Kind.valueOf(parts[0]), Long.parseLong(parts[1]), parts[2]);
  }
}
