package org.ringoverlay.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * Links that are cut until {@link #heal}. Frames on them wait and go on then, as the system's
 * retransmissions would bring them; new connections across them time out. Several partitions may
 * cut one link, which then works again when the last of them has healed.
 */
public final class Partition {
  private final Network network;
  private final List<Link> links;
  private final String what;
  private boolean healed;

  Partition(Network network, List<Link> links, String what) {
    this.network = network;
    this.links = new ArrayList<>(links);
    this.what = what;
    this.links.forEach(Link::cut);
  }

  /** Mends the links; a second time does nothing. */
  public void heal() {
    if (!healed) {
      healed = true;
      network.healed(this);
      links.forEach(Link::mend);
    }
  }

  /** Who is cut from whom. */
  @Override
  public String toString() {
    return what;
  }
}
