package org.ringoverlay.lab.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.testkit.Simulation;

/** Seeds that are always the same, and seeds that never were before. */
class RecordsTest {
  private static final int SEEDS = 150;

  @Test
  @Tag("protocol")
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void theFixedSeedsKeepEveryPromise() {
    burn(1);
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void freshSeedsKeepEveryPromise() {
    burn(System.currentTimeMillis() * 1_000);
  }

  private static void burn(long first) {
    var failures =
        LongStream.range(first, first + SEEDS)
            .parallel()
            .mapToObj(RecordsTest::failure)
            .filter(failure -> !failure.isEmpty())
            .toList();
    assertThat(failures).isEmpty();
  }

  private static String failure(long seed) {
    String failure = new RecordsSeed(Simulation.of(seed)).failure();
    return failure == null ? "" : "./ring burn dht --seed " + seed + " --count 1: " + failure;
  }
}
