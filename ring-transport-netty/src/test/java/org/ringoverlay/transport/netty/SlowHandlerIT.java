package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.spi.Scheduler;

@Timeout(60)
class SlowHandlerIT {
  private static void aHandlerThatWaits(CountDownLatch release) {
    try {
      assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Test
  void reportsAStuckHandlerWhileItIsStuckAndAgainWhenItEnds() throws Exception {
    try (Node node = Node.own(Map.of("ring.handler.slow", "20ms"))) {
      Scheduler scheduler = node.transport.scheduler();
      var release = new CountDownLatch(1);
      scheduler.execute(
          () -> {
            scheduler.handlerBegins("greeter");
            try {
              aHandlerThatWaits(release);
            } finally {
              scheduler.handlerEnds();
            }
          });
      Node.Slow during = node.nextSlow();
      assertThat(during.service()).isEqualTo("greeter");
      assertThat(during.nanos()).isGreaterThanOrEqualTo(20_000_000);
      assertThat(during.stack()).contains("SlowHandlerIT.aHandlerThatWaits");
      release.countDown();
      Node.Slow after = node.nextSlow();
      assertThat(after.service()).isEqualTo("greeter");
      assertThat(after.nanos()).isGreaterThanOrEqualTo(during.nanos());
      assertThat(after.stack()).isEmpty();
      node.onLoop(() -> "");
      assertThat(node.slow).as("more than one report").isEmpty();
    }
  }

  @Test
  void reportsEveryOccurrenceOnce() throws Exception {
    try (Node node = Node.own(Map.of("ring.handler.slow", "10ms"))) {
      Scheduler scheduler = node.transport.scheduler();
      for (String service : new String[] {"one", "two"}) {
        var release = new CountDownLatch(1);
        scheduler.execute(
            () -> {
              scheduler.handlerBegins(service);
              aHandlerThatWaits(release);
              scheduler.handlerEnds();
            });
        assertThat(node.nextSlow().service()).isEqualTo(service);
        release.countDown();
        assertThat(node.nextSlow().stack()).isEmpty();
      }
      assertThat(node.slow).isEmpty();
    }
  }

  @Test
  void saysNothingOfManyQuickHandlers() throws Exception {
    try (Node node = Node.own(Map.of("ring.handler.slow", "10s"))) {
      Scheduler scheduler = node.transport.scheduler();
      node.onLoop(
          () -> {
            for (int i = 0; i < 10_000_000; i++) {
              scheduler.handlerBegins("quick");
              scheduler.handlerEnds();
            }
            return "";
          });
      assertThat(node.slow).isEmpty();
    }
  }

  @Test
  void looksAfterTheHandlersOfEachNodeOnASharedLoop() throws Exception {
    try (var loops = NettyLoops.shared(1)) {
      Node a = Node.on(loops);
      Node b = Node.on(loops);
      var release = new CountDownLatch(1);
      b.transport
          .scheduler()
          .execute(
              () -> {
                b.transport.scheduler().handlerBegins("of b");
                aHandlerThatWaits(release);
                b.transport.scheduler().handlerEnds();
              });
      assertThat(b.nextSlow().service()).isEqualTo("of b");
      release.countDown();
      b.nextSlow();
      assertThat(a.slow).isEmpty();
    }
  }
}
