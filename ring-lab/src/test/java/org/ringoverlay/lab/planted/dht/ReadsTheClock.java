package org.ringoverlay.lab.planted.dht;

import java.time.Instant;

/** Asks the machine for the time. */
public final class ReadsTheClock {
  private ReadsTheClock() {}

  static long now() {
    return System.nanoTime() + System.currentTimeMillis() + Instant.now().toEpochMilli();
  }
}
