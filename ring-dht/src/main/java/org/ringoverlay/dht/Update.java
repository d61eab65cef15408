package org.ringoverlay.dht;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.arc.DhtSettings;
import org.ringoverlay.error.RingException;
import org.ringoverlay.json.Json;
import org.ringoverlay.settings.Settings;

/**
 * One update of one record: read, compute, write if unchanged, again, until its attempts or its
 * time are used up. On the loop.
 */
final class Update {
  private final Dht dht;
  private final Caller caller;
  private final String key;
  private final Function<? super @Nullable Json, ? extends @Nullable Json> change;
  private final WriteOptions options;
  private final int attemptsMax;
  private final CompletableFuture<Versioned> future = new CompletableFuture<>();
  private long deadlineNanos;
  private int attempts;

  Update(
      Dht dht,
      Caller caller,
      Settings settings,
      String key,
      Function<? super @Nullable Json, ? extends @Nullable Json> change,
      WriteOptions options) {
    this.dht = dht;
    this.caller = caller;
    this.key = key;
    this.change = change;
    this.options = options;
    this.attemptsMax = settings.get(DhtSettings.UPDATE_ATTEMPTS);
  }

  CompletionStage<Versioned> run() {
    deadlineNanos = caller.deadlineNanos(options.timeout());
    read();
    return future;
  }

  private void read() {
    Duration left = caller.timeLeft(deadlineNanos);
    if (!isEnough(left)) {
      fail(timeOver());
      return;
    }
    dht.get(key, ReadOptions.defaults().within(left))
        .whenComplete(
            (read, error) -> {
              if (error != null) {
                fail(error);
              } else {
                write(read);
              }
            });
  }

  private void write(Versioned read) {
    Duration left = caller.timeLeft(deadlineNanos);
    if (!isEnough(left)) {
      fail(timeOver());
      return;
    }
    attempts++;
    Json next;
    try {
      next = change.apply(read.value().orElse(null));
    } catch (RuntimeException thrown) {
      fail(thrown);
      return;
    }
    WriteOptions conditional =
        (read.isPresent() ? options.ifVersion(read.version()) : options.onlyIfAbsent())
            .within(left);
    if (next != null) {
      Json written = next;
      dht.put(key, next, conditional)
          .whenComplete(
              (done, error) ->
                  ended(
                      error,
                      () ->
                          new Versioned(
                              key,
                              Optional.of(written),
                              done.version(),
                              done.daddy(),
                              done.copies(),
                              done.wanted(),
                              done.hops())));
    } else if (read.isPresent()) {
      dht.delete(key, conditional)
          .whenComplete(
              (done, error) ->
                  ended(
                      error,
                      () ->
                          new Versioned(
                              key,
                              Optional.empty(),
                              0,
                              done.daddy(),
                              done.copies(),
                              done.wanted(),
                              done.hops())));
    } else {
      future.complete(read);
    }
  }

  private void ended(@Nullable Throwable error, java.util.function.Supplier<Versioned> result) {
    if (error == null) {
      future.complete(result.get());
    } else if (!(Caller.unwrap(error) instanceof RingException.Conflict conflict)) {
      fail(error);
    } else if (attempts >= attemptsMax) {
      fail(conflict.after(attempts));
    } else if (!caller.later(attempts, deadlineNanos, this::read, this::fail)) {
      fail(timeOver());
    }
  }

  private RingException timeOver() {
    return new RingException.Timeout(
        "The update of '"
            + key
            + "' was not made in "
            + options.timeout().toMillis()
            + " ms: others changed the record before each of "
            + attempts
            + (attempts == 1 ? " attempt." : " attempts."));
  }

  /** A millisecond is the least that a request can have. */
  private static boolean isEnough(Duration left) {
    return left.toMillis() >= 1;
  }

  private void fail(Throwable error) {
    Throwable cause = Caller.unwrap(error);
    // The write itself is conditional and could be repeated, but not the update that made it.
    future.completeExceptionally(
        cause instanceof RingException.OutcomeUnknown unknown
            ? new RingException.OutcomeUnknown(unknown.getMessage(), false)
            : cause);
  }
}
