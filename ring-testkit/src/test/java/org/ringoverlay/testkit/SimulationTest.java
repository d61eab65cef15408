package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Identity;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.Table;
import org.ringoverlay.spi.Timer;

/** Time, loops, clocks and disks. */
class SimulationTest {
  private final Simulation simulation = Simulation.of(42);
  private final Host host = simulation.host("a");
  private final Peer peer = Peer.on(host);
  private final Scheduler loop = peer.transport.scheduler();

  @Test
  void tasksRunInTheOrderOfTheirCallsAndOnlyWhenTimeIsLetPass() {
    var ran = new ArrayList<Integer>();
    loop.execute(() -> ran.add(1));
    loop.execute(() -> ran.add(2));
    loop.schedule(0, () -> ran.add(3));
    assertThat(ran).isEmpty();

    simulation.run(Duration.ZERO);
    assertThat(ran).containsExactly(1, 2, 3);
  }

  @Test
  void timersRunAtTheirTimeAndNotWhenCancelled() {
    var ran = new ArrayList<Long>();
    loop.schedule(2_000, () -> ran.add(simulation.elapsed().toNanos()));
    loop.schedule(1_000, () -> ran.add(simulation.elapsed().toNanos()));
    Timer cancelled = loop.schedule(1_500, () -> ran.add(-1L));
    loop.schedule(1_200, cancelled::cancel);
    simulation.run(Duration.ofNanos(5_000));
    cancelled.cancel();

    assertThat(ran).containsExactly(1_000L, 2_000L);
    assertThat(simulation.elapsed()).isEqualTo(Duration.ofNanos(5_000));
  }

  @Test
  void onlyTheRunningLoopIsTheLoop() {
    Peer other = Peer.on(simulation.host("b"));
    var seen = new ArrayList<Boolean>();
    loop.execute(
        () -> {
          seen.add(loop.onLoop());
          seen.add(other.transport.scheduler().onLoop());
        });
    simulation.run(Duration.ZERO);

    assertThat(seen).containsExactly(true, false);
    assertThat(loop.onLoop()).isFalse();
  }

  @Test
  void awaitRunsTheSimulationAndGivesValueOrError() throws Exception {
    var value = new CompletableFuture<String>();
    loop.schedule(Duration.ofMinutes(3).toNanos(), () -> value.complete("done"));
    assertThat(loop.await(value)).isEqualTo("done");
    assertThat(simulation.elapsed()).isEqualTo(Duration.ofMinutes(3));

    var failed = CompletableFuture.failedFuture(new RingException.Closed("gone"));
    assertThatThrownBy(() -> loop.await(failed))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RingException.Closed.class);
    assertThatThrownBy(() -> simulation.await(failed)).isInstanceOf(RingException.Closed.class);
  }

  @Test
  void awaitWithinAnEventThrowsAtOnce() {
    var thrown = new ArrayList<Class<?>>();
    loop.execute(
        () -> {
          try {
            loop.await(new CompletableFuture<>());
          } catch (Exception refused) {
            thrown.add(refused.getClass());
          }
        });
    simulation.run(Duration.ZERO);

    assertThat(thrown).containsExactly(IllegalStateException.class);
  }

  @Test
  void awaitFailsWithSeedTailAndStateWhenTheTimeIsUp() {
    simulation.note("the last thing that happened");
    Partition partition = simulation.cut(List.of(host), List.of(simulation.host("b")));

    assertThatThrownBy(() -> simulation.await(new CompletableFuture<>()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("did not complete within PT10M")
        .hasMessageContaining("seed 42")
        .hasMessageContaining("a: up, process 1")
        .hasMessageContaining("partition " + partition)
        .hasMessageContaining("the last thing that happened");
  }

  @Test
  void awaitFailsWhenTheEventsAreUsedUp() {
    simulation.eventsMax(1_000);
    loop.execute(new Endless(loop));

    assertThatThrownBy(() -> simulation.await(new CompletableFuture<>()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("More than 1000 events");
  }

  private record Endless(Scheduler loop) implements Runnable {
    @Override
    public void run() {
      loop.execute(this);
    }
  }

  @Test
  void aTaskThatThrowsFailsTheTestWithItsSeed() {
    var bug = new IllegalArgumentException("a bug");
    loop.execute(
        () -> {
          throw bug;
        });

    assertThatThrownBy(() -> simulation.run(Duration.ZERO))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("A task of a threw")
        .hasMessageContaining("seed 42")
        .hasCause(bug);
  }

  @Test
  void anotherThreadIsRefused() throws Exception {
    var refused = new CompletableFuture<Throwable>();
    var stranger =
        new Thread(
            () -> {
              try {
                loop.execute(() -> {});
                refused.complete(new AssertionError("taken"));
              } catch (IllegalStateException thrown) {
                refused.complete(thrown);
              }
            });
    stranger.start();

    assertThat(refused.get()).isInstanceOf(IllegalStateException.class);
    stranger.join();
  }

  @Test
  void aFastClockFiresItsTimersEarlierAndNeverTooEarly() {
    Host fast = simulation.host("fast");
    Peer runs = Peer.on(fast);
    fast.clockRate(10_000);
    long begin = fast.clock().nanos();
    var fired = new ArrayList<Long>();
    runs.transport
        .scheduler()
        .schedule(1_000_000_000, () -> fired.add(fast.clock().nanos() - begin));
    simulation.run(Duration.ofMillis(991));

    assertThat(fired).hasSize(1);
    assertThat(fired.get(0)).isBetween(1_000_000_000L, 1_000_000_010L);
    simulation.run(Duration.ofMillis(9));
    assertThat(fast.clock().nanos() - begin).isEqualTo(1_010_000_000L);
  }

  @Test
  void anInvariantIsCheckedAfterEveryEventOrAtIntervalsAndAtRest() {
    int[] checks = new int[2];
    simulation.invariant("each", world -> checks[0]++);
    simulation.invariant("some", 10, world -> checks[1]++);
    for (int i = 0; i < 25; i++) {
      loop.execute(() -> {});
    }
    simulation.run(Duration.ZERO);

    assertThat(checks[0]).isEqualTo(25 + 1);
    assertThat(checks[1]).isEqualTo(2 + 1);
  }

  @Test
  void aBrokenInvariantStopsTheRunAtItsEvent() {
    var ran = new ArrayList<Integer>();
    simulation.invariant(
        "few", world -> assertThat(ran).as("the list of numbers").hasSizeLessThan(3));
    for (int i = 0; i < 5; i++) {
      int number = i;
      loop.execute(() -> ran.add(number));
    }

    assertThatThrownBy(() -> simulation.run(Duration.ZERO))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("The invariant 'few' is broken: [the list of numbers]");
    assertThat(ran).containsExactly(0, 1, 2);
  }

  @Test
  void anInvariantMayBeTakenAwayAndNoneHasTwoMeanings() {
    simulation.withoutInvariant(WorldInvariants.TIME_IS_MONOTONE);
    loop.execute(() -> host.jumpClock(Duration.ofSeconds(-5)));
    simulation.run(Duration.ZERO);

    simulation.invariant("mine", world -> {});
    assertThatThrownBy(() -> simulation.invariant("mine", world -> {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> simulation.withoutInvariant("yours"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theTraceCanBeReadLineByLine() {
    var lines = new StringBuilder();
    simulation.traceTo(lines);
    simulation.run(Duration.ofMillis(1_500));
    simulation.note("half time");
    loop.execute(() -> {});
    simulation.run(Duration.ZERO);

    assertThat(lines.toString()).isEqualTo("1.500000000 note half time\n1.500000000 task a\n");
  }

  @Test
  void aSavedIdentityOutlivesTheProcessAndAnUnsavedOneDoesNot() {
    Store store = open();
    simulation.await(store.save(identity(1)));
    store.save(identity(2));
    host.crash();

    Store again = open();
    assertThat(again.identity()).contains(identity(1));
    again.save(identity(3));
    simulation.await(again.close());
    assertThat(open().identity()).contains(identity(3));
  }

  @Test
  void whatASlowLoopHeldBackIsSavedBeforeTheDirectoryIsUnlocked() {
    host.slow(Duration.ofMillis(50));
    Store store = open();
    loop.execute(() -> {});
    store.save(identity(1));
    store.table("part").write(List.of(Table.Change.put(new byte[] {1}, new byte[] {2})));
    simulation.run(Duration.ofMillis(10));
    assertThat(store.identity()).isEmpty();

    simulation.await(store.close());

    var kept = new ArrayList<Byte>();
    Store again = open();
    again.table("part").read((name, value) -> kept.add(value[0]));
    assertThat(again.identity()).contains(identity(1));
    assertThat(kept).containsExactly((byte) 2);
    simulation.run(Duration.ofSeconds(1));
  }

  @Test
  void aDirectoryIsLockedAndADiskMayFailOrBeLost() {
    Store store = open();
    assertThatThrownBy(this::open).isInstanceOf(RingException.InvalidInput.class);
    host.failDisk(true);
    assertThatThrownBy(() -> simulation.await(store.save(identity(1))))
        .isInstanceOf(RingException.Unavailable.class);
    assertThat(store.identity()).isEmpty();

    host.failDisk(false);
    simulation.await(store.save(identity(1)));
    assertThatThrownBy(host::loseDisk).isInstanceOf(IllegalStateException.class);
    host.crash();
    host.loseDisk();
    assertThat(open().identity()).isEqualTo(Optional.empty());
  }

  @Test
  void aSaveCompletesBesideTheLoop() {
    var onLoop = new ArrayList<Boolean>();
    open().save(identity(1)).thenRun(() -> onLoop.add(loop.onLoop()));
    simulation.run(Duration.ofSeconds(1));

    assertThat(onLoop).containsExactly(false);
  }

  private Store open() {
    return host.store().open("data", Settings.defaults(List.of()));
  }

  private static Identity identity(long incarnation) {
    return new Identity(Id.of("a node"), incarnation, "ring", "", 0, List.of());
  }
}
