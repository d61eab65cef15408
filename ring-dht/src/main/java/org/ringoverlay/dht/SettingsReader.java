package org.ringoverlay.dht;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Answer;
import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.arc.Charters;
import org.ringoverlay.dht.internal.arc.DhtSettings;
import org.ringoverlay.dht.internal.arc.Keys;
import org.ringoverlay.dht.internal.wire.Charter;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;

/**
 * Keeps a node's knowledge of the ring's settings fresh: reads their record, then waits for its
 * changes at its daddy, whoever that is, for as long as the node lives. After a failure it waits a
 * while and reads anew, so where more nodes wait than one daddy lets wait the others read now and
 * then.
 *
 * <p>On the loop.
 */
final class SettingsReader {
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final long PAUSE_NANOS = 50_000_000;
  private static final int PAUSE_DOUBLINGS_MAX = 7;

  private final Ring ring;
  private final Caller caller;
  private final RingSettings settings;
  private final Charters charters;

  /** How often it failed since it was last let wait for a change. */
  private int failures;

  /** Whether the next question may wait for a change. */
  private boolean current;

  SettingsReader(Ring ring, Caller caller, RingSettings settings, Charters charters) {
    this.ring = ring;
    this.caller = caller;
    this.settings = settings;
    this.charters = charters;
  }

  void begin() {
    ask();
  }

  private void ask() {
    long hold =
        Math.min(
            Duration.ofNanos(ring.settings().get(DhtSettings.WATCH_HOLD)).toMillis(),
            Request.Watch.HOLD_MILLIS_MAX);
    long wait = current ? hold : 0;
    caller
        .ask(
            new Request.Watch(Keys.RING_SPACE, Charters.KEY, charters.version(), wait),
            Request.Seen.class,
            ANSWER.plusMillis(wait))
        .whenComplete(this::answered);
  }

  private void answered(@Nullable Answer<Request.Seen> answer, @Nullable Throwable error) {
    if (answer == null) {
      failed(error);
      return;
    }
    Request.Seen seen = answer.value();
    if (!seen.steps().isEmpty()) {
      Request.Step newest = seen.steps().get(seen.steps().size() - 1);
      try {
        charters.heard(newest.version(), newest.value().as(Charter.class));
      } catch (RingException unreadable) {
        failed(unreadable);
        return;
      }
    }
    if (charters.version() == 0 && !ring.isFounder() && charters.isAwaited()) {
      // Whoever founded the ring is about to say what it wants.
      failed(null);
      return;
    }
    if (charters.version() == 0) {
      var unused = settings.make().whenComplete((made, refused) -> again(refused != null));
      return;
    }
    again(false);
  }

  /** Not within the answer, so that others have their turn on the loop. */
  private void again(boolean failed) {
    if (failed) {
      failed(null);
      return;
    }
    if (current) {
      failures = 0;
    }
    current = true;
    ring.scheduler().execute(this::ask);
  }

  private void failed(@Nullable Throwable error) {
    if (error != null && Caller.unwrap(error) instanceof RingException.Closed) {
      return;
    }
    current = false;
    long longest = PAUSE_NANOS << Math.min(failures++, PAUSE_DOUBLINGS_MAX);
    long pause = longest / 2 + ring.randomness().below(longest / 2);
    caller.pause(pause, this::ask, () -> {});
  }
}
