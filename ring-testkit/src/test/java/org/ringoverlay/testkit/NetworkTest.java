package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Connection.Sent;
import org.ringoverlay.spi.RingObserver;

/** What goes over the simulated wires, and what does not. */
class NetworkTest {
  private static final Duration SOON = Duration.ofMillis(50);

  private final Simulation simulation = Simulation.of(7);
  private final Host a = simulation.host("a");
  private final Host b = simulation.host("b");
  private Peer server;
  private Peer client;

  @BeforeEach
  void connectTwoPeers() {
    server = Peer.on(a).listening(1);
    client = Peer.on(b);
    client.connect("a:1");
    simulation.run(SOON);
    assertThat(client.heard).containsExactly("opened");
    assertThat(server.heard).containsExactly("opened");
  }

  @Test
  void framesKeepTheirOrderHoweverTheirDelaysDiffer() {
    simulation.delay(Delay.of(Duration.ofNanos(1), Duration.ofSeconds(1)));
    send(0, 100);
    simulation.run(Duration.ofSeconds(2));

    assertThat(server.numbers()).isEqualTo(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void aHeavyTailDelaysFewAndNoneBeyondItsBound() {
    var sampler =
        new Delay.Sampler(
            Delay.of(Duration.ofNanos(100), Duration.ofNanos(100))
                .withTail(0.1, Duration.ofNanos(10_000)));
    Chance chance = Chance.of(1, "delays");
    long[] delays = IntStream.range(0, 10_000).mapToLong(i -> sampler.nanos(chance)).toArray();

    assertThat(LongStream.of(delays).min().orElseThrow()).isBetween(100L, 110L);
    assertThat(LongStream.of(delays).max().orElseThrow()).isEqualTo(10_000);
    assertThat(IntStream.range(0, delays.length).filter(i -> delays[i] > 200).count())
        .isBetween(800L, 1_200L);
  }

  @Test
  void lossTakesSomeFramesAndLaterOnesArrive() {
    simulation.faults(Faults.none().withLoss(0.3));
    send(0, 1_000);
    simulation.run(SOON);

    assertThat(server.numbers()).hasSizeBetween(600, 800).isSorted();
    assertThat(simulation.framesLost()).isEqualTo(1_000 - server.numbers().size());
  }

  @Test
  void duplicationBringsSomeFramesTwice() {
    simulation.faults(Faults.none().withDuplication(0.3));
    send(0, 1_000);
    simulation.run(SOON);

    assertThat(server.numbers()).hasSizeBetween(1_200, 1_400).isSorted();
  }

  @Test
  void reorderingLetsLaterFramesOvertake() {
    simulation.faults(Faults.none().withReordering(0.3));
    send(0, 100);
    simulation.run(SOON);

    assertThat(server.numbers()).hasSize(100).doesNotHaveDuplicates();
    assertThat(new ArrayList<>(server.numbers()))
        .isNotEqualTo(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void aResetClosesTheConnectionOnBothSides() {
    simulation.faults(Faults.none().withReset(1));
    send(0, 1);
    simulation.run(SOON);

    assertThat(client.heard).endsWith("closed: the connection was reset");
    assertThat(server.heard).endsWith("closed: the connection was reset");
    assertThat(client.send(1)).isEqualTo(Sent.CLOSED);
  }

  @Test
  void aFullOutboundQueueRefuses() {
    b.freeze();
    int sent = 0;
    while (server.connections.get(0).send(Peer.frame(64 * 1024, sent)) == Sent.QUEUED) {
      sent++;
    }

    assertThat(sent).isEqualTo((8 * 1024 + 256) / 64);
    assertThat(server.connections.get(0).pendingBytes()).isEqualTo(8L << 20);
    b.thaw();
    simulation.run(SOON);
    assertThat(client.numbers()).hasSize(sent);
    assertThat(server.connections.get(0).pendingBytes()).isZero();
  }

  @Test
  void anOversizedFrameClosesItsConnection() {
    client.connections.get(0).send(Peer.frame(Peer.FRAME_BYTES_MAX + 1, 5));
    simulation.run(SOON);

    assertThat(server.heard).hasSize(2).last().asString().startsWith("closed: a frame of");
    assertThat(client.heard).endsWith("closed: the peer closed the connection");
  }

  @Test
  void aFrameThatWritesLessThanItSaysIsABugOfItsMaker() {
    var liar =
        new org.ringoverlay.spi.OutboundFrame() {
          @Override
          public int sizeBytes() {
            return 8;
          }

          @Override
          public void writeTo(java.nio.ByteBuffer target) {
            target.putInt(1);
          }
        };

    assertThatThrownBy(() -> client.connections.get(0).send(liar))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingDeliversWhatWasSentBefore() {
    send(0, 3);
    client.connections.get(0).close("enough");
    simulation.run(SOON);

    assertThat(server.heard)
        .containsExactly("opened", "0", "1", "2", "closed: the peer closed the connection");
    assertThat(client.heard).containsExactly("opened", "closed: enough");
  }

  @Test
  void nobodyListeningRefusesAtOnceAndAnUnknownHostToo() {
    client.heard.clear();
    client.connect("a:2");
    client.connect("c:1");
    client.connect("rubbish");
    simulation.run(SOON);

    assertThat(client.heard)
        .containsExactlyInAnyOrder(
            "closed: not an address", "closed: no such host", "closed: connection refused");
  }

  @Test
  void aCrashClosesConnectionsAtThePeers() {
    a.crash();
    simulation.run(SOON);

    assertThat(client.heard).endsWith("closed: the peer closed the connection");
    assertThat(server.heard).containsExactly("opened");
    assertThat(server.transport.scheduler().execute(() -> {})).isFalse();
  }

  @Test
  void aLostPowerTellsNobodyUntilTheHostIsBack() {
    a.crashSilently();
    send(0, 1);
    simulation.run(Duration.ofMinutes(1));
    assertThat(client.heard).containsExactly("opened");

    client.connect("a:1");
    simulation.run(Duration.ofSeconds(4));
    assertThat(client.heard).endsWith("closed: the connection could not be made in time");

    Peer.on(a).listening(1);
    send(1, 1);
    simulation.run(SOON);
    assertThat(client.heard).endsWith("closed: the connection was reset");
  }

  @Test
  void aPartitionHoldsFramesBackUntilItHeals() {
    Partition partition = simulation.cut(List.of(a), List.of(b));
    send(0, 3);
    simulation.run(Duration.ofSeconds(10));
    assertThat(server.numbers()).isEmpty();

    partition.heal();
    send(3, 3);
    simulation.run(SOON);
    assertThat(server.numbers()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void aOneWayPartitionCutsOneDirection() {
    simulation.cutOneWay(List.of(b), List.of(a));
    send(0, 1);
    server.connections.get(0).send(Peer.frame(4, 9));
    simulation.run(SOON);

    assertThat(server.numbers()).isEmpty();
    assertThat(client.numbers()).containsExactly(9);
  }

  @Test
  void overlappingPartitionsCutUntilTheLastHasHealed() {
    Partition first = simulation.cut(List.of(a), List.of(b));
    Partition second = simulation.cut(List.of(b), List.of(a));
    first.heal();
    first.heal();
    assertThat(simulation.isCut(a, b)).isTrue();

    second.heal();
    assertThat(simulation.isCut(a, b)).isFalse();
  }

  @Test
  void aConnectionAcrossAPartitionTimesOutOrIsMadeWhenItHeals() {
    simulation.cut(List.of(a), List.of(b));
    client.heard.clear();
    client.connect("a:1");
    simulation.run(Duration.ofSeconds(4));
    assertThat(client.heard).containsExactly("closed: the connection could not be made in time");

    client.connect("a:1");
    simulation.run(Duration.ofSeconds(1));
    simulation.heal();
    simulation.run(Duration.ofSeconds(2));
    assertThat(client.heard).endsWith("opened");
  }

  @Test
  void aFrozenProcessDoesEverythingWhenItThawsInOrder() {
    a.freeze();
    long before = a.clock().nanos();
    send(0, 5);
    simulation.run(Duration.ofSeconds(5));
    assertThat(server.numbers()).isEmpty();
    assertThat(a.clock().nanos() - before).isEqualTo(Duration.ofSeconds(5).toNanos());

    a.thaw();
    simulation.run(Duration.ofNanos(1));
    assertThat(server.numbers()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void aSlowHostTakesOneEventAfterTheOther() {
    a.slow(Duration.ofMillis(10));
    send(0, 5);
    simulation.run(Duration.ofMillis(25));
    assertThat(server.numbers()).hasSize(3);

    simulation.run(Duration.ofMillis(50));
    assertThat(server.numbers()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void portsAreTakenOnceAndOnlyOwnAddressesBound() {
    assertThat(simulation.await(server.transport.listen("a:0", () -> server))).startsWith("a:4");
    assertThatThrownBy(() -> simulation.await(server.transport.listen("a:1", () -> server)))
        .isInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("in use");
    assertThatThrownBy(() -> simulation.await(server.transport.listen("b:7", () -> server)))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> simulation.await(server.transport.listen("a", () -> server)))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void aClosedTransportRunsNothingAndItsHostMayStartAgain() {
    assertThatThrownBy(() -> Peer.on(a)).isInstanceOf(IllegalStateException.class);
    simulation.await(server.transport.close());

    assertThat(server.transport.scheduler().execute(() -> {})).isFalse();
    assertThat(server.heard).endsWith("closed: the transport closed");
    assertThat(a.isUp()).isFalse();
    Peer.on(a);
  }

  @Test
  void chanceBelongsToTheHostAndNotToItsNeighbours() {
    Simulation alone = Simulation.of(3);
    Simulation crowded = Simulation.of(3);
    crowded.host("x");
    Peer.on(crowded.host("y")).transport.randomness().nextLong();

    assertThat(Peer.on(alone.host("a")).transport.randomness().nextLong())
        .isEqualTo(Peer.on(crowded.host("a")).transport.randomness().nextLong());
    assertThat(alone.host("a").clock().nanos()).isEqualTo(crowded.host("a").clock().nanos());
  }

  @Test
  void aRestartDrawsOtherChance() {
    long first = server.transport.randomness().nextLong();
    a.crash();

    assertThat(Peer.on(a).transport.randomness().nextLong()).isNotEqualTo(first);
  }

  @Test
  void aResetThatWasLostIsToldAgainWhenTheOtherSends() {
    Simulation simulation = Simulation.of(1);
    Host one = simulation.host("one");
    Host other = simulation.host("other");
    Peer caller = Peer.on(one);
    Peer called = Peer.on(other).listening(1);
    caller.connect("other:1");
    simulation.run(Duration.ofSeconds(1));
    Partition cut = simulation.cutOneWay(List.of(other), List.of(one));
    simulation.faults(Faults.none().withReset(1));
    caller.send(1);
    simulation.run(Duration.ofSeconds(1));
    simulation.faults(Faults.none());
    cut.heal();
    simulation.run(Duration.ofSeconds(1));
    assertThat(called.heard).endsWith("closed: the connection was reset");
    assertThat(caller.heard).containsExactly("opened");

    caller.send(2);
    simulation.run(Duration.ofSeconds(1));

    assertThat(caller.heard).containsExactly("opened", "closed: the connection was reset");
  }

  @Test
  void theOutboundBoundIsASetting() {
    var provider = simulation.host("c").transport();
    var settings =
        Settings.resolve(
            provider.settings(),
            List.of(
                new Settings.Source(
                    "a test", java.util.Map.of("ring.sim.outbound.bytes.max", "1KiB"))));
    var transport =
        (SimTransport) provider.create(settings, Peer.FRAME_BYTES_MAX, RingObserver.NONE);

    assertThat(transport.outboundBytesMax).isEqualTo(1024);
  }

  private void send(int first, int count) {
    for (int number = first; number < first + count; number++) {
      assertThat(client.send(number)).isEqualTo(Sent.QUEUED);
    }
  }
}
