package org.ringoverlay.transport.netty;

import io.netty.channel.ChannelPipeline;

/**
 * What stands between a socket and its frames: the place where TLS goes.
 *
 * <p>Every channel passes through {@link #protect} before the handler that reads frames is added,
 * and every address asks {@link #reachesBeyondLoopback}. There is no TLS yet, so bytes go as they
 * are, and only within the machine.
 */
final class ChannelSecurity {
  /** No encryption; loopback only. */
  static final ChannelSecurity PLAIN = new ChannelSecurity(false);

  private final boolean reachesBeyondLoopback;

  private ChannelSecurity(boolean reachesBeyondLoopback) {
    this.reachesBeyondLoopback = reachesBeyondLoopback;
  }

  /** Whether other machines may be talked to. */
  boolean reachesBeyondLoopback() {
    return reachesBeyondLoopback;
  }

  /**
   * Adds what protects a channel to its pipeline, which is empty so far.
   *
   * @param accepted whether the peer opened the connection
   */
  void protect(ChannelPipeline pipeline, boolean accepted) {}
}
