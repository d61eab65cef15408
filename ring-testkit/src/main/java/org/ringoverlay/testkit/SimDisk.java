package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Identity;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.StoreProvider;
import org.ringoverlay.spi.Table;

/**
 * A host's disk, in memory: it outlives processes. What is saved takes a while to be there, and is
 * lost when the process dies meanwhile.
 */
final class SimDisk implements StoreProvider {
  /** How many saves a snapshot may be behind. */
  private static final int SNAPSHOT_SAVES_OLD_MAX = 3;

  /** How many writes of a part a snapshot may be behind. */
  private static final int SNAPSHOT_WRITES_OLD_MAX = 50;

  private static final Delay SYNC = Delay.of(Duration.ofNanos(300_000), Duration.ofMillis(1));

  private final Host host;
  private final Engine engine;
  private final Chance chance;
  private Delay.Sampler sync = new Delay.Sampler(SYNC);
  private final TreeMap<String, Identity> durable = new TreeMap<>();
  private final TreeMap<String, Directory> open = new TreeMap<>();

  /** What processes had asked for when they died and had not reached the disk yet, in order. */
  private final ArrayDeque<Task> unsynced = new ArrayDeque<>();

  /** What stood there before, the oldest first. */
  private final TreeMap<String, ArrayDeque<Identity>> before = new TreeMap<>();

  /** What the parts of the nodes keep, by directory and part. */
  private final TreeMap<String, TreeMap<String, Entries>> tables = new TreeMap<>();

  private boolean broken;
  private boolean full;

  /** What a part keeps, and how to get back to what it kept before. */
  private static final class Entries {
    final TreeMap<byte[], byte[]> now = new TreeMap<>(Arrays::compareUnsigned);
    final ArrayDeque<List<Table.Change>> backwards = new ArrayDeque<>();

    void write(List<Table.Change> changes) {
      var back = new ArrayDeque<Table.Change>();
      for (Table.Change change : changes) {
        byte[] name = change.name();
        byte[] value = change.value();
        byte[] former = value == null ? now.remove(name) : now.put(name, value);
        back.addFirst(former == null ? Table.Change.remove(name) : Table.Change.put(name, former));
      }
      backwards.addLast(List.copyOf(back));
      if (backwards.size() > SNAPSHOT_WRITES_OLD_MAX) {
        backwards.removeFirst();
      }
    }

    void goBack() {
      while (!backwards.isEmpty()) {
        List<Table.Change> changes = backwards.removeLast();
        write(changes);
        backwards.removeLast();
      }
    }
  }

  private Entries entries(String directory, String part) {
    return tables
        .computeIfAbsent(directory, fresh -> new TreeMap<>())
        .computeIfAbsent(part, fresh -> new Entries());
  }

  SimDisk(Host host, Engine engine) {
    this.host = host;
    this.engine = engine;
    this.chance = Chance.of(engine.seed, "disk " + host.name());
  }

  @Override
  public String name() {
    return "sim";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of();
  }

  @Override
  public Store open(String directory, Settings settings) {
    if (open.containsKey(directory)) {
      throw new RingException.InvalidInput(
          "The directory " + directory + " is in use by another process.");
    }
    if (!durable.containsKey(directory)) {
      tables.remove(directory);
    }
    var opened = new Directory(directory);
    open.put(directory, opened);
    return opened;
  }

  void delay(Delay delay) {
    sync = new Delay.Sampler(delay);
  }

  void broken(boolean fails) {
    broken = fails;
  }

  void full(boolean isFull) {
    full = isFull;
  }

  /** The process died: what was not durable is gone, and so are the locks. */
  void crash() {
    unsynced.clear();
    open.values().forEach(Directory::abandon);
    open.clear();
  }

  /** What the next process finds. */
  void recover(DiskFate fate) {
    switch (fate) {
      case KEPT -> unsynced.forEach(Task::apply);
      case TAIL_LOST -> {
        // Some of it may have reached the disk, but nothing without what was asked for before.
        long kept = chance.below(unsynced.size() + 1L);
        unsynced.stream().limit(kept).forEach(Task::apply);
      }
      case OLDER -> {
        before.forEach((name, saves) -> durable.put(name, saves.getFirst()));
        tables.values().forEach(parts -> parts.values().forEach(Entries::goBack));
      }
      case LOST -> {
        durable.clear();
        before.clear();
        tables.clear();
      }
    }
    unsynced.clear();
  }

  private void keep(String name, Identity identity) {
    Identity former = durable.put(name, identity);
    if (former != null) {
      ArrayDeque<Identity> saves = before.computeIfAbsent(name, fresh -> new ArrayDeque<>());
      saves.addLast(former);
      if (saves.size() > SNAPSHOT_SAVES_OLD_MAX) {
        saves.removeFirst();
      }
    }
  }

  private final class Directory implements Store {
    private final String name;
    private final ArrayDeque<Task> pending = new ArrayDeque<>();
    private final CompletableFuture<RingException> broke = new CompletableFuture<>();
    private boolean abandoned;
    private @Nullable CompletableFuture<Void> closed;
    private @Nullable Unlock unlock;

    Directory(String name) {
      this.name = name;
    }

    @Override
    public Optional<Identity> identity() {
      return Optional.ofNullable(durable.get(name));
    }

    @Override
    public CompletionStage<Void> save(Identity identity) {
      engine.checkThread();
      var done = new CompletableFuture<Void>();
      if (abandoned || closed != null) {
        done.completeExceptionally(new RingException.Closed("The store is closed."));
        return done;
      }
      plan(new Save(this, identity, done));
      return done;
    }

    private void plan(Task task) {
      long after = engine.now() + sync.nanos(chance);
      Task before = pending.peekLast();
      pending.add(task);
      engine.planAt(before == null ? after : Math.max(after, before.at), task);
    }

    @Override
    public Table table(String part) {
      Entries entries = entries(name, part);
      return new Table() {
        @Override
        public void read(BiConsumer<byte[], byte[]> entry) {
          entries.now.forEach(entry);
        }

        @Override
        public CompletionStage<Void> write(List<Change> changes) {
          engine.checkThread();
          var done = new CompletableFuture<Void>();
          if (abandoned || closed != null) {
            done.completeExceptionally(new RingException.Closed("The store is closed."));
          } else {
            plan(new Write(Directory.this, entries, changes, done));
          }
          return done;
        }

        @Override
        public boolean hasRoom() {
          return !full;
        }
      };
    }

    @Override
    public CompletionStage<RingException> broken() {
      return broke;
    }

    @Override
    public CompletionStage<Void> close() {
      engine.checkThread();
      CompletableFuture<Void> begun = closed;
      if (begun != null) {
        return begun;
      }
      var over = new CompletableFuture<Void>();
      closed = over;
      if (pending.isEmpty()) {
        open.remove(name, this);
        over.complete(null);
      } else {
        // The store's thread outlives the loop: what was asked for is saved though that is over,
        // also
        // what a slow loop held back when its time came.
        long at = engine.now();
        for (Task task : pending) {
          task.loop = null;
          at = Math.max(at, task.at);
          if (task.slot < 0) {
            engine.planAt(at, task);
          }
        }
        var last = new Unlock(this, over);
        unlock = last;
        engine.planAt(at, last);
      }
      return over;
    }

    void abandon() {
      abandoned = true;
      unsynced.addAll(pending);
      pending.forEach(engine::forget);
      pending.clear();
      if (unlock != null) {
        engine.forget(unlock);
      }
    }
  }

  /** What reaches the disk; not on the loop, as it would be on the store's own thread. */
  private abstract class Task extends Event {
    final Directory directory;
    final CompletableFuture<Void> done;

    Task(Directory directory, CompletableFuture<Void> done) {
      super(host.process());
      this.directory = directory;
      this.done = done;
    }

    /** Puts it on the disk. */
    abstract void apply();

    @Override
    boolean isOnLoop() {
      return false;
    }
  }

  /** Changes of a part. */
  private final class Write extends Task {
    private final Entries entries;
    private final List<Table.Change> changes;

    Write(
        Directory directory,
        Entries entries,
        List<Table.Change> changes,
        CompletableFuture<Void> done) {
      super(directory, done);
      this.entries = entries;
      this.changes = changes;
    }

    @Override
    void apply() {
      entries.write(changes);
    }

    @Override
    void run() {
      if (!directory.pending.remove(this)) {
        return;
      }
      engine.trace.add(
          engine.now(), Trace.Kind.STORED, host, null, 0, changes.size(), directory.name);
      if (broken || directory.broke.isDone()) {
        var refused = new RingException.Unavailable("The disk refused to keep records.");
        directory.broke.complete(refused);
        done.completeExceptionally(refused);
      } else {
        apply();
        done.complete(null);
      }
    }
  }

  /** An identity. */
  private final class Save extends Task {
    private final Identity identity;

    Save(Directory directory, Identity identity, CompletableFuture<Void> done) {
      super(directory, done);
      this.identity = identity;
    }

    @Override
    void apply() {
      keep(directory.name, identity);
    }

    @Override
    void run() {
      if (!directory.pending.remove(this)) {
        return;
      }
      engine.trace.add(
          engine.now(), Trace.Kind.STORED, host, null, 0, identity.incarnation(), directory.name);
      if (broken) {
        done.completeExceptionally(
            new RingException.Unavailable("The disk refused to save the identity."));
      } else {
        apply();
        done.complete(null);
      }
    }
  }

  /** A directory is unlocked, after the last save that was asked for; beside the loop, too. */
  private final class Unlock extends Event {
    private final Directory directory;
    private final CompletableFuture<Void> done;

    Unlock(Directory directory, CompletableFuture<Void> done) {
      super(null);
      this.directory = directory;
      this.done = done;
    }

    @Override
    boolean isOnLoop() {
      return false;
    }

    @Override
    void run() {
      open.remove(directory.name, directory);
      done.complete(null);
    }
  }
}
