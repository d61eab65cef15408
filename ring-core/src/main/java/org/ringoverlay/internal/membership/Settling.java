package org.ringoverlay.internal.membership;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.LinkMessage;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Timer;
import org.ringoverlay.view.Member;
import org.ringoverlay.view.MemberState;

/**
 * Agrees with others on what lies around this node: each of them takes what this node says of
 * itself into its table and tells what this node lacks, until all who are to be asked have answered
 * and none named another one to ask.
 *
 * <p>{@code IDLE → ASKING → IDLE}. Who comes up in between is asked as well; who has answered is
 * not asked again because of that. One that does not answer is asked again until it does or is
 * suspected. On the loop.
 */
public final class Settling {
  /**
   * Asked at once in the beginning, and one more for each answer: whoever is asked later need not
   * name what the first ones named.
   */
  private static final int ASKED_AT_ONCE_FIRST = 2;

  /** Who is to be asked. */
  enum Whom {
    /** The nearest live members, who know where this node belongs. */
    NEAREST,
    /** The whole leaf set, newcomers too: two that come at once must know each other. */
    LEAVES
  }

  private final Membership membership;
  private final int leavesPerSide;
  private final long resendNanos;
  private final Post post;
  private final Clock clock;
  private final Scheduler scheduler;
  private final TreeSet<Id> agreed = new TreeSet<>();
  private final TreeMap<Id, Long> askedAt = new TreeMap<>();
  private long round;
  private long selfVersion;
  private Whom whom = Whom.LEAVES;
  private long deadline;
  private @Nullable Runnable whenAgreed;
  private Consumer<String> whenLate = silent -> {};
  private @Nullable Timer timer;

  /** Makes it; it does nothing until {@link #begin}. */
  public Settling(
      Membership membership,
      int leavesPerSide,
      long resendNanos,
      Post post,
      Clock clock,
      Scheduler scheduler) {
    this.membership = membership;
    this.leavesPerSide = leavesPerSide;
    this.resendNanos = resendNanos;
    this.post = post;
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /**
   * Asks the whole leaf set, instead of whoever was asked before.
   *
   * @param deadlineNanos when to give up
   * @param late told the addresses of those that had not answered by then
   */
  public void begin(long deadlineNanos, Runnable allAgreed, Consumer<String> late) {
    begin(Whom.LEAVES, deadlineNanos, allAgreed, late);
  }

  void begin(Whom asked, long deadlineNanos, Runnable allAgreed, Consumer<String> late) {
    whom = asked;
    deadline = deadlineNanos;
    whenAgreed = allAgreed;
    whenLate = late;
    nextRound();
  }

  /** Stops without a word. */
  public void cancel() {
    whenAgreed = null;
    agreed.clear();
    askedAt.clear();
    rearm(null);
  }

  private void nextRound() {
    round++;
    agreed.clear();
    askedAt.clear();
    selfVersion = membership.selfEntry().version();
    ask();
  }

  private List<Id> toAsk() {
    if (whom == Whom.NEAREST) {
      return membership.surroundings().nearestAlive();
    }
    return membership.view().neighbours(membership.self(), leavesPerSide).stream()
        .filter(member -> member.state() != MemberState.SUSPECT)
        .map(Member::id)
        .toList();
  }

  private void ask() {
    Runnable done = whenAgreed;
    if (done == null) {
      return;
    }
    long now = clock.nanos();
    List<Id> silent = new ArrayList<>(toAsk());
    silent.removeAll(agreed);
    if (silent.isEmpty()) {
      cancel();
      done.run();
      return;
    }
    if (now - deadline >= 0) {
      cancel();
      whenLate.accept(addressesOf(silent));
      return;
    }
    askedAt.keySet().retainAll(silent);
    askedAt.values().removeIf(at -> now - at >= resendNanos);
    silent.removeAll(askedAt.keySet());
    int room = ASKED_AT_ONCE_FIRST + agreed.size() - askedAt.size();
    if (room > 0 && !silent.isEmpty()) {
      LinkMessage.Settle question = membership.surroundings().ask(round);
      for (Id each : silent.subList(0, Math.min(room, silent.size()))) {
        askedAt.put(each, now);
        post.send(each, question);
      }
    }
    if (timer == null) {
      rearm(scheduler.schedule(resendNanos, this::askAgain));
    }
  }

  private void askAgain() {
    timer = null;
    ask();
  }

  private String addressesOf(List<Id> members) {
    var text = new StringBuilder();
    for (Id member : members) {
      text.append(' ').append(membership.addressOf(member));
    }
    return text.toString();
  }

  /** A neighbour knows this node now, and says who is around it. */
  public void settled(Id from, LinkMessage.Settled settled) {
    membership.settled(from, settled);
    if (whenAgreed == null) {
      return;
    }
    if (membership.selfEntry().version() != selfVersion) {
      // It was held for something that it is not, and says so under a new version.
      nextRound();
      return;
    }
    if (settled.round() == round) {
      agreed.add(from);
    }
    ask();
  }

  private void rearm(@Nullable Timer next) {
    Timer current = timer;
    if (current != null) {
      current.cancel();
    }
    timer = next;
  }
}
