package org.ringoverlay.console.gateway;

/** What must hold of a record for a request to go through. */
public sealed interface Condition {
  /** Nothing. */
  record None() implements Condition {}

  /** The record must be there. */
  record Exists() implements Condition {}

  /** The record must not be there. */
  record Absent() implements Condition {}

  /** The record must have this very version. */
  record AtVersion(long version) implements Condition {}
}
