package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;

/**
 * Those who wait for changes of keys with a prefix, in one arc, at its daddy.
 *
 * <p>A watcher's position in an arc is a version: it was told every change up to it, of all keys of
 * its prefix. Versions are made in order, but not settled in order, so nothing is told that lies
 * above a change which is still under way.
 *
 * <p>A position of a former daddy's ballot says nothing of what that daddy had not met: a register
 * that a yet older daddy left with a minority may come to light at this takeover, with a version
 * below the position. Such registers are written back here, so they are known; to watchers whose
 * position is of a ballot between the two they are told whatever their version, as what may have
 * been told before.
 *
 * <p>While somebody watches, and a little longer, changes are kept for those whose next question is
 * on its way. From what is not kept only the present values are left, and whether one was missed is
 * known from the operations that each register remembers.
 *
 * <p>Whoever missed something is told the present values, in pieces, in order of their versions. Of
 * a register that changed since the first piece an older value may have been told already, so from
 * then on each of its changes is told, or the watcher begins anew once more.
 *
 * <p>Plain state, on the loop. Bounded by the bytes that the node keeps for watchers; whoever hands
 * questions over bounds their number.
 */
final class PrefixWatchers {
  /** How long changes are kept after the last question. */
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long FIELDS_BYTES_MAX = 128;

  private final Outbox out;
  private final Checks checks;
  private final ValueBudget budget;
  private final long round;
  private final NavigableMap<String, Cell> cells;

  /** The newest version of the arc. */
  private final LongSupplier newest;

  /** Up to which version the tombstones of the arc may be gone. */
  private final LongSupplier floor;

  private final Map<String, Cell> unsettled = new LinkedHashMap<>();

  /**
   * The registers that fewer than a quorum held at the takeover, or that an earlier daddy wrote
   * back, as they were met.
   */
  private final TreeMap<String, Inherited> inherited = new TreeMap<>(Keys::compare);

  private final List<Poll> waiting = new ArrayList<>();

  /** Every change above {@link #keptFrom} that a quorum holds. */
  private final TreeMap<Long, Request.Sighting> kept = new TreeMap<>();

  private long keptFrom;
  private long keptUntilNanos;
  private boolean keeping;

  /** A register as it was met, and whether a quorum held it. */
  private record Inherited(Head head, boolean held) {}

  /** A question that waits for a change. */
  private record Poll(Pending pending, Request.WatchArcs question) {}

  /**
   * What there is for a watcher.
   *
   * @param sightings the changes
   * @param position the version after which to go on
   * @param more whether some of the present values that it wants are still to be told
   * @param missed whether changes are missing
   * @param since the newest version when the first of these values were told
   * @param isNews whether the watcher is to be told now
   */
  record Report(
      List<Request.Sighting> sightings,
      long position,
      boolean more,
      boolean missed,
      long since,
      boolean isNews) {
    static Report gap(long after) {
      return new Report(List.of(), after, true, true, 0, true);
    }

    long bytes() {
      return sightings.stream().mapToLong(PrefixWatchers::bytes).sum();
    }
  }

  PrefixWatchers(
      Outbox out,
      Checks checks,
      long round,
      NavigableMap<String, Cell> cells,
      LongSupplier newest,
      LongSupplier floor) {
    this.out = out;
    this.checks = checks;
    this.budget = out.keptForWatchers();
    this.round = round;
    this.cells = cells;
    this.newest = newest;
    this.floor = floor;
  }

  /**
   * A register was met in the takeover.
   *
   * @param held whether a quorum held it
   */
  void inherited(String key, Head head, boolean held) {
    if (!held || head.accepted() > Versions.round(head.version())) {
      inherited.put(key, new Inherited(head, held));
    }
  }

  /** A key's register is another one, or is held by more. */
  void saw(Cell cell) {
    if (cell.settled) {
      unsettled.remove(cell.key);
    } else {
      unsettled.put(cell.key, cell);
    }
  }

  /**
   * A quorum holds a key's register.
   *
   * @param made the changes that made it
   */
  void settled(Cell cell, List<Cell.Made> made) {
    saw(cell);
    if (!keeping) {
      return;
    }
    made.forEach(each -> keep(cell.key, each.register()));
    keep(cell.key, cell.current);
    waiting.removeIf(poll -> poll.pending.isAnswered());
    for (Poll poll : List.copyOf(waiting)) {
      if (cell.key.startsWith(prefix(poll.question))) {
        Report report = look(poll.question);
        if (report.isNews()) {
          waiting.remove(poll);
          poll.pending.done(report);
        }
      }
    }
  }

  /**
   * All that there was up to a version was told to those who wait for every change; what was
   * deleted up to it is about to go. From then on who does not know all up to there is told of a
   * gap.
   */
  void rises(long version) {
    waiting.removeIf(poll -> poll.pending.isAnswered());
    for (Poll poll : List.copyOf(waiting)) {
      Request.Mark mark = poll.question.marks().get(0);
      if (!mark.whole() && mark.after() < version) {
        waiting.remove(poll);
        poll.pending.done(new Report(List.of(), version, false, false, 0, true));
      }
    }
  }

  /** Takes a question for this arc alone, whose answer is a {@link Report}. */
  void poll(Pending pending, Request.WatchArcs question) {
    keptUntilNanos = out.now() + KEPT_NANOS;
    if (!keeping) {
      keeping = true;
      keptFrom = newest.getAsLong();
      var unused = out.later(KEPT_NANOS, this::forget);
    }
    if (question.holdMillis() == 0) {
      checks.confirm(pending, () -> pending.done(look(question)));
      return;
    }
    Report report = look(question);
    if (report.isNews()) {
      pending.done(report);
    } else {
      waiting.removeIf(poll -> poll.pending.isAnswered());
      waiting.add(new Poll(pending, question));
    }
  }

  private static String prefix(Request.WatchArcs question) {
    return Keys.full(question.space(), question.prefix());
  }

  // ---- what there is

  private Report look(Request.WatchArcs question) {
    Request.Mark mark = question.marks().get(0);
    String prefix = prefix(question);
    long after = mark.after();
    if (after == Request.Watch.FROM_NOW) {
      return new Report(List.of(), now(prefix), false, false, 0, true);
    }
    var met = new TreeMap<Long, Request.Sighting>();
    var again = new ArrayList<Request.Sighting>();
    if (isOfAnotherGeneration(after) || !takeInherited(prefix, after, question.bytesMax(), again)) {
      return Report.gap(after);
    }
    boolean complete = keeping && after >= keptFrom;
    long since = after == 0 ? newest.getAsLong() : mark.since();
    long from = mark.whole() ? Math.max(after, since) : after;
    long limit = limit(prefix, mark, from, complete);
    if (from < floor.getAsLong() && !complete) {
      // What is under way may be what is missing; a gap is told when that is known.
      return limit < floor.getAsLong()
          ? new Report(List.of(), after, mark.whole(), false, since, false)
          : Report.gap(after);
    }
    if (complete) {
      for (Request.Sighting one :
          kept.subMap(after, false, Math.max(after, limit), true).values()) {
        if (one.key().startsWith(prefix)) {
          met.put(one.version(), one);
        }
      }
    } else if (!scan(prefix, mark, from, limit, met)) {
      return Report.gap(after);
    }
    return report(mark, since, question.bytesMax(), limit, again, met);
  }

  /** Whether a majority was lost since, with changes that nobody knows of. */
  private boolean isOfAnotherGeneration(long after) {
    return after > 0 && Versions.generation(after) < Versions.generationOf(round);
  }

  /** The version up to which a new watcher needs to be told nothing. */
  private long now(String prefix) {
    long position = 0;
    long limit = Versions.MAX;
    for (Cell cell : from(prefix).values()) {
      if (!cell.key.startsWith(prefix)) {
        break;
      }
      if (!cell.settled) {
        limit = Math.min(limit, firstUnderWay(cell) - 1);
      } else if (cell.current != null) {
        position = Math.max(position, cell.current.written());
      }
    }
    boolean inherits =
        inherited.tailMap(prefix, true).keySet().stream()
            .findFirst()
            .filter(key -> key.startsWith(prefix))
            .isPresent();
    if (inherits && limit == Versions.MAX) {
      position = Math.max(position, Versions.before(round));
    }
    return Math.max(0, Math.min(Math.max(position, floor.getAsLong()), limit));
  }

  private static long versionOf(Cell cell) {
    return cell.wanted == null ? cell.version() : cell.wanted.version();
  }

  /** No version that is under way in a cell is below this one. */
  private static long firstUnderWay(Cell cell) {
    return cell.changing.isEmpty()
        ? Math.max(1, versionOf(cell) - Changes.TOGETHER_MAX)
        : cell.firstUnderWay();
  }

  /** Whether a register may be the last of several that its daddy made in one. */
  private static boolean mayEndARow(Register register) {
    long before = Math.max(0, register.version() - Changes.TOGETHER_MAX);
    return register.operations().forgotten() > before
        || Watchers.versions(register, before).size() > 1;
  }

  private NavigableMap<String, Cell> from(String prefix) {
    return cells.tailMap(prefix, true);
  }

  /**
   * Whether a register that came to light at a takeover may have been unknown to the daddy who made
   * a position above it: at this takeover, or at one between the two, whose daddy wrote it back.
   */
  private boolean isDoubtful(Inherited register, long after) {
    Head head = register.head();
    long made = Versions.round(after);
    return head.version() <= after
        && made < round
        && (head.accepted() > made || (!register.held() && head.accepted() < made));
  }

  /** Takes the doubtful registers; false if one of them is no more, or they are too many. */
  private boolean takeInherited(
      String prefix, long after, long bytesMax, List<Request.Sighting> again) {
    long bytes = 0;
    for (Map.Entry<String, Inherited> each : inherited.tailMap(prefix, true).entrySet()) {
      String key = each.getKey();
      if (!key.startsWith(prefix)) {
        break;
      }
      Cell cell = cells.get(key);
      if (!isDoubtful(each.getValue(), after) || cell == null) {
        continue;
      }
      Register register = cell.current;
      if (versionOf(cell) != each.getValue().head().version()) {
        return false;
      }
      if (!cell.settled || register == null) {
        // All of them, or none yet: the position can only pass them together.
        again.clear();
        return true;
      }
      if (mayEndARow(register)) {
        return false;
      }
      var sighting = sighting(key, register, true);
      bytes += bytes(sighting);
      again.add(sighting);
    }
    return again.size() <= 1 || bytes <= bytesMax;
  }

  /**
   * The version up to which changes can be told: those that are under way must not be passed over,
   * nor what came before them in the same register, nor the present value of a key of which only
   * what is under way is known.
   *
   * @param from the version after which each change is to be told
   * @param latestAlone whether of each key only the changes under way are still missing
   */
  private long limit(String prefix, Request.Mark mark, long from, boolean latestAlone) {
    long after = mark.after();
    long limit = Versions.MAX;
    for (Cell cell : unsettled.values()) {
      if (!cell.key.startsWith(prefix)) {
        continue;
      }
      Inherited known = inherited.get(cell.key);
      boolean doubtful =
          known != null && known.head().version() == versionOf(cell) && isDoubtful(known, after);
      if (versionOf(cell) <= after && !doubtful) {
        continue;
      }
      Register register = cell.current;
      boolean hidesValue = mark.whole() && !latestAlone && cell.changing.isEmpty();
      if (doubtful || cell.isUnknown() || register == null || hidesValue) {
        return after;
      }
      if (latestAlone) {
        limit = Math.min(limit, cell.firstUnderWay() - 1);
      } else if (register.operations().forgotten() > from) {
        return after;
      } else {
        long first =
            register.written() > from
                ? Watchers.versions(register, from).get(0)
                : cell.firstUnderWay();
        limit = Math.min(limit, first - 1);
      }
    }
    return limit;
  }

  /**
   * Takes what the registers tell; false if changes are missing that are wanted.
   *
   * @param from the version after which each change is to be told
   */
  private boolean scan(
      String prefix, Request.Mark mark, long from, long limit, Map<Long, Request.Sighting> met) {
    for (Map.Entry<String, Cell> each : from(prefix).entrySet()) {
      String key = each.getKey();
      if (!key.startsWith(prefix)) {
        break;
      }
      // Of a key that is being changed the value before is told: the change may come to nothing.
      Register register = each.getValue().held();
      if (register == null || register.written() <= mark.after()) {
        continue;
      }
      if (register.written() > from) {
        if (!changes(key, register, from, limit, met)) {
          return false;
        }
      } else if (register.written() <= limit
          && (!register.deleted() || register.written() > mark.deletesAfter())) {
        met.put(register.written(), sighting(key, register, false));
      }
    }
    return true;
  }

  private boolean changes(
      String key, Register register, long after, long limit, Map<Long, Request.Sighting> met) {
    if (Math.min(register.operations().forgotten(), register.written() - 1) > after) {
      return false;
    }
    for (long version : Watchers.versions(register, after)) {
      Request.Sighting one =
          version == register.written() ? sighting(key, register, false) : kept.get(version);
      if (version > limit) {
        return true;
      }
      if (one == null) {
        return false;
      }
      met.put(version, one);
    }
    return true;
  }

  private Report report(
      Request.Mark mark,
      long since,
      long bytesMax,
      long limit,
      List<Request.Sighting> again,
      SortedMap<Long, Request.Sighting> met) {
    var sightings = new ArrayList<>(again);
    long bytes = again.stream().mapToLong(PrefixWatchers::bytes).sum();
    long position = mark.after();
    boolean full = false;
    for (Request.Sighting one : met.values()) {
      bytes += bytes(one);
      if (bytes > bytesMax && !sightings.isEmpty()) {
        full = true;
        break;
      }
      sightings.add(one);
      position = one.version();
    }
    if (!again.isEmpty() && !full && limit >= Versions.before(round)) {
      position = Math.max(position, Versions.before(round));
    }
    // What is under way above the limit is a change of what was told, or comes as one.
    boolean caughtUp = mark.whole() && !full && limit > mark.after() && limit >= floor.getAsLong();
    if (caughtUp) {
      long until = Math.max(mark.deletesAfter(), floor.getAsLong());
      position = Math.max(position, limit < Versions.MAX ? limit : until);
    }
    boolean isNews = caughtUp || !sightings.isEmpty();
    return new Report(sightings, position, mark.whole() && !caughtUp, false, since, isNews);
  }

  private static Request.Sighting sighting(String fullKey, Register register, boolean again) {
    return new Request.Sighting(
        fullKey, register.written(), register.deleted(), register.value(), again);
  }

  private static long bytes(Request.Sighting one) {
    return FIELDS_BYTES_MAX + 3L * one.key().length() + one.value().size();
  }

  // ---- what is kept

  private void keep(String key, @Nullable Register register) {
    if (register == null || register.written() <= keptFrom) {
      return;
    }
    if (kept.containsKey(register.written())) {
      return;
    }
    Request.Sighting one = sighting(key, register, false);
    while (!budget.take(bytes(one))) {
      Map.Entry<Long, Request.Sighting> oldest = kept.pollFirstEntry();
      if (oldest == null || oldest.getKey() > one.version()) {
        // Nothing of this arc can make room: from here on the registers must do.
        keptFrom = Math.max(keptFrom, one.version());
        if (oldest != null) {
          budget.give(bytes(oldest.getValue()));
          keptFrom = Math.max(keptFrom, oldest.getKey());
        }
        return;
      }
      budget.give(bytes(oldest.getValue()));
      keptFrom = oldest.getKey();
    }
    kept.put(one.version(), one);
  }

  private void forget(long nowNanos) {
    waiting.removeIf(poll -> poll.pending.isAnswered());
    long left = keptUntilNanos - nowNanos;
    if (!waiting.isEmpty() || left > 0) {
      var unused = out.later(Math.max(KEPT_NANOS / 2, left), this::forget);
      return;
    }
    drop();
  }

  private void drop() {
    kept.values().forEach(one -> budget.give(bytes(one)));
    kept.clear();
    keeping = false;
  }

  /** This node is the daddy no more: the watchers go on at the next one. */
  void end(RingException why) {
    waiting.forEach(poll -> poll.pending.fail(why));
    waiting.clear();
    unsettled.clear();
    drop();
  }

  /** The key whose change is told, without its namespace. */
  static Request.Sighting told(Request.Sighting one) {
    return new Request.Sighting(
        Keys.keyOf(one.key()), one.version(), one.deleted(), one.value(), one.again());
  }
}
