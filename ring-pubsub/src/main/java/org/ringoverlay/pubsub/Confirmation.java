package org.ringoverlay.pubsub;

import java.util.function.Consumer;

/**
 * Counts the subscriptions that confirm one message, until all have spoken or the deadline passes.
 *
 * <p>Plain state, no IO.
 */
final class Confirmation {
  private final Consumer<Confirmation> end;
  private int expected;
  private int reached;
  private int missed;
  private boolean complete;
  private boolean ended;

  /**
   * Waits for nobody yet.
   *
   * @param end called once: when everybody expected has spoken, or at the deadline
   */
  Confirmation(Consumer<Confirmation> end) {
    this.end = end;
  }

  /** One node with so many subscriptions will be asked. */
  void expect(int subscriptions) {
    expected += subscriptions;
  }

  /** Everybody has been asked. */
  void askedAll() {
    complete = true;
    endIfAllSpoke();
  }

  /** A node spoke for its subscriptions. */
  void spoke(int got, int lost) {
    reached += got;
    missed += lost;
    endIfAllSpoke();
  }

  /** Nobody is waited for any longer. */
  void deadline() {
    endOnce();
  }

  int reached() {
    return reached;
  }

  /** Those that missed it and those that have not spoken. */
  int missing() {
    return Math.max(0, expected - reached);
  }

  private void endIfAllSpoke() {
    if (complete && reached + missed >= expected) {
      endOnce();
    }
  }

  private void endOnce() {
    if (!ended) {
      ended = true;
      end.accept(this);
    }
  }
}
