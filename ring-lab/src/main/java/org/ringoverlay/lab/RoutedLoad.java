package org.ringoverlay.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.ringoverlay.Ring;
import org.ringoverlay.RingService;
import org.ringoverlay.id.Id;
import org.ringoverlay.transport.netty.NettyLoops;

/**
 * Requests from one node to random IDs whose roots are other nodes, each answered with its payload.
 * As in the echo beside it the asker has a loop thread of its own; the other nodes share the rest.
 */
final class RoutedLoad implements Meter.Load, AutoCloseable {
  private static final int TARGETS = 4_096;

  private final int outstanding;
  private final NettyLoops askerLoop = NettyLoops.shared(1);
  private final NettyLoops loops;
  private final List<Ring> rings = new ArrayList<>();
  private final Id[] targets = new Id[TARGETS];

  /** Belongs to the asker's loop. */
  private long asked;

  RoutedLoad(int nodes, int outstanding, int threads) {
    this.outstanding = outstanding;
    this.loops = NettyLoops.shared(threads - 1);
    for (int i = 0; i < nodes; i++) {
      var builder =
          Ring.builder()
              .transport(i == 0 ? askerLoop : loops)
              .extensions(List.of())
              .service(
                  RingService.of(
                      "payload",
                      Payload.class,
                      (payload, context) -> CompletableFuture.completedFuture(payload)));
      if (i > 0) {
        builder.seeds(List.of(rings.get(0).address()));
      }
      rings.add(builder.startAndAwait());
    }
    Ring asker = rings.get(0);
    var random = new SplittableRandom(42);
    for (int i = 0; i < TARGETS; ) {
      Id target = Id.of(random.nextLong(), random.nextLong(), random.nextInt());
      if (nodes == 1 || !asker.view().isRoot(target)) {
        targets[i++] = target;
      }
    }
  }

  @Override
  public long run(long nanos) throws InterruptedException {
    Ring asker = rings.get(0);
    return ClosedLoop.run(
        asker,
        outstanding,
        nanos,
        (chain, turn) -> {
          Id target = targets[(int) (asked++ % TARGETS)];
          return asker.ask("payload", target, Payload.sample(asked), Payload.class);
        });
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
