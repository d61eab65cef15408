package org.ringoverlay.transport.netty;

import java.util.List;
import org.ringoverlay.settings.Setting;
import org.ringoverlay.settings.Settings;
import org.ringoverlay.spi.RingObserver;
import org.ringoverlay.spi.Transport;
import org.ringoverlay.spi.TransportProvider;

/**
 * TCP over Netty, with a loop of its own for every node: one thread, {@code ring-loop-<n>}, that
 * keeps the JVM alive until the node is closed.
 *
 * <p>Found by {@code ServiceLoader}. Where many nodes share a JVM, {@link NettyLoops} lets them
 * share threads too. Any thread.
 */
public final class NettyTransportProvider implements TransportProvider {
  /** Makes one; it holds nothing. */
  public NettyTransportProvider() {}

  /** {@code netty}. */
  @Override
  public String name() {
    return "netty";
  }

  @Override
  public List<Setting<?>> settings() {
    return NettySettings.all();
  }

  @Override
  public Transport create(Settings settings, int frameBytesMax, RingObserver observer) {
    var bounds = NettySettings.Bounds.of(settings, frameBytesMax);
    return new NettyTransport(Loop.make(), true, bounds, new Reports(observer));
  }
}
