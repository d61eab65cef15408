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
 * a candidate; and now and then a connected member of a row, drawn, is asked for some. Only slots
 * whose holder is connected are looked at: through the others no message goes, and a connection to
 * each would cost more than a short hop spares. The holder is pinged first, and only where somebody
 * could be nearer the candidate is: once to make a connection, and a second time, which counts.
 * There are a few trials in a round, and rounds are the rarer the longer none was won. On the loop.
 */
final class Proximity {
  /** Who has not answered by then has lost; a holder the second time in a row. */
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

  /** The holder is asked, then the candidate. */
  private static final class Trial {
    final Entry entry;
    final Id candidate;
    final String address;
    final Id holder;

    /** The ping that is not answered yet. */
    long number;

    long sentAt;

    /** Since when the one that is asked has had time. */
    long begunAt;

    /** The holder's round trip; {@link Long#MAX_VALUE} if it is silent. */
    long holderNanos;

    Turn turn = Turn.HOLDER;

    Trial(Entry entry, MemberTable.Fact fact, Id holder) {
      this.entry = entry;
      this.candidate = fact.id();
      this.address = fact.card().address();
      this.holder = holder;
    }

    Id asked() {
      return turn == Turn.HOLDER ? holder : candidate;
    }
  }

  private enum Turn {
    HOLDER,
    CANDIDATE_CONNECTS,
    CANDIDATE
  }

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
      if (trial.candidate.equals(node)) {
        return trial.address;
      }
    }
    return null;
  }

  /** Somebody lives whose slot another holds. */
  void consider(Entry entry, MemberTable.Fact fact, Id holder) {
    if (fact.state() != MemberState.ALIVE
        || !isOpen()
        || !post.isLinked(holder)
        || addressOf(fact.id()) != null) {
      return;
    }
    trialsLeft--;
    var trial = new Trial(entry, fact, holder);
    trials.add(trial);
    begin(trial, Turn.HOLDER);
  }

  private void begin(Trial trial, Turn turn) {
    trial.turn = turn;
    trial.begunAt = clock.nanos();
    ping(trial);
  }

  /** The number is drawn, or one that is far away could answer before it was asked. */
  private void ping(Trial trial) {
    trial.number = randomness.nextLong();
    trial.sentAt = clock.nanos();
    post.send(trial.asked(), new LinkMessage.Ping(trial.number, membership.digest()));
  }

  /** A node answered a ping; tells whether it was one of these. */
  boolean pong(Id from, long number) {
    for (Trial trial : trials) {
      if (trial.asked().equals(from) && trial.number == number) {
        answered(trial, clock.nanos() - trial.sentAt);
        return true;
      }
    }
    return false;
  }

  private void answered(Trial trial, long nanos) {
    switch (trial.turn) {
      case HOLDER -> {
        silentOnce.remove(trial.holder);
        if (nanos > MARGIN_NANOS) {
          trial.holderNanos = nanos;
          begin(trial, Turn.CANDIDATE_CONNECTS);
        } else {
          trials.remove(trial);
        }
      }
      case CANDIDATE_CONNECTS -> {
        trial.turn = Turn.CANDIDATE;
        ping(trial);
      }
      case CANDIDATE -> {
        trials.remove(trial);
        long holder = trial.holderNanos;
        if (nanos < holder - Math.max(MARGIN_NANOS, holder / MARGIN_PARTS)) {
          winner = trial.candidate;
          membership.replace(trial.holder, trial.entry);
        }
      }
    }
  }

  private void silent(Trial trial) {
    if (trial.turn == Turn.HOLDER && wasSilentBefore(trial.holder)) {
      trial.holderNanos = Long.MAX_VALUE;
      begin(trial, Turn.CANDIDATE_CONNECTS);
    } else {
      trials.remove(trial);
    }
  }

  /** One turn of the clock of beats. */
  void turn() {
    long now = clock.nanos();
    for (Trial trial : List.copyOf(trials)) {
      if (FailureDetector.isOver(trial.begunAt, TRIAL_NANOS, now)) {
        silent(trial);
      }
    }
    if (now - nextRoundAt >= 0) {
      beginRound(now);
    }
  }

  private void beginRound(long now) {
    Id partner = winner != null ? winner : membership.drawnByRow(randomness);
    trialsLeft = TRIALS;
    if (partner != null && post.isLinked(partner)) {
      pauseNanos = winner != null ? PAUSE_MIN_NANOS : Math.min(PAUSE_MAX_NANOS, 2 * pauseNanos);
      post.send(partner, membership.surroundings().ask(0));
    }
    winner = null;
    // Those that began together drift apart.
    nextRoundAt = now + pauseNanos / 2 + randomness.below(pauseNanos);
  }

  /** A candidate is not there any more. */
  void forget(Id node) {
    trials.removeIf(trial -> trial.candidate.equals(node));
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
