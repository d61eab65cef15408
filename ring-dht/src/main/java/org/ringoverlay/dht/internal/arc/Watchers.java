package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;

/**
 * Those who wait for changes of keys of one arc, at its daddy.
 *
 * <p>A watcher asks for what came after the version that it knows, and is answered as soon as a
 * quorum holds something newer, or after a while that there was nothing, which a majority has
 * confirmed. So nothing that was told is lost with an answer, and a watcher goes on at any daddy.
 * While a key is watched, and a little longer, its last values are kept here for those whose next
 * question is still on its way. What is not kept is told as missing: the operations that a register
 * remembers say which versions there were.
 *
 * <p>Plain state, on the loop. Bounded in values and bytes for each key, and in bytes for all keys
 * of the node; whoever hands questions over bounds their number.
 */
final class Watchers {
  /** How long values are kept after the last answer. */
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** What is kept back of a watcher's time, so that a majority can confirm that nothing came. */
  private static final long CONFIRM_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final long FIELDS_BYTES_MAX = 128;

  private final Outbox out;
  private final Checks checks;
  private final Limits limits;
  private final ValueBudget budget;

  /** Up to which version the tombstones of the arc may be gone. */
  private final LongSupplier floor;

  private final TreeMap<String, Watched> watched = new TreeMap<>();

  /** A key that somebody watches, or did until lately. */
  private static final class Watched {
    final TreeMap<Long, Request.Step> recent = new TreeMap<>();
    final List<Poll> waiting = new ArrayList<>();
    long bytes;
    long keptUntilNanos;

    /** Whether an alarm is set, to forget it. */
    boolean armed;
  }

  /** A question that waits for a change. */
  private record Poll(Pending pending, long after) {}

  Watchers(Outbox out, Checks checks, Limits limits, LongSupplier floor) {
    this.floor = floor;
    this.out = out;
    this.checks = checks;
    this.limits = limits;
    this.budget = out.keptForWatchers();
  }

  /** Takes a question for a key that is settled. */
  void poll(Cell cell, Pending pending, Request.Watch question) {
    Watched key = watched.computeIfAbsent(cell.key, unused -> new Watched());
    keep(cell.key, key);
    if (question.after() == Request.Watch.FROM_NOW) {
      // Of an absent key nothing up to the floor can come to light any more.
      long version = cell.current == null ? floor.getAsLong() : cell.version();
      var now = new Request.Seen(List.of(), version);
      checks.confirm(pending, () -> pending.done(now));
      return;
    }
    remember(cell.current, key);
    Request.Seen news = news(cell.current, key, question.after());
    if (!news.steps().isEmpty()) {
      checks.confirm(pending, () -> pending.done(news));
      return;
    }
    key.waiting.removeIf(poll -> poll.pending.isAnswered());
    if (key.waiting.size() >= limits.keyQueueMax()) {
      pending.fail(
          new RingException.Refused(key.waiting.size() + " watchers wait for this key already."));
      return;
    }
    var poll = new Poll(pending, question.after());
    key.waiting.add(poll);
    long hold = TimeUnit.MILLISECONDS.toNanos(question.holdMillis());
    long left = pending.deadlineNanos() - out.now() - CONFIRM_NANOS;
    var unused = out.later(Math.max(0, Math.min(hold, left)), now -> giveUp(cell.key, key, poll));
  }

  /** Nothing came while the watcher could wait; but perhaps another daddy knows of something. */
  private void giveUp(String name, Watched key, Poll poll) {
    if (key.waiting.remove(poll)) {
      keep(name, key);
      var nothing = new Request.Seen(List.of(), poll.after);
      checks.confirm(poll.pending, () -> poll.pending.done(nothing));
    }
  }

  /**
   * A quorum holds the key's register.
   *
   * @param made the changes that made it, in their order
   */
  void settled(Cell cell, List<Cell.Made> made) {
    Watched key = watched.get(cell.key);
    if (key == null) {
      return;
    }
    made.forEach(each -> remember(each.register(), key));
    remember(cell.current, key);
    boolean told = false;
    for (Poll poll : List.copyOf(key.waiting)) {
      Request.Seen news = news(cell.current, key, poll.after);
      if (!news.steps().isEmpty()) {
        key.waiting.remove(poll);
        poll.pending.done(news);
        told = true;
      }
    }
    // Changes that nobody waits for do not prolong what is kept for those whose question is on its
    // way.
    if (told) {
      keep(cell.key, key);
    }
  }

  private void remember(@Nullable Register register, Watched key) {
    if (register == null || register.written() == 0 || key.recent.containsKey(register.written())) {
      return;
    }
    var step = step(register, 0);
    while (!key.recent.isEmpty()
        && (key.bytes + bytes(step) > limits.batchBytesMax()
            || key.recent.size() >= OperationWindow.OPERATIONS_MAX
            || budget.isFull(bytes(step)))) {
      dropOldest(key);
    }
    // The present value is in the register anyway; it is kept for when it is not the present one.
    if (budget.take(bytes(step))) {
      key.recent.put(step.version(), step);
      key.bytes += bytes(step);
    }
  }

  private static Request.Step step(Register register, long missed) {
    return new Request.Step(missed, register.written(), register.deleted(), register.value());
  }

  private void dropOldest(Watched key) {
    long bytes = bytes(key.recent.pollFirstEntry().getValue());
    key.bytes -= bytes;
    budget.give(bytes);
  }

  private static long bytes(Request.Step step) {
    return FIELDS_BYTES_MAX + step.value().size();
  }

  /** What came after a version, as much as fits in one message. */
  private Request.Seen news(@Nullable Register current, Watched key, long after) {
    var steps = new ArrayList<Request.Step>();
    if (current == null) {
      return newsOfAbsence(key, after);
    }
    if (current.written() <= after) {
      return new Request.Seen(steps, after);
    }
    long forgotten = Math.min(current.operations().forgotten(), current.written() - 1);
    long missed = forgotten > after ? forgotten : 0;
    long bytes = 0;
    for (long version : versions(current, after)) {
      Request.Step step = version == current.written() ? step(current, 0) : key.recent.get(version);
      if (step == null) {
        missed = version;
        continue;
      }
      bytes += bytes(step);
      if (bytes > limits.batchBytesMax() && !steps.isEmpty()) {
        break;
      }
      steps.add(new Request.Step(missed, version, step.deleted(), step.value()));
      missed = 0;
    }
    return new Request.Seen(steps, steps.isEmpty() ? after : steps.get(steps.size() - 1).version());
  }

  /**
   * What came of a key that holds nothing: what it was deleted with is gone if that was not above
   * the floor. So whoever does not know all up to there is told of a gap, at whose end it is
   * deleted.
   */
  private Request.Seen newsOfAbsence(Watched key, long after) {
    long gone = floor.getAsLong();
    Map.Entry<Long, Request.Step> last = key.recent.lastEntry();
    boolean known = last != null && last.getValue().deleted() && last.getKey() <= after;
    if (after >= gone || known) {
      return new Request.Seen(List.of(), Math.max(after, gone));
    }
    var deleted = new Request.Step(gone - 1, gone, true, Register.NOTHING);
    return new Request.Seen(List.of(deleted), gone);
  }

  /** All that there was up to a version was told; what was deleted up to it is about to go. */
  void rises(Map<String, Cell> cells, long version) {
    watched.forEach(
        (name, key) -> {
          Cell cell = cells.get(name);
          Register held = cell == null ? null : cell.current;
          boolean goes = held == null || (held.deleted() && held.version() <= version);
          if (goes) {
            key.waiting.stream()
                .filter(poll -> poll.after < version)
                .forEach(poll -> poll.pending.done(new Request.Seen(List.of(), version)));
            key.waiting.removeIf(poll -> poll.pending.isAnswered());
          }
        });
  }

  /** The versions that a register had after one, as far as it remembers, its present one last. */
  static List<Long> versions(Register register, long after) {
    var versions = new ArrayList<Long>();
    for (Operation operation : register.operations().list()) {
      if (operation.result() == Operation.Outcome.MADE
          && operation.version() > after
          && operation.version() < register.written()) {
        versions.add(operation.version());
      }
    }
    versions.add(register.written());
    return versions;
  }

  private void keep(String name, Watched key) {
    key.keptUntilNanos = out.now() + KEPT_NANOS;
    if (!key.armed) {
      key.armed = true;
      var unused = out.later(KEPT_NANOS, now -> forget(name, key, now));
    }
  }

  private void forget(String name, Watched key, long nowNanos) {
    key.waiting.removeIf(poll -> poll.pending.isAnswered());
    long kept = key.keptUntilNanos - nowNanos;
    if (!key.waiting.isEmpty() || kept > 0) {
      long left = Math.max(KEPT_NANOS / 2, kept);
      var unused = out.later(left, now -> forget(name, key, now));
      return;
    }
    if (watched.remove(name, key)) {
      budget.give(key.bytes);
    }
  }

  /** This node is the daddy no more: the watchers go on at the next one. */
  void end(RingException why) {
    for (Map.Entry<String, Watched> each : watched.entrySet()) {
      each.getValue().waiting.forEach(poll -> poll.pending.fail(why));
      each.getValue().waiting.clear();
      budget.give(each.getValue().bytes);
    }
    watched.clear();
  }
}
