package org.ringoverlay.lab.planted.pubsub;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.ringoverlay.id.Id;
import org.ringoverlay.spi.Clock;

/** Breaks no rule, though it comes near some. */
public final class Innocent {
  /** Time by the SPI. */
  public long now(Clock clock) {
    return clock.nanos();
  }

  /** Collections that keep an order, or hold at most one. */
  public Map<Id, List<Id>> ordered(List<Id> ids) {
    Map<Id, List<Id>> grouped =
        ids.stream().collect(Collectors.groupingBy(id -> id, TreeMap::new, Collectors.toList()));
    var result = new LinkedHashMap<Id, List<Id>>(grouped);
    result.putAll(Map.of());
    result.keySet().removeAll(Set.of(Id.ZERO));
    return result;
  }

  /** A stage that goes on where it is told to. */
  public CompletionStage<Integer> later(CompletableFuture<List<Id>> ids) {
    return ids.thenApplyAsync(ArrayList::new, Runnable::run).thenApply(List::size);
  }

  /** Passes an interrupt on. */
  public void interrupted() {
    Thread.currentThread().interrupt();
  }
}
