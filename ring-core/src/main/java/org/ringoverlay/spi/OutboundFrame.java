package org.ringoverlay.spi;

import java.nio.ByteBuffer;

/** A frame on its way out, without the transport's own length prefix. Immutable. */
public interface OutboundFrame {
  /** How many bytes {@link #writeTo} writes. */
  int sizeBytes();

  /**
   * Writes the frame at the buffer's position, exactly {@link #sizeBytes} bytes in big-endian
   * order.
   */
  void writeTo(ByteBuffer target);
}
