package org.ringoverlay.testkit;

import org.ringoverlay.spi.Clock;

/**
 * A host's clock: it began at a time of its own and may go faster or slower than virtual time.
 *
 * <p>It goes on while the host is frozen or down.
 */
final class SimClock implements Clock {
  private static final long MILLION = 1_000_000;

  private final Engine engine;
  private long virtualBase;
  private long localBase;
  private long ratePpm;

  SimClock(Engine engine, long offsetNanos) {
    this.engine = engine;
    this.virtualBase = engine.now();
    this.localBase = offsetNanos;
  }

  @Override
  public long nanos() {
    long passed = engine.now() - virtualBase;
    return localBase + passed + scaled(passed, ratePpm);
  }

  void rate(long partsPerMillion) {
    if (partsPerMillion <= -MILLION || partsPerMillion > MILLION) {
      throw new IllegalArgumentException(
          "a clock's rate lies above -1,000,000 and up to 1,000,000 ppm: " + partsPerMillion);
    }
    localBase = nanos();
    virtualBase = engine.now();
    ratePpm = partsPerMillion;
  }

  void jump(long nanos) {
    localBase += nanos;
  }

  /** The virtual time after which this clock has gone on by at least this much. */
  long toVirtualNanos(long localNanos) {
    if (ratePpm == 0) {
      return localNanos;
    }
    return (long) Math.ceil(localNanos / (1 + ratePpm / (double) MILLION)) + 1;
  }

  /** A product that does not overflow for three hundred years. */
  private static long scaled(long nanos, long ppm) {
    return nanos / MILLION * ppm + nanos % MILLION * ppm / MILLION;
  }
}
