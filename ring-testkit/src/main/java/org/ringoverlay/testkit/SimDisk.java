package org.ringoverlay.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Identity;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.StoreProvider;

/**
 * A host's disk, in memory: it outlives processes. A save takes a while and is lost when the
 * process dies meanwhile.
 */
final class SimDisk implements StoreProvider {
  /** How many saves a snapshot may be behind. */
  private static final int SNAPSHOT_SAVES_OLD_MAX = 3;

  private static final Delay SYNC = Delay.of(Duration.ofNanos(300_000), Duration.ofMillis(1));

  private final Host host;
  private final Engine engine;
  private final Chance chance;
  private final Delay.Sampler sync = new Delay.Sampler(SYNC);
  private final TreeMap<String, Identity> durable = new TreeMap<>();
  private final TreeMap<String, Directory> open = new TreeMap<>();

  /** What a process had saved last when it died, and what had not reached the disk yet. */
  private final TreeMap<String, Identity> unsynced = new TreeMap<>();

  /** What stood there before, the oldest first. */
  private final TreeMap<String, ArrayDeque<Identity>> before = new TreeMap<>();

  private boolean broken;

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
    var opened = new Directory(directory);
    open.put(directory, opened);
    return opened;
  }

  void broken(boolean fails) {
    broken = fails;
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
      case KEPT -> unsynced.forEach(this::keep);
      case TAIL_LOST -> {}
      case OLDER -> before.forEach((name, saves) -> durable.put(name, saves.getFirst()));
      case LOST -> {
        durable.clear();
        before.clear();
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
    private final ArrayDeque<Save> pending = new ArrayDeque<>();
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
      long after = engine.now() + sync.nanos(chance);
      Save before = pending.peekLast();
      var save = new Save(this, identity, done);
      pending.add(save);
      engine.planAt(before == null ? after : Math.max(after, before.at), save);
      return done;
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
        // The store's thread outlives the loop: what was asked for is saved though that is over.
        pending.forEach(save -> save.loop = null);
        var last = new Unlock(this, over);
        unlock = last;
        engine.planAt(pending.getLast().at, last);
      }
      return over;
    }

    void abandon() {
      abandoned = true;
      if (!pending.isEmpty()) {
        unsynced.put(name, pending.getLast().identity);
      }
      pending.forEach(engine::forget);
      pending.clear();
      if (unlock != null) {
        engine.forget(unlock);
      }
    }
  }

  /** A save that reaches the disk; not on the loop, as it would be on the store's own thread. */
  private final class Save extends Event {
    private final Directory directory;
    private final Identity identity;
    private final CompletableFuture<Void> done;

    Save(Directory directory, Identity identity, CompletableFuture<Void> done) {
      super(host.process());
      this.directory = directory;
      this.identity = identity;
      this.done = done;
    }

    @Override
    boolean isOnLoop() {
      return false;
    }

    @Override
    void run() {
      directory.pending.remove(this);
      engine.trace.add(
          engine.now(), Trace.Kind.STORED, host, null, 0, identity.incarnation(), directory.name);
      if (broken) {
        done.completeExceptionally(
            new RingException.Unavailable("The disk refused to save the identity."));
      } else {
        keep(directory.name, identity);
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
