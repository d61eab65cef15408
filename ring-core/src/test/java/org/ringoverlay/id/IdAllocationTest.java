package org.ringoverlay.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdAllocationTest {

  private static final int MANY = 100_000;

  private final SplittableRandom random = new SplittableRandom(20_260_304L);
  private final Id a = Ids.uniform(random);
  private final Id b = Ids.uniform(random);
  private final Id c = Ids.uniform(random);
  private final IdRange range = IdRange.of(a, b);
  private final Arcs arcs = Arcs.standard();
  private final byte[] bytes = new byte[Id.BYTES];
  private long sink;

  @Test
  void comparingMeasuringAndMembershipAllocateNothing() {
    // The first rounds load classes and are not counted; the bound is far below one small object
    // per round.
    work(1_000);
    long before = allocatedBytes();
    work(MANY);
    long allocated = allocatedBytes() - before;
    assertThat(allocated).as("bytes for %d rounds (%d)", MANY, sink).isLessThan(MANY);
  }

  @Test
  void theMeasureSeesAnAllocation() {
    long before = allocatedBytes();
    Id moving = a;
    for (int i = 0; i < MANY; i++) {
      moving = Id.parse(moving.toString()).next();
    }
    assertThat(allocatedBytes() - before).as(moving.toString()).isGreaterThan(MANY);
  }

  private void work(int rounds) {
    for (int i = 0; i < rounds; i++) {
      sink += a.compareTo(b);
      sink += Id.compareDistance(a, b, c);
      sink += Id.compareDistance(c, a, b);
      sink += range.contains(c) ? 1 : 0;
      sink += range.intersects(range) ? 1 : 0;
      sink += a.commonPrefix(c) + a.digit(i % Id.DIGITS);
      sink += a.equals(b) ? 1 : 0;
      sink += a.hashCode() + arcs.indexOf(c);
      a.write(bytes, 0);
    }
  }

  private static long allocatedBytes() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
