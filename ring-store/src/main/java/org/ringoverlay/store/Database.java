package org.ringoverlay.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.ringoverlay.error.Printable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.spi.Table;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.VectorMemTableConfig;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What the parts of a node keep, in one RocksDB in the data directory: a part's entries under its
 * name and a zero. Every commit is on the disk before it returns. Blocks; one thread at a time.
 */
final class Database implements AutoCloseable {
  private static final int FORMAT = 1;
  private static final byte[] FORMAT_NAME = {0, 'f', 'o', 'r', 'm', 'a', 't'};
  private static final int WRITE_BUFFER_BYTES = 16 << 20;
  private static final int LOG_BYTES_MAX = 64 << 20;
  private static final int FILES_OPEN_MAX = 256;

  private final Path directory;
  private final Options options;
  private final WriteOptions durably = new WriteOptions().setSync(true);
  private final RocksDB rocks;

  private Database(Path directory, Options options, RocksDB rocks) {
    this.directory = directory;
    this.options = options;
    this.rocks = rocks;
  }

  /**
   * Opens it, and makes it if there is none.
   *
   * @throws RingException.Unavailable if it is damaged or cannot be read
   * @throws RingException.Incompatible if a newer version wrote it
   */
  static Database open(Path directory) {
    loadLibrary();
    var options =
        new Options()
            .setCreateIfMissing(true)
            .setParanoidChecks(true)
            // Of a log that ends in the middle of a commit that commit alone was never told to be
            // kept; damage before it is damage.
            .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
            // One thread writes, and nobody reads what was written since the start: so what waits
            // to be flushed is appended, and sorted when its time comes.
            .setMemTableConfig(new VectorMemTableConfig())
            .setAllowConcurrentMemtableWrite(false)
            .setEnableWriteThreadAdaptiveYield(false)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setMaxTotalWalSize(LOG_BYTES_MAX)
            .setMaxOpenFiles(FILES_OPEN_MAX)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2);
    Database opened;
    try {
      opened = new Database(directory, options, RocksDB.open(options, directory.toString()));
    } catch (RocksDBException refused) {
      options.close();
      throw damaged(directory, refused);
    }
    try {
      opened.checkFormat();
      return opened;
    } catch (RingException | RocksDBException failed) {
      opened.close();
      throw failed instanceof RingException known
          ? known
          : damaged(directory, (RocksDBException) failed);
    }
  }

  private static void loadLibrary() {
    try {
      RocksDB.loadLibrary();
    } catch (UnsatisfiedLinkError | RuntimeException missing) {
      throw new RingException.Unavailable(
          "The library that keeps records on the disk could not be loaded: "
              + Printable.text(String.valueOf(missing.getMessage()), 300)
              + ". It is unpacked into the directory for temporary files, which must allow that"
              + " (java.io.tmpdir), and needs a platform that RocksDB is built for.");
    }
  }

  private void checkFormat() throws RocksDBException {
    byte[] found = rocks.get(FORMAT_NAME);
    if (found == null) {
      rocks.put(durably, FORMAT_NAME, Integer.toString(FORMAT).getBytes(StandardCharsets.US_ASCII));
      return;
    }
    String text = new String(found, StandardCharsets.US_ASCII);
    if (!text.equals(Integer.toString(FORMAT))) {
      throw new RingException.Incompatible(
          "The records in "
              + Printable.text(directory.toString(), 300)
              + " have format "
              + Printable.text(text, 20)
              + ", and this version knows format "
              + FORMAT
              + " alone: start the version that wrote it, or a newer one. Nothing was changed.");
    }
  }

  /** Gives a part's entries in the order of their names. */
  void read(String part, BiConsumer<byte[], byte[]> entry) {
    byte[] prefix = prefix(part);
    try (var reading = new ReadOptions().setVerifyChecksums(true);
        RocksIterator at = rocks.newIterator(reading)) {
      for (at.seek(prefix); at.isValid() && startsWith(at.key(), prefix); at.next()) {
        byte[] name = at.key();
        entry.accept(Arrays.copyOfRange(name, prefix.length, name.length), at.value());
      }
      at.status();
    } catch (RocksDBException unreadable) {
      throw damaged(directory, unreadable);
    }
  }

  /** Makes changes, all or none, and waits until the disk has them. */
  void commit(String part, List<Table.Change> changes) {
    byte[] prefix = prefix(part);
    try (var batch = new WriteBatch()) {
      for (Table.Change change : changes) {
        byte[] name = join(prefix, change.name());
        byte[] value = change.value();
        if (value == null) {
          batch.delete(name);
        } else {
          batch.put(name, value);
        }
      }
      rocks.write(durably, batch);
    } catch (RocksDBException refused) {
      throw new RingException.Unavailable(
          "The disk refused to keep records in "
              + Printable.text(directory.toString(), 300)
              + ": "
              + said(refused)
              + ". Check its space and its health; what was not acknowledged may be there or not.");
    }
  }

  private static byte[] prefix(String part) {
    return (part + '\0').getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] join(byte[] prefix, byte[] name) {
    byte[] whole = Arrays.copyOf(prefix, prefix.length + name.length);
    System.arraycopy(name, 0, whole, prefix.length, name.length);
    return whole;
  }

  private static boolean startsWith(byte[] name, byte[] prefix) {
    return name.length >= prefix.length
        && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static RingException damaged(Path directory, RocksDBException why) {
    return new RingException.Unavailable(
        "The records in "
            + Printable.text(directory.toString(), 300)
            + " cannot be read: "
            + said(why)
            + ". If the disk is sound they are damaged: move the data directory away and start the"
            + " node with seeds, and the other members give it its copies.");
  }

  private static String said(RocksDBException why) {
    return Printable.text(String.valueOf(why.getMessage()), 300);
  }

  @Override
  public void close() {
    rocks.close();
    durably.close();
    options.close();
  }
}
