package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private static final int FRAME_BYTES_MAX = 100_000;

  private final FrameReader.Budget budget = new FrameReader.Budget(1 << 20);
  private final FrameReader reader = new FrameReader(FRAME_BYTES_MAX, budget);
  private final List<byte[]> frames = new ArrayList<>();

  private @Nullable String read(ByteBuf in) {
    return reader.read(
        in,
        frame -> {
          frames.add(frame);
          return true;
        });
  }

  private static ByteBuf wire(byte[]... frames) {
    ByteBuf wire = Unpooled.buffer();
    for (byte[] frame : frames) {
      wire.writeInt(frame.length).writeBytes(frame);
    }
    return wire;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 11, 64, 1000, 5000, 200_000})
  void cutsTheSameFramesHoweverTheBytesArrive(int step) {
    byte[][] sent = {
      Peer.bytes(1, 1),
      Peer.bytes(2, 2),
      Peer.bytes(3000, 3),
      Peer.bytes(1, 4),
      Peer.bytes(FRAME_BYTES_MAX, 5),
      Peer.bytes(17, 6)
    };
    ByteBuf wire = wire(sent);
    while (wire.isReadable()) {
      assertThat(read(wire.readSlice(Math.min(step, wire.readableBytes())))).isNull();
    }
    assertThat(frames).containsExactly(sent);
    assertThat(reader.midFrame()).isFalse();
    assertThat(budget.bytes()).isZero();
  }

  @Test
  void cutsRandomPiecesOfRandomFrames() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var sent = new byte[500][];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = Peer.bytes(1 + random.nextInt(1 << (1 + random.nextInt(14))), i);
    }
    ByteBuf wire = wire(sent);
    while (wire.isReadable()) {
      int step = 1 + random.nextInt(1 << (1 + random.nextInt(14)));
      assertThat(read(wire.readSlice(Math.min(step, wire.readableBytes()))))
          .as("seed %d", seed)
          .isNull();
    }
    assertThat(frames).as("seed %d", seed).containsExactly(sent);
    assertThat(budget.bytes()).as("seed %d", seed).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, a frame of length 0",
    "100001, 'a frame of 100001 bytes, where at most 100000 are allowed'",
    "-1, 'a frame of 4294967295 bytes, where at most 100000 are allowed'",
    "-2147483648, 'a frame of 2147483648 bytes, where at most 100000 are allowed'",
  })
  void refusesALengthThatNoFrameHas(int length, String reason) {
    assertThat(read(Unpooled.buffer().writeInt(length))).isEqualTo(reason);
    assertThat(frames).isEmpty();
    assertThat(budget.bytes()).isZero();
  }

  @Test
  void refusesABrokenLengthBehindAWholeFrame() {
    ByteBuf wire = wire(Peer.bytes(5, 1)).writeInt(0);
    assertThat(read(wire)).isEqualTo("a frame of length 0");
    assertThat(frames).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n", "POST /x", "PRI * HTTP/2.0", "DELETE /", "HEAD /"})
  void recognisesHttp(String text) {
    assertThat(read(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII)))
        .isEqualTo("HTTP on the ring's port");
  }

  @Test
  void recognisesTls() {
    var clientHello = Unpooled.wrappedBuffer(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc});
    assertThat(read(clientHello)).isEqualTo("TLS on the ring's port");
  }

  @Test
  void holdsNoMoreThanTwiceWhatArrivedOfALongFrame() {
    read(Unpooled.buffer().writeInt(FRAME_BYTES_MAX).writeByte(1));
    assertThat(budget.bytes()).isEqualTo(1024);
    read(Unpooled.wrappedBuffer(new byte[10_000]));
    assertThat(budget.bytes()).isBetween(10_001L, 20_002L);
    reader.forget();
    assertThat(budget.bytes()).isZero();
  }

  @Test
  void refusesAPieceForWhichNoMemoryIsLeft() {
    var small = new FrameReader.Budget(3_000);
    var first = new FrameReader(FRAME_BYTES_MAX, small);
    var second = new FrameReader(FRAME_BYTES_MAX, small);
    ByteBuf half = Unpooled.buffer().writeInt(FRAME_BYTES_MAX).writeBytes(new byte[1_000]);
    assertThat(first.read(half.duplicate(), frame -> true)).isNull();
    assertThat(second.read(half.duplicate(), frame -> true))
        .isEqualTo("no memory is left for frames that arrive in pieces");
    first.forget();
    second.forget();
    assertThat(small.bytes()).isZero();
  }

  @Test
  void stopsWhenTheReceiverWantsNoMore() {
    ByteBuf wire = wire(Peer.bytes(5, 1), Peer.bytes(5, 2));
    assertThat(
            reader.read(
                wire,
                frame -> {
                  frames.add(frame);
                  return false;
                }))
        .isNull();
    assertThat(frames).hasSize(1);
  }
}
