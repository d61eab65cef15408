package org.ringoverlay.internal.membership;

import java.util.List;
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
 * Agrees with the neighbours on what lies around this node: each of them takes what this node says
 * of itself into its table and tells what this node lacks, until all live neighbours have answered
 * and none named anything new.
 *
 * <p>{@code IDLE → ASKING → IDLE}. A neighbour that does not answer is asked again until it does or
 * is no live neighbour any more. On the loop.
 */
public final class Settling {
  private final Membership membership;
  private final long resendNanos;
  private final Post post;
  private final Clock clock;
  private final Scheduler scheduler;
  private final TreeSet<Id> agreed = new TreeSet<>();
  private long round;
  private long selfVersion;
  private int perSide;
  private long deadline;
  private @Nullable Runnable whenAgreed;
  private Consumer<String> whenLate = silent -> {};
  private @Nullable Timer timer;

  /** Makes it; it does nothing until {@link #begin}. */
  public Settling(
      Membership membership, long resendNanos, Post post, Clock clock, Scheduler scheduler) {
    this.membership = membership;
    this.resendNanos = resendNanos;
    this.post = post;
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /**
   * Asks so many neighbours on each side, instead of whatever was asked before.
   *
   * @param deadlineNanos when to give up
   * @param late told the addresses of those that had not answered by then
   */
  public void begin(
      int neighboursPerSide, long deadlineNanos, Runnable allAgreed, Consumer<String> late) {
    perSide = neighboursPerSide;
    deadline = deadlineNanos;
    whenAgreed = allAgreed;
    whenLate = late;
    nextRound();
  }

  /** Stops without a word. */
  public void cancel() {
    whenAgreed = null;
    rearm(null);
  }

  private void nextRound() {
    round++;
    agreed.clear();
    selfVersion = membership.selfEntry().version();
    ask();
  }

  private void ask() {
    Runnable done = whenAgreed;
    if (done == null) {
      return;
    }
    boolean complete = true;
    var silent = new StringBuilder();
    for (Member member : membership.view().neighbours(membership.self(), perSide)) {
      if (member.state() == MemberState.ALIVE && !agreed.contains(member.id())) {
        complete = false;
        silent.append(' ').append(member.address());
        post.send(member.id(), membership.settle(round, perSide));
      }
    }
    if (complete) {
      cancel();
      done.run();
    } else if (clock.nanos() - deadline >= 0) {
      cancel();
      whenLate.accept(silent.toString());
    } else {
      rearm(scheduler.schedule(resendNanos, this::ask));
    }
  }

  /** A neighbour knows this node now, and says who is around it. */
  public void settled(Id from, LinkMessage.Settled settled) {
    long viewBefore = membership.view().version();
    membership.apply(settled.around(), "named by a neighbour");
    if (whenAgreed == null) {
      return;
    }
    if (membership.selfEntry().version() != selfVersion) {
      // It was held for something that it is not, and says so under a new version.
      nextRound();
      return;
    }
    boolean news = membership.view().version() != viewBefore;
    boolean agrees = settled.round() == round && agreed.add(from);
    if (news || (agrees && isAgreedByAll())) {
      ask();
    }
  }

  private boolean isAgreedByAll() {
    List<Member> neighbours = membership.view().neighbours(membership.self(), perSide);
    return neighbours.stream()
        .allMatch(member -> member.state() != MemberState.ALIVE || agreed.contains(member.id()));
  }

  private void rearm(@Nullable Timer next) {
    Timer current = timer;
    if (current != null) {
      current.cancel();
    }
    timer = next;
  }
}
