package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * Confirms reads: an answer is given only when a majority of the copies has said, after the read
 * arrived, that the daddy's ballot still stands.
 *
 * <p>One round of questions is under way at a time, and all reads that arrive meanwhile share the
 * next.
 */
final class Checks {
  private final Id self;
  private final CopyRequest.Check question;
  private final Outbox out;
  private List<Read> running = new ArrayList<>();
  private List<Read> waiting = new ArrayList<>();
  private final List<Id> granted = new ArrayList<>();
  private final List<Id> asked = new ArrayList<>();
  private Place place;
  private long number;

  /** An answer that waits to be confirmed. */
  private record Read(Pending pending, Runnable answer) {}

  Checks(int arc, Id self, Ballot ballot, Outbox out, Place place) {
    this.self = self;
    this.question = new CopyRequest.Check(arc, ballot);
    this.out = out;
    this.place = place;
  }

  boolean isRunning() {
    return !running.isEmpty();
  }

  /** Gives the answer when it is confirmed. */
  void confirm(Pending pending, Runnable answer) {
    waiting.add(new Read(pending, answer));
    goOn();
  }

  /** Others are the arc's neighbours now. */
  void place(Place next) {
    place = next;
    goOn();
  }

  /** A node said in this round that the ballot stands. */
  void checked(Id node, long round) {
    if (round == number) {
      asked.remove(node);
      if (!granted.contains(node)) {
        granted.add(node);
      }
      goOn();
    }
  }

  /** A node did not answer in this round; it is asked again with the next tick. */
  void failed(Id node, long round) {
    if (round == number) {
      asked.remove(node);
    }
  }

  /** Forgets the reads whose time is over, and asks again who did not answer. */
  void tick(long nowNanos) {
    expire(running, nowNanos);
    expire(waiting, nowNanos);
    goOn();
  }

  private void expire(List<Read> reads, long nowNanos) {
    for (Read read : reads) {
      if (read.pending.isExpired(nowNanos)) {
        read.pending.fail(unconfirmed());
      }
    }
    reads.removeIf(read -> read.pending.isAnswered());
  }

  private RingException unconfirmed() {
    var silent = new ArrayList<>(place.copies());
    silent.remove(self);
    silent.removeAll(granted);
    return new RingException.Unavailable(
        place.need()
            + " copies must confirm a read, and these have not answered: "
            + String.join(", ", silent.stream().map(Id::shortString).toList()));
  }

  private void goOn() {
    begin();
    while (isRunning()) {
      if (votes() < place.need()) {
        ask();
        return;
      }
      List<Read> confirmed = running;
      running = new ArrayList<>();
      confirmed.forEach(read -> read.answer.run());
      begin();
    }
  }

  private void begin() {
    if (!isRunning() && !waiting.isEmpty()) {
      running = waiting;
      waiting = new ArrayList<>();
      granted.clear();
      asked.clear();
      number++;
    }
  }

  private int votes() {
    int votes = place.copies().contains(self) ? 1 : 0;
    for (Id node : granted) {
      votes += place.copies().contains(node) ? 1 : 0;
    }
    return votes;
  }

  private void ask() {
    for (Id node : place.copies()) {
      if (!node.equals(self) && !granted.contains(node) && !asked.contains(node)) {
        asked.add(node);
        out.check(node, question, number);
      }
    }
    out.tick();
  }

  /** Gives up all reads. */
  void end(RingException why) {
    running.forEach(read -> read.pending.fail(why));
    waiting.forEach(read -> read.pending.fail(why));
    running.clear();
    waiting.clear();
  }
}
