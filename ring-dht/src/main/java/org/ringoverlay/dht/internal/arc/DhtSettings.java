package org.ringoverlay.dht.internal.arc;

import java.util.List;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;

/** The settings of the records. */
public final class DhtSettings {
  /** How often an update is tried. */
  public static final Setting<Integer> UPDATE_ATTEMPTS =
      Setting.integer(
          "ring.dht.update.attempts",
          32,
          1,
          10_000,
          "How often an update function is tried while others change the record.");

  /** The largest value. */
  public static final Setting<Long> VALUE_MAX =
      Setting.size("ring.dht.value.max", "1MiB", "The largest value of a record.");

  static final Setting<Integer> COPIES =
      Setting.integer(
          "ring.copies",
          3,
          1,
          7,
          "How many copies a ring keeps that this node founds: 1, 3, 5 or 7. Later that is changed"
              + " for the whole ring, and on other nodes this says nothing.");
  static final Setting<Boolean> LEASES =
      Setting.flag(
          "ring.dht.leases",
          true,
          "Whether daddies answer reads under leases, which trust that clocks differ by at most 1 % and"
              + " do not stop; else every read asks a majority.");
  static final Setting<Integer> RECORDS_MAX =
      Setting.integer(
          "ring.dht.records.max", 2_000_000, 1, 1 << 30, "Records that one node keeps at most.");
  static final Setting<Integer> REQUESTS_MAX =
      Setting.integer(
          "ring.dht.requests.max", 20_000, 1, 1 << 20, "Requests for records in work at once.");
  static final Setting<Integer> COPY_REQUESTS_MAX =
      Setting.integer(
          "ring.dht.copy.requests.max", 50_000, 1, 1 << 20, "Requests of daddies in work at once.");
  static final Setting<Integer> KEY_QUEUE_MAX =
      Setting.integer(
          "ring.dht.key.queue.max", 4_096, 1, 1 << 20, "Requests that may wait for one key.");
  static final Setting<Integer> ARC_QUEUE_MAX =
      Setting.integer(
          "ring.dht.arc.queue.max",
          4_096,
          1,
          1 << 20,
          "Requests that may wait for an arc that is being taken over.");
  static final Setting<Integer> TAKEOVERS_MAX =
      Setting.integer(
          "ring.dht.takeovers.max", 4_096, 1, 1 << 20, "Arcs that may be taken over at once.");
  static final Setting<Integer> TAKEOVERS_QUIET =
      Setting.integer(
          "ring.dht.takeovers.quiet",
          128,
          1,
          1 << 20,
          "Arcs that are taken over at once while nobody waits for them.");
  static final Setting<Integer> LOCATE_ASKED =
      Setting.integer(
          "ring.dht.locate.asked",
          16,
          1,
          64,
          "How many of the nearest members are asked who keeps an arc of which a node knows nothing.");
  static final Setting<Long> SETTLED =
      Setting.duration(
          "ring.dht.settled",
          "60s",
          "How long a newcomer must have stayed before it takes arcs over that have copies enough.");
  static final Setting<Long> GONE =
      Setting.duration(
          "ring.dht.gone",
          "5m",
          "How long a dead member's copies are awaited before others replace it.");
  static final Setting<Long> RETURN_WAIT =
      Setting.duration(
          "ring.dht.return.wait",
          "5s",
          "How long a node that came back with its data directory lets others lead its arcs, and"
              + " waits, without a voice, for members that do not say what they saw of its disk.");
  static final Setting<Long> FORWARD_TIMEOUT =
      Setting.duration(
          "ring.dht.forward.timeout",
          "1s",
          "How long an arc's daddy may take for a request that was passed on to it.");
  static final Setting<Long> COPY_TIMEOUT =
      Setting.duration(
          "ring.dht.copy.timeout", "300ms", "How long a copy may take before another is tried.");
  static final Setting<Integer> REPAIRS_MAX =
      Setting.integer(
          "ring.dht.repairs.max",
          32,
          1,
          1_024,
          "Messages under way that bring copies level, at most; fewer when answers become slow.");
  static final Setting<Integer> MOVES_MAX =
      Setting.integer(
          "ring.dht.moves.max", 32, 1, 1 << 20, "Arcs whose members one daddy changes at once.");
  static final Setting<Integer> BATCH_RECORDS =
      Setting.integer("ring.dht.batch.records", 32, 1, 10_000, "Records in one such message.");
  static final Setting<Long> BATCH_BYTES =
      Setting.size("ring.dht.batch.bytes", "256KiB", "Bytes of records in one such message.");
  static final Setting<Integer> HEADS_MAX =
      Setting.integer(
          "ring.dht.heads.max", 2_000, 1, 10_000, "Versions that one answer in a takeover tells.");
  static final Setting<Long> SWEEP_INTERVAL =
      Setting.duration(
          "ring.dht.sweep.interval", "5s", "How often a node looks whether arcs should move.");

  static final Setting<Long> COMPARE_INTERVAL =
      Setting.duration(
          "ring.dht.compare.interval",
          "60s",
          "How often an arc's daddy compares its copy with those of the other members; 100ms at"
              + " least.");
  static final Setting<Integer> COMPARE_MESSAGES =
      Setting.integer(
          "ring.dht.compare.messages",
          64,
          1,
          1 << 20,
          "Messages of such a comparison to one member, for all arcs; the next one goes on there.");

  static final Setting<Long> TOMBSTONES_KEPT =
      Setting.duration(
          "ring.dht.tombstones.kept",
          "1h",
          "How long what a delete leaves is kept at least; twice as long at most, and a quarter,"
              + " while all members of its arc are well. 400ms at least.");

  static final Setting<Integer> LISTINGS_MAX =
      Setting.integer(
          "ring.dht.listings.max",
          32,
          1,
          1_024,
          "Listings of keys that a node asks for at once, and that it answers at once.");

  static final Setting<Integer> WATCHES_MAX =
      Setting.integer(
          "ring.dht.watches.max",
          4_096,
          1,
          1 << 20,
          "Watchers whose questions wait at a node, and watches that a node's callers have there.");

  static final Setting<Integer> WATCH_PREFIXES_MAX =
      Setting.integer(
          "ring.dht.watch.prefixes.max",
          128,
          1,
          1 << 16,
          "Watchers of prefixes whose questions wait at a node, and watches of prefixes that a"
              + " node's callers have there.");

  static final Setting<Long> WATCH_KEPT =
      Setting.size(
          "ring.dht.watch.kept",
          "16MiB",
          "How many bytes of former values a node keeps for those who watch its records.");

  /** How long a daddy waits for a change. */
  public static final Setting<Long> WATCH_HOLD =
      Setting.duration(
          "ring.dht.watch.hold",
          "10s",
          "How long an arc's daddy waits for a change before it says that there was none; 60s at"
              + " most.");

  /** How long a watch goes on without an answer. */
  public static final Setting<Long> WATCH_SILENCE =
      Setting.duration(
          "ring.dht.watch.silence", "30s", "How long a watch goes on when nobody answers it.");

  /** Which risk is accepted. */
  static final Setting<String> DURABILITY_TARGET =
      Setting.text(
          "ring.durability.target",
          "1e-6",
          "The chance that some arc of the ring is lost within a year that is accepted, between 0"
              + " and 1: the advice names the fewest copies that stay below it.");

  /** All of them. */
  public static final List<Setting<?>> ALL =
      List.of(
          UPDATE_ATTEMPTS,
          VALUE_MAX,
          COPIES,
          DURABILITY_TARGET,
          LEASES,
          RECORDS_MAX,
          REQUESTS_MAX,
          COPY_REQUESTS_MAX,
          KEY_QUEUE_MAX,
          ARC_QUEUE_MAX,
          TAKEOVERS_MAX,
          TAKEOVERS_QUIET,
          LOCATE_ASKED,
          SETTLED,
          GONE,
          RETURN_WAIT,
          FORWARD_TIMEOUT,
          COPY_TIMEOUT,
          REPAIRS_MAX,
          MOVES_MAX,
          BATCH_RECORDS,
          BATCH_BYTES,
          HEADS_MAX,
          SWEEP_INTERVAL,
          COMPARE_INTERVAL,
          COMPARE_MESSAGES,
          TOMBSTONES_KEPT,
          LISTINGS_MAX,
          WATCHES_MAX,
          WATCH_PREFIXES_MAX,
          WATCH_KEPT,
          WATCH_HOLD,
          WATCH_SILENCE);

  /**
   * What travels with a value at most: its key, the operations that its register remembers, and the
   * envelope.
   */
  static final long BESIDE_VALUE_BYTES_MAX = 128 << 10;

  private DhtSettings() {}

  /** How many copies the ring wants: an odd number, so that a majority is worth its price. */
  static int copies(Settings settings) {
    int copies = settings.get(COPIES);
    if (copies % 2 == 0) {
      throw new RingException.InvalidInput(
          "The setting ring.copies is 1, 3, 5 or 7, not " + copies + ".");
    }
    return copies;
  }

  /** Which risk is accepted, as a number. */
  public static double durabilityTarget(Settings settings) {
    String text = settings.get(DURABILITY_TARGET);
    double target = 0;
    try {
      target = Double.parseDouble(text);
    } catch (NumberFormatException none) {
      // Told below, as any other number that is no chance.
    }
    if (!(target > 0 && target < 1)) {
      throw new RingException.InvalidInput(
          "The setting ring.durability.target (from "
              + settings.origin(DURABILITY_TARGET)
              + ") is a number between 0 and 1 such as 1e-6, not '"
              + Printable.text(text, 80)
              + "'.");
    }
    return target;
  }

  /** How long it takes at least until others begin to keep what a dead node kept. */
  public static long repairNanosMin(Settings settings) {
    return settings.get(GONE) + settings.get(SWEEP_INTERVAL);
  }

  /**
   * Checks that every value fits in one message with what travels beside it.
   *
   * @return how many bytes of records a message takes
   */
  private static long messageBytesMax(Settings settings) {
    Setting<?> frame =
        settings.known().stream()
            .filter(setting -> setting.name().equals("ring.frame.max"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the core has no ring.frame.max"));
    long left = ((Number) settings.get(frame)).longValue() - BESIDE_VALUE_BYTES_MAX;
    if (settings.get(VALUE_MAX) > left) {
      throw new RingException.InvalidInput(
          "A value of ring.dht.value.max ("
              + settings.text(VALUE_MAX)
              + ", from "
              + settings.origin(VALUE_MAX)
              + ") and "
              + BESIDE_VALUE_BYTES_MAX / 1024
              + " KiB beside it do not fit in ring.frame.max ("
              + settings.text(frame)
              + ", from "
              + settings.origin(frame)
              + "): lower the first or raise the second, on every node.");
    }
    return left;
  }

  static Limits limits(Settings settings) {
    return new Limits(
        settings.get(KEY_QUEUE_MAX),
        settings.get(ARC_QUEUE_MAX),
        settings.get(HEADS_MAX),
        settings.get(BATCH_RECORDS),
        Math.min(settings.get(BATCH_BYTES), messageBytesMax(settings)));
  }
}
