package org.ringoverlay.console.gateway;

import java.util.List;
import org.ringoverlay.settings.Setting;

/** The gateway's limits, each a named setting. */
public final class GatewaySettings {
  static final Setting<Long> BODY_BYTES_MAX =
      Setting.size(
          "ring.http.body.bytes.max",
          "1MiB",
          "The longest body of a request; a longer one is 413.");
  static final Setting<Long> BODY_TIMEOUT =
      Setting.duration(
          "ring.http.body.timeout", "10s", "How long the body of a request may take to arrive.");
  static final Setting<Long> IDLE_TIMEOUT =
      Setting.duration(
          "ring.http.idle.timeout",
          "60s",
          "How long a connection may wait until the head of its next request is complete.");
  static final Setting<Long> WRITE_TIMEOUT =
      Setting.duration(
          "ring.http.write.timeout",
          "30s",
          "How long a client may take nothing of what is written to it.");
  static final Setting<Long> HEARTBEAT =
      Setting.duration(
          "ring.http.stream.heartbeat", "10s", "How often an event stream gets a comment.");
  static final Setting<Integer> CONNECTIONS_MAX =
      Setting.integer(
          "ring.http.connections.max", 1_024, 1, 65_536, "How many connections at once.");
  static final Setting<Integer> STREAMS_MAX =
      Setting.integer("ring.http.streams.max", 512, 1, 65_536, "How many event streams at once.");
  static final Setting<Integer> STREAM_EVENTS_MAX =
      Setting.integer(
          "ring.http.stream.events.max",
          1_024,
          1,
          65_536,
          "How many events wait for a slow reader of a stream; more are a gap.");
  static final Setting<Long> STREAM_BYTES_MAX =
      Setting.size(
          "ring.http.stream.bytes.max",
          "4MiB",
          "How many bytes of events wait for a slow reader of a stream; more are a gap.");

  static final Setting<Long> STREAMS_BYTES_MAX =
      Setting.size(
          "ring.http.streams.bytes.max",
          "64MiB",
          "How many bytes of events wait for the readers of all streams; more are a gap.");

  /** How many of the ring's events are kept. */
  public static final Setting<Integer> EVENTS_KEPT =
      Setting.integer(
          "ring.http.events.kept",
          2_048,
          1,
          1_048_576,
          "How many of the ring's events are kept for readers that come back.");

  /** How many bytes of the ring's events are kept. */
  public static final Setting<Long> EVENTS_KEPT_BYTES =
      Setting.size(
          "ring.http.events.kept.bytes",
          "1MiB",
          "How many bytes of the ring's events are kept for readers that come back.");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(
          BODY_BYTES_MAX,
          BODY_TIMEOUT,
          IDLE_TIMEOUT,
          WRITE_TIMEOUT,
          HEARTBEAT,
          CONNECTIONS_MAX,
          STREAMS_MAX,
          STREAM_EVENTS_MAX,
          STREAM_BYTES_MAX,
          STREAMS_BYTES_MAX,
          EVENTS_KEPT,
          EVENTS_KEPT_BYTES);

  private GatewaySettings() {}
}
