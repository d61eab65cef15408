package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.spi.Connection;

@Timeout(60)
class CloseIT {
  private final Node here = Node.own();
  private final Node there = Node.own();

  @AfterEach
  void closeBoth() {
    here.close();
    there.close();
  }

  @Test
  void deliversWhatWasQueuedBeforeTheClose() throws Exception {
    Peer out = here.connect(there.listen());
    NettyConnection forth = out.connection();
    here.onLoop(
        () -> {
          for (int i = 0; i < 100; i++) {
            forth.send(Node.frame(Peer.bytes(30_000, i)));
          }
          forth.close("said everything");
          return "";
        });
    Peer in = there.arrival();
    for (int i = 0; i < 100; i++) {
      assertThat(in.frame()).isEqualTo(Peer.bytes(30_000, i));
    }
    assertThat(in.reason()).isEqualTo("the peer closed the connection");
    assertThat(out.reason()).isEqualTo("said everything");
  }

  @Test
  void deliversItsLastWordThoughThePeerStillTalks() throws Exception {
    var answering =
        new Peer() {
          @Override
          public void received(Connection connection, byte[] frame) {
            super.received(connection, frame);
            connection.send(Node.frame(Peer.bytes(100, 42)));
            connection.close("refused");
          }
        };
    Peer out = here.connect(there.listen(() -> answering));
    NettyConnection forth = out.connection();
    here.onLoop(
        () -> {
          for (int i = 0; i < 100; i++) {
            forth.send(Node.frame(Peer.bytes(50_000, i)));
          }
          return "";
        });
    assertThat(out.frame()).isEqualTo(Peer.bytes(100, 42));
    out.reason();
    assertThat(answering.reason()).isEqualTo("refused");
    assertThat(answering.frames).as("frames after its close").hasSize(1);
  }

  @Test
  void saysOpenedAndClosedExactlyOnceAndNothingAfter() throws Exception {
    var peers = new ArrayList<Peer>();
    try (Node third = Node.own()) {
      String address = third.listen();
      for (int i = 0; i < 50; i++) {
        Peer peer = here.connect(address);
        peers.add(peer);
        NettyConnection connection = peer.connection();
        int number = i;
        here.onLoop(
            () -> {
              connection.send(Node.frame(Peer.bytes(10, number)));
              if (number % 2 == 0) {
                connection.close("one");
                connection.close("two");
              }
              return "";
            });
        Peer accepted = third.arrival();
        peers.add(accepted);
        if (number % 3 == 0) {
          NettyConnection back = accepted.connection();
          third.onLoop(
              () -> {
                back.close("from the other side");
                return "";
              });
        }
      }
    }
    for (Peer peer : peers) {
      peer.reason();
      assertThat(peer.openedCount).hasValue(1);
      assertThat(peer.closedCount).hasValue(1);
      assertThat(peer.heardAfterClosed).hasValue(0);
    }
  }

  @Test
  void neverCallsTheHandlerFromWithinClose() throws Exception {
    Peer out = here.connect(there.listen());
    NettyConnection forth = out.connection();
    boolean closedWithin =
        here.onLoop(
            () -> {
              forth.close("now");
              return out.closed.isDone();
            });
    assertThat(closedWithin).isFalse();
    assertThat(out.reason()).isEqualTo("now");
  }

  @Test
  void doesNotWaitForeverForAPeerThatNeitherReadsNorCloses() throws Exception {
    try (Node impatient = Node.own(Map.of("ring.close.timeout", "100ms"));
        var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Peer out = impatient.connect("127.0.0.1:" + server.getLocalPort());
      try (Socket silent = server.accept()) {
        NettyConnection forth = out.connection();
        impatient.onLoop(
            () -> {
              for (int i = 0; i < 7; i++) {
                forth.send(Node.frame(Peer.bytes(1_000_000, i)));
              }
              forth.close("enough");
              return "";
            });
        assertThat(out.reason()).isEqualTo("enough");
        assertThat(silent.isConnected()).isTrue();
      }
    }
  }

  @Test
  void closesEverythingWithTheTransport() throws Exception {
    Peer out = here.connect(there.listen());
    NettyConnection forth = out.connection();
    Peer in = there.arrival();
    here.onLoop(() -> forth.send(Node.frame(Peer.bytes(5, 5))));
    here.close();
    assertThat(out.closed.getNow("not closed")).isEqualTo("this node closed");
    assertThat(in.frame()).isEqualTo(Peer.bytes(5, 5));
    in.reason();
  }

  @Test
  void seesAPeerThatEndsWithinAFrame() throws Exception {
    String address = there.listen();
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(new byte[] {0, 0, 0, 9, 1, 2, 3});
    }
    Peer in = there.arrival();
    in.reason();
    assertThat(in.frames).isEmpty();
    assertThat(there.onLoop(() -> there.transport.partial().bytes())).isZero();
  }

  @Test
  void aPlainSocketReadsTheFramesAsDocumented() throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Peer out = here.connect("127.0.0.1:" + server.getLocalPort());
      try (Socket socket = server.accept()) {
        NettyConnection forth = out.connection();
        here.onLoop(() -> forth.send(Node.frame(new byte[] {1, 2, 3})));
        var in = new DataInputStream(socket.getInputStream());
        assertThat(in.readInt()).isEqualTo(3);
        assertThat(in.readNBytes(3)).containsExactly(1, 2, 3);
      }
    }
  }
}
