package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.dht.internal.wire.Voter;
import org.ringoverlay.error.RingException;

/**
 * How one survivor goes on alone with an arc whose majority an operator has given up.
 *
 * <p>It asks all survivors to promise the first ballot of a new generation, so that none of them
 * takes part in anything of before, and takes of each key the newest register that any of them
 * holds. Then it keeps these, each under a new version of that generation, and a configuration with
 * itself as the only member, in one commit. From there on the members change as ever. Whoever meets
 * that configuration drops what it holds of generations before.
 *
 * <p>On the loop. Until the commit nothing has changed but that the survivors promised; to do it
 * again is safe.
 */
final class Salvage {
  /** So many steps of a change no lost majority has taken that nobody heard of. */
  private static final long EPOCHS_UNHEARD_MAX = 1 << 20;

  private static final long AGAIN_NANOS = 100_000_000;

  private final Ring ring;
  private final Shelf shelf;
  private final Leaders leaders;
  private final CopyPost post;
  private final Limits limits;

  Salvage(Ring ring, Shelf shelf, Leaders leaders, CopyPost post, Limits limits) {
    this.ring = ring;
    this.shelf = shelf;
    this.leaders = leaders;
    this.post = post;
    this.limits = limits;
  }

  /** What this node keeps and knows. */
  Request.Inventoried inventory(Request.Inventory question) {
    BitSet arcs = Span.set(question.arcs(), leaders.arcs().count());
    if (arcs.isEmpty() || arcs.cardinality() > Request.Inventory.ARCS_MAX) {
      throw new RingException.InvalidInput(
          "An inventory is of 1 to " + Request.Inventory.ARCS_MAX + " arcs of the ring, in order.");
    }
    var holdings = new ArrayList<Request.Holding>();
    for (int arc = arcs.nextSetBit(0); arc >= 0; arc = arcs.nextSetBit(arc + 1)) {
      Configuration configuration = shelf.configuration(arc);
      if (configuration != null) {
        Map<String, Register> held = shelf.registers(arc);
        holdings.add(
            new Request.Holding(
                arc, configuration, shelf.promised(arc).round(), count(held), newest(held)));
      }
    }
    return new Request.Inventoried(shelf.self().store(), holdings);
  }

  private static long count(Map<String, Register> registers) {
    return registers.values().stream().filter(Register::present).count();
  }

  private static long newest(Map<String, Register> registers) {
    return registers.values().stream().mapToLong(Register::version).max().orElse(0);
  }

  /**
   * Goes on alone.
   *
   * @return fails with {@code Unavailable} if a survivor does not answer in time
   * @throws RingException.InvalidInput if that is not as it was when the operator was told
   */
  CompletionStage<Request.Salvaged> salvage(Request.Salvage request, long deadlineNanos) {
    check(request);
    var attempt = new Attempt(request, deadlineNanos);
    attempt.begin();
    return attempt.done;
  }

  private void check(Request.Salvage request) {
    Soundness.checkArc(leaders.arcs(), request.arc());
    Configuration configuration = request.configuration();
    if (configuration == null) {
      throw new RingException.InvalidInput("A recovery names the configuration that is given up.");
    }
    Soundness.checkConfiguration(configuration, Versions.ROUND_LIMIT);
    Configuration known = shelf.configuration(request.arc());
    List<Voter> survivors = request.survivors();
    boolean stale = known != null && known.compareTo(configuration) > 0;
    boolean begun =
        Versions.generationOf(request.round()) > 1 + Versions.generationOf(configuration.round());
    if (stale
        || (configuration.isQuorum(survivors) && !begun)
        || !configuration.voters().containsAll(survivors)
        || (!survivors.isEmpty() && !survivors.contains(shelf.self()))
        || request.round() > Versions.ROUND_LIMIT
        || Versions.generationOf(request.round())
            <= Math.max(
                Versions.generationOf(shelf.promised(request.arc()).round()),
                Versions.generationOf(configuration.round()))) {
      throw new RingException.InvalidInput(
          "The members of arc "
              + request.arc()
              + " are not those that were to be given up: look again.");
    }
  }

  /** One recovery on its way. */
  private final class Attempt {
    private final int arc;
    private final Configuration former;
    private final List<Voter> survivors;
    private final Ballot ballot;
    private final long deadlineNanos;
    private final CompletableFuture<Request.Salvaged> done = new CompletableFuture<>();

    /** Of each key the newest register that was told of, and who holds it. */
    private final TreeMap<String, Newest> newest = new TreeMap<>();

    private final TreeMap<String, Register> registers = new TreeMap<>();
    private int open;

    Attempt(Request.Salvage request, long deadlineNanos) {
      this.arc = request.arc();
      this.former = request.configuration();
      this.survivors = request.survivors();
      this.ballot = new Ballot(request.round(), shelf.self().node(), ring.randomness().nextLong());
      this.deadlineNanos = deadlineNanos;
    }

    private void begin() {
      open = survivors.isEmpty() ? 1 : survivors.size();
      promiseHere();
      for (Voter voter : survivors) {
        if (!voter.equals(shelf.self())) {
          ask(voter, "");
        }
      }
    }

    /** A lease of somebody who is lost ends soon. */
    private void promiseHere() {
      var own = shelf.prepare(new CopyRequest.Prepare(arc, ballot, ""));
      if (!own.granted()) {
        again(shelf.self(), own.promised(), this::promiseHere);
        return;
      }
      leaders.promised(arc, ballot);
      shelf.registers(arc).forEach((key, register) -> registers.put(key, register));
      if (survivors.isEmpty()) {
        // What a node that was no member holds was never told to anybody as the arc's.
        registers.clear();
      }
      registers.forEach(
          (key, register) ->
              learn(shelf.self(), new Head(key, register.version(), register.accepted())));
      heardAll();
    }

    private void ask(Voter voter, String after) {
      post.send(
          voter.node(),
          new CopyRequest.Prepare(arc, ballot, after),
          CopyReply.Promise.class,
          reply -> promised(voter, after, reply),
          () -> again(voter, Ballot.NONE, () -> ask(voter, after)));
    }

    private void promised(Voter voter, String after, CopyReply.Promise reply) {
      if (done.isDone()) {
        return;
      }
      if (reply.store() != voter.store()) {
        fail(
            new RingException.Unavailable(
                "Node " + voter.node().shortString() + " lost its store."));
        return;
      }
      if (!reply.granted()) {
        again(voter, reply.promised(), () -> ask(voter, after));
        return;
      }
      if (reply.configuration() != null && reply.configuration().compareTo(former) > 0) {
        fail(
            new RingException.Unavailable(
                "The members of arc " + arc + " have changed since: look again."));
        return;
      }
      reply.heads().forEach(head -> learn(voter, head));
      if (reply.more() && !reply.heads().isEmpty()) {
        ask(voter, reply.heads().get(reply.heads().size() - 1).key());
      } else {
        heardAll();
      }
    }

    private void again(Voter voter, Ballot promised, Runnable task) {
      if (done.isDone()) {
        return;
      }
      if (promised.round() >= ballot.round()) {
        fail(
            new RingException.InvalidInput(
                "Arc " + arc + " is being recovered already: look again."));
      } else if (deadlineNanos - ring.clock().nanos() <= AGAIN_NANOS) {
        fail(
            new RingException.Unavailable(
                "Survivor " + voter.node().shortString() + " of arc " + arc + " gave no answer."));
      } else {
        ring.scheduler().schedule(AGAIN_NANOS, task);
      }
    }

    private void learn(Voter voter, Head head) {
      Newest known = newest.get(head.key());
      if (known == null || compare(head, known.head) > 0) {
        newest.put(head.key(), new Newest(head, voter));
      }
    }

    private void heardAll() {
      open--;
      if (open == 0) {
        fetch();
      }
    }

    /** Brings here what others hold and this node does not. */
    private void fetch() {
      Voter from = null;
      var keys = new ArrayList<String>();
      for (Map.Entry<String, Newest> each : newest.entrySet()) {
        Register here = registers.get(each.getKey());
        Head head = each.getValue().head;
        boolean missing = here == null || here.version() != head.version();
        if (missing && (from == null || from.equals(each.getValue().voter))) {
          from = each.getValue().voter;
          keys.add(each.getKey());
        }
        if (keys.size() == limits.batchRecordsMax()) {
          break;
        }
      }
      if (from == null) {
        succeed();
        return;
      }
      Voter holder = from;
      post.send(
          holder.node(),
          new CopyRequest.Fetch(arc, keys),
          CopyReply.Fetched.class,
          reply -> fetched(holder, keys, reply),
          () -> again(holder, Ballot.NONE, this::fetch));
    }

    private void fetched(Voter holder, List<String> keys, CopyReply.Fetched reply) {
      if (done.isDone()) {
        return;
      }
      boolean some = false;
      for (Entry entry : reply.entries()) {
        Newest known = newest.get(entry.key());
        if (keys.contains(entry.key())
            && known != null
            && known.head.version() == entry.version()
            && entry.base() == Entry.WHOLE) {
          registers.put(entry.key(), Register.of(entry, null));
          some = true;
        }
      }
      if (some) {
        fetch();
      } else {
        again(holder, Ballot.NONE, this::fetch);
      }
    }

    private void succeed() {
      if (done.isDone()) {
        return;
      }
      if (deadlineNanos - ring.clock().nanos() <= 0) {
        fail(new RingException.Unavailable("Arc " + arc + " was not recovered in time."));
        return;
      }
      long before = newest(registers);
      var kept = new TreeMap<String, Register>();
      long version = Versions.before(ballot.round());
      for (Map.Entry<String, Register> each : registers.entrySet()) {
        version = Versions.next(version, ballot.round());
        kept.put(each.getKey(), each.getValue().again(version).acceptedUnder(ballot.round()));
      }
      var alone =
          new Configuration(
              former.epoch() + EPOCHS_UNHEARD_MAX,
              ballot.round(),
              List.of(shelf.self()),
              List.of());
      try {
        shelf.succeed(arc, ballot, alone, kept);
      } catch (RingException.Refused full) {
        fail(full);
        return;
      }
      leaders.configured(arc);
      shelf.whenKept(() -> done.complete(new Request.Salvaged(count(kept), before)));
    }

    private void fail(RingException why) {
      done.completeExceptionally(why);
    }
  }

  /** A register that somebody told of. */
  private record Newest(Head head, Voter voter) {}

  private static int compare(Head one, Head other) {
    int byBallot = Long.compare(one.accepted(), other.accepted());
    return byBallot != 0 ? byBallot : Long.compare(one.version(), other.version());
  }
}
