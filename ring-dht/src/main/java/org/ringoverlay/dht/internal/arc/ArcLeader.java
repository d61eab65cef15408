package org.ringoverlay.dht.internal.arc;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/**
 * The daddy of one arc, or a node on the way to it: the proposer of Paxos, one per arc.
 *
 * <p>{@code preparing → leading → ended}, or {@code preparing → ended}. Preparing collects promises
 * and what the members know ({@link Takeover}); leading is a {@link Reign}. Whoever meets a newer
 * ballot while leading ends, and never leads again under an old one.
 *
 * <p>Plain state: time comes with each call, messages go to the {@link Outbox}. On the loop.
 */
final class ArcLeader implements Gate.Guest {
  private static final long RETRY_NANOS = 10_000_000;
  private static final int RETRY_DOUBLINGS_MAX = 4;

  /** How often a former daddy, or a member that it binds, is asked by one that leads. */
  private static final long RELIEVE_NANOS = 50_000_000;

  private final int arc;
  private final Limits limits;
  private final Shelf shelf;
  private final Stores stores;
  private final Outbox out;
  private final ArrayDeque<Pending> waiting = new ArrayDeque<>();

  private Place place;
  private Ballot ballot = Ballot.NONE;
  private @Nullable Takeover takeover;

  /** The takeover that won, and so who has promised, while it leads. */
  private @Nullable Takeover won;

  private long relievedAtNanos;
  private @Nullable Reign reign;
  private boolean ended;

  /** Whether it is told of the next tick. Of {@link Upkeep} alone. */
  boolean ticks;

  private long retryAtNanos;
  private int attempts;
  private long roundSeen;

  ArcLeader(int arc, Limits limits, Shelf shelf, Stores stores, Outbox out, Place place) {
    this.arc = arc;
    this.limits = limits;
    this.shelf = shelf;
    this.stores = stores;
    this.out = out;
    this.place = place;
  }

  int arc() {
    return arc;
  }

  /** The ballot of the present attempt. */
  Ballot ballot() {
    return ballot;
  }

  boolean isPreparing() {
    return !ended && reign == null;
  }

  /** Begins to take the arc over. */
  void start(long nowNanos) {
    out.tick();
    prepare(nowNanos);
  }

  /** Takes a request; its answer comes through it. */
  void submit(Pending pending, long nowNanos) {
    Reign current = reign;
    if (ended) {
      pending.fail(notOwner());
    } else if (current != null) {
      current.submit(pending, nowNanos);
    } else if (waiting.size() >= limits.arcQueueMax()) {
      pending.fail(
          new RingException.Refused(
              waiting.size() + " requests wait for the arc to be taken over."));
    } else {
      waiting.add(pending);
    }
  }

  private void prepare(long nowNanos) {
    long last = Math.max(shelf.promised(arc).round(), roundSeen);
    long round = last + 1;
    if (Versions.isLast(last)) {
      end(new RingException.Unavailable("Arc " + arc + " has used up its rounds."));
      return;
    }
    Configuration configuration = shelf.configuration(arc);
    // What this node knows was given up, or is about to be, if ballots are of a later generation.
    if (configuration == null
        || !configuration.has(shelf.self())
        || Versions.generationOf(round) > Versions.generationOf(configuration.round())) {
      end(notOwner());
      return;
    }
    ballot = new Ballot(round, shelf.self().node(), out.random());
    takeover = new Takeover(configuration);
    goOn(takeover, nowNanos);
  }

  private void goOn(Takeover current, long nowNanos) {
    for (Id node : current.toAsk()) {
      if (takeover != current) {
        return;
      }
      if (node.equals(shelf.self().node())) {
        var own = shelf.prepare(new CopyRequest.Prepare(arc, ballot, "", current.relief(node)));
        current.met(own.configuration());
        if (!own.granted() && !isBehind(own.promised())) {
          outranked(own.promised(), nowNanos);
          return;
        }
        if (!own.granted()) {
          bound(current, node, own.promised(), nowNanos);
          continue;
        }
        current.promises(node);
        current.raises(own.floor());
        if (out.isKept()) {
          current.heard(shelf.self(), own.heads(), false);
        } else {
          out.whenKept(
              then -> {
                if (takeover == current) {
                  current.heard(shelf.self(), own.heads(), false);
                  goOn(current, then);
                }
              });
        }
      } else {
        out.prepare(
            node, new CopyRequest.Prepare(arc, ballot, current.after(node), current.relief(node)));
      }
    }
    // What this node holds has to be known too: its shelf is where registers are looked up.
    if (takeover == current && current.isComplete(shelf.self())) {
      lead(current, nowNanos);
    }
  }

  private void lead(Takeover complete, long nowNanos) {
    takeover = null;
    won = complete;
    relievedAtNanos = nowNanos - RELIEVE_NANOS;
    Map<String, Takeover.Known> known = complete.known();
    long round = complete.configuration().round();
    for (Takeover.Known each : known.values()) {
      round = Math.max(round, Versions.round(each.head().version()));
    }
    if (round >= ballot.round()) {
      // Somebody kept what an attempt made that nobody here had promised: go above it.
      roundSeen = round;
      prepare(nowNanos);
      return;
    }
    shelf.met(arc, complete.configuration());
    if (!complete.configuration().has(shelf.self())) {
      end(notOwner());
      return;
    }
    var begun = new Reign(arc, ballot, limits, shelf, stores, out, this, complete, place);
    reign = begun;
    begun.begin(known, nowNanos);
    while (!waiting.isEmpty() && reign != null) {
      begun.submit(waiting.remove(), nowNanos);
    }
    out.leads();
    out.repair();
  }

  /** A node answered {@link CopyRequest.Prepare}. */
  void promised(Id node, Ballot asked, CopyReply.Promise reply, long nowNanos) {
    if (ended || !asked.equals(ballot)) {
      return;
    }
    if (!reply.granted()) {
      if (reply.configuration() != null) {
        shelf.met(arc, reply.configuration());
      }
      if (!isBehind(reply.promised())) {
        outranked(reply.promised(), nowNanos);
      } else if (takeover != null) {
        bound(takeover, node, reply.promised(), nowNanos);
      } else {
        relieve(node, reply.promised(), nowNanos);
      }
      return;
    }
    boolean more = reply.more() && !reply.heads().isEmpty();
    if (more) {
      String last = reply.heads().get(reply.heads().size() - 1).key();
      out.prepare(node, new CopyRequest.Prepare(arc, ballot, last));
    }
    Takeover current = takeover;
    if (current != null) {
      current.promises(node);
      current.met(reply.configuration());
      current.raises(reply.floor());
      current.heard(new Voter(node, reply.store()), reply.heads(), more);
      goOn(current, nowNanos);
    } else if (reign != null) {
      if (won != null) {
        won.promises(node);
      }
      reign.heard(node, reply, nowNanos);
    }
  }

  /**
   * Whether a node that granted nothing has promised nothing newer either: the daddy of what it
   * promised holds a lease of it.
   */
  private boolean isBehind(Ballot promised) {
    return promised.round() < ballot.round();
  }

  /**
   * While this node leads, a member that a lease of a former daddy binds still refuses everything.
   * That daddy is asked for its promise, and once it has promised the member is told.
   */
  private void relieve(Id node, Ballot by, long nowNanos) {
    Takeover former = won;
    if (reign == null || former == null || nowNanos - relievedAtNanos < RELIEVE_NANOS) {
      return;
    }
    relievedAtNanos = nowNanos;
    var unused = former.isBound(node, by);
    Ballot relief = former.relief(node);
    out.prepare(
        relief == null ? by.daddy() : node, new CopyRequest.Prepare(arc, ballot, "", relief));
  }

  private void bound(Takeover current, Id node, Ballot by, long nowNanos) {
    if (current.isBound(node, by)) {
      goOn(current, nowNanos);
    }
  }

  /** A node did not answer {@link CopyRequest.Prepare}. */
  void prepareFailed(Id node, Ballot asked) {
    Takeover current = takeover;
    if (ended || !asked.equals(ballot)) {
      return;
    }
    if (current != null) {
      current.silent(node);
    } else if (reign != null) {
      reign.unheard(node);
    }
  }

  /** This node, or another, promised a newer ballot to somebody. */
  void outranked(Ballot by, long nowNanos) {
    if (ended || by.equals(ballot) || isBehind(by)) {
      return;
    }
    roundSeen = Math.max(roundSeen, by.round());
    if (reign != null) {
      end(notOwner());
      return;
    }
    takeover = null;
    long backoff = RETRY_NANOS << Math.min(attempts, RETRY_DOUBLINGS_MAX);
    attempts++;
    retryAtNanos = nowNanos + backoff / 2 + Long.remainderUnsigned(out.random(), backoff);
    out.tick();
  }

  /** A node answered {@link CopyRequest.Accept}, in which it was sent these registers. */
  void accepted(
      Id node,
      CopyRequest.Accept asked,
      List<Head> heads,
      CopyReply.Accepted reply,
      long nowNanos) {
    Reign current = reign;
    if (current != null && asked.ballot().equals(ballot)) {
      if (reply.granted()) {
        current.accepted(node, asked.epoch(), heads, reply, nowNanos);
      } else if (isBehind(reply.standing())) {
        current.acceptFailed(node, heads);
        relieve(node, reply.standing(), nowNanos);
      } else {
        outranked(reply.standing(), nowNanos);
      }
    }
  }

  /** A node did not answer {@link CopyRequest.Accept}. */
  void acceptFailed(Id node, Ballot asked, List<Head> heads) {
    Reign current = reign;
    if (current != null && asked.equals(ballot)) {
      current.acceptFailed(node, heads);
    }
  }

  /** A node answered an {@link CopyRequest.Accept} with a configuration. */
  void configured(
      Id node, Ballot asked, Configuration configuration, CopyReply.Accepted reply, long nowNanos) {
    Reign current = reign;
    if (current != null && asked.equals(ballot)) {
      if (reply.granted()) {
        current.configured(node, configuration, reply, nowNanos);
      } else if (isBehind(reply.standing())) {
        current.configureFailed(node);
        relieve(node, reply.standing(), nowNanos);
      } else {
        outranked(reply.standing(), nowNanos);
      }
    }
  }

  /** A node did not answer that. */
  void configureFailed(Id node, Ballot asked) {
    Reign current = reign;
    if (current != null && asked.equals(ballot)) {
      current.configureFailed(node);
    }
  }

  /** A node answered {@link CopyRequest.Check}. */
  void checked(Id node, Ballot asked, long number, CopyReply.Accepted reply, long nowNanos) {
    Reign current = reign;
    if (current != null && asked.equals(ballot)) {
      if (reply.granted()) {
        current.checked(node, reply.store(), number);
      } else if (isBehind(reply.standing())) {
        current.checkFailed(node, number);
        relieve(node, reply.standing(), nowNanos);
      } else {
        outranked(reply.standing(), nowNanos);
      }
    }
  }

  /**
   * A node confirmed the ballot, in answer to whatever, while its lease of this generation was in
   * force.
   */
  void confirmed(Voter voter, Ballot asked, long generation) {
    if (reign != null && asked.equals(ballot)) {
      reign.confirmed(voter, generation);
    }
  }

  /** A node did not answer {@link CopyRequest.Check}. */
  void checkFailed(Id node, Ballot asked, long number) {
    Reign current = reign;
    if (current != null && asked.equals(ballot)) {
      current.checkFailed(node, number);
    }
  }

  /** A node answered {@link CopyRequest.Fetch} for these keys. */
  void fetched(Id node, Ballot asked, List<String> keys, CopyReply.Fetched reply, long nowNanos) {
    Reign current = reign;
    if (current != null && asked.equals(ballot)) {
      current.fetched(node, keys, reply, nowNanos);
    }
  }

  /** A node did not answer {@link CopyRequest.Fetch}. */
  void fetchFailed(Id node, Ballot asked, List<String> keys) {
    Reign current = reign;
    if (current != null && asked.equals(ballot)) {
      current.fetchFailed(node, keys);
    }
  }

  /** A node answered {@link CopyRequest.Floor}. */
  void floored(Id node, CopyRequest.Floor asked, CopyReply.Floored reply, long nowNanos) {
    Reign current = reign;
    if (current != null && asked.ballot().equals(ballot)) {
      if (reply.granted()) {
        current.collector().answered(node, asked, reply, nowNanos);
      } else if (isBehind(reply.standing())) {
        current.collector().failed(node, asked, nowNanos);
        relieve(node, reply.standing(), nowNanos);
      } else {
        outranked(reply.standing(), nowNanos);
      }
    }
  }

  /** A node did not answer {@link CopyRequest.Floor}. */
  void floorFailed(Id node, CopyRequest.Floor asked, long nowNanos) {
    Reign current = reign;
    if (current != null && asked.ballot().equals(ballot)) {
      current.collector().failed(node, asked, nowNanos);
    }
  }

  /** Whether it leads, and there are tombstones to collect. */
  boolean isToCollect() {
    return reign != null && reign.collector().isWanted();
  }

  /**
   * Goes on with collecting tombstones, as far as it can now.
   *
   * @param keptNanos for how long they are kept
   * @param done called once, when nothing of this is under way any more; perhaps within the call
   */
  void collect(long nowNanos, long keptNanos, Runnable done) {
    if (reign == null) {
      done.run();
    } else {
      reign.collector().collect(nowNanos, keptNanos, done);
    }
  }

  /** It may change its members now. */
  @Override
  public void wake(long nowNanos) {
    if (reign != null) {
      reign.wake(nowNanos);
    }
  }

  /** Others should keep the arc now. */
  void place(Place next, long nowNanos) {
    place = next;
    if (reign != null) {
      reign.place(next, nowNanos);
    }
  }

  /**
   * Time has passed: expires what waits too long, and asks again who did not answer.
   *
   * @return whether to call again
   */
  boolean tick(long nowNanos) {
    if (ended) {
      return false;
    }
    if (reign != null) {
      return reign.tick(nowNanos);
    }
    for (Pending pending : List.copyOf(waiting)) {
      if (pending.isExpired(nowNanos)) {
        pending.fail(notReady());
      }
    }
    waiting.removeIf(Pending::isAnswered);
    Takeover current = takeover;
    if (waiting.isEmpty() && current != null && !current.isHopeful(shelf.self(), out)) {
      // Nobody waits, and too few answer: the next request, or the next look around, tries again.
      end(notOwner());
    } else if (current != null) {
      goOn(current, nowNanos);
    } else if (nowNanos - retryAtNanos >= 0) {
      prepare(nowNanos);
    }
    return !ended;
  }

  private RingException notReady() {
    Takeover current = takeover;
    String silent = current == null ? "" : current.missing();
    String replaced = current == null ? "" : current.replaced();
    var text = new StringBuilder("The arc is being taken over");
    if (!silent.isEmpty()) {
      text.append(", and of its members these do not answer: ").append(silent);
    }
    if (!replaced.isEmpty()) {
      text.append(", and of its members these have lost what they kept: ")
          .append(replaced)
          .append(" ('ring recover' tells whether the others are too few for ever)");
    }
    return new RingException.Unavailable(text.append('.').toString());
  }

  /** The next message that brings copies level, null if there is none to send now. */
  @Nullable Repair nextRepair() {
    return reign == null ? null : reign.nextRepair();
  }

  /** Whose copies can be compared with this node's; null while it does not lead or they change. */
  @Nullable Configuration compared() {
    return reign == null ? null : reign.compared();
  }

  /** A member holds other registers than this node in a range of the arc. */
  void differs(Voter member, List<Head> own, List<Head> theirs) {
    if (reign != null) {
      reign.differs(member, own, theirs);
    }
  }

  /** Whether there are records in the arc, as far as it knows. */
  @Override
  public boolean holdsRecords() {
    return reign != null && reign.holdsRecords();
  }

  /** The configuration under which it leads if that is decided, else null. */
  @Nullable Configuration decided() {
    return reign == null ? null : reign.decided();
  }

  /** All that have, or lately had, a voice; empty while it does not lead. */
  List<Voter> concerned() {
    return reign == null ? List.of() : reign.concerned();
  }

  /** The configuration in which it leads, null while it does not. */
  @Nullable Configuration configuration() {
    return reign == null ? null : reign.configuration();
  }

  RingException notOwner() {
    return new RingException.NotOwner("This node is not the daddy of the arc now.", null);
  }

  /** Ends, and says so to all who wait: what was sent to copies may still be made. */
  void end(RingException why) {
    if (ended) {
      return;
    }
    ended = true;
    takeover = null;
    List<Pending> unserved = List.copyOf(waiting);
    waiting.clear();
    unserved.forEach(pending -> pending.fail(why));
    Reign over = reign;
    reign = null;
    if (over != null) {
      over.end(why);
    }
    out.ended();
  }
}
