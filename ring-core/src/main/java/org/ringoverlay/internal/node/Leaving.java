package org.ringoverlay.internal.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.internal.call.ByteService;
import org.ringoverlay.internal.call.Services;
import org.ringoverlay.spi.Clock;
import org.ringoverlay.spi.Scheduler;

/**
 * How a node goes: each service hands over, requests in work end, all within a deadline; then
 * goodbye is said. On the loop.
 */
final class Leaving {
  private static final long LOOK_NANOS = 10_000_000;

  private final Services services;
  private final Function<ByteService, CompletionStage<Long>> handOver;
  private final Clock clock;
  private final Scheduler scheduler;
  private final long withinNanos;
  private final Consumer<Left> goodbye;
  private final TreeMap<String, Long> handedOver = new TreeMap<>();
  private final TreeMap<String, String> unfinished = new TreeMap<>();
  private final List<CompletableFuture<Left>> waiting = new ArrayList<>();
  private long begunAt;
  private @Nullable Left left;

  Leaving(
      Services services,
      Function<ByteService, CompletionStage<Long>> handOver,
      Clock clock,
      Scheduler scheduler,
      long withinNanos,
      Consumer<Left> goodbye) {
    this.services = services;
    this.handOver = handOver;
    this.clock = clock;
    this.scheduler = scheduler;
    this.withinNanos = withinNanos;
    this.goodbye = goodbye;
  }

  void begin() {
    begunAt = clock.nanos();
    for (ByteService service : services.all()) {
      String name = service.name();
      unfinished.put(name, "did not hand over in time");
      CompletionStage<Long> handing;
      try {
        handing = handOver.apply(service);
      } catch (RuntimeException thrown) {
        unfinished.put(name, thrown.toString());
        continue;
      }
      handing.whenComplete(
          (count, failure) -> scheduler.execute(() -> handed(name, count, failure)));
    }
    scheduler.schedule(0, this::look);
  }

  private void handed(String name, @Nullable Long count, @Nullable Throwable failure) {
    if (left != null) {
      return;
    }
    if (failure != null) {
      unfinished.put(name, String.valueOf(failure.getMessage()));
    } else {
      unfinished.remove(name);
      handedOver.put(name, count == null ? 0L : count);
    }
  }

  private void look() {
    long took = clock.nanos() - begunAt;
    boolean done = unfinished.isEmpty() && services.inFlight() == 0;
    if (!done && took < withinNanos) {
      scheduler.schedule(LOOK_NANOS, this::look);
      return;
    }
    var result = new Left(handedOver, unfinished, Duration.ofNanos(took));
    left = result;
    goodbye.accept(result);
    waiting.forEach(future -> future.complete(result));
  }

  /** The node closed before it had left; whoever waits is told, for no timer will. */
  void cutShort(RingException why) {
    if (left == null) {
      waiting.forEach(future -> future.completeExceptionally(why));
      waiting.clear();
    }
  }

  void whenLeft(CompletableFuture<Left> future) {
    Left result = left;
    if (result != null) {
      future.complete(result);
    } else {
      waiting.add(future);
    }
  }
}
