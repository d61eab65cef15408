package org.ringoverlay.spi;

/** A two-way stream of frames to one peer. All methods on the loop; none blocks. */
public interface Connection {
  /** What became of a frame. */
  enum Sent {
    /** It is in the outbound queue and goes out with this turn's flush, if the peer lives. */
    QUEUED,
    /** The outbound queue holds its bound in bytes; nothing was queued. */
    FULL,
    /** The connection is closed; nothing was queued. */
    CLOSED,
    /** The peer takes no frame that long, as its handshake said; nothing was queued. */
    TOO_LONG
  }

  /** Queues a frame. Frames arrive whole and in order, or the connection closes. */
  Sent send(OutboundFrame frame);

  /** Closes at once after what was queued has been handed to the system; calling twice is fine. */
  void close(String reason);

  /** Bytes queued that the system has not taken yet. */
  long pendingBytes();

  /** The peer's {@code host:port} as the transport sees it, for logs. */
  String remote();
}
