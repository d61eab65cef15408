package org.ringoverlay.dht.internal.arc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.spi.Scheduler;
import org.ringoverlay.spi.Table;

/**
 * Changes on their way to the disk, and who waits for them. What one turn of the loop changes is
 * written together, and so is all that comes while a write is under way. On the loop.
 */
final class Commits {
  /** Bytes that may wait for the disk before no more new values are taken. */
  private static final long WAITING_BYTES_MAX = 64 << 20;

  private final @Nullable Table table;
  private final Scheduler scheduler;
  private final LongFunction<List<Table.Change>> beside;

  /** The number of the newest commit that was begun, and of the newest on the disk. */
  private long begun;

  private long kept;
  private List<Table.Change> changes = new ArrayList<>();
  private long waitingBytes;

  /** Those that wait for the write under way, and those that wait for the next. */
  private ArrayDeque<Runnable> now = new ArrayDeque<>();

  private ArrayDeque<Runnable> next = new ArrayDeque<>();
  private boolean writing;
  private boolean due;

  /**
   * Makes one.
   *
   * @param table where to keep the changes; null to keep nothing, so that nobody ever waits
   * @param kept the number of the commit that the table holds already
   * @param beside what is written beside the changes of a commit, by its number
   */
  Commits(
      @Nullable Table table,
      Scheduler scheduler,
      long kept,
      LongFunction<List<Table.Change>> beside) {
    this.table = table;
    this.scheduler = scheduler;
    this.beside = beside;
    this.begun = kept;
    this.kept = kept;
  }

  /** The number of the newest commit that is on the disk. */
  long kept() {
    return kept;
  }

  /** The number of the commit by which all that was added is on the disk. */
  long ofAll() {
    return changes.isEmpty() || table == null ? begun : begun + 1;
  }

  /** One more change. */
  void add(Table.Change change) {
    byte[] value = change.value();
    waitingBytes += change.name().length + (value == null ? 0 : value.length);
    changes.add(change);
    flushSoon();
  }

  /** Whether all that was added is on the disk. */
  boolean areKept() {
    return !writing && changes.isEmpty();
  }

  /** Runs this when all that was added until now is on the disk; at once if it is. */
  void whenKept(Runnable then) {
    if (!changes.isEmpty()) {
      next.add(then);
      flushSoon();
    } else if (writing) {
      now.add(then);
    } else {
      then.run();
    }
  }

  /** Why no new values can be taken, null if they can. */
  @Nullable String full() {
    if (table == null) {
      return null;
    }
    if (!table.hasRoom()) {
      return "This node's disk is nearly full (ring.store.reserve); make room there.";
    }
    return waitingBytes > WAITING_BYTES_MAX
        ? waitingBytes + " bytes already wait for this node's disk."
        : null;
  }

  private void flushSoon() {
    if (!due && !writing) {
      due = true;
      scheduler.execute(this::flush);
    }
  }

  /** Begins to write what was added, if no write is under way. */
  void flush() {
    due = false;
    if (writing || changes.isEmpty() || table == null) {
      return;
    }
    begun++;
    List<Table.Change> batch = changes;
    batch.addAll(beside.apply(begun));
    changes = new ArrayList<>();
    waitingBytes = 0;
    now = next;
    next = new ArrayDeque<>();
    writing = true;
    table
        .write(batch)
        .whenComplete(
            (done, refused) -> {
              // When the disk refuses the node stops: nobody may be told that anything is kept.
              if (refused == null) {
                scheduler.execute(this::written);
              }
            });
  }

  private void written() {
    writing = false;
    kept = begun;
    ArrayDeque<Runnable> told = now;
    now = new ArrayDeque<>();
    flush();
    told.forEach(Runnable::run);
  }
}
