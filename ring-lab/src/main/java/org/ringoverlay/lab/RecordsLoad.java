package org.ringoverlay.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.Ring;
import org.ringoverlay.RingBuilder;
import org.ringoverlay.dht.Dht;
import org.ringoverlay.dht.DhtExtension;
import org.ringoverlay.json.Json;
import org.ringoverlay.transport.netty.NettyLoops;

/**
 * Operations on records from one node of a ring over loopback: so many at a time, each on a key of
 * its own, so that no two of them meet.
 *
 * <p>As in {@link RoutedLoad} the asker has a loop thread of its own; the other nodes share one.
 */
final class RecordsLoad implements AutoCloseable {
  private static final int KEYS_MIN = 4_096;

  private final int outstanding;
  private final int keysOfEach;
  private final NettyLoops askerLoop = NettyLoops.shared(1);
  private final NettyLoops loops = NettyLoops.shared(1);
  private final List<Ring> rings = new ArrayList<>();
  private final Dht dht;
  private final long[] versions;
  private final Json value;

  /**
   * Starts a ring and writes all keys. Blocks.
   *
   * @param directory below which the nodes keep their data, null for nodes in memory
   */
  RecordsLoad(int nodes, int outstanding, int valueBytes, @Nullable Path directory) {
    this.outstanding = outstanding;
    this.keysOfEach = Math.max(1, KEYS_MIN / outstanding);
    this.value = Json.of("x".repeat(valueBytes - 2));
    this.versions = new long[outstanding * keysOfEach];
    for (int i = 0; i < nodes; i++) {
      RingBuilder builder =
          Ring.builder()
              .transport(i == 0 ? askerLoop : loops)
              .extensions(List.of(new DhtExtension()));
      if (i > 0) {
        builder.seeds(List.of(rings.get(0).address()));
      }
      if (directory != null) {
        builder.data(directory.resolve("node" + i).toString());
      }
      rings.add(builder.startAndAwait());
    }
    this.dht = Dht.on(rings.get(0));
    awaitCopies();
  }

  /** Writes every key until it has all its copies. */
  private void awaitCopies() {
    int wanted = Math.min(3, rings.size());
    for (int key = 0; key < versions.length; key++) {
      int copies = 0;
      while (copies < wanted) {
        versions[key] = rings.get(0).await(dht.put(key(key), value)).version();
        copies = rings.get(0).await(dht.owner(key(key))).replicas().size();
      }
    }
  }

  private static String key(int number) {
    return "key-" + number;
  }

  /** Compares and sets. */
  Meter.Load compareAndSet() {
    return nanos ->
        run(
            nanos,
            key ->
                dht.compareAndSet(key(key), versions[key], value)
                    .thenAccept(written -> versions[key] = written.version()));
  }

  /** Reads what was acknowledged last. */
  Meter.Load get() {
    return nanos -> run(nanos, key -> dht.get(key(key)));
  }

  private long run(long nanos, IntFunction<CompletionStage<?>> operation)
      throws InterruptedException {
    return ClosedLoop.run(
        rings.get(0),
        outstanding,
        nanos,
        (chain, turn) -> operation.apply(chain * keysOfEach + turn % keysOfEach));
  }

  @Override
  public void close() {
    for (int i = rings.size() - 1; i >= 0; i--) {
      rings.get(i).close();
    }
    loops.close();
    askerLoop.close();
  }
}
