package org.ringoverlay.pubsub;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.pubsub.RootRequest.Graft;
import org.ringoverlay.pubsub.RootRequest.Offer;
import org.ringoverlay.pubsub.RootRequest.Publish;
import org.ringoverlay.view.RingView;

/** The service at a topic's root, and the ear for changes of the ring. On the loop. */
final class RootService implements RingService<RootRequest> {
  private final Roots roots;
  private final Offers offers;
  private final Grafts grafts;

  RootService(Roots roots, Offers offers, Grafts grafts) {
    this.roots = roots;
    this.offers = offers;
    this.grafts = grafts;
  }

  @Override
  public String name() {
    return RootRequest.SERVICE;
  }

  @Override
  public Class<RootRequest> requestType() {
    return RootRequest.class;
  }

  @Override
  public CompletionStage<?> handle(RootRequest request, Context context) {
    if (request instanceof Graft graft) {
      return Errors.vouched(
          context, () -> CompletableFuture.completedFuture(roots.graft(graft, context.origin())));
    }
    if (request instanceof Publish publish) {
      return Errors.vouched(context, () -> roots.publish(publish, context));
    }
    if (request instanceof Offer offer) {
      return Errors.vouched(context, () -> offers.offer(offer, context));
    }
    throw new IllegalStateException("a sealed family has no other: " + request);
  }

  @Override
  public void gained(IdRange range) {
    roots.gained(range);
  }

  @Override
  public void changed(RingView view) {
    roots.changed(view);
    offers.changed(view);
    grafts.changed(view);
  }

  @Override
  public CompletionStage<Long> leaving() {
    return roots.leave();
  }
}
