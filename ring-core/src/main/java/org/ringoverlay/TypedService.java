package org.ringoverlay;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;
import org.ringoverlay.internal.call.ByteService;
import org.ringoverlay.internal.call.Inbound;
import org.ringoverlay.json.JsonBinding;
import org.ringoverlay.view.RingView;

/** A user's service as the node runs it: reads the request, writes the reply. On the loop. */
final class TypedService<Q> implements ByteService {
  private final Ring ring;
  private final RingService<Q> service;
  private final JsonBinding binding;

  TypedService(Ring ring, RingService<Q> service, JsonBinding binding) {
    this.ring = ring;
    this.service = service;
    this.binding = binding;
  }

  @Override
  public String name() {
    return service.name();
  }

  @Override
  public int inFlightMax() {
    return service.inFlightMax();
  }

  @Override
  @SuppressWarnings("NullAway") // a user's handler may return null although it must not
  public void handle(Inbound inbound) {
    Q request;
    try {
      request =
          binding.read(inbound.array(), inbound.offset(), inbound.length(), service.requestType());
    } catch (RingException unreadable) {
      inbound.fail(unreadable);
      return;
    }
    CompletionStage<?> stage;
    try {
      stage = service.handle(request, new InboundContext(ring, inbound));
    } catch (RuntimeException thrown) {
      inbound.fail(told(thrown));
      return;
    }
    if (stage == null) {
      inbound.fail(
          new RingException.HandlerFailed(
              "The handler of service '" + service.name() + "' returned null instead of a stage."));
      return;
    }
    stage.whenComplete(
        (reply, failure) -> {
          if (ring.scheduler().onLoop()) {
            end(inbound, reply, failure);
          } else {
            ring.scheduler().execute(() -> end(inbound, reply, failure));
          }
        });
  }

  private void end(Inbound inbound, @Nullable Object reply, @Nullable Throwable failure) {
    if (failure != null) {
      inbound.fail(told(failure));
      return;
    }
    byte[] json;
    try {
      json = binding.write(reply);
    } catch (RingException | IllegalArgumentException unwritable) {
      inbound.fail(
          new RingException.HandlerFailed(
              "The reply of service '"
                  + service.name()
                  + "' has no JSON form: "
                  + unwritable.getMessage()));
      return;
    }
    if (json.length > ring.payloadBytesMax()) {
      inbound.fail(
          new RingException.HandlerFailed(
              "The reply of service '"
                  + service.name()
                  + "' is "
                  + json.length
                  + " bytes of JSON; this node sends at most "
                  + ring.payloadBytesMax()
                  + " (ring.frame.max)."));
      return;
    }
    inbound.reply(json);
  }

  private RingException told(Throwable failure) {
    return Context.told("The handler of service '" + service.name() + "'", failure);
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

  /** What a request on this node is to its handler, and to those of this package a little more. */
  record InboundContext(Ring ring, Inbound inbound) implements Context {
    /** Whom this node would send a message for an ID to; null if there is nobody. */
    @Nullable Id nextHop(Id to) {
      return inbound.nextHop(to);
    }

    @Override
    public Id target() {
      return inbound.target();
    }

    @Override
    public Id origin() {
      return inbound.origin();
    }

    @Override
    public Duration timeLeft() {
      return Duration.ofNanos(inbound.deadlineNanos() - ring.clock().nanos());
    }

    @Override
    public String requestId() {
      return inbound.requestId();
    }

    @Override
    public int hops() {
      return inbound.hops();
    }
  }
}
