package org.ringoverlay.spi;

import java.util.List;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;

/** Makes transports; found by {@code ServiceLoader} or given to the builder. Any thread. */
public interface TransportProvider {
  /** A short name, such as {@code netty}. */
  String name();

  /** The settings that this transport adds to the node's. */
  List<Setting<?>> settings();

  /**
   * Makes the transport of one node. No socket is opened.
   *
   * @param frameBytesMax a longer inbound frame closes its connection
   * @param observer told of what only the transport sees: slow handlers, refused frames
   */
  Transport create(Settings settings, int frameBytesMax, RingObserver observer);
}
