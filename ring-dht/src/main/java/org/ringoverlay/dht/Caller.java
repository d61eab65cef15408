package org.ringoverlay.dht;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Answer;
import org.ringoverlay.AskOptions;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.arc.Keys;
import org.ringoverlay.dht.internal.arc.Records;
import org.ringoverlay.dht.internal.wire.Condition;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.view.MemberState;

/**
 * Asks the daddy of a key, and asks again while daddies change.
 *
 * <p>Changes carry an operation's ID, so a repeat of one that was made gets its first outcome. So
 * everything may be repeated whose outcome is unknown, until the time is over; then the error says
 * whether something may have been changed.
 *
 * <p>A change names the newest version that this node had seen of the arc when it first sent it. If
 * its record has forgotten operations since, the daddy does nothing. Then a change that surely no
 * node has decided yet is sent again with what the daddy tells; any other is of unknown outcome.
 *
 * <p>A delete that found nothing is not remembered, for that would cost a write. So while another
 * of its attempts is silent, which may find what is written next, it is sent again as a repeat:
 * then its outcome is remembered, and the late attempt gets the same.
 */
final class Caller {
  private static final long FIRST_WAIT_NANOS = 5_000_000;
  private static final int WAIT_DOUBLINGS_MAX = 6;

  private final Ring ring;

  /** Who pauses before a repeat, and how each is told that no repeat will come. */
  private final Map<Runnable, Runnable> pausing = new LinkedHashMap<>();

  private final SeenVersions seen = new SeenVersions();
  private final Daddies daddies = new Daddies();
  private boolean closed;

  Caller(Ring ring) {
    this.ring = ring;
    var unused = ring.closed().thenRun(this::close);
  }

  /** The node is closed and its timers with it. */
  private void close() {
    closed = true;
    List<Runnable> told = List.copyOf(pausing.values());
    pausing.clear();
    told.forEach(Runnable::run);
  }

  /** Runs this after a while, or that if the node closes before. On the loop. */
  void pause(long nanos, Runnable next, Runnable whenClosed) {
    if (closed) {
      whenClosed.run();
      return;
    }
    pausing.put(next, whenClosed);
    ring.scheduler()
        .schedule(
            nanos,
            () -> {
              if (pausing.remove(next) != null) {
                next.run();
              }
            });
  }

  private static RingException nodeClosed() {
    return new RingException.Closed("This node has closed.");
  }

  /** Begins on the loop, where chance and timers may be used. */
  <T> CompletionStage<T> onLoop(Supplier<CompletionStage<T>> work) {
    if (ring.scheduler().onLoop()) {
      return begin(work);
    }
    var future = new CompletableFuture<T>();
    boolean taken =
        ring.scheduler()
            .execute(
                () ->
                    begin(work)
                        .whenComplete(
                            (value, error) -> {
                              if (error == null) {
                                future.complete(value);
                              } else {
                                future.completeExceptionally(unwrap(error));
                              }
                            }));
    if (!taken) {
      future.completeExceptionally(nodeClosed());
    }
    return future;
  }

  private static <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> work) {
    try {
      return work.get();
    } catch (RingException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  /** Asks. On the loop. */
  <R> CompletionStage<Answer<R>> ask(Request request, Class<R> replyType, Duration timeout) {
    var asking = new Asking<>(request, replyType, deadlineNanos(timeout));
    asking.attempt();
    return asking.future;
  }

  /** Asks for a change. On the loop. */
  CompletionStage<Answer<Request.Done>> change(Request.Change change, Duration timeout) {
    return ask(change, Request.Done.class, timeout);
  }

  /** When a time that begins now will be over. On the loop. */
  long deadlineNanos(Duration timeout) {
    return ring.clock().nanos() + timeout.toNanos();
  }

  /** How much is left, zero or negative if the time is over. On the loop. */
  Duration timeLeft(long deadlineNanos) {
    return Duration.ofNanos(deadlineNanos - ring.clock().nanos());
  }

  /**
   * Waits before a repeat: a little at random, longer from time to time. On the loop.
   *
   * @return false if that would take longer than there is time; then the task never runs
   */
  boolean later(int attempt, long deadlineNanos, Runnable task, Consumer<RingException> failed) {
    long wait = waitNanos(attempt);
    if (deadlineNanos - ring.clock().nanos() <= wait) {
      return false;
    }
    pause(wait, task, () -> failed.accept(nodeClosed()));
    return true;
  }

  private long waitNanos(int attempt) {
    long longest = FIRST_WAIT_NANOS << Math.min(attempt, WAIT_DOUBLINGS_MAX);
    return longest / 2 + ring.randomness().below(longest / 2);
  }

  /** Names an operation like no other. On the loop. */
  String operation() {
    return Long.toString(ring.randomness().nextLong(), Character.MAX_RADIX)
        + Long.toString(ring.randomness().nextLong(), Character.MAX_RADIX);
  }

  static Throwable unwrap(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  private final class Asking<R> {
    private final CompletableFuture<Answer<R>> future = new CompletableFuture<>();
    private final Class<R> replyType;
    private final long deadlineNanos;
    private final boolean changes;

    /** Where the request's key lies, or what it asks for. */
    private final Id id;

    private Request request;

    /** Whether this node sent the operation before, so that it may have been decided. */
    private boolean sentBefore;

    private int attempts;
    private boolean maybeChanged;
    private RingException.@Nullable Unavailable lastUnavailable;

    Asking(Request request, Class<R> replyType, long deadlineNanos) {
      this.request = request;
      this.replyType = replyType;
      this.deadlineNanos = deadlineNanos;
      this.changes = request instanceof Request.Change;
      this.id = Keys.id(request);
    }

    private void attempt() {
      long left = deadlineNanos - ring.clock().nanos();
      if (left <= 0) {
        end(new RingException.Timeout("No answer for the record in time."));
        return;
      }
      if (request instanceof Request.Change change) {
        request = attempts == 0 ? first(change) : change.sent(change.seen(), maybeChanged);
      }
      AskOptions options =
          AskOptions.defaults().atLikelyRoot().within(Duration.ofNanos(left)).firstTo(daddy());
      ring.call(
              Records.SERVICE, target(), request, replyType, changes ? options : options.reading())
          .whenComplete(this::answered);
    }

    private Request.Change first(Request.Change change) {
      Long named = isNamed(change) ? seen.ofOperation(nameOf(change)) : null;
      sentBefore = named != null;
      long version = named != null ? named : seen.ofArc(arc());
      if (isNamed(change)) {
        seen.named(nameOf(change), version);
      }
      return change.sent(version, sentBefore);
    }

    /** Who is likely to lead the arc, null if that is best left to the ring. */
    private @Nullable Id daddy() {
      Id known = daddies.of(arc());
      boolean answers =
          known != null
              && ring.view()
                  .find(known)
                  .filter(
                      member ->
                          member.state() == MemberState.ALIVE && member.offers(Records.SERVICE))
                  .isPresent();
      return answers ? known : null;
    }

    /** An arc is asked at its centre: an ID may be that of a node, which would get the message. */
    private Id target() {
      return request instanceof Request.Where ? ring.view().arcs().address(id) : id;
    }

    private int arc() {
      return ring.view().arcs().indexOf(id);
    }

    private static boolean isNamed(Request.Change change) {
      return change.operation().startsWith(Dht.CALLERS_OPERATION);
    }

    private static String nameOf(Request.Change change) {
      return change.space() + '\0' + change.key() + '\0' + change.operation();
    }

    /** The register has forgotten operations, which this one may have been among. */
    private void forgotten(Request.Change change, Request.Done done, boolean conclusive) {
      boolean undecided = !sentBefore && !maybeChanged && conclusive;
      if (!undecided || done.seen() <= change.seen()) {
        future.completeExceptionally(
            new RingException.OutcomeUnknown(
                "Nothing was changed now. But since the change of '"
                    + change.key()
                    + "' was first sent its record has seen so many others that it cannot be told"
                    + " whether that one was made.",
                false));
        return;
      }
      request = change.sent(done.seen(), false);
      if (isNamed(change)) {
        seen.named(nameOf(change), done.seen());
      }
      attempts++;
      attempt();
    }

    /** Whether the daddy found nothing to delete and keeps no note of that. */
    private static boolean isUnremembered(Request.Change change, Request.Done done) {
      return done.version() == 0 && !change.repeated() && !isNamed(change);
    }

    /** There was nothing to delete, but an attempt elsewhere may come to what is written next. */
    private void nothingYet() {
      maybeChanged = true;
      if (!later(attempts++, deadlineNanos, this::attempt, this::end)) {
        end(new RingException.Timeout("No time is left to have the outcome remembered."));
      }
    }

    private void answered(@Nullable Answer<R> answer, @Nullable Throwable error) {
      if (error == null && answer != null) {
        if (answer.value() instanceof Request.Done done) {
          seen.saw(arc(), done.seen());
          daddies.answered(arc(), done.daddy() == null ? answer.node() : done.daddy());
          if (request instanceof Request.Change change && done.forgotten() > 0) {
            forgotten(change, done, answer.conclusive());
            return;
          }
          if (request instanceof Request.Change change
              && !answer.conclusive()
              && isUnremembered(change, done)) {
            nothingYet();
            return;
          }
        } else if (answer.value() instanceof Request.Found found) {
          seen.saw(arc(), found.seen());
          if (!(request instanceof Request.Get get && get.stale())) {
            daddies.answered(arc(), found.daddy() == null ? answer.node() : found.daddy());
          }
        }
        future.complete(answer);
        return;
      }
      Throwable cause = error == null ? nodeClosed() : unwrap(error);
      if (saysNothingOfTheChange(cause)) {
        daddies.forget(arc());
      }
      maybeChanged |= changes && cause instanceof RingException.OutcomeUnknown;
      if (cause instanceof RingException.Unavailable unavailable) {
        lastUnavailable = unavailable;
      }
      // A read that was given up early has time left; a change's daddy kept none back for another.
      boolean mayRepeat =
          cause instanceof RingException known
              && (isWorthARepeat(known) || (!changes && known instanceof RingException.Timeout));
      if (!mayRepeat || !later(attempts++, deadlineNanos, this::attempt, this::end)) {
        end(cause);
      }
    }

    private void end(Throwable error) {
      if (maybeChanged && saysNothingOfTheChange(error)) {
        future.completeExceptionally(
            new RingException.OutcomeUnknown(
                "The change of '"
                    + ((Request.Change) request).key()
                    + "' may have been made: its daddy gave no final answer in time.",
                isSafeToRepeat((Request.Change) request)));
      } else {
        if (request instanceof Request.Change change
            && isNamed(change)
            && !sentBefore
            && saysNothingOfTheChange(error)
            && !(error instanceof RingException.OutcomeUnknown)) {
          seen.forget(nameOf(change));
        }
        future.completeExceptionally(whyNot(error));
      }
    }

    /** What a daddy said of its copies tells more than that in the end nobody answered. */
    private Throwable whyNot(Throwable error) {
      boolean unanswered =
          error instanceof RingException.Timeout
              || error instanceof RingException.NoRoute
              || error instanceof RingException.NotOwner;
      return unanswered && lastUnavailable != null ? lastUnavailable : error;
    }

    private static boolean isSafeToRepeat(Request.Change change) {
      return isNamed(change)
          || (change.condition().kind() != Condition.Kind.NONE
              && change.condition().kind() != Condition.Kind.EXISTS);
    }

    private static boolean isWorthARepeat(RingException error) {
      return error instanceof RingException.NotOwner
          || error instanceof RingException.Unavailable
          || error instanceof RingException.NoRoute
          || error instanceof RingException.OutcomeUnknown
          || error instanceof RingException.Closed;
    }

    /** An answer under the operation's ID settles what an earlier attempt left open. */
    private static boolean saysNothingOfTheChange(Throwable error) {
      return !(error instanceof RingException.InvalidInput
          || error instanceof RingException.Conflict);
    }
  }
}
