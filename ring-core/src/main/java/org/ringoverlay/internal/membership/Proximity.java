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
 * whose holder is connected are looked at, and those whose holder cannot be: through the others no
 * message goes, and a connection to each would cost more than a short hop spares. The holder is
 * pinged first, and only where somebody could be nearer the candidate is, to make a connection.
 * Then both are pinged at once, so that what delays this node delays both. There are a few trials
 * in a round, and rounds are the rarer the longer none was won. On the loop.
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

  private enum Step {
    /** Whether anybody can be nearer than the holder by enough to matter. */
    HOLDER,

    /** A connection to the candidate is made. */
    CONNECT,

    /** Both are asked, or the candidate alone where the holder cannot be reached. */
    RACE
  }

  /** A ping, and how long it took. */
  private static final class Question {
    final Id node;
    final long number;
    final long sentAt;

    /** {@link Long#MAX_VALUE} until it is answered. */
    long nanos = Long.MAX_VALUE;

    Question(Id node, long number, long sentAt) {
      this.node = node;
      this.number = number;
      this.sentAt = sentAt;
    }

    boolean isAnswered() {
      return nanos != Long.MAX_VALUE;
    }
  }

  private static final class Trial {
    final Entry entry;
    final Id candidate;
    final String address;
    final Id holder;
    final List<Question> questions = new ArrayList<>(2);
    boolean reachable = true;
    Step step = Step.HOLDER;

    /** When the step began. */
    long begunAt;

    Trial(Entry entry, MemberTable.Fact fact, Id holder) {
      this.entry = entry;
      this.candidate = fact.id();
      this.address = fact.card().address();
      this.holder = holder;
    }

    /** The round trip of one of the two; {@link Long#MAX_VALUE} if it was not asked. */
    long nanosOf(Id node) {
      for (Question question : questions) {
        if (question.node.equals(node)) {
          return question.nanos;
        }
      }
      return Long.MAX_VALUE;
    }
  }

  private final Membership membership;
  private final Post post;
  private final Clock clock;
  private final Randomness randomness;
  private final ArrayList<Trial> trials = new ArrayList<>(0);

  /**
   * Holders that said nothing in their last trial, for a lost frame looks like that once, and those
   * to which a connection broke or could not be made.
   */
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

  /** Whether a candidate for a slot is welcome now. */
  boolean isOpenFor(Id holder) {
    return trialsLeft > 0
        && (post.isLinked(holder) || silentOnce.contains(holder))
        && trials.stream().noneMatch(trial -> trial.holder.equals(holder));
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
    if (fact.state() != MemberState.ALIVE || !isOpenFor(holder) || addressOf(fact.id()) != null) {
      return;
    }
    trialsLeft--;
    var trial = new Trial(entry, fact, holder);
    trials.add(trial);
    if (post.isLinked(holder)) {
      begin(trial, Step.HOLDER);
    } else {
      withoutHolder(trial);
    }
  }

  /** A connection to a node broke, or could not be made. */
  void unreachable(Id node) {
    wasSilentBefore(node);
  }

  /** This node was away: what was not answered says nothing. */
  void interrupted() {
    trials.clear();
  }

  private void withoutHolder(Trial trial) {
    silentOnce.remove(trial.holder);
    trial.reachable = false;
    begin(trial, Step.CONNECT);
  }

  private void begin(Trial trial, Step step) {
    trial.step = step;
    trial.begunAt = clock.nanos();
    trial.questions.clear();
    if (step == Step.HOLDER || (step == Step.RACE && trial.reachable)) {
      ping(trial, trial.holder);
    }
    if (step != Step.HOLDER) {
      ping(trial, trial.candidate);
    }
  }

  /** The number is drawn, or one that is far away could answer before it was asked. */
  private void ping(Trial trial, Id node) {
    var question = new Question(node, randomness.nextLong(), clock.nanos());
    trial.questions.add(question);
    post.send(node, new LinkMessage.Ping(question.number, membership.digest()));
  }

  /** A node answered a ping; tells whether it was one of these. */
  boolean pong(Id from, long number) {
    for (Trial trial : trials) {
      for (Question question : trial.questions) {
        if (question.node.equals(from) && question.number == number && !question.isAnswered()) {
          silentOnce.remove(from);
          question.nanos = Math.max(0, clock.nanos() - question.sentAt);
          if (trial.questions.stream().allMatch(Question::isAnswered)) {
            answered(trial);
          }
          return true;
        }
      }
    }
    return false;
  }

  private void answered(Trial trial) {
    switch (trial.step) {
      case HOLDER -> {
        if (trial.nanosOf(trial.holder) > MARGIN_NANOS) {
          begin(trial, Step.CONNECT);
        } else {
          trials.remove(trial);
        }
      }
      case CONNECT -> begin(trial, Step.RACE);
      case RACE -> {
        trials.remove(trial);
        decide(trial);
      }
    }
  }

  private void decide(Trial over) {
    long holder = over.nanosOf(over.holder);
    if (over.nanosOf(over.candidate) < holder - Math.max(MARGIN_NANOS, holder / MARGIN_PARTS)
        && membership.replace(over.holder, over.entry)) {
      winner = over.candidate;
      pauseNanos = PAUSE_MIN_NANOS;
      nextRoundAt = Math.min(nextRoundAt, clock.nanos() + pause());
    }
  }

  private void timeIsOver(Trial trial) {
    if (trial.step == Step.HOLDER && wasSilentBefore(trial.holder)) {
      withoutHolder(trial);
    } else {
      trials.remove(trial);
    }
  }

  /** One turn of the clock of beats. */
  void turn() {
    long now = clock.nanos();
    for (Trial trial : List.copyOf(trials)) {
      if (FailureDetector.isOver(trial.begunAt, TRIAL_NANOS, now)) {
        timeIsOver(trial);
      }
    }
    if (now - nextRoundAt >= 0) {
      beginRound(now);
    }
  }

  /** Rounds become rarer by each that cost something and brought nothing. */
  private void beginRound(long now) {
    Id partner = partner();
    if (winner == null && (trialsLeft < TRIALS || partner != null)) {
      pauseNanos = Math.min(PAUSE_MAX_NANOS, 2 * pauseNanos);
    }
    winner = null;
    trialsLeft = TRIALS;
    nextRoundAt = now + pause();
    if (partner != null) {
      post.send(partner, membership.surroundings().ask(0));
    }
  }

  /** Those that began together drift apart. */
  private long pause() {
    return pauseNanos / 2 + randomness.below(pauseNanos);
  }

  private @Nullable Id partner() {
    Id near = winner;
    if (near != null && post.isLinked(near)) {
      return near;
    }
    Id drawn = membership.drawnByRow(randomness);
    return drawn != null && post.isLinked(drawn) ? drawn : null;
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
