package org.ringoverlay.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;

/**
 * Holds a directory against every other process, and against this one.
 *
 * <p>The system's lock belongs to the process, so a second node in the same JVM is kept out by a
 * list of the directories held here. The system lets go of the lock when the process dies, however
 * it dies.
 */
final class DirectoryLock implements AutoCloseable {
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;
  private final FileLock lock;

  private DirectoryLock(Path directory, FileChannel channel, FileLock lock) {
    this.directory = directory;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Locks a directory.
   *
   * @param directory its real path
   * @throws RingException.Unavailable if it is in use
   */
  static DirectoryLock hold(Path directory) throws IOException {
    if (!HELD_HERE.add(directory)) {
      throw inUse(directory, "by another node of this process");
    }
    boolean held = false;
    try {
      DirectoryLock made = lock(directory);
      held = true;
      return made;
    } finally {
      if (!held) {
        HELD_HERE.remove(directory);
      }
    }
  }

  private static DirectoryLock lock(Path directory) throws IOException {
    Path file = directory.resolve("ring.lock");
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            Disk.ownerOnly(file, "rw-------"));
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException heldByAnotherCopyOfThisClass) {
      throw inUse(directory, "by another node of this process");
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw inUse(directory, "by another process");
    }
    return new DirectoryLock(directory, channel, lock);
  }

  private static RingException inUse(Path directory, String whom) {
    return new RingException.Unavailable(
        "The data directory "
            + Printable.text(directory.toString(), 300)
            + " is in use "
            + whom
            + ": stop that node first, or give this one a directory of its own.");
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      lock.release();
    } finally {
      HELD_HERE.remove(directory);
    }
  }
}
