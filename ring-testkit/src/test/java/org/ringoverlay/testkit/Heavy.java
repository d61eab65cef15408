package org.ringoverlay.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.json.Json;

/** A service that hands over as many things as its node's number says. */
final class Heavy implements RingService<Json> {
  private final long things;

  Heavy(long things) {
    this.things = things;
  }

  @Override
  public String name() {
    return "heavy";
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
    return CompletableFuture.completedFuture(things);
  }
}
