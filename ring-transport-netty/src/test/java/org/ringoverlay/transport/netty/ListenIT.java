package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;
import org.ringoverlay.spi.Connection.Sent;
import org.ringoverlay.spi.TransportProvider;

@Timeout(60)
class ListenIT {
  private final Node here = Node.own();
  private final Node there = Node.own();

  @AfterEach
  void closeBoth() {
    here.close();
    there.close();
  }

  private String listen(Node node, String address) throws Exception {
    return node.transport
        .listen(address, Peer::new)
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  @Test
  void isFoundByTheServiceLoader() {
    assertThat(ServiceLoader.load(TransportProvider.class))
        .extracting(TransportProvider::name)
        .contains("netty");
  }

  @Test
  void findsAFreePortForPortZero() throws Exception {
    assertThat(listen(here, "localhost:0")).matches("127\\.0\\.0\\.1:[1-9][0-9]*");
    assertThat(listen(here, "127.0.0.1:0")).isNotEqualTo(listen(there, "127.0.0.1:0"));
  }

  @Test
  void namesAnAddressInUse() throws Exception {
    String taken = listen(here, "127.0.0.1:0");
    assertThatThrownBy(() -> listen(there, taken))
        .hasCauseInstanceOf(RingException.InvalidInput.class)
        .hasMessageContaining("Cannot listen at " + taken + ": the address is in use");
    Peer peer = there.connect(taken);
    assertThat(peer.connection().remote()).isEqualTo(taken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1:0", "0.0.0.0:0", "nonsense", "127.0.0.1:70000"})
  void refusesAnAddressItCannotServe(String address) {
    assertThatThrownBy(() -> listen(here, address))
        .hasCauseInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void bindsAgainAtOnceAfterARestart() throws Exception {
    String address;
    try (Node former = Node.own()) {
      address = listen(former, "127.0.0.1:0");
      Peer peer = here.connect(address);
      peer.connection();
    }
    assertThat(listen(there, address)).isEqualTo(address);
  }

  @Test
  void tellsOfARefusedConnection() throws Exception {
    String nobody;
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      nobody = "127.0.0.1:" + server.getLocalPort();
    }
    Peer peer = here.connect(nobody);
    assertThat(peer.reason()).containsIgnoringCase("refused");
    assertThat(peer.openedCount).hasValue(0);
    assertThat(peer.closedCount).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1:7400", "elsewhere.example:7400", "nonsense", "127.0.0.1:0"})
  void tellsWhyItDoesNotConnect(String address) throws Exception {
    Peer peer = here.connect(address);
    assertThat(peer.reason()).isNotBlank();
    assertThat(peer.openedCount).hasValue(0);
  }

  @Test
  void neverCallsAHandlerFromWithinConnect() throws Exception {
    var peer = new Peer();
    boolean closedWithin =
        here.onLoop(
            () -> {
              here.transport.connect("nonsense", peer);
              return peer.closed.isDone();
            });
    assertThat(closedWithin).isFalse();
    assertThat(peer.reason()).startsWith("An address is host:port");
  }

  @Test
  void takesNoMoreConnectionsThanAllowed() throws Exception {
    try (Node small = Node.own(Map.of("ring.connections.max", "3"))) {
      String address = small.listen();
      for (int i = 0; i < 3; i++) {
        here.connect(address).connection();
        small.arrival().connection();
      }
      Peer fourth = here.connect(address);
      fourth.reason();
      assertThat(small.nextRefusal()).isEqualTo("one connection more than the 3 allowed");
      assertThat(small.arrivals).isEmpty();
    }
  }

  @Test
  void hasRoomAgainWhenAConnectionIsGone() throws Exception {
    try (Node small = Node.own(Map.of("ring.connections.max", "1"))) {
      String address = small.listen();
      Peer first = here.connect(address);
      NettyConnection connection = first.connection();
      here.onLoop(
          () -> {
            connection.close("no longer needed");
            return "";
          });
      assertThat(small.arrival().reason()).isEqualTo("the peer closed the connection");
      first.reason();
      Peer second = here.connect(address);
      NettyConnection again = second.connection();
      here.onLoop(() -> again.send(Node.frame(Peer.bytes(5, 5))));
      assertThat(small.arrival().frame()).isEqualTo(Peer.bytes(5, 5));
      assertThat(small.onLoop(small.transport::acceptedCount)).isEqualTo(1);
    }
  }

  @Test
  void givesUpOnAPeerThatDoesNotAnswer() throws Exception {
    // Nobody accepts, so the system's queue fills and it leaves further peers without an answer.
    try (Node impatient = Node.own(Map.of("ring.connect.timeout", "200ms"));
        var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var peers = new ArrayList<Peer>();
      for (int i = 0; i < 8; i++) {
        peers.add(impatient.connect("127.0.0.1:" + deaf.getLocalPort()));
      }
      Peer last = peers.get(7);
      assertThat(last.reason()).contains("timed out after 200 ms");
      assertThat(last.openedCount).hasValue(0);
    }
  }

  @Test
  void closesWhileAConnectionIsBeingMade() throws Exception {
    var peers = new ArrayList<Peer>();
    try (var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      try (Node hasty = Node.own(Map.of("ring.connect.timeout", "1h"))) {
        for (int i = 0; i < 8; i++) {
          peers.add(hasty.connect("127.0.0.1:" + deaf.getLocalPort()));
        }
      }
      for (Peer peer : peers) {
        assertThat(peer.closed.getNow("still open")).isEqualTo("this node closed");
        assertThat(peer.closedCount).hasValue(1);
      }
    }
  }

  @Test
  void refusesWorkAfterItsEnd() throws Exception {
    Node gone = Node.own();
    gone.close();
    assertThat(gone.transport.scheduler().execute(() -> {})).isFalse();
    assertThatThrownBy(() -> listen(gone, "127.0.0.1:0"))
        .hasCauseInstanceOf(RingException.Closed.class);
    gone.close();
  }

  @Test
  void sendsNothingOnAClosedConnection() throws Exception {
    Peer peer = here.connect(there.listen());
    NettyConnection connection = peer.connection();
    Sent sent =
        here.onLoop(
            () -> {
              connection.close("done");
              connection.close("twice is fine");
              return connection.send(Node.frame(Peer.bytes(1, 1)));
            });
    assertThat(sent).isEqualTo(Sent.CLOSED);
    assertThat(peer.reason()).isEqualTo("done");
  }
}
