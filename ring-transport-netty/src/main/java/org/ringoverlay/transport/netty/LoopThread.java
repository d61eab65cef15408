package org.ringoverlay.transport.netty;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.CompletableFuture;

/**
 * The thread of a loop, told from all others by its class. Not a daemon: a node keeps its JVM alive
 * until it is closed.
 */
final class LoopThread extends FastThreadLocalThread {
  private final CompletableFuture<Void> ended;

  LoopThread(String name, Runnable loop, CompletableFuture<Void> ended) {
    super(loop, name);
    this.ended = ended;
    setDaemon(false);
  }

  @Override
  public void run() {
    try {
      super.run();
    } finally {
      ended.complete(null);
    }
  }
}
