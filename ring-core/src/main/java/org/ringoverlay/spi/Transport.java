package org.ringoverlay.spi;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * One node's place in a world: its clock, its loop, its chance and its sockets.
 *
 * <p>The transport frames, batches and bounds; it knows nothing of what the frames say.
 */
public interface Transport {
  /** The node's clock. Any thread. */
  Clock clock();

  /** The node's loop. Any thread. */
  Scheduler scheduler();

  /** The node's source of chance. */
  Randomness randomness();

  /**
   * Listens for peers. Any thread; completes on the loop.
   *
   * @param address {@code host:port}; port 0 means any free one
   * @param handlers makes the handler of each accepted connection, on the loop
   * @return the bound {@code host:port}; fails with {@code InvalidInput} when the address is not of
   *     this form, not ours, not loopback while there is no TLS, or in use
   */
  CompletionStage<String> listen(String address, Supplier<ConnectionHandler> handlers);

  /**
   * Connects to a peer. On the loop; never blocks and never throws for what the net does: the
   * handler hears {@code opened} or {@code closed}.
   */
  void connect(String address, ConnectionHandler handler);

  /**
   * Stops listening, closes every connection, and lets the loop go. Any thread; completes when all
   * sockets are closed, on the loop's last turn or another thread.
   */
  CompletionStage<Void> close();
}
