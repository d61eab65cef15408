package org.ringoverlay.transport.netty;

import java.util.List;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;

/** Every bound of the transport, as settings and as the values of one node. */
final class NettySettings {
  static final Setting<Long> CONNECT_TIMEOUT =
      Setting.duration(
          "ring.connect.timeout", "2s", "How long a connection to a peer may take to stand.");
  static final Setting<Long> HANDSHAKE_TIMEOUT =
      Setting.duration(
          "ring.handshake.timeout",
          "5s",
          "An accepted connection on which nothing arrives for this long is closed.");
  static final Setting<Long> FRAME_TIMEOUT =
      Setting.duration(
          "ring.frame.timeout",
          "10s",
          "A frame that was begun and is not whole after this long closes its connection.");
  static final Setting<Long> CLOSE_TIMEOUT =
      Setting.duration(
          "ring.close.timeout",
          "1s",
          "How long a closing connection waits for its peer to take what was queued.");
  static final Setting<Integer> CONNECTIONS_MAX =
      Setting.integer(
          "ring.connections.max",
          4096,
          1,
          1_000_000,
          "The most accepted connections at a time; further ones are closed at once.");
  static final Setting<Integer> BACKLOG =
      Setting.integer(
          "ring.listen.backlog",
          1024,
          1,
          65_535,
          "How many connections may wait in the system to be accepted.");
  static final Setting<Long> OUTBOUND_MAX =
      Setting.size(
          "ring.outbound.max",
          "8MiB",
          "The most bytes queued to one peer, never less than one frame; past it sending is"
              + " refused.");
  static final Setting<Long> PARTIAL_MAX =
      Setting.size(
          "ring.inbound.partial.max",
          "64MiB",
          "The most memory for frames that have arrived in part, over all connections; one that"
              + " needs more is closed.");
  static final Setting<Long> HANDLER_SLOW =
      Setting.duration(
          "ring.handler.slow", "250ms", "A handler that holds the loop for longer is reported.");

  private static final long MILLI = 1_000_000L;

  private NettySettings() {}

  static List<Setting<?>> all() {
    return List.of(
        CONNECT_TIMEOUT,
        HANDSHAKE_TIMEOUT,
        FRAME_TIMEOUT,
        CLOSE_TIMEOUT,
        CONNECTIONS_MAX,
        BACKLOG,
        OUTBOUND_MAX,
        PARTIAL_MAX,
        HANDLER_SLOW);
  }

  /**
   * The bounds of one node.
   *
   * @param frameBytesMax of an inbound frame without its length prefix
   * @param connectTimeoutMillis at least 1
   * @param sweepNanos how often half frames and silent connections are looked for
   */
  record Bounds(
      int frameBytesMax,
      int connectTimeoutMillis,
      long handshakeTimeoutNanos,
      long frameTimeoutNanos,
      long closeTimeoutNanos,
      int connectionsMax,
      int backlog,
      long outboundBytesMax,
      long partialBytesMax,
      long handlerSlowNanos,
      long sweepNanos) {

    static Bounds of(Settings settings, int frameBytesMax) {
      if (frameBytesMax < 1) {
        throw new IllegalArgumentException(
            "frameBytesMax must be at least 1, not " + frameBytesMax);
      }
      long handshake = settings.get(HANDSHAKE_TIMEOUT);
      long frame = settings.get(FRAME_TIMEOUT);
      long connectMillis = settings.get(CONNECT_TIMEOUT) / MILLI;
      return new Bounds(
          frameBytesMax,
          (int) Math.max(1, Math.min(Integer.MAX_VALUE, connectMillis)),
          handshake,
          frame,
          settings.get(CLOSE_TIMEOUT),
          settings.get(CONNECTIONS_MAX),
          settings.get(BACKLOG),
          Math.max(settings.get(OUTBOUND_MAX), (long) frameBytesMax + Wire.PREFIX_BYTES),
          settings.get(PARTIAL_MAX),
          Math.max(MILLI, settings.get(HANDLER_SLOW)),
          Math.max(10 * MILLI, Math.min(1_000 * MILLI, Math.min(handshake, frame) / 4)));
    }
  }
}
