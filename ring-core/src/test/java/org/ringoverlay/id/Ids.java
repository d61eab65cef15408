package org.ringoverlay.id;

import java.util.SplittableRandom;

/** Random IDs for tests, with a liking for the values where arithmetic goes wrong. */
final class Ids {

  private Ids() {}

  static Id uniform(SplittableRandom random) {
    return Id.of(random.nextLong(), random.nextLong(), random.nextInt());
  }

  /** Each word is often all zeros, all ones, the top bit or next to them. */
  static Id any(SplittableRandom random) {
    return Id.of(word(random), word(random), (int) word(random));
  }

  /** A point not far from another, on either side. */
  static Id near(SplittableRandom random, Id from) {
    int bits = random.nextInt(Id.BITS);
    Id way = uniform(random);
    for (int i = 0; i < bits; i++) {
      way = way.half();
    }
    return random.nextBoolean() ? from.plus(way) : from.minus(way);
  }

  private static long word(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> 0L;
      case 1 -> -1L;
      case 2 -> Long.MIN_VALUE;
      case 3 -> Long.MAX_VALUE;
      case 4 -> 1L;
      case 5 -> 0x8000_0000L;
      default -> random.nextLong();
    };
  }
}
