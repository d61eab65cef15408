package org.ringoverlay;

import java.util.List;
import org.ringoverlay.settings.Setting;

/**
 * A part that joins every node of the JVM whose class path holds it, such as ring-dht or
 * ring-pubsub; found by {@code ServiceLoader}.
 *
 * <p>So its services stand before the node joins: no request ever comes too early.
 */
public interface RingExtension {
  /** A short name, such as {@code dht}; extensions are attached in the order of their names. */
  String name();

  /** The settings that it adds to the node's. */
  List<Setting<?>> settings();

  /**
   * Makes this extension's part of a node. Called once per node while it is built, off the loop;
   * the ring's settings, clock, loop and chance may be used, but it has no view yet.
   */
  Attached attach(Ring ring);

  /**
   * A part of a node.
   *
   * @param face what {@link Ring#extension} hands out, found by its class
   * @param services the services that the node registers
   */
  record Attached(Object face, List<RingService<?>> services) {
    /** Copies the list. */
    public Attached {
      services = List.copyOf(services);
    }
  }
}
