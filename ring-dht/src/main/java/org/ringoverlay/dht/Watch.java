package org.ringoverlay.dht;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.arc.DhtSettings;
import org.ringoverlay.dht.internal.arc.Records;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;

/**
 * A watch of one record that stands. It asks the record's daddy for what came after the version
 * that it knows, again and again, whoever the daddy is; the daddy answers when there is something.
 *
 * <p>{@link #position} and {@link #close} may be called from any thread and do not block; all else
 * happens on the loop.
 */
public final class Watch implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private final Ring ring;
  private final Records records;
  private final Caller caller;
  private final String space;
  private final String key;
  private final WatchListener listener;
  private final Duration hold;
  private final CompletableFuture<Watch> standing = new CompletableFuture<>();
  private volatile long position;
  private volatile boolean closed;
  private boolean counted;
  private int failures;
  private long answeredAtNanos;

  Watch(
      Ring ring,
      Records records,
      Caller caller,
      String space,
      String key,
      long after,
      WatchListener listener) {
    this.ring = ring;
    this.records = records;
    this.caller = caller;
    this.space = space;
    this.key = key;
    this.position = after;
    this.listener = listener;
    this.hold =
        Duration.ofNanos(
            Math.min(
                ring.settings().get(DhtSettings.WATCH_HOLD),
                Duration.ofMillis(Request.Watch.HOLD_MILLIS_MAX).toNanos()));
  }

  /** The version of the change that was told last, or after which the watch began. */
  public long position() {
    return position;
  }

  /** Ends the watch: once it has run on the loop nothing more is told. */
  @Override
  public void close() {
    closed = true;
    ring.scheduler().execute(this::release);
  }

  /** Completes when the watch stands. */
  CompletionStage<Watch> begin() {
    records.watchPlaces().beginWatch();
    counted = true;
    answeredAtNanos = ring.clock().nanos();
    poll();
    return standing;
  }

  private void release() {
    if (counted) {
      counted = false;
      records.watchPlaces().endWatch();
    }
  }

  private void poll() {
    if (closed) {
      release();
      return;
    }
    // The first answer says only that the watch stands, and where.
    long wait = standing.isDone() ? hold.toMillis() : 0;
    var question = new Request.Watch(space, key, position, wait);
    Duration timeout = Duration.ofMillis(wait).plus(ANSWER);
    caller
        .ask(question, Request.Seen.class, timeout)
        .whenComplete(
            (answer, error) ->
                answered(answer == null ? null : answer.value(), error, standing.isDone()));
  }

  private void answered(Request.@Nullable Seen seen, @Nullable Throwable error, boolean stood) {
    if (closed) {
      release();
      return;
    }
    if (seen == null) {
      failed(error == null ? new RingException.Closed("The node closed.") : Caller.unwrap(error));
      return;
    }
    failures = 0;
    answeredAtNanos = ring.clock().nanos();
    if (position == Request.Watch.FROM_NOW) {
      position = seen.position();
    }
    if (!stood) {
      standing.complete(this);
    }
    try {
      seen.steps().forEach(this::tell);
      // There was nothing up to there, and there will not be.
      position = Math.max(position, seen.position());
    } catch (RuntimeException | Error thrown) {
      end(new RingException.HandlerFailed("The listener of a watch failed: " + thrown));
      return;
    }
    // Not within the answer, so that a record that changes all the time leaves the loop to others.
    ring.scheduler().execute(this::poll);
  }

  private void tell(Request.Step step) {
    if (closed || step.version() <= position) {
      return;
    }
    if (step.missed() > position) {
      listener.gap(position + 1, step.missed());
    }
    position = step.version();
    listener.changed(
        new KeyChange(
            key, step.version(), step.deleted() ? Optional.empty() : Optional.of(step.value())));
  }

  private void failed(Throwable error) {
    RingException why =
        error instanceof RingException known
            ? known
            : new RingException.HandlerFailed(String.valueOf(error.getMessage()));
    long silence = ring.settings().get(DhtSettings.WATCH_SILENCE);
    boolean mayReturn =
        why instanceof RingException.Unavailable
            || why instanceof RingException.Timeout
            || why instanceof RingException.NoRoute
            || why instanceof RingException.NotOwner
            || why instanceof RingException.Refused;
    if (!standing.isDone()) {
      release();
      standing.completeExceptionally(why);
    } else if (!mayReturn
        || !caller.later(failures++, answeredAtNanos + silence, this::poll, this::end)) {
      end(why);
    }
  }

  private void end(RingException why) {
    release();
    if (!closed) {
      closed = true;
      listener.ended(why);
    }
  }
}
