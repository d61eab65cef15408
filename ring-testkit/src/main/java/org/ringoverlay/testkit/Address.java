package org.ringoverlay.testkit;

import org.jspecify.annotations.Nullable;

/** A host's name and a port. The loopback names mean the very host that says them. */
record Address(String host, int port) {
  private static final int PORT_MAX = 65_535;

  static @Nullable Address parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      return null;
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      return port < 0 || port > PORT_MAX ? null : new Address(text.substring(0, colon), port);
    } catch (NumberFormatException notNumber) {
      return null;
    }
  }

  boolean isOf(Host candidate) {
    return host.equals(candidate.name())
        || host.equals("localhost")
        || host.equals("127.0.0.1")
        || host.equals("[::1]");
  }
}
