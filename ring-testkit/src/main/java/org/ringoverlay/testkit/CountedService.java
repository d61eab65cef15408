package org.ringoverlay.testkit;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.view.RingView;

/** A service in one process that remembers which of the last requests it has had. */
final class CountedService<Q> implements RingService<Q> {
  private final RingService<Q> service;
  private final Consumer<String> twice;
  private final Recent handled = new Recent();

  CountedService(RingService<Q> service, Consumer<String> twice) {
    this.service = service;
    this.twice = twice;
  }

  @Override
  public String name() {
    return service.name();
  }

  @Override
  public Class<Q> requestType() {
    return service.requestType();
  }

  @Override
  public CompletionStage<?> handle(Q request, Context context) {
    if (!handled.add(Trace.digest(context.requestId()))) {
      twice.accept(context.requestId());
    }
    return service.handle(request, context);
  }

  @Override
  public void gained(IdRange range) {
    service.gained(range);
  }

  @Override
  public void lost(IdRange range) {
    service.lost(range);
  }

  @Override
  public void changed(RingView view) {
    service.changed(view);
  }

  @Override
  public CompletionStage<Long> leaving() {
    return service.leaving();
  }

  @Override
  public CompletionStage<Long> stopping() {
    return service.stopping();
  }

  @Override
  public int inFlightMax() {
    return service.inFlightMax();
  }
}
