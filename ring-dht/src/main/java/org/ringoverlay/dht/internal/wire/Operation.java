package org.ringoverlay.dht.internal.wire;

/**
 * A change that a register has seen, kept so that its repeat gets the first outcome.
 *
 * @param id the operation's ID
 * @param version the version that it made
 * @param existed whether there was a value before it
 * @param fingerprint of what was asked; 0 where the ID was drawn by the library and cannot be
 *     reused
 */
public record Operation(String id, long version, boolean existed, long fingerprint) {
  /** What its client is told. */
  public Request.Done done(int copies, int wanted) {
    return new Request.Done(version, existed, copies, wanted);
  }
}
