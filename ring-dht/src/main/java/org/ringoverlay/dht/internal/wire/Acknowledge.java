package org.ringoverlay.dht.internal.wire;

/** How many copies must hold a change before it is acknowledged. */
public enum Acknowledge {
  /** A majority of the copies. */
  MAJORITY,
  /** All copies of the current members. */
  ALL,
  /** The daddy alone. */
  DADDY
}
