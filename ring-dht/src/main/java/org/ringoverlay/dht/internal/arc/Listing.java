package org.ringoverlay.dht.internal.arc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.dht.internal.wire.Span;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;

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
  private static final int ASKED_AT_ONCE_MAX = 64;
  private static final long FIRST_PAUSE_NANOS = 10_000_000;
  private static final int PAUSE_DOUBLINGS_MAX = 4;

  private final Ring ring;
  private final Leaders leaders;
  private final Question question;
  private final long bytesMax;
  private final int arcs;
  private final CompletableFuture<Listings.Page> page = new CompletableFuture<>();
  private final ArrayDeque<Assignment.Asked> toAsk = new ArrayDeque<>();
  private final Assignment assignment;

  private String after;
  private Gathering gathering;

  /** The arcs that no daddy has covered yet. */
  private final BitSet missing = new BitSet();

  private String why = "";
  private int rounds;
  private int open;

  /**
   * What is asked for.
   *
   * @param deadlineNanos when to give up
   */
  record Question(String space, String prefix, String after, int keysMax, long deadlineNanos) {}

  Listing(
      Ring ring,
      Shelf shelf,
      Leaders leaders,
      Directory directory,
      Question question,
      long bytesMax) {
    this.ring = ring;
    this.leaders = leaders;
    this.assignment = new Assignment(ring, shelf, leaders, directory);
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
    why = "";
    assignment.assign(
        missing,
        () -> page.isDone() || timeLeft() <= 0,
        asked -> {
          if (!page.isDone()) {
            toAsk.addAll(asked);
            askOn();
          }
        });
  }

  // ---- questions and answers

  private void askOn() {
    while (open < ASKED_AT_ONCE_MAX && !toAsk.isEmpty()) {
      Assignment.Asked next = toAsk.remove();
      open++;
      ask(next);
    }
    if (open == 0) {
      endRound();
    }
  }

  private void ask(Assignment.Asked asked) {
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
                                assignment.failed(asked, Assignment.reason(error));
                              } else {
                                take(asked, list, listed);
                              }
                              answered();
                            }));
  }

  private void answered() {
    open--;
    askOn();
  }

  private void take(Assignment.Asked asked, Request.ListKeys list, Request.Listed listed) {
    BitSet covered = Span.set(listed.covered(), arcs);
    BitSet foreign = Span.set(listed.foreign(), arcs);
    covered.and(asked.arcs());
    foreign.and(asked.arcs());
    foreign.andNot(covered);
    if (!isSound(list, listed, covered)) {
      assignment.failed(asked, new RingException.InvalidInput("It sent what is no answer."));
      return;
    }
    Arcs circle = leaders.arcs();
    listed
        .keys()
        .forEach(key -> gathering.add(key, circle.indexOf(Keys.id(question.space(), key))));
    gathering.reaches(listed.until());
    missing.andNot(covered);
    assignment.disowned(foreign);
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
    text.append(assignment.failures());
    if (!why.isEmpty()) {
      text.append(' ').append(why);
    }
    return new RingException.Unavailable(text.toString());
  }

  private long timeLeft() {
    return question.deadlineNanos() - ring.clock().nanos();
  }
}
