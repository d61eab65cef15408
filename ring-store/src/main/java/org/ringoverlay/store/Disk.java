package org.ringoverlay.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The steps of a durable replacement, apart so that a test can let each of them fail. */
interface Disk {
  /** The machine's own. */
  Disk REAL = new Disk() {};

  /** Writes a fresh file that only its owner can read, and waits until the disk has it. */
  default void write(Path file, byte[] content) throws IOException {
    Files.deleteIfExists(file);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            ownerOnly(file, "rw-------"))) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      force(channel);
    }
  }

  /** Waits until the disk has what was written. */
  default void force(FileChannel channel) throws IOException {
    channel.force(true);
  }

  /** Puts one file in the place of another, in one step. */
  default void replace(Path fresh, Path former) throws IOException {
    Files.move(fresh, former, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Waits until the disk has the directory's names; does nothing where directories cannot be
   * opened.
   */
  default void forceDirectory(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        force(channel);
      }
    }
  }

  /** Has the database keep something, which throws {@code Unavailable} if the disk refuses. */
  default void commit(Runnable commit) {
    commit.run();
  }

  /** Removes a directory of files, if it is there. */
  default void remove(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** How many bytes can still be written. */
  default long usableBytes(Path directory) throws IOException {
    // Every commit asks. The way by the file store reads the list of all mounts each time.
    long bytes = directory.toFile().getUsableSpace();
    return bytes > 0 ? bytes : Files.getFileStore(directory).getUsableSpace();
  }

  /** The attributes that keep others out, none where the file system does not know them. */
  static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
