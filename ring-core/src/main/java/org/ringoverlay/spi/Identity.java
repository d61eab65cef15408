package org.ringoverlay.spi;

import java.util.List;
import org.ringoverlay.id.Id;

/**
 * Who a node is, and in which ring: what survives a restart.
 *
 * @param node its ID
 * @param incarnation grows by one at each start
 * @param ring the ring's name
 * @param ringIdentity the 128 random bits, 32 hex digits, that the founder drew; empty before the
 *     first join
 * @param arcBits how finely the circle is cut, fixed when the ring was founded; 0 before the first
 *     join
 * @param peers addresses of members last known, nearest first, at most 64
 */
public record Identity(
    Id node, long incarnation, String ring, String ringIdentity, int arcBits, List<String> peers) {
  /** Copies the list. */
  public Identity {
    peers = List.copyOf(peers);
  }

  /** Whether the node has ever been in a ring. */
  public boolean hasJoined() {
    return !ringIdentity.isEmpty();
  }
}
