package org.ringoverlay.lab.planted.pubsub;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Leaves the loop without naming a thread. */
public final class HidesThreads {
  private HidesThreads() {}

  static long hide(CompletableFuture<Integer> stage, List<Integer> list) {
    CompletableFuture<Integer> timed =
        stage.orTimeout(1, TimeUnit.SECONDS).completeOnTimeout(1, 1, TimeUnit.SECONDS);
    CompletableFuture<Integer> async = timed.thenApplyAsync(value -> value + 1);
    return async.getNow(0) + list.parallelStream().count() + list.stream().parallel().count();
  }
}
