package org.ringoverlay.view;

/**
 * How a node sees another.
 *
 * <p>{@code JOINING → ALIVE ⇄ SUSPECT → DEAD}, and {@code ALIVE → LEFT}. A member that is told of
 * its own suspicion or death refutes it and is {@code ALIVE} again. At equal incarnation and
 * version the later constant wins, as in SWIM (Das, Gupta, Motivala 2002, section 4.2).
 */
public enum MemberState {
  /** Known, not yet root of anything: its leaf set has not agreed. */
  JOINING,
  /** Answers, and is root of what lies closest to it. */
  ALIVE,
  /** Did not answer in time: messages go around it until it refutes or is declared dead. */
  SUSPECT,
  /** Did not refute the suspicion in time. */
  DEAD,
  /** Said goodbye. */
  LEFT;

  /** Whether the member still counts as one: joining, alive or suspect. */
  public boolean isPresent() {
    return this == JOINING || this == ALIVE || this == SUSPECT;
  }
}
