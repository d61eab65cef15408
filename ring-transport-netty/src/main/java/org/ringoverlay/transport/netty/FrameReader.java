package org.ringoverlay.transport.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one connection's bytes into frames.
 *
 * <p>Plain state, on the loop. A whole frame is copied once, out of the read buffer into the array
 * that the handler keeps. Of a frame that arrives in pieces no more memory is held than twice what
 * has arrived, or a KiB, however long it says it is, and that is drawn from a {@link Budget} which
 * all connections of a node share.
 */
final class FrameReader {
  /** The least that is set aside for a frame that has arrived in part. */
  private static final int PIECE_BYTES_MIN = 1_024;

  /** Takes frames. */
  @FunctionalInterface
  interface Sink {
    /** Takes one; answers whether it wants more. */
    boolean frame(byte[] frame);
  }

  /** Memory for frames that have arrived in part, of all connections of a node. */
  static final class Budget {
    private final long bytesMax;
    private long bytes;

    Budget(long bytesMax) {
      this.bytesMax = bytesMax;
    }

    private boolean take(long more) {
      if (bytes + more > bytesMax) {
        return false;
      }
      bytes += more;
      return true;
    }

    private void give(long back) {
      bytes -= back;
    }

    long bytes() {
      return bytes;
    }
  }

  private final int frameBytesMax;
  private final Budget budget;

  /** The length prefix as far as it is known, and how many of its bytes that is. */
  private int prefix;

  private int prefixBytes;

  /** The frame as far as it is known, null while nothing of it has arrived. */
  private byte @Nullable [] piece;

  private int pieceBytes;

  private long frames;

  FrameReader(int frameBytesMax, Budget budget) {
    this.frameBytesMax = frameBytesMax;
    this.budget = budget;
  }

  /**
   * Takes bytes and hands on every frame that they complete.
   *
   * @return null, or why the peer is refused; nothing may be read after that
   */
  @Nullable String read(ByteBuf in, Sink sink) {
    while (in.isReadable()) {
      if (prefixBytes < Wire.PREFIX_BYTES) {
        if (!readPrefix(in)) {
          return null;
        }
        String refusal = Wire.refusal(prefix, frameBytesMax);
        if (refusal != null) {
          return refusal;
        }
        if (!in.isReadable()) {
          return null;
        }
      }
      byte[] frame;
      if (piece == null && in.readableBytes() >= prefix) {
        frame = new byte[prefix];
        in.readBytes(frame);
      } else {
        if (!makeRoom(pieceBytes + Math.min(prefix - pieceBytes, in.readableBytes()))) {
          return "no memory is left for frames that arrive in pieces";
        }
        frame = readPiece(in);
        if (frame == null) {
          return null;
        }
      }
      prefixBytes = 0;
      prefix = 0;
      frames++;
      if (!sink.frame(frame)) {
        return null;
      }
    }
    return null;
  }

  private boolean readPrefix(ByteBuf in) {
    if (prefixBytes == 0 && in.readableBytes() >= Wire.PREFIX_BYTES) {
      prefix = in.readInt();
      prefixBytes = Wire.PREFIX_BYTES;
      return true;
    }
    while (prefixBytes < Wire.PREFIX_BYTES && in.isReadable()) {
      prefix = (prefix << 8) | in.readUnsignedByte();
      prefixBytes++;
    }
    return prefixBytes == Wire.PREFIX_BYTES;
  }

  private boolean makeRoom(int needed) {
    int has = piece == null ? 0 : piece.length;
    if (needed <= has) {
      return true;
    }
    int wanted = (int) Math.min(prefix, Math.max(PIECE_BYTES_MIN, 2L * needed));
    if (!budget.take(wanted - has)) {
      return false;
    }
    var grown = new byte[wanted];
    if (piece != null) {
      System.arraycopy(piece, 0, grown, 0, pieceBytes);
    }
    piece = grown;
    return true;
  }

  /** Adds to the piece; returns the frame if it is whole now. */
  private byte @Nullable [] readPiece(ByteBuf in) {
    byte[] target = piece;
    if (target == null) {
      throw new IllegalStateException("there is no room for a piece of a frame");
    }
    int count = Math.min(prefix - pieceBytes, in.readableBytes());
    in.readBytes(target, pieceBytes, count);
    pieceBytes += count;
    if (pieceBytes < prefix) {
      return null;
    }
    // A whole frame fills its array: makeRoom() never sets aside more than the frame needs.
    forget();
    return target;
  }

  /** Whether a frame has begun and is not whole. */
  boolean midFrame() {
    return prefixBytes > 0;
  }

  /** How many frames were handed on. */
  long frames() {
    return frames;
  }

  /** Gives the memory of a half frame back. */
  void forget() {
    if (piece != null) {
      budget.give(piece.length);
      piece = null;
      pieceBytes = 0;
    }
  }
}
