package org.ringoverlay.store;

import java.util.List;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.Store;
import org.ringoverlay.spi.StoreProvider;

/**
 * Keeps what survives a restart in the files of a data directory. Any thread.
 *
 * <p>The directory is made if it is missing, readable by its owner alone, and holds {@code
 * ring.lock}, {@code identity.json} and, once a part of the node keeps something, {@code records},
 * a RocksDB. Errors at opening, after which nothing in it has changed: {@code Unavailable} if the
 * directory is in use or the disk refuses, {@code InvalidInput} if the path is no directory or the
 * identity is damaged, {@code Incompatible} if a newer version wrote it.
 */
public final class FileStoreProvider implements StoreProvider {
  static final Setting<Long> RESERVE =
      Setting.size(
          "ring.store.reserve",
          "64MiB",
          "With less room than this left on the disk no new records are taken.");

  /** Makes the provider; {@code ServiceLoader} calls this. */
  public FileStoreProvider() {}

  @Override
  public String name() {
    return "files";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(RESERVE);
  }

  @Override
  public Store open(String directory, Settings settings) {
    return FileStore.open(directory, Disk.REAL, settings.get(RESERVE));
  }
}
