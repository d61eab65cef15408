package org.ringoverlay.testkit;

/** What a host finds on its disk when it starts again after its process died. */
public enum DiskFate {
  /** All that was saved, also what had not reached the disk when the process died alone. */
  KEPT,
  /** What had reached the disk; the tail that was not yet synced is gone, as after a power cut. */
  TAIL_LOST,
  /** What stood there some saves ago, as after a snapshot was played back. */
  OLDER,
  /** Nothing. */
  LOST
}
