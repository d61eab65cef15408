package org.ringoverlay.dht;

import org.ringoverlay.Ring;
import org.ringoverlay.dht.internal.arc.Lookout;

/**
 * A watch of all keys with a prefix that stands, through changes of their daddies.
 *
 * <p>{@link #close} may be called from any thread and does not block.
 */
public final class PrefixWatch implements AutoCloseable {
  private final Ring ring;
  private final Lookout lookout;
  private final String bookmark;

  PrefixWatch(Ring ring, Lookout lookout, String bookmark) {
    this.ring = ring;
    this.lookout = lookout;
    this.bookmark = bookmark;
  }

  /** From where it can be resumed before anything was told: what came since is told then. */
  public String bookmark() {
    return bookmark;
  }

  /** Ends the watch: once it has run on the loop nothing more is told. */
  @Override
  public void close() {
    ring.scheduler().execute(lookout::close);
  }
}
