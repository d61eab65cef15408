package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hostile inputs 1, 2, 4 and 6: the peer is refused, and everybody else is served. */
@Timeout(60)
class HostileFramesIT {
  private final Node node =
      Node.own(Map.of("ring.frame.timeout", "200ms", "ring.handshake.timeout", "200ms"));
  private final Node friend = Node.own();
  private String address = "";

  @BeforeEach
  void listen() throws Exception {
    address = node.listen();
  }

  @AfterEach
  void closeBoth() {
    friend.close();
    node.close();
  }

  private Socket stranger() throws IOException {
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static byte[] prefix(int length) {
    return ByteBuffer.allocate(4).putInt(length).array();
  }

  /** Reads until the other side closes, with an end or a reset. */
  private static void awaitEnd(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    try {
      while (socket.getInputStream().read() >= 0) {}
    } catch (SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  private void assertFriendIsServed() throws Exception {
    node.arrivals.clear();
    Peer peer = friend.connect(address);
    NettyConnection connection = peer.connection();
    friend.onLoop(() -> connection.send(Node.frame(Peer.bytes(50, 1))));
    assertThat(node.arrival().frame()).isEqualTo(Peer.bytes(50, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "0, a frame of length 0",
    "1048577, 'a frame of 1048577 bytes, where at most 1048576 are allowed'",
    "-1, 'a frame of 4294967295 bytes, where at most 1048576 are allowed'",
    "-2147483648, 'a frame of 2147483648 bytes, where at most 1048576 are allowed'",
  })
  void closesOnALengthThatNoFrameHas(int length, String reason) throws Exception {
    try (Socket socket = stranger()) {
      socket.getOutputStream().write(prefix(length));
      assertThat(node.nextRefusal()).isEqualTo(reason);
      awaitEnd(socket);
      Peer peer = node.arrival();
      assertThat(peer.reason()).isEqualTo(reason);
      assertThat(peer.frames).isEmpty();
    }
    assertFriendIsServed();
  }

  @Test
  void namesHttpOnItsPort() throws Exception {
    try (Socket socket = stranger()) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(node.nextRefusal()).isEqualTo("HTTP on the ring's port");
      awaitEnd(socket);
    }
    assertFriendIsServed();
  }

  @Test
  void namesTlsOnItsPort() throws Exception {
    try (Socket socket = stranger()) {
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, 0, 100, 1, 0, 0, 96});
      assertThat(node.nextRefusal()).isEqualTo("TLS on the ring's port");
      awaitEnd(socket);
    }
    assertFriendIsServed();
  }

  @Test
  void closesAConnectionThatSaysNothing() throws Exception {
    try (Socket socket = stranger()) {
      assertThat(node.nextRefusal()).isEqualTo("nothing arrived in time");
      awaitEnd(socket);
    }
    assertFriendIsServed();
  }

  @Test
  void closesAFrameThatTrickles() throws Exception {
    var sockets = new ArrayList<Socket>();
    try {
      for (int i = 0; i < 500; i++) {
        Socket socket = stranger();
        sockets.add(socket);
        socket.getOutputStream().write(prefix(1000), 0, 1 + i % 4);
      }
      // The friend's loop is the trickle: it feeds every stranger a byte now and then.
      trickle(sockets);
      for (int i = 0; i < 500; i++) {
        assertThat(node.nextRefusal()).startsWith("a frame that was begun did not become whole");
      }
      node.eventually(() -> node.transport.acceptedCount() == 0).get(10, TimeUnit.SECONDS);
      assertThat(node.onLoop(() -> node.transport.partial().bytes())).isZero();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    assertFriendIsServed();
  }

  private void trickle(List<Socket> sockets) {
    friend
        .transport
        .scheduler()
        .schedule(
            20_000_000,
            () -> {
              for (Socket socket : sockets) {
                feed(socket);
              }
              trickle(sockets);
            });
  }

  private static void feed(Socket socket) {
    try {
      if (!socket.isClosed()) {
        OutputStream out = socket.getOutputStream();
        out.write(1);
      }
    } catch (IOException closed) {
      // That is what the test waits for.
    }
  }

  @Test
  void boundsTheMemoryOfHalfFrames() throws Exception {
    var sockets = new ArrayList<Socket>();
    try (Node small = Node.own(Map.of("ring.inbound.partial.max", "64KiB"))) {
      address = small.listen();
      for (int i = 0; i < 12; i++) {
        Socket socket = stranger();
        sockets.add(socket);
        socket.getOutputStream().write(prefix(1_000_000));
        socket.getOutputStream().write(new byte[8_000]);
      }
      assertThat(small.nextRefusal())
          .isEqualTo("no memory is left for frames that arrive in pieces");
      assertThat(small.onLoop(() -> small.transport.partial().bytes())).isLessThanOrEqualTo(65_536);
      for (Socket socket : sockets) {
        socket.close();
      }
      small.eventually(() -> small.transport.acceptedCount() == 0).get(10, TimeUnit.SECONDS);
      assertThat(small.onLoop(() -> small.transport.partial().bytes())).isZero();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void outlivesAReconnectStorm() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      stranger().close();
    }
    node.eventually(() -> node.transport.acceptedCount() == 0).get(10, TimeUnit.SECONDS);
    assertFriendIsServed();
  }
}
