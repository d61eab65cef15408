package org.ringoverlay.console.node;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.LeaveReport;
import org.ringoverlay.Ring;
import org.ringoverlay.console.gateway.Backend;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;

/**
 * A node that can be told to leave for good, what came of that, and who waits to hear it. Any
 * thread; nothing blocks.
 */
final class Drain {
  /**
   * For how long a node that has left can still be asked. Whoever asks again as soon as it has an
   * answer hears how it ended, also if it had just been told that the node is not there yet.
   */
  private static final long LAST_WORDS_MILLIS = 2_000;

  static final Setting<Long> TIMEOUT =
      Setting.duration(
          "ring.drain.timeout",
          "100s",
          "How long a node that is drained may take to hand over, more than nothing and 1h at"
              + " most.");

  private final Function<Duration, CompletionStage<LeaveReport>> leave;
  private final Duration within;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<LeaveReport> report = new CompletableFuture<>();
  private final Set<Held> waiting = ConcurrentHashMap.newKeySet();

  /** An answer that is held back. */
  private static final class Held {
    final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
  }

  /**
   * Makes one that has not begun.
   *
   * @param leave has the node leave within so long
   * @param within how long it may take
   */
  Drain(Function<Duration, CompletionStage<LeaveReport>> leave, Duration within) {
    this.leave = leave;
    this.within = within;
  }

  /**
   * How long it may take by the settings, which is looked at before there is anything to drain.
   *
   * @throws RingException.InvalidInput if no node can be told to leave within that
   */
  static Duration within(Settings settings) {
    var within = Duration.ofNanos(settings.get(TIMEOUT));
    if (within.isZero() || within.compareTo(Ring.LEAVE_MAX) > 0) {
      throw new RingException.InvalidInput(
          "The setting "
              + TIMEOUT
              + " (from "
              + settings.origin(TIMEOUT)
              + ") is more than nothing and at most "
              + Ring.LEAVE_MAX.toHours()
              + "h, not '"
              + settings.text(TIMEOUT)
              + "'.");
    }
    return within;
  }

  boolean isBegun() {
    return begun.get();
  }

  /** Does nothing if it has begun. */
  void begin() {
    if (begun.compareAndSet(false, true)) {
      var unused =
          leave
              .apply(within)
              .whenComplete(
                  (left, failure) -> {
                    if (failure != null) {
                      report.completeExceptionally(failure);
                    } else {
                      report.complete(left);
                    }
                    waiting.forEach(held -> held.over.complete(null));
                  });
    }
  }

  /** What came of it; never completes if it does not begin. */
  CompletionStage<LeaveReport> report() {
    return report;
  }

  /** How far it is, when the node has left or after the wait. */
  CompletionStage<Backend.Drained> look(Duration wait) {
    var held = new Held();
    waiting.add(held);
    var unused = held.over.whenComplete((nothing, failure) -> waiting.remove(held));
    CompletionStage<Backend.Drained> answer = held.over.thenApply(nothing -> now());
    // Looked at after it was added: whoever ends the wait of all either finds it or was before.
    if (report.isDone() || wait.isZero()) {
      held.over.complete(null);
    } else {
      held.over.completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS);
    }
    return answer;
  }

  private Backend.Drained now() {
    LeaveReport left = report.getNow(null);
    return new Backend.Drained(
        begun.get(), within, left != null, left == null ? Map.of() : left.unfinished());
  }

  /** How many answers are held back now. */
  int waiting() {
    return waiting.size();
  }

  /** Completes at once if it has not begun, else a moment after it is known what came of it. */
  CompletionStage<@Nullable Void> lastWords() {
    if (!begun.get()) {
      return CompletableFuture.completedFuture(null);
    }
    return report
        .handle((left, failure) -> left)
        .thenCompose(
            left ->
                new CompletableFuture<@Nullable Void>()
                    .completeOnTimeout(null, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS));
  }
}
