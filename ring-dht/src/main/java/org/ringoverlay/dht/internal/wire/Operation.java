package org.ringoverlay.dht.internal.wire;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.json.Sparse;

/**
 * An operation that a register has seen, kept so that its repeat gets the first outcome.
 *
 * @param id the operation's ID
 * @param version the version that the register got with it
 * @param existed whether there was a value before it
 * @param fingerprint of what was asked; 0 where the ID was drawn by the library and cannot be
 *     reused
 * @param outcome what came of it, null if it was made, as nearly all are
 * @param found the version of the value that it met, 0 if there was none
 */
@Sparse
public record Operation(
    String id,
    long version,
    boolean existed,
    long fingerprint,
    @Nullable Outcome outcome,
    long found) {
  /** What can come of an operation that was decided. */
  public enum Outcome {
    /** It was made. */
    MADE,
    /** Its condition did not hold. */
    CONFLICT,
    /** There was nothing to delete. */
    NOTHING
  }

  /** One that was made says nothing of it. */
  public Operation {
    outcome = outcome == Outcome.MADE ? null : outcome;
  }

  /** What came of it. */
  public Outcome result() {
    return outcome == null ? Outcome.MADE : outcome;
  }

  /** An operation that was made. */
  public static Operation made(String id, long version, boolean existed, long fingerprint) {
    return new Operation(id, version, existed, fingerprint, null, 0);
  }

  /** What its client is told, unless it is a conflict. */
  public Request.Done done(int copies, int wanted, long seen) {
    return new Request.Done(
        result() == Outcome.MADE ? version : 0, existed, copies, wanted, seen, 0);
  }
}
