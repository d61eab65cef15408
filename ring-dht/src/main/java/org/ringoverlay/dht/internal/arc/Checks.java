package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Voter;
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
  private final Voter self;
  private final CopyRequest.Check question;
  private final Outbox out;
  private List<Read> running = new ArrayList<>();
  private List<Read> waiting = new ArrayList<>();
  private final List<Voter> granted = new ArrayList<>();

  /** The nodes that were asked in this round and were not silent. */
  private final List<Id> asked = new ArrayList<>();

  /** Who confirmed the ballot under a lease, and under which generation of it last. */
  private final List<Voter> leased = new ArrayList<>(2);

  private long[] generations = new long[2];

  private Configuration configuration;
  private long number;

  /** An answer that waits to be confirmed. */
  private record Read(Pending pending, Runnable answer) {}

  Checks(int arc, Voter self, Ballot ballot, Outbox out, Configuration configuration) {
    this.self = self;
    this.question = new CopyRequest.Check(arc, ballot);
    this.out = out;
    this.configuration = configuration;
  }

  boolean isRunning() {
    return !running.isEmpty();
  }

  /** A member confirmed the ballot while its lease of this generation was in force. */
  void confirmed(Voter voter, long generation) {
    if (generation == Leases.NONE) {
      return;
    }
    int at = leased.indexOf(voter);
    if (at < 0) {
      at = leased.size();
      leased.add(voter);
      if (at == generations.length) {
        generations = Arrays.copyOf(generations, 2 * at);
      }
    }
    generations[at] = generation;
  }

  private long generation(Voter voter) {
    int at = leased.indexOf(voter);
    return at < 0 ? Leases.NONE : generations[at];
  }

  /**
   * Whether this node may answer without asking: a quorum keeps its promises to it until their
   * leases end. Whoever asks holds the answer already, and the clock is looked at after that.
   */
  private boolean isCovered() {
    var sure = new ArrayList<Voter>();
    for (Voter voter : configuration.voters()) {
      if (voter.equals(self) || out.isLeased(voter.node(), generation(voter))) {
        sure.add(voter);
      }
    }
    return configuration.isQuorum(sure);
  }

  /** Gives the answer, which is there already, when it is confirmed. */
  void confirm(Pending pending, Runnable answer) {
    if (isCovered()) {
      answer.run();
      return;
    }
    waiting.add(new Read(pending, answer));
    goOn();
  }

  /** Others decide from now on, in the reads under way too. */
  void configure(Configuration next) {
    configuration = next;
    goOn();
  }

  /** A node said in this round that the ballot stands. */
  void checked(Voter voter, long round) {
    if (round == number) {
      if (!granted.contains(voter)) {
        granted.add(voter);
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
    var silent = new ArrayList<String>();
    for (Voter voter : configuration.voters()) {
      if (!granted.contains(voter)) {
        silent.add(voter.node().shortString());
      }
    }
    return new RingException.Unavailable(
        "A majority of the copies must confirm a read, and these have not answered: "
            + String.join(", ", silent));
  }

  private void goOn() {
    begin();
    while (isRunning()) {
      if (!configuration.isQuorum(granted)) {
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
      granted.add(self);
      asked.clear();
      number++;
    }
  }

  private void ask() {
    for (Voter voter : configuration.voters()) {
      Id node = voter.node();
      if (!granted.contains(voter) && !asked.contains(node)) {
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
