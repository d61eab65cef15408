package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.id.Id;

/**
 * Confirms reads: an answer is given only when a majority of the copies has said, after the read
 * arrived, that the daddy's ballot still stands.
 *
 * <p>One round of questions is under way at a time, and all reads that arrive meanwhile share the
 * next.
 */
final class Checks {
  private List<Read> running = new ArrayList<>();
  private List<Read> waiting = new ArrayList<>();
  private final List<Id> granted = new ArrayList<>();
  private final List<Id> asked = new ArrayList<>();
  private long number;

  /** An answer that waits to be confirmed. */
  record Read(Pending pending, Runnable answer) {}

  boolean isRunning() {
    return !running.isEmpty();
  }

  void add(Read read) {
    waiting.add(read);
  }

  /** Begins the next round if there is one to begin. */
  boolean begin() {
    if (isRunning() || waiting.isEmpty()) {
      return false;
    }
    running = waiting;
    waiting = new ArrayList<>();
    granted.clear();
    asked.clear();
    number++;
    return true;
  }

  /** Tells the rounds apart. */
  long number() {
    return number;
  }

  /** The nodes to ask now, which then count as being asked. */
  List<Id> toAsk(Id self, Place place) {
    var now = new ArrayList<Id>();
    for (Id node : place.copies()) {
      if (!node.equals(self) && !granted.contains(node) && !asked.contains(node)) {
        asked.add(node);
        now.add(node);
      }
    }
    return now;
  }

  void granted(Id node) {
    asked.remove(node);
    if (!granted.contains(node)) {
      granted.add(node);
    }
  }

  void silent(Id node) {
    asked.remove(node);
  }

  /** Ends the round if it has enough votes, and gives its reads to be answered. */
  List<Read> confirmed(Id self, Place place) {
    int votes = place.copies().contains(self) ? 1 : 0;
    for (Id node : granted) {
      votes += place.copies().contains(node) ? 1 : 0;
    }
    if (!isRunning() || votes < place.need()) {
      return List.of();
    }
    List<Read> confirmed = running;
    running = new ArrayList<>();
    return confirmed;
  }

  /** Forgets the reads whose time is over. */
  void expire(long nowNanos) {
    for (Read read : running) {
      expire(read, nowNanos);
    }
    for (Read read : waiting) {
      expire(read, nowNanos);
    }
    running.removeIf(read -> read.pending().isAnswered());
    waiting.removeIf(read -> read.pending().isAnswered());
  }

  private static void expire(Read read, long nowNanos) {
    if (read.pending().isExpired(nowNanos)) {
      read.pending().expire("The copies did not confirm the read in time.");
    }
  }

  /** Gives up all reads. */
  List<Read> drain() {
    var all = new ArrayList<>(running);
    all.addAll(waiting);
    running.clear();
    waiting.clear();
    return all;
  }
}
