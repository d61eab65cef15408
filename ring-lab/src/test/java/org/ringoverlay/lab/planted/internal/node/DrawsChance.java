package org.ringoverlay.lab.planted.internal.node;

import java.security.SecureRandom;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Draws chance that no seed decides. */
public final class DrawsChance {
  private DrawsChance() {}

  static double draw() {
    return Math.random()
        + new Random().nextInt()
        + new SecureRandom().nextInt()
        + ThreadLocalRandom.current().nextInt()
        + UUID.randomUUID().hashCode();
  }
}
