package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringoverlay.spi.Connection;
import org.ringoverlay.spi.Connection.Sent;
import org.ringoverlay.spi.OutboundFrame;

@Timeout(60)
class FramesIT {
  private final Node here = Node.own();
  private final Node there = Node.own();

  @AfterEach
  void closeBoth() {
    here.close();
    there.close();
  }

  @Test
  void carriesFramesOfEverySizeBothWays() throws Exception {
    Peer out = here.connect(there.listen());
    Peer in = there.arrival();
    int[] sizes = {1, 2, 3, 4, 127, 128, 511, 512, 65_531, 65_532, 65_536, 1_000_000};
    for (int size : sizes) {
      NettyConnection forth = out.connection();
      NettyConnection back = in.connection();
      assertThat(here.onLoop(() -> forth.send(Node.frame(Peer.bytes(size, size)))))
          .isEqualTo(Sent.QUEUED);
      assertThat(in.frame()).isEqualTo(Peer.bytes(size, size));
      there.onLoop(() -> back.send(Node.frame(Peer.bytes(size, size + 1))));
      assertThat(out.frame()).isEqualTo(Peer.bytes(size, size + 1));
    }
    NettyConnection forth = out.connection();
    here.onLoop(() -> forth.send(Node.frame(Peer.bytes(Node.FRAME_BYTES_MAX, 9))));
    assertThat(in.frame()).isEqualTo(Peer.bytes(Node.FRAME_BYTES_MAX, 9));
  }

  @Test
  void keepsTheOrderOfManyFramesOfMixedSizes() throws Exception {
    Peer out = here.connect(there.listen());
    NettyConnection forth = out.connection();
    here.onLoop(
        () -> {
          for (int i = 1; i <= 2_000; i++) {
            assertThat(forth.send(Node.frame(Peer.bytes(1 + i * 7919 % 3_000, i))))
                .isEqualTo(Sent.QUEUED);
          }
          return "";
        });
    Peer in = there.arrival();
    for (int i = 1; i <= 2_000; i++) {
      assertThat(in.frame()).isEqualTo(Peer.bytes(1 + i * 7919 % 3_000, i));
    }
  }

  /** Counts what a connection hands to its socket. */
  private static final class Counting extends ChannelOutboundHandlerAdapter {
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger flushes = new AtomicInteger();

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
        throws Exception {
      writes.incrementAndGet();
      super.write(context, message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext context) throws Exception {
      flushes.incrementAndGet();
      super.flush(context);
    }
  }

  private void sendInOneTurn(NettyConnection forth, Peer in, int frames) throws Exception {
    here.onLoop(
        () -> {
          for (int i = 0; i < frames; i++) {
            forth.send(Node.frame(Peer.bytes(100, i)));
          }
          return "";
        });
    for (int i = 0; i < frames; i++) {
      assertThat(in.frame()).isEqualTo(Peer.bytes(100, i));
    }
  }

  @Test
  void sendsTheFramesOfAShortTurnWithOneFlush() throws Exception {
    Peer out = here.connect(there.listen());
    NettyConnection forth = out.connection();
    Peer in = there.arrival();
    var counting = new Counting();
    forth.channel().pipeline().addFirst(counting);
    for (int round = 1; round <= 10; round++) {
      counting.writes.set(0);
      sendInOneTurn(forth, in, 39);
      assertThat(counting.flushes).hasValue(round);
    }
    assertThat(counting.writes)
        .as("buffers of the last round, once the size is learnt")
        .hasValue(1);
  }

  @Test
  void sendsTheFramesOfALongTurnInFullBuffers() throws Exception {
    Peer out = here.connect(there.listen());
    NettyConnection forth = out.connection();
    Peer in = there.arrival();
    sendInOneTurn(forth, in, 39);
    var counting = new Counting();
    forth.channel().pipeline().addFirst(counting);
    sendInOneTurn(forth, in, 390);
    assertThat(counting.flushes).as("ten buffers of 39 frames").hasValue(10);
    assertThat(counting.writes).hasValue(10);
  }

  @Test
  void thePeerHasTheFirstFramesBeforeALongTurnEnds() throws Exception {
    Peer out = here.connect(there.listen());
    NettyConnection forth = out.connection();
    Peer in = there.arrival();
    assertThat(
            here.onLoop(
                () -> {
                  for (int i = 0; i < 100; i++) {
                    forth.send(Node.frame(Peer.bytes(100, i)));
                  }
                  // This thread is the loop, which goes no further before the peer has these.
                  return in.frame();
                }))
        .isEqualTo(Peer.bytes(100, 0));
  }

  @Test
  void refusesAtTheBoundAndRecoversWhenThePeerReads() throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Peer out = here.connect("127.0.0.1:" + server.getLocalPort());
      try (Socket reader = server.accept()) {
        NettyConnection forth = out.connection();
        byte[] bytes = Peer.bytes(60_000, 3);
        int queued = 0;
        long bound = 8 << 20;
        // The system takes some megabytes before the queue begins to grow, so turns must pass.
        boolean full = false;
        while (!full) {
          Sent sent = here.onLoop(() -> forth.send(Node.frame(bytes)));
          assertThat(here.onLoop(forth::pendingBytes)).isLessThanOrEqualTo(bound + 100_000);
          full = sent == Sent.FULL;
          queued += full ? 0 : 1;
        }
        assertThat(here.onLoop(forth::pendingBytes)).isGreaterThan(bound - 100_000);
        assertThat(here.onLoop(() -> forth.send(Node.frame(bytes)))).isEqualTo(Sent.FULL);

        var in = new DataInputStream(reader.getInputStream());
        for (int i = 0; i < queued; i++) {
          assertThat(in.readInt()).isEqualTo(bytes.length);
          assertThat(in.readNBytes(bytes.length)).isEqualTo(bytes);
        }
        here.eventually(() -> forth.pendingBytes() == 0).get(10, TimeUnit.SECONDS);
        assertThat(here.onLoop(() -> forth.send(Node.frame(bytes)))).isEqualTo(Sent.QUEUED);
        assertThat(in.readInt()).isEqualTo(bytes.length);
      }
    }
  }

  @Test
  void aFullConnectionLeavesTheOthersAlone() throws Exception {
    try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Peer stuck = here.connect("127.0.0.1:" + server.getLocalPort());
      Peer well = here.connect(there.listen());
      NettyConnection stuckConnection = stuck.connection();
      NettyConnection wellConnection = well.connection();
      byte[] bytes = Peer.bytes(200_000, 3);
      while (here.onLoop(() -> stuckConnection.send(Node.frame(bytes))) != Sent.FULL) {
        here.onLoop(() -> wellConnection.send(Node.frame(Peer.bytes(10, 1))));
      }
      here.onLoop(() -> wellConnection.send(Node.frame(Peer.bytes(10, 2))));
      Peer in = there.arrival();
      byte[] last = in.frame();
      while (last[1] != 2) {
        last = in.frame();
      }
    }
  }

  @Test
  void aFrameThatMiscountsItselfIsNeverSent() throws Exception {
    Peer out = here.connect(there.listen());
    NettyConnection forth = out.connection();
    var broken =
        new OutboundFrame() {
          @Override
          public int sizeBytes() {
            return 10;
          }

          @Override
          public void writeTo(ByteBuffer target) {
            target.put((byte) 1);
          }
        };
    assertThatThrownBy(() -> here.onLoop(() -> forth.send(broken)))
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a frame of 10 bytes wrote 1");
    here.onLoop(() -> forth.send(Node.frame(Peer.bytes(3, 7))));
    assertThat(there.arrival().frame()).isEqualTo(Peer.bytes(3, 7));
  }

  @Test
  void aHandlerThatThrowsLosesItsConnectionOnly() throws Exception {
    var broken =
        new Peer() {
          @Override
          public void received(Connection connection, byte[] frame) {
            throw new IllegalArgumentException("a planted bug");
          }
        };
    Peer first = here.connect(there.listen(() -> broken));
    NettyConnection forth = first.connection();
    here.onLoop(() -> forth.send(Node.frame(Peer.bytes(3, 7))));
    assertThat(broken.reason()).isEqualTo("this node failed on it");
    assertThat(first.reason()).isEqualTo("the peer closed the connection");
    Peer second = here.connect(there.listen());
    assertThat(second.connection().remote()).startsWith("127.0.0.1:");
  }
}
