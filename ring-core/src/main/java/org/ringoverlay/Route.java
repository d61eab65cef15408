package org.ringoverlay;

import java.util.List;
import org.ringoverlay.id.Id;

/**
 * The way to an ID, node by node.
 *
 * @param target the ID
 * @param hops the nodes asked, this node first
 * @param root the node that said it is the root
 */
public record Route(Id target, List<Hop> hops, Id root) {
  /** Copies the hops. */
  public Route {
    hops = List.copyOf(hops);
  }

  /**
   * A node on the way.
   *
   * @param micros how long the node took to say whom it would send the message to, as this node saw
   *     it
   */
  public record Hop(Id node, long micros) {}
}
