package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/** What a node does for the daddies of others' arcs: promises, keeps, tells. On the loop. */
final class Copies implements RingService<CopyRequest> {
  private final Shelf shelf;
  private final Limits limits;
  private final int inFlightMax;
  private final Records records;

  Copies(Shelf shelf, Limits limits, int inFlightMax, Records records) {
    this.shelf = shelf;
    this.limits = limits;
    this.inFlightMax = inFlightMax;
    this.records = records;
  }

  @Override
  public String name() {
    return Records.COPY_SERVICE;
  }

  @Override
  public Class<CopyRequest> requestType() {
    return CopyRequest.class;
  }

  @Override
  public int inFlightMax() {
    return inFlightMax;
  }

  @Override
  public CompletionStage<?> handle(CopyRequest request, Context context) {
    try {
      return CompletableFuture.completedFuture(answer(request, context.origin()));
    } catch (RingException refused) {
      return context.fail(refused);
    }
  }

  private Object answer(CopyRequest request, Id origin) {
    Soundness.check(records.arcs(), request, origin);
    if (request instanceof CopyRequest.Accept accept) {
      var reply = shelf.accept(accept.arc(), accept.ballot(), accept.entries());
      return promised(accept.arc(), reply.promised(), reply);
    }
    if (request instanceof CopyRequest.Check check) {
      var reply = shelf.check(check.arc(), check.ballot());
      return promised(check.arc(), reply.promised(), reply);
    }
    if (request instanceof CopyRequest.Prepare prepare) {
      var reply =
          shelf.prepare(
              prepare.arc(),
              prepare.ballot(),
              prepare.after(),
              limits.headsMax(),
              limits.batchBytesMax());
      return promised(prepare.arc(), reply.promised(), reply);
    }
    if (request instanceof CopyRequest.Fetch fetch) {
      return shelf.fetch(fetch.arc(), fetch.keys(), limits.batchBytesMax());
    }
    CopyRequest.Holding holding = (CopyRequest.Holding) request;
    List<Integer> released =
        holding.arcs().stream().filter(arc -> records.holding(arc, origin)).toList();
    return new CopyRequest.Held(released);
  }

  private <R> R promised(int arc, Ballot promised, R reply) {
    records.promised(arc, promised);
    return reply;
  }
}
