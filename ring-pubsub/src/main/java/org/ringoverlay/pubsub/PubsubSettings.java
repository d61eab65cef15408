package org.ringoverlay.pubsub;

import java.util.List;
import org.ringoverlay.Ring;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Setting;

/** The settings of ring-pubsub: every bound and every interval. */
public final class PubsubSettings {
  /** How many renewals in a row may be missed before a subscriber is dropped. */
  public static final int LEASE_RENEWALS = 3;

  /** How often a subscriber renews; a root drops one that has not for three times this long. */
  public static final Setting<Long> RENEW_INTERVAL =
      Setting.duration(
          "ring.pubsub.renew.interval",
          "1s",
          "How often a subscriber renews its place at a topic's root, with jitter; without three of"
              + " them it is dropped.");

  /** How soon a subscriber tries again when it could not be grafted. */
  public static final Setting<Long> REGRAFT_INTERVAL =
      Setting.duration(
          "ring.pubsub.regraft.interval",
          "100ms",
          "How soon a node tries again what a topic's root could not take, with jitter.");

  /** How long a new root lets subscribers come before it sequences. */
  public static final Setting<Long> SETTLE =
      Setting.duration(
          "ring.pubsub.settle",
          "300ms",
          "How long a node that became root of a topic holds publishes and anycasts so that the"
              + " subscribers can find it.");

  /** How long a batch may stay unconfirmed before it is sent again. */
  public static final Setting<Long> DELIVER_TIMEOUT =
      Setting.duration(
          "ring.pubsub.deliver.timeout",
          "3s",
          "How long a root waits for a subscriber to confirm a batch before it sends it again.");

  /** How long a topic without subscribers is remembered. */
  public static final Setting<Long> IDLE =
      Setting.duration(
          "ring.pubsub.idle",
          "10m",
          "How long a root remembers a topic that has no subscribers and no messages.");

  /** The most bytes of a message. */
  public static final Setting<Long> MESSAGE_BYTES_MAX =
      Setting.size(
          "ring.pubsub.message.max",
          "1MiB",
          "The most bytes of one message, job or result; a frame must have room for it.");

  /** The most messages that wait for one subscribing node. */
  public static final Setting<Integer> WINDOW_MESSAGES =
      Setting.integer(
          "ring.pubsub.window.messages",
          4_096,
          1,
          1_000_000,
          "Messages of a topic that may wait for one subscribing node; what comes beyond is told to"
              + " it as a gap.");

  /** The most bytes that wait for one subscribing node. */
  public static final Setting<Long> WINDOW_BYTES =
      Setting.size(
          "ring.pubsub.window.bytes",
          "8MiB",
          "Bytes of a topic that may wait for one subscribing node; a single message always may.");

  /** The most messages sent to a subscribing node at once. */
  public static final Setting<Integer> BATCH_MESSAGES =
      Setting.integer(
          "ring.pubsub.batch.messages", 256, 1, 10_000, "Messages sent to a subscriber at once.");

  /** The most bytes sent to a subscribing node at once. */
  public static final Setting<Long> BATCH_BYTES =
      Setting.size(
          "ring.pubsub.batch.bytes",
          "256KiB",
          "Bytes sent to a subscriber at once; a single message may be longer. A frame must have"
              + " room for them.");

  /** The most events that wait for one handler. */
  public static final Setting<Integer> SUBSCRIPTION_WINDOW =
      Setting.integer(
          "ring.pubsub.subscription.window",
          1_024,
          1,
          1_000_000,
          "Events that may wait for one subscription's handler; what comes beyond is told to it as a"
              + " gap.");

  /** The most subscriptions and willing handlers of a node. */
  public static final Setting<Integer> SUBSCRIPTIONS_MAX =
      Setting.integer(
          "ring.pubsub.subscriptions.max",
          100_000,
          1,
          10_000_000,
          "Subscriptions and willing handlers on one node; one more is refused.");

  /** The most topics that a node is root of. */
  public static final Setting<Integer> TOPICS_MAX =
      Setting.integer(
          "ring.pubsub.topics.max",
          100_000,
          1,
          10_000_000,
          "Topics that one node is root of; beyond it those without subscribers are forgotten, then"
              + " new ones refused.");

  /** The most subscribing nodes of a topic. */
  public static final Setting<Integer> SUBSCRIBERS_MAX =
      Setting.integer(
          "ring.pubsub.subscribers.max",
          10_000,
          1,
          1_000_000,
          "Nodes that may subscribe to one topic; one more is refused.");

  /** The most publishes and anycasts of this node that wait for a root. */
  public static final Setting<Integer> PUBLISHES_MAX =
      Setting.integer(
          "ring.pubsub.publishes.max",
          10_000,
          1,
          1_000_000,
          "Publishes and anycasts of this node that may wait for a root; one more is refused.");

  /** The most publishes and anycasts that a new root holds. */
  public static final Setting<Integer> HELD_MAX =
      Setting.integer(
          "ring.pubsub.held.max",
          10_000,
          1,
          1_000_000,
          "Publishes and anycasts that a new root holds while subscribers find it; one more is"
              + " refused.");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(
          RENEW_INTERVAL,
          REGRAFT_INTERVAL,
          SETTLE,
          DELIVER_TIMEOUT,
          IDLE,
          MESSAGE_BYTES_MAX,
          WINDOW_MESSAGES,
          WINDOW_BYTES,
          BATCH_MESSAGES,
          BATCH_BYTES,
          SUBSCRIPTION_WINDOW,
          SUBSCRIPTIONS_MAX,
          TOPICS_MAX,
          SUBSCRIBERS_MAX,
          PUBLISHES_MAX,
          HELD_MAX);

  /** What JSON a request puts around a message, or around a batch of them, at most. */
  static final int WRAPPING_BYTES_MAX = 1_024;

  private PubsubSettings() {}

  /**
   * The most bytes of a message.
   *
   * @throws RingException.InvalidInput if a message, or a batch of them, would not fit a frame
   */
  static long messageBytesMax(Ring ring) {
    checkFits(MESSAGE_BYTES_MAX, ring);
    checkFits(BATCH_BYTES, ring);
    return ring.settings().get(MESSAGE_BYTES_MAX);
  }

  private static void checkFits(Setting<Long> setting, Ring ring) {
    int room = ring.payloadBytesMax() - WRAPPING_BYTES_MAX;
    long bytes = ring.settings().get(setting);
    if (bytes > room) {
      throw new RingException.InvalidInput(
          "The setting "
              + setting.name()
              + " is "
              + bytes
              + " bytes, and a frame has room for "
              + Math.max(0, room)
              + " (ring.frame.max): lower the one or raise the other.");
    }
  }
}
