package org.ringoverlay.store;

import org.ringoverlay.spi.Store;

/** A store that a test holds, and gives back. */
record Held(Store store) implements AutoCloseable {
  @Override
  public void close() {
    store.close().toCompletableFuture().join();
  }
}
