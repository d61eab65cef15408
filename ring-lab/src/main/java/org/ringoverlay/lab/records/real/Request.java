package org.ringoverlay.lab.records.real;

import java.util.List;

/**
 * What a node is to do for a client, as a line of words.
 *
 * @param key without blanks
 * @param value JSON without blanks, {@link #NONE} where there is none
 * @param condition {@link #NONE}, {@code absent} or the version that must be there
 * @param name the operation's, {@link #NONE} for one of the library's
 * @param all whether all copies must have it
 * @param millis how long to try
 */
record Request(
    Kind kind, String key, String value, String condition, String name, boolean all, long millis) {
  static final String NONE = "-";
  static final String ABSENT = "absent";

  /** What to do. */
  enum Kind {
    GET,
    /** Reads what the node itself keeps. */
    PEEK,
    PUT,
    DELETE,
    /** Tells the daddy and the members. */
    OWNER
  }

  static Request of(Kind kind, String key, long millis) {
    return new Request(kind, key, NONE, NONE, NONE, false, millis);
  }

  static Request put(String key, String value, long millis) {
    return new Request(Kind.PUT, key, value, NONE, NONE, false, millis);
  }

  Request onlyIf(String newCondition) {
    return new Request(kind, key, value, newCondition, name, all, millis);
  }

  Request named(String newName) {
    return new Request(kind, key, value, condition, newName, all, millis);
  }

  Request acknowledgedByAll() {
    return new Request(kind, key, value, condition, name, true, millis);
  }

  String words() {
    return String.join(
        " ",
        kind.name(),
        key,
        value,
        condition,
        name,
        Boolean.toString(all),
        Long.toString(millis));
  }

  static Request parse(List<String> words) {
    return new Request(
        Kind.valueOf(words.get(0)),
        words.get(1),
        words.get(2),
        words.get(3),
        words.get(4),
        Boolean.parseBoolean(words.get(5)),
        Long.parseLong(words.get(6)));
  }
}
