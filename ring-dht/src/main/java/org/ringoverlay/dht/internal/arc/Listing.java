package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.Member;

/**
 * One page of keys: asks the daddies of all arcs, and those of the arcs that nobody covered again,
 * until each arc was covered or the time is over. A page has no holes: it comes whole or not at
 * all.
 *
 * <p>Keys are hashed over all arcs, so every page asks every daddy, once each for all of its arcs.
 * A round looks where each arc that is missing may be led, asks, and waits for all answers; between
 * rounds is a pause. On the loop, a part of the arcs in each turn.
 */
final class Listing {
  /** Arcs that one turn of the loop assigns to nodes. */
  private static final int ASSIGNED_IN_TURN_MAX = 1_024;

  private static final int ASKED_AT_ONCE_MAX = 64;
  private static final int SOUGHT_AT_ONCE_MAX = 256;
  private static final long FIRST_PAUSE_NANOS = 10_000_000;
  private static final int PAUSE_DOUBLINGS_MAX = 4;

  private final Ring ring;
  private final Shelf shelf;
  private final Leaders leaders;
  private final Directory directory;
  private final Question question;
  private final long bytesMax;
  private final int arcs;
  private final CompletableFuture<Listings.Page> page = new CompletableFuture<>();
  private final ArrayDeque<Asked> toAsk = new ArrayDeque<>();
  private final TreeMap<Id, Assigned> assigned = new TreeMap<>();

  /** Nodes to which there was no way in the last round, so that others are to stand in for them. */
  private final TreeSet<Id> outOfReach = new TreeSet<>();

  /** Why nodes gave no answer in this round. */
  private final TreeMap<Id, RingException> failed = new TreeMap<>();

  private String after;
  private Gathering gathering;

  /** The arcs that no daddy has covered yet. */
  private final BitSet missing = new BitSet();

  /** Those of them that were asked of a node that should not lead them. */
  private final BitSet misplaced = new BitSet();

  /** How many of their members have said that they should not lead them. */
  private final TreeMap<Integer, Integer> disowned = new TreeMap<>();

  private String why = "";
  private int rounds;
  private int open;

  /**
   * What is asked for.
   *
   * @param deadlineNanos when to give up
   */
  record Question(String space, String prefix, String after, int keysMax, long deadlineNanos) {}

  /** Arcs that a node is to be asked for, and those that it is to take over. */
  private static final class Assigned {
    final BitSet arcs = new BitSet();
    final BitSet firmly = new BitSet();
  }

  /** One question to one node. */
  private record Asked(Id node, BitSet arcs, boolean firmly) {}

  Listing(
      Ring ring,
      Shelf shelf,
      Leaders leaders,
      Directory directory,
      Question question,
      long bytesMax) {
    this.ring = ring;
    this.shelf = shelf;
    this.leaders = leaders;
    this.directory = directory;
    this.question = question;
    this.bytesMax = bytesMax;
    this.arcs = leaders.arcs().count();
    this.after = question.after();
    this.gathering = new Gathering(question.keysMax(), bytesMax);
  }

  CompletionStage<Listings.Page> page() {
    return page;
  }

  void begin() {
    missing.set(0, arcs);
    beginRound();
  }

  void fail(RingException error) {
    page.completeExceptionally(error);
  }

  // ---- who is to be asked

  private void beginRound() {
    if (page.isDone()) {
      return;
    }
    rounds++;
    outOfReach.clear();
    failed.forEach(
        (node, reason) -> {
          if (reason instanceof RingException.NoRoute) {
            outOfReach.add(node);
          }
        });
    failed.clear();
    why = "";
    leaders.refresh();
    seek(misplaced.nextSetBit(0));
  }

  /** Finds out who keeps the arcs that were asked for at the wrong node, a few at a time. */
  private void seek(int from) {
    var some = new ArrayList<Integer>();
    int arc = from;
    for (; arc >= 0 && some.size() < SOUGHT_AT_ONCE_MAX; arc = misplaced.nextSetBit(arc + 1)) {
      some.add(arc);
    }
    if (some.isEmpty() || timeLeft() <= 0) {
      misplaced.clear();
      assign(0);
      return;
    }
    int next = arc;
    int[] sought = {some.size()};
    for (int each : some) {
      var unused =
          directory
              .find(each, leaders.refresh())
              .whenComplete(
                  (found, unknown) -> {
                    sought[0]--;
                    if (sought[0] == 0) {
                      seek(next);
                    }
                  });
    }
  }

  private void assign(int from) {
    if (page.isDone()) {
      return;
    }
    Neighbourhood around = leaders.refresh();
    int arc = missing.nextSetBit(from);
    for (int count = 0; arc >= 0 && count < ASSIGNED_IN_TURN_MAX; count++) {
      assign(arc, around);
      arc = missing.nextSetBit(arc + 1);
    }
    if (arc >= 0) {
      int next = arc;
      ring.scheduler().execute(() -> assign(next));
      return;
    }
    assigned.forEach(
        (node, theirs) -> {
          split(node, theirs.arcs, false);
          split(node, theirs.firmly, true);
        });
    assigned.clear();
    askOn();
  }

  /**
   * Of its members the first that can be reached should lead an arc, unless it says that it should
   * not: it may have lost its store. Then the next is asked, and when all of them have said so one
   * is to take the arc over, as it would for any other request.
   */
  private void assign(int arc, Neighbourhood around) {
    Configuration configuration = shelf.configuration(arc);
    Id node;
    boolean firmly = false;
    if (configuration != null) {
      List<Id> members = leaders.preferred(arc, configuration);
      var reachable = new ArrayList<>(members);
      reachable.removeAll(outOfReach);
      if (reachable.isEmpty()) {
        reachable.addAll(members);
      }
      int said = disowned.getOrDefault(arc, 0);
      node = reachable.get(said % reachable.size());
      firmly = said >= reachable.size() || outOfReach.contains(members.get(0));
    } else {
      List<Member> nearest = around.nearest(around.view().arcs().centre(arc), 1);
      node = nearest.isEmpty() ? ring.id() : nearest.get(0).id();
    }
    Assigned theirs = assigned.computeIfAbsent(node, unused -> new Assigned());
    (firmly ? theirs.firmly : theirs.arcs).set(arc);
  }

  private void split(Id node, BitSet theirs, boolean firmly) {
    var some = new BitSet();
    int count = 0;
    for (int arc = theirs.nextSetBit(0); arc >= 0; arc = theirs.nextSetBit(arc + 1)) {
      some.set(arc);
      count++;
      if (count == Request.ListKeys.ARCS_MAX) {
        toAsk.add(new Asked(node, some, firmly));
        some = new BitSet();
        count = 0;
      }
    }
    if (count > 0) {
      toAsk.add(new Asked(node, some, firmly));
    }
  }

  // ---- questions and answers

  private void askOn() {
    while (open < ASKED_AT_ONCE_MAX && !toAsk.isEmpty()) {
      Asked next = toAsk.remove();
      open++;
      ask(next);
    }
    if (open == 0) {
      endRound();
    }
  }

  private void ask(Asked asked) {
    long left = timeLeft();
    if (left <= 0) {
      // The end of the round says what is missing.
      ring.scheduler().execute(this::answered);
      return;
    }
    var list =
        new Request.ListKeys(
            question.space(),
            question.prefix(),
            after,
            gathering.until(),
            question.keysMax(),
            Span.of(asked.arcs()),
            asked.firmly());
    long patience = Math.min(left, ring.settings().get(DhtSettings.FORWARD_TIMEOUT));
    AskOptions options =
        AskOptions.defaults().within(Duration.ofNanos(patience)).directly().reading();
    var unused =
        ring.ask(Records.SERVICE, asked.node(), list, Request.Listed.class, options)
            .whenComplete(
                (listed, error) ->
                    // Never within the call, so that one turn does not ask and answer on and on.
                    ring.scheduler()
                        .execute(
                            () -> {
                              if (error != null) {
                                failed.put(asked.node(), reason(error));
                              } else {
                                take(asked, list, listed);
                              }
                              answered();
                            }));
  }

  private static RingException reason(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof RingException known
        ? known
        : new RingException.HandlerFailed(String.valueOf(cause.getMessage()));
  }

  private void answered() {
    open--;
    askOn();
  }

  private void take(Asked asked, Request.ListKeys list, Request.Listed listed) {
    BitSet covered = Span.set(listed.covered(), arcs);
    BitSet foreign = Span.set(listed.foreign(), arcs);
    covered.and(asked.arcs());
    foreign.and(asked.arcs());
    foreign.andNot(covered);
    if (!isSound(list, listed, covered)) {
      failed.put(asked.node(), new RingException.InvalidInput("It sent what is no answer."));
      return;
    }
    Arcs circle = leaders.arcs();
    listed
        .keys()
        .forEach(key -> gathering.add(key, circle.indexOf(Keys.id(question.space(), key))));
    gathering.reaches(listed.until());
    missing.andNot(covered);
    misplaced.or(foreign);
    foreign.stream()
        .filter(arc -> shelf.configuration(arc) != null)
        .forEach(arc -> disowned.merge(arc, 1, Integer::sum));
    if (why.isEmpty() && !listed.why().isEmpty()) {
      why = listed.why();
    }
  }

  /** Whether the keys are in order, and are what was asked for, of the arcs that they are of. */
  private boolean isSound(Request.ListKeys list, Request.Listed listed, BitSet covered) {
    if (listed.keys().size() > list.keysMax()) {
      return false;
    }
    Arcs circle = leaders.arcs();
    String last = list.after();
    String until = listed.until();
    try {
      if (until != null) {
        Keys.checkPosition(until);
      }
      for (String key : listed.keys()) {
        Keys.checkKey(key);
        if (!key.startsWith(list.prefix())
            || Keys.compare(key, last) <= 0
            || (until != null && Keys.compare(key, until) > 0)
            || !covered.get(circle.indexOf(Keys.id(list.space(), key)))) {
          return false;
        }
        last = key;
      }
    } catch (RingException.InvalidInput unsound) {
      return false;
    }
    return until == null || Keys.compare(until, list.after()) > 0;
  }

  // ---- the end

  private void endRound() {
    if (page.isDone()) {
      return;
    }
    if (missing.isEmpty()) {
      end();
      return;
    }
    long pause = FIRST_PAUSE_NANOS << Math.min(rounds - 1, PAUSE_DOUBLINGS_MAX);
    pause = pause / 2 + ring.randomness().below(pause / 2);
    if (timeLeft() <= pause) {
      fail(unavailable());
      return;
    }
    ring.scheduler().schedule(pause, this::beginRound);
  }

  private void end() {
    String until = gathering.until();
    if (gathering.isEmpty() && until != null) {
      // So many keys were deleted here that nothing is left: an empty page would tell nothing.
      after = until;
      gathering = new Gathering(question.keysMax(), bytesMax);
      rounds = 0;
      begin();
      return;
    }
    var keys = new ArrayList<String>();
    gathering.forEach((key, arc) -> keys.add(key));
    page.complete(new Listings.Page(keys, until));
  }

  private RingException unavailable() {
    var text = new StringBuilder();
    text.append("The keys of ")
        .append(missing.cardinality())
        .append(" of ")
        .append(arcs)
        .append(" arcs could not be listed.");
    for (Map.Entry<Id, RingException> each : failed.entrySet()) {
      text.append(" Node ")
          .append(each.getKey().shortString())
          .append(" gave no answer: ")
          .append(each.getValue().getMessage());
    }
    if (!why.isEmpty()) {
      text.append(' ').append(why);
    }
    return new RingException.Unavailable(text.toString());
  }

  private long timeLeft() {
    return question.deadlineNanos() - ring.clock().nanos();
  }
}
