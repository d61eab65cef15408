package org.ringoverlay.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.json.Json;

/** A service that never has handed over. */
final class Reluctant implements RingService<Json> {
  @Override
  public String name() {
    return "reluctant";
  }

  @Override
  public Class<Json> requestType() {
    return Json.class;
  }

  @Override
  public CompletionStage<?> handle(Json request, Context context) {
    return CompletableFuture.completedFuture(request);
  }

  @Override
  public CompletionStage<Long> leaving() {
    return new CompletableFuture<>();
  }
}
