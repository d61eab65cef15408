package org.ringoverlay.pubsub;

import org.ringoverlay.Ring;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.spi.Timer;

/** A node's intervals, with the jitter that keeps nodes from acting all at once. On the loop. */
final class Pace {
  private final Ring ring;
  private final long renewNanos;
  private final long regraftNanos;

  Pace(Ring ring) {
    this.ring = ring;
    this.renewNanos = ring.settings().get(PubsubSettings.RENEW_INTERVAL);
    this.regraftNanos = ring.settings().get(PubsubSettings.REGRAFT_INTERVAL);
  }

  long now() {
    return ring.clock().nanos();
  }

  long leaseNanos() {
    return PubsubSettings.LEASE_RENEWALS * renewNanos;
  }

  long renewNanos() {
    return renewNanos;
  }

  Timer afterRenewal(Runnable task) {
    return after(jittered(renewNanos), task);
  }

  Timer afterRetry(Runnable task) {
    return after(jittered(regraftNanos), task);
  }

  Timer after(long nanos, Runnable task) {
    return ring.scheduler().schedule(Math.max(0, nanos), task);
  }

  long settingNanos(Setting<Long> setting) {
    return ring.settings().get(setting);
  }

  /** Between 0.8 and 1.2 times as long. */
  private long jittered(long nanos) {
    return nanos - nanos / 5 + ring.randomness().below(Math.max(1, nanos / 5 * 2));
  }
}
