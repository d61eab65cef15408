package org.ringoverlay.testkit;

/** Of which version of Ring a process is, as the others can tell by what it sends. */
public enum Generation {
  /** The version that is tested. */
  PRESENT,
  /**
   * One version on: it speaks one more version of the protocol, and says fields, types, kinds and
   * states that the present one has never heard of.
   */
  NEXT
}
