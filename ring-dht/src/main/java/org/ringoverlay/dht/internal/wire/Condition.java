package org.ringoverlay.dht.internal.wire;

/**
 * What must hold for a change to be made.
 *
 * @param kind what is looked at
 * @param version the version that must be current, for {@link Kind#VERSION} alone, else 0
 */
public record Condition(Kind kind, long version) {
  /** Nothing need hold. */
  public static final Condition NONE = new Condition(Kind.NONE, 0);

  /** What a condition looks at. */
  public enum Kind {
    /** Nothing. */
    NONE,
    /** The current version is a given one. */
    VERSION,
    /** There is no value. */
    ABSENT,
    /** There is a value. */
    EXISTS
  }
}
