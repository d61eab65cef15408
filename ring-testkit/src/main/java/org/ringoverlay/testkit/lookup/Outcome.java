package org.ringoverlay.testkit.lookup;

/** What became of a lookup. */
public enum Outcome {
  /** The root answered. */
  DELIVERED,
  /** A node that was not the root got it. */
  WRONG_ROOT,
  /** The asker was told why it failed. */
  TOLD,
  /** Nobody said anything until the deadline. */
  LOST,
  /** The asker itself was down or frozen before it could hear of it. */
  ABANDONED
}
