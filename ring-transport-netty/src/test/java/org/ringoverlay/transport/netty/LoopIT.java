package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Timer;

@Timeout(60)
class LoopIT {
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet();
  }

  @Test
  void needsOneThreadANodeAndOneWatchdog() throws Exception {
    // What an earlier test left, such as its watchdog, may end or live on; only new ones count.
    Set<Thread> before = threads();
    try (Node one = Node.own();
        Node two = Node.own()) {
      Peer peer = one.connect(two.listen());
      NettyConnection connection = peer.connection();
      one.onLoop(() -> connection.send(Node.frame(Peer.bytes(5, 5))));
      two.arrival().frame();
      List<String> added =
          threads().stream()
              .filter(t -> !before.contains(t))
              .map(Thread::getName)
              .sorted()
              .toList();
      assertThat(added).filteredOn(name -> name.startsWith("ring-loop-")).hasSize(2);
      assertThat(added)
          .filteredOn(name -> !name.startsWith("ring-loop-"))
          .isSubsetOf("ring-watchdog")
          .hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void keepsTheJvmAliveWithItsLoopAlone() throws Exception {
    try (Node node = Node.own()) {
      Thread loop = node.onLoop(Thread::currentThread);
      assertThat(loop.isDaemon()).isFalse();
      assertThat(
              threads().stream()
                  .filter(t -> t.getName().equals("ring-watchdog"))
                  .allMatch(Thread::isDaemon))
          .isTrue();
    }
  }

  @Test
  void endsItsThreadWithTheNode() throws Exception {
    Node node = Node.own();
    Thread loop = node.onLoop(Thread::currentThread);
    node.close();
    loop.join(10_000);
    assertThat(loop.isAlive()).isFalse();
  }

  @Test
  void closesThoughItWasNeverUsed() {
    Node.own().close();
  }

  @Test
  void knowsItsOwnLoopFromAllOthers() throws Exception {
    try (Node one = Node.own();
        Node two = Node.own()) {
      assertThat(one.transport.scheduler().onLoop()).isFalse();
      assertThat(one.onLoop(() -> one.transport.scheduler().onLoop())).isTrue();
      assertThat(two.onLoop(() -> one.transport.scheduler().onLoop())).isFalse();
    }
  }

  @Test
  void refusesToWaitOnAnyLoop() throws Exception {
    try (Node one = Node.own();
        Node two = Node.own()) {
      Scheduler scheduler = one.transport.scheduler();
      assertThat(scheduler.await(CompletableFuture.completedFuture("fine"))).isEqualTo("fine");
      for (Node node : List.of(one, two)) {
        assertThatThrownBy(
                () -> node.onLoop(() -> scheduler.await(CompletableFuture.completedFuture("x"))))
            .hasCauseInstanceOf(IllegalStateException.class)
            .hasMessageContaining("await was called on ring-loop-");
      }
    }
  }

  @Test
  void runsTasksOfOneThreadInTheirOrder() throws Exception {
    try (Node node = Node.own()) {
      var order = new ArrayList<Integer>();
      for (int i = 0; i < 10_000; i++) {
        int number = i;
        node.transport.scheduler().execute(() -> order.add(number));
      }
      List<Integer> seen = node.onLoop(() -> List.copyOf(order));
      assertThat(seen).hasSize(10_000).isSorted();
    }
  }

  @Test
  void outlivesTasksThatThrow() throws Exception {
    try (Node node = Node.own()) {
      Scheduler scheduler = node.transport.scheduler();
      scheduler.execute(
          () -> {
            throw new IllegalStateException("a planted bug");
          });
      scheduler.execute(
          () -> {
            throw new StackOverflowError("a planted error");
          });
      node.onLoop(
          () ->
              scheduler.schedule(
                  1,
                  () -> {
                    throw new IllegalStateException("a planted bug in a timer");
                  }));
      var fired = new CompletableFuture<Boolean>();
      scheduler.schedule(5_000_000, () -> fired.complete(true));
      assertThat(fired.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void firesNoTimerEarly() throws Exception {
    try (Node node = Node.own()) {
      Scheduler scheduler = node.transport.scheduler();
      int count = 300;
      var early = new AtomicInteger();
      var done = new CountDownLatch(count);
      node.onLoop(
          () -> {
            for (int i = 0; i < count; i++) {
              long delay = i * 777_777L;
              long due = node.transport.clock().nanos() + delay;
              scheduler.schedule(
                  delay,
                  () -> {
                    if (node.transport.clock().nanos() < due) {
                      early.incrementAndGet();
                    }
                    done.countDown();
                  });
            }
            return "";
          });
      assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(early).hasValue(0);
    }
  }

  @Test
  void firesNoCancelledTimer() throws Exception {
    try (Node node = Node.own()) {
      Scheduler scheduler = node.transport.scheduler();
      var fired = new AtomicBoolean();
      var later = new CompletableFuture<Boolean>();
      node.onLoop(
          () -> {
            Timer timer = scheduler.schedule(2_000_000, () -> fired.set(true));
            scheduler.schedule(20_000_000, () -> later.complete(fired.get()));
            timer.cancel();
            timer.cancel();
            return "";
          });
      assertThat(later.get(10, TimeUnit.SECONDS)).isFalse();
    }
  }

  @Test
  void keepsNoCancelledTimers() throws Exception {
    try (Node node = Node.own()) {
      var scheduler = (LoopScheduler) node.transport.scheduler();
      int left =
          node.onLoop(
              () -> {
                for (int i = 0; i < 1_000_000; i++) {
                  scheduler.schedule(5_000_000_000L, () -> {}).cancel();
                }
                return scheduler.timers();
              });
      assertThat(left).isZero();
    }
  }

  @Test
  void takesTimersFromOtherThreads() throws Exception {
    try (Node node = Node.own()) {
      var fired = new CompletableFuture<String>();
      node.transport
          .scheduler()
          .schedule(1_000_000, () -> fired.complete(Thread.currentThread().getName()));
      assertThat(fired.get(10, TimeUnit.SECONDS)).startsWith("ring-loop-");
    }
  }

  @Test
  void sharedLoopsServeNodesInTurn() throws Exception {
    try (var loops = NettyLoops.shared(2)) {
      Node a = Node.on(loops);
      Node b = Node.on(loops);
      Node c = Node.on(loops);
      Node d = Node.on(loops);
      var names = new ArrayList<String>();
      for (Node node : List.of(a, b, c, d)) {
        names.add(node.onLoop(() -> Thread.currentThread().getName()));
      }
      assertThat(names.stream().collect(Collectors.toSet())).hasSize(2);
      assertThat(names.get(0)).isEqualTo(names.get(2)).isNotEqualTo(names.get(1));

      Peer across = a.connect(b.listen());
      Peer within = a.connect(c.listen());
      NettyConnection far = across.connection();
      NettyConnection near = within.connection();
      a.onLoop(() -> far.send(Node.frame(Peer.bytes(5, 1))));
      a.onLoop(() -> near.send(Node.frame(Peer.bytes(5, 2))));
      assertThat(b.arrival().frame()).isEqualTo(Peer.bytes(5, 1));
      assertThat(c.arrival().frame()).isEqualTo(Peer.bytes(5, 2));
    }
  }

  @Test
  void closingANodeLeavesItsSharedLoopToTheOthers() throws Exception {
    try (var loops = NettyLoops.shared(1)) {
      Node a = Node.on(loops);
      Node b = Node.on(loops);
      var fired = new AtomicBoolean();
      a.transport.scheduler().schedule(3_000_000, () -> fired.set(true));
      a.close();
      assertThat(a.transport.scheduler().execute(() -> {})).isFalse();
      var later = new CompletableFuture<Boolean>();
      b.transport.scheduler().schedule(20_000_000, () -> later.complete(fired.get()));
      assertThat(later.get(10, TimeUnit.SECONDS)).as("a timer of a closed node fired").isFalse();
    }
  }

  @Test
  void closingSharedLoopsEndsTheirNodesAndThreads() throws Exception {
    var loops = NettyLoops.shared(1);
    Node node = Node.on(loops);
    Thread loop = node.onLoop(Thread::currentThread);
    loops.close();
    loop.join(10_000);
    assertThat(loop.isAlive()).isFalse();
    assertThat(node.transport.scheduler().execute(() -> {})).isFalse();
    assertThatThrownBy(() -> Node.on(loops)).isInstanceOf(IllegalStateException.class);
    loops.close();
  }
}
