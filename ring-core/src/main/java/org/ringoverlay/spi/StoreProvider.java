package org.ringoverlay.spi;

import java.util.List;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;

/** Opens stores; found by {@code ServiceLoader} or given to the builder. */
public interface StoreProvider {
  /** A short name, such as {@code files}. */
  String name();

  /** The settings that this store adds to the node's. */
  List<Setting<?>> settings();

  /**
   * Opens or makes a data directory and locks it. Blocks; called while the node starts, not on its
   * loop.
   *
   * @throws org.ringoverlay.error.RingException if the directory is in use, unreadable, damaged or
   *     of a newer format; nothing in it was changed
   */
  Store open(String directory, Settings settings);
}
