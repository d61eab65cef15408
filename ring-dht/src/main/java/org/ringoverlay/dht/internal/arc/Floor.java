package org.ringoverlay.dht.internal.arc;

/**
 * The floor of an arc, as one member knows it: no member holds anything that a tombstone up to this
 * version made void, so such tombstones need not be kept.
 *
 * <p>That leaves what is still on its way. A message of an older ballot is not heard. One of the
 * ballot under which the floor was raised is not heard either if it brings something up to the
 * floor that is not here: all of that was here then. A later daddy may bring what it likes, for it
 * learned what there is from a quorum.
 *
 * @param version the floor, 0 if there is none
 * @param round of the ballot under which all up to the floor was here; 0 if it need not be
 */
record Floor(long version, long round) {
  static final Floor NONE = new Floor(0, 0);

  /** Whether a register that is not here comes too late to be taken. */
  boolean isBelow(long other, long underRound) {
    return other <= version && underRound == round;
  }

  /** The floor under which all is here now. */
  Floor raised(long to, long underRound) {
    return new Floor(Math.max(version, to), underRound);
  }

  /** Somebody knows of a floor. */
  Floor heard(long of) {
    return of <= version ? this : new Floor(of, round);
  }

  /** The same, where what there is up to it has to be sent anew. */
  Floor unfilled() {
    return new Floor(version, 0);
  }
}
