package org.ringoverlay.internal.node;

import java.util.List;
import org.ringoverlay.id.Arcs;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;

/** The settings of the core. */
public final class CoreSettings {
  static final Setting<Integer> ARC_BITS =
      Setting.integer(
          "ring.arcs.bits",
          Arcs.BITS_DEFAULT,
          0,
          Arcs.BITS_MAX,
          "The circle is cut into 2 to this power arcs; fixed when the ring is founded.");
  static final Setting<Long> FRAME_MAX =
      Setting.size(
          "ring.frame.max", "4MiB", "The longest frame; a longer one closes its connection.");
  static final Setting<Long> JOIN_TIMEOUT =
      Setting.duration(
          "ring.join.timeout", "30s", "How long a new node looks for a seed that lets it in.");
  static final Setting<Long> RESUME_WAIT =
      Setting.duration(
          "ring.resume.wait",
          "2s",
          "How long a node that was in the ring before looks for its peers until it goes on alone.");
  static final Setting<Long> JOIN_ATTEMPT =
      Setting.duration("ring.join.attempt", "1s", "How long one seed may take to let a node in.");
  static final Setting<Long> JOIN_RESEND =
      Setting.duration(
          "ring.join.resend",
          "200ms",
          "How long a neighbour may take before a newcomer asks again.");
  static final Setting<Long> LEAVE_TIMEOUT =
      Setting.duration(
          "ring.leave.timeout", "5s", "How long a leaving node may take to hand over.");
  static final Setting<Long> HEARTBEAT_INTERVAL =
      Setting.duration("ring.heartbeat.interval", "250ms", "How often a neighbour is pinged.");
  static final Setting<Long> HEARTBEAT_SUSPECT =
      Setting.duration(
          "ring.heartbeat.suspect", "1s", "Silence after which a neighbour is suspected.");
  static final Setting<Long> HEARTBEAT_DEAD =
      Setting.duration(
          "ring.heartbeat.dead",
          "800ms",
          "How long a suspect may refute before it is declared dead.");
  static final Setting<Integer> HEARTBEAT_NEIGHBOURS =
      Setting.integer("ring.heartbeat.neighbours", 4, 1, 16, "Neighbours watched on each side.");
  static final Setting<Integer> HEARTBEAT_PROBERS =
      Setting.integer(
          "ring.heartbeat.probers", 3, 0, 16, "Members asked to probe a silent neighbour.");
  static final Setting<Long> DEPARTED_REMEMBER =
      Setting.duration(
          "ring.departed.remember",
          "10m",
          "How long a departed member is remembered and looked for.");
  static final Setting<Integer> LEAFSET_SIDE =
      Setting.integer(
          "ring.leafset.side",
          16,
          2,
          64,
          "Members on each side that a node always knows, and that must agree on a newcomer.");
  static final Setting<Integer> TABLE_FULL_MEMBERS_MAX =
      Setting.integer(
          "ring.table.full.members.max",
          4_096,
          0,
          1_000_000,
          "Up to this many members every node knows every node; in a larger ring each keeps its"
              + " leaf set and one member for each prefix. Below half of it all are learned again.");
  static final Setting<Integer> MEMBERS_MAX =
      Setting.integer("ring.members.max", 20_000, 8, 1_000_000, "Members known at most.");
  static final Setting<Integer> CALLS_MAX =
      Setting.integer("ring.calls.max", 65_536, 1, 10_000_000, "Calls that may wait at once.");
  static final Setting<Long> RETRY_FIRST =
      Setting.duration("ring.retry.first", "300ms", "When an unanswered call is attempted again.");
  static final Setting<Long> RETRY_MAX =
      Setting.duration("ring.retry.max", "1s", "The longest wait between two attempts.");
  static final Setting<Integer> HOPS_MAX =
      Setting.integer("ring.hops.max", 16, 1, 64, "Hops that a message may make.");
  static final Setting<Long> HOP_TIMEOUT_MIN =
      Setting.duration(
          "ring.hop.timeout.min",
          "100ms",
          "The shortest time that a next hop has to acknowledge a message, in a large ring.");
  static final Setting<Long> HOP_TIMEOUT_MAX =
      Setting.duration(
          "ring.hop.timeout.max",
          "3s",
          "The longest time that it has, and for how long messages go around one that did not.");
  static final Setting<Integer> HOP_OPEN_MAX =
      Setting.integer(
          "ring.hop.open.max",
          4_096,
          1,
          1_000_000,
          "Messages to one next hop that wait for their acknowledgement at once; further ones are"
              + " sent and not watched.");
  static final Setting<Long> HOP_OPEN_BYTES =
      Setting.size("ring.hop.open.bytes", "8MiB", "Bytes of all messages that wait so.");
  static final Setting<Integer> REPEATS_MAX =
      Setting.integer(
          "ring.repeats.max",
          131_072,
          128,
          10_000_000,
          "Answers remembered for repeated requests.");
  static final Setting<Long> REPEATS_BYTES =
      Setting.size("ring.repeats.bytes", "64MiB", "Bytes of the answers remembered.");
  static final Setting<Long> REPEATS_AGE =
      Setting.duration("ring.repeats.age", "1m", "How long an answer is remembered at most.");
  static final Setting<Long> LINK_WAITING =
      Setting.size(
          "ring.link.waiting",
          "4MiB",
          "Bytes that wait for one connection while it is being made.");
  static final Setting<Long> LINK_WAITING_ALL =
      Setting.size(
          "ring.link.waiting.all", "64MiB", "Bytes that wait for all connections being made.");
  static final Setting<Long> LINK_REDIAL =
      Setting.duration(
          "ring.link.redial", "100ms", "How long a node that could not be reached is not dialled.");

  static final Setting<Long> LINK_HANDSHAKE =
      Setting.duration(
          "ring.link.handshake",
          "3s",
          "How long a connection may take from dialling to an agreed handshake.");

  static final Setting<Long> LINK_IDLE =
      Setting.duration(
          "ring.link.idle",
          "2m",
          "How long a connection that nobody uses is kept at least, and at most four times as long;"
              + " neighbours use theirs all the time.");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(
          ARC_BITS,
          FRAME_MAX,
          JOIN_TIMEOUT,
          RESUME_WAIT,
          JOIN_ATTEMPT,
          JOIN_RESEND,
          LEAVE_TIMEOUT,
          HEARTBEAT_INTERVAL,
          HEARTBEAT_SUSPECT,
          HEARTBEAT_DEAD,
          HEARTBEAT_NEIGHBOURS,
          HEARTBEAT_PROBERS,
          DEPARTED_REMEMBER,
          LEAFSET_SIDE,
          TABLE_FULL_MEMBERS_MAX,
          MEMBERS_MAX,
          CALLS_MAX,
          RETRY_FIRST,
          RETRY_MAX,
          HOPS_MAX,
          HOP_TIMEOUT_MIN,
          HOP_TIMEOUT_MAX,
          HOP_OPEN_MAX,
          HOP_OPEN_BYTES,
          REPEATS_MAX,
          REPEATS_BYTES,
          REPEATS_AGE,
          LINK_WAITING,
          LINK_WAITING_ALL,
          LINK_REDIAL,
          LINK_HANDSHAKE,
          LINK_IDLE);

  /** Room in a frame for the header, and what a transport may put around it. */
  private static final int HEADER_BYTES_MAX = 1024;

  private CoreSettings() {}

  /** The longest frame that the transport lets in. */
  public static int frameBytesMax(Settings settings) {
    return (int) Math.min(Integer.MAX_VALUE / 2, settings.get(FRAME_MAX));
  }

  /** The longest JSON of a request or a reply. */
  public static int payloadBytesMax(Settings settings) {
    return frameBytesMax(settings) - HEADER_BYTES_MAX;
  }
}
