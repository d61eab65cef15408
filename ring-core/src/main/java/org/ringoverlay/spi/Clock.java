package org.ringoverlay.spi;

/** A monotonic clock. Any thread; never blocks. */
@FunctionalInterface
public interface Clock {
  /** Nanoseconds since some fixed moment; never decreases, and goes on during pauses. */
  long nanos();
}
