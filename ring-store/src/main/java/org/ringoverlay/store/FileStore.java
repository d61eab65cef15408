package org.ringoverlay.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.spi.Identity;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.Table;

/**
 * A data directory that this process holds.
 *
 * <p>One thread of its own writes, in the order of the calls: the new text beside the former one,
 * fsync, one atomic rename, fsync of the directory; at the end it unlocks the directory. The thread
 * is made when it has something to do.
 */
final class FileStore implements Store {
  static final int SAVES_QUEUED_MAX = 1_024;
  private static final long LOOK_NANOS = 1_000_000_000;

  static final int WRITES_QUEUED_MAX = 1_024;
  static final String IDENTITY = "identity.json";
  static final String RECORDS = "records";

  private final Path directory;
  private final DirectoryLock lock;
  private final Disk disk;
  private final ExecutorService thread;

  /** Bounds the saves that wait, and leaves the queue itself room for the unlocking. */
  private final Semaphore room = new Semaphore(SAVES_QUEUED_MAX);

  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final long reserveBytes;
  private final CompletableFuture<RingException> broken = new CompletableFuture<>();
  private volatile @Nullable IdentityFile current;
  private volatile boolean hasRoom = true;
  private final AtomicLong lookedAt = new AtomicLong(System.nanoTime());

  /** Whether the tables are no more; under this object's monitor. */
  private boolean tablesClosed;

  /** What the parts keep, once one asked; for one thread at a time. */
  private @Nullable Database database;

  /** Whether the directory may be another's by now; for the writing thread alone. */
  private boolean unlocked;

  private FileStore(
      Path directory,
      DirectoryLock lock,
      Disk disk,
      long reserveBytes,
      ExecutorService thread,
      @Nullable IdentityFile current) {
    this.directory = directory;
    this.lock = lock;
    this.disk = disk;
    this.reserveBytes = reserveBytes;
    this.current = current;
    this.thread = thread;
  }

  static FileStore open(String name, Disk disk, long reserveBytes) {
    return open(name, disk, reserveBytes, FileStore::writer);
  }

  private static ExecutorService writer() {
    return new ThreadPoolExecutor(
        1,
        1,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        task -> {
          var made = new Thread(task, "ring-store");
          made.setDaemon(true);
          return made;
        });
  }

  /**
   * Opens.
   *
   * @param reserveBytes how much of the disk is left to what must be written to go on
   * @param writer makes the one thread that writes, apart so that a test can order what races
   */
  static FileStore open(
      String name, Disk disk, long reserveBytes, Supplier<ExecutorService> writer) {
    Path directory = existing(name);
    DirectoryLock lock;
    try {
      lock = DirectoryLock.hold(directory);
    } catch (IOException refused) {
      throw refused("lock", directory, refused);
    }
    try {
      IdentityFile saved = read(directory.resolve(IDENTITY));
      if (saved == null) {
        // A node that never came so far as to be somebody has promised nothing.
        disk.remove(directory.resolve(RECORDS));
      }
      return new FileStore(directory, lock, disk, reserveBytes, writer.get(), saved);
    } catch (IOException | RuntimeException failed) {
      try {
        lock.close();
      } catch (IOException notReleased) {
        failed.addSuppressed(notReleased);
      }
      if (failed instanceof IOException unreadable) {
        throw refused("read", directory.resolve(IDENTITY), unreadable);
      }
      throw (RuntimeException) failed;
    }
  }

  /** The directory's real path, so that one directory has one name however it was written. */
  private static Path existing(String name) {
    Path directory;
    try {
      directory = Path.of(name).toAbsolutePath();
    } catch (InvalidPathException impossible) {
      throw new RingException.InvalidInput(
          "'" + Printable.text(name, 300) + "' is no path for a data directory.");
    }
    if (name.isEmpty() || (Files.exists(directory) && !Files.isDirectory(directory))) {
      throw new RingException.InvalidInput(
          "'" + Printable.text(name, 300) + "' is not a directory: name one for the node's data.");
    }
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, Disk.ownerOnly(directory, "rwx------"));
      }
      return directory.toRealPath();
    } catch (IOException refused) {
      throw refused("make", directory, refused);
    }
  }

  private static @Nullable IdentityFile read(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(IdentityFile.SIZE_BYTES_MAX + 1);
    }
    if (bytes.length > IdentityFile.SIZE_BYTES_MAX) {
      throw IdentityFile.damaged(file.toString(), "it is far too long");
    }
    return IdentityFile.parse(bytes, file.toString());
  }

  @Override
  public Optional<Identity> identity() {
    IdentityFile now = current;
    return now == null ? Optional.empty() : Optional.of(now.identity());
  }

  @Override
  public CompletionStage<Void> save(Identity identity) {
    var saved = new CompletableFuture<Void>();
    if (!room.tryAcquire()) {
      saved.completeExceptionally(
          new RingException.Refused(
              SAVES_QUEUED_MAX + " saves of the identity already wait for the disk"));
      return saved;
    }
    try {
      thread.execute(
          () -> {
            room.release();
            write(identity, saved);
          });
    } catch (RejectedExecutionException over) {
      room.release();
      saved.completeExceptionally(directoryClosed());
    }
    return saved;
  }

  private void write(Identity identity, CompletableFuture<Void> saved) {
    if (unlocked) {
      saved.completeExceptionally(directoryClosed());
      return;
    }
    try {
      IdentityFile next = IdentityFile.of(identity, current);
      Path file = directory.resolve(IDENTITY);
      Path fresh = directory.resolve(IDENTITY + ".new");
      disk.write(fresh, next.bytes());
      disk.replace(fresh, file);
      current = next;
      disk.forceDirectory(directory);
      saved.complete(null);
    } catch (IOException refused) {
      saved.completeExceptionally(refused("write", directory.resolve(IDENTITY), refused));
    } catch (RuntimeException failed) {
      saved.completeExceptionally(failed);
    }
  }

  @Override
  public synchronized Table table(String part) {
    if (!part.matches("[a-z]{1,32}")) {
      throw new IllegalArgumentException("a part's name is 1–32 small letters, not " + part);
    }
    Database opened = database;
    if (tablesClosed) {
      throw directoryClosed();
    }
    if (opened == null) {
      opened = Database.open(directory.resolve(RECORDS));
      database = opened;
      look();
    }
    return new Part(part, opened);
  }

  @Override
  public CompletionStage<RingException> broken() {
    return broken;
  }

  /** Looks how much room there is; of a disk that does not tell it is taken that there is some. */
  private void look() {
    try {
      hasRoom = disk.usableBytes(directory) >= reserveBytes;
    } catch (IOException unknown) {
      hasRoom = true;
    }
  }

  /** Where nothing is written nobody would notice that room was made. */
  private void lookAgain() {
    long now = System.nanoTime();
    long before = lookedAt.get();
    if (now - before >= LOOK_NANOS && lookedAt.compareAndSet(before, now)) {
      try {
        thread.execute(this::look);
      } catch (RejectedExecutionException over) {
        hasRoom = false;
      }
    }
  }

  /** The entries of one part. */
  private final class Part implements Table {
    private final String name;
    private final Database opened;
    private final Semaphore queue = new Semaphore(WRITES_QUEUED_MAX);

    Part(String name, Database opened) {
      this.name = name;
      this.opened = opened;
    }

    @Override
    public void read(BiConsumer<byte[], byte[]> entry) {
      synchronized (FileStore.this) {
        if (tablesClosed) {
          throw directoryClosed();
        }
        opened.read(name, entry);
      }
    }

    @Override
    public boolean hasRoom() {
      if (!hasRoom) {
        lookAgain();
      }
      return hasRoom;
    }

    @Override
    public CompletionStage<Void> write(List<Change> changes) {
      var written = new CompletableFuture<Void>();
      if (!queue.tryAcquire()) {
        written.completeExceptionally(
            new RingException.Refused(WRITES_QUEUED_MAX + " writes already wait for the disk"));
        return written;
      }
      try {
        thread.execute(
            () -> {
              queue.release();
              commit(changes, written);
            });
      } catch (RejectedExecutionException over) {
        queue.release();
        written.completeExceptionally(directoryClosed());
      }
      return written;
    }

    private void commit(List<Change> changes, CompletableFuture<Void> written) {
      if (unlocked) {
        written.completeExceptionally(directoryClosed());
        return;
      }
      if (broken.isDone()) {
        // What came before is not there, so this must not be either.
        written.completeExceptionally(broken.join());
        return;
      }
      try {
        disk.commit(() -> opened.commit(name, changes));
        look();
        written.complete(null);
      } catch (RingException refused) {
        broken.complete(refused);
        written.completeExceptionally(refused);
      } catch (RuntimeException | Error failed) {
        // Whatever it was, this write is not known to be there, and the next must not be.
        broken.complete(
            new RingException.Unavailable("Records could not be kept on the disk: " + failed));
        written.completeExceptionally(failed);
        throw failed;
      }
    }
  }

  private static RingException directoryClosed() {
    return new RingException.Closed("The data directory is closed.");
  }

  private static RingException refused(String verb, Path path, IOException why) {
    String kind = why.getClass().getSimpleName();
    String reason =
        why instanceof java.nio.file.FileSystemException system ? system.getReason() : null;
    String said = reason != null ? reason : why.getMessage();
    return new RingException.Unavailable(
        "The disk refused to "
            + verb
            + " "
            + Printable.text(path.toString(), 300)
            + ": "
            + (said == null || said.contains(path.toString()) ? kind : Printable.text(said, 200))
            + ". Check its permissions, its space and its health.");
  }

  @Override
  public CompletionStage<Void> close() {
    if (closing.compareAndSet(false, true)) {
      // Whatever was asked for before it is on the disk when the lock is given back. Another
      // thread's save may still get in between this and the shutdown, and is turned away when it
      // is its turn.
      thread.execute(this::unlock);
      thread.shutdown();
    }
    return closed;
  }

  private void unlock() {
    unlocked = true;
    try {
      synchronized (this) {
        if (database != null) {
          database.close();
          database = null;
        }
        tablesClosed = true;
      }
      lock.close();
      closed.complete(null);
    } catch (IOException notReleased) {
      closed.completeExceptionally(refused("unlock", directory, notReleased));
    } catch (RuntimeException | Error failed) {
      closed.completeExceptionally(failed);
      throw failed;
    }
  }
}
