package org.ringoverlay.internal.membership;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Entry;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Randomness;
import org.ringoverlay.view.MemberState;

/**
 * Which of the members that fit a slot of the prefix table stands in it: the nearer one by the
 * network, so that the first hops of a message, for which there are many to choose from, are short
 * (Castro, Druschel, Hu, Rowstron, "Exploiting network proximity in peer-to-peer overlay networks",
 * 2002).
 *
 * <p>Whoever is heard of, by a connection or by a fact, and would stand in a slot that is taken is
 * a candidate; and now and then a member of a row, drawn, is asked for some. A candidate and the
 * holder are pinged twice: the first time a connection may have to be made, the second time counts.
 * There are a few trials in a round, and rounds are the rarer the longer none was won. On the loop.
 */
final class Proximity {
  /** Who has not answered both pings by then has lost; a holder the second time in a row. */
  private static final long TRIAL_NANOS = 1_000_000_000L;

  private static final long PAUSE_MIN_NANOS = 4_000_000_000L;
  private static final long PAUSE_MAX_NANOS = 256_000_000_000L;

  /** Holders that are remembered for having been silent. */
  private static final int SILENT_MAX = 64;

  /** Trials in a round. */
  static final int TRIALS = 4;

  /**
   * The candidate has to be nearer by an eighth: round trips waver, and each change costs others
   * their connection.
   */
  private static final int MARGIN_PARTS = 8;

  /** And by a millisecond: within one house nobody is far away, and round trips are noise. */
  private static final long MARGIN_NANOS = 1_000_000L;

  /** One of the two that are compared. */
  private static final class Runner {
    final Id id;
    long number;
    long sentAt;
    boolean again;

    /** Of the second round trip; {@link Long#MAX_VALUE} until it is over. */
    long nanos = Long.MAX_VALUE;

    Runner(Id id) {
      this.id = id;
    }
  }

  private record Trial(
      Entry entry, String address, Runner candidate, Runner holder, long begunAt) {}

  private final Membership membership;
  private final Post post;
  private final Clock clock;
  private final Randomness randomness;
  private final ArrayList<Trial> trials = new ArrayList<>(0);

  /** Holders that said nothing in their last trial: a lost frame looks like that once. */
  private final ArrayDeque<Id> silentOnce = new ArrayDeque<>(1);

  private int trialsLeft;

  /** Who won in this round. It is near, so who is near to it is near to this node, too. */
  private @Nullable Id winner;

  private long pauseNanos = PAUSE_MIN_NANOS;
  private long nextRoundAt;

  Proximity(Membership membership, Post post, Clock clock, Randomness randomness) {
    this.membership = membership;
    this.post = post;
    this.clock = clock;
    this.randomness = randomness;
    this.nextRoundAt = clock.nanos() + randomness.below(PAUSE_MIN_NANOS);
  }

  /** Whether a candidate is welcome now. */
  boolean isOpen() {
    return trialsLeft > 0;
  }

  /** Where a candidate listens, who is in no table yet; null for anybody else. */
  @Nullable String addressOf(Id node) {
    for (Trial trial : trials) {
      if (trial.candidate().id.equals(node)) {
        return trial.address();
      }
    }
    return null;
  }

  /** Somebody lives whose slot another holds. */
  void consider(Entry entry, MemberTable.Fact fact, Id holder) {
    if (fact.state() != MemberState.ALIVE || !isOpen() || addressOf(fact.id()) != null) {
      return;
    }
    var trial =
        new Trial(
            entry, fact.card().address(), new Runner(fact.id()), new Runner(holder), clock.nanos());
    trialsLeft--;
    trials.add(trial);
    ping(trial.candidate());
    ping(trial.holder());
  }

  /** The number is drawn, or one that is far away could answer before it was asked. */
  private void ping(Runner runner) {
    runner.number = randomness.nextLong();
    runner.sentAt = clock.nanos();
    post.send(runner.id, new LinkMessage.Ping(runner.number, membership.digest()));
  }

  /** A node answered a ping; tells whether it was one of these. */
  boolean pong(Id from, long number) {
    for (Trial trial : trials) {
      for (Runner runner : List.of(trial.candidate(), trial.holder())) {
        if (runner.id.equals(from) && runner.number == number && runner.nanos == Long.MAX_VALUE) {
          silentOnce.remove(from);
          if (runner.again) {
            runner.nanos = clock.nanos() - runner.sentAt;
            decideIfOver(trial);
          } else {
            runner.again = true;
            ping(runner);
          }
          return true;
        }
      }
    }
    return false;
  }

  private void decideIfOver(Trial trial) {
    if (trial.candidate().nanos != Long.MAX_VALUE && trial.holder().nanos != Long.MAX_VALUE) {
      decide(trial);
    }
  }

  /** One turn of the clock of beats. */
  void turn() {
    long now = clock.nanos();
    for (Trial trial : List.copyOf(trials)) {
      if (FailureDetector.isOver(trial.begunAt(), TRIAL_NANOS, now)) {
        decide(trial);
      }
    }
    if (now - nextRoundAt >= 0) {
      beginRound(now);
    }
  }

  private void beginRound(long now) {
    Id near = winner;
    pauseNanos = near != null ? PAUSE_MIN_NANOS : Math.min(PAUSE_MAX_NANOS, 2 * pauseNanos);
    winner = null;
    trialsLeft = TRIALS;
    // Those that began together drift apart.
    nextRoundAt = now + pauseNanos / 2 + randomness.below(pauseNanos);
    Id partner = near != null ? near : membership.drawnByRow(randomness);
    if (partner != null) {
      post.send(partner, membership.surroundings().ask(0));
    }
  }

  /** A candidate is not there any more. */
  void forget(Id node) {
    trials.removeIf(trial -> trial.candidate().id.equals(node));
  }

  private void decide(Trial over) {
    trials.remove(over);
    long holder = over.holder().nanos;
    if (holder == Long.MAX_VALUE && !wasSilentBefore(over.holder().id)) {
      return;
    }
    if (over.candidate().nanos < holder - Math.max(MARGIN_NANOS, holder / MARGIN_PARTS)) {
      winner = over.candidate().id;
      membership.replace(over.holder().id, over.entry());
    }
  }

  private boolean wasSilentBefore(Id holder) {
    if (silentOnce.remove(holder)) {
      return true;
    }
    silentOnce.addLast(holder);
    if (silentOnce.size() > SILENT_MAX) {
      silentOnce.removeFirst();
    }
    return false;
  }
}
