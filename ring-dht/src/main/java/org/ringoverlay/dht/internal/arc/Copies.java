package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.dht.internal.wire.Ballot;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Entry;
import org.ringoverlay.dht.internal.wire.Operation;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Arcs;
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
    if (request instanceof CopyRequest.Accept accept) {
      checkBallot(accept.arc(), accept.ballot(), origin);
      for (Entry entry : accept.entries()) {
        checkEntry(accept.arc(), entry);
      }
      var reply = shelf.accept(accept.arc(), accept.ballot(), accept.entries());
      return promised(accept.arc(), reply.promised(), reply);
    }
    if (request instanceof CopyRequest.Check check) {
      checkBallot(check.arc(), check.ballot(), origin);
      var reply = shelf.check(check.arc(), check.ballot());
      return promised(check.arc(), reply.promised(), reply);
    }
    if (request instanceof CopyRequest.Prepare prepare) {
      checkBallot(prepare.arc(), prepare.ballot(), origin);
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
      checkArc(fetch.arc());
      return shelf.fetch(fetch.arc(), fetch.keys(), limits.batchBytesMax());
    }
    CopyRequest.Holding holding = (CopyRequest.Holding) request;
    holding.arcs().forEach(this::checkArc);
    List<Integer> released =
        holding.arcs().stream().filter(arc -> records.holding(arc, origin)).toList();
    return new CopyRequest.Held(released);
  }

  private <R> R promised(int arc, Ballot promised, R reply) {
    records.promised(arc, promised);
    return reply;
  }

  private void checkArc(int arc) {
    Arcs arcs = records.arcs();
    if (arc < 0 || arc >= arcs.count()) {
      throw new RingException.InvalidInput("There is no arc " + arc + " in this ring.");
    }
  }

  private void checkBallot(int arc, Ballot ballot, Id origin) {
    checkArc(arc);
    if (!ballot.daddy().equals(origin)
        || ballot.round() < 1
        || ballot.round() > Versions.ROUND_MAX) {
      throw new RingException.InvalidInput("The ballot is not one that its sender can hold.");
    }
  }

  private void checkEntry(int arc, Entry entry) {
    if (entry.key() == null
        || entry.value() == null
        || entry.version() < 1
        || entry.version() > Versions.MAX
        || entry.written() < 0
        || entry.written() > entry.version()
        || entry.forgotten() < 0
        || entry.forgotten() > entry.version()
        || entry.base() < Entry.WHOLE
        || entry.operations().size() > OperationWindow.OPERATIONS_MAX
        || !entry.operations().stream().allMatch(operation -> isOf(entry, operation))
        || records.arcs().indexOf(Keys.idOfFull(entry.key())) != arc) {
      throw new RingException.InvalidInput("The message holds what is no register of its arc.");
    }
  }

  private static boolean isOf(Entry entry, Operation operation) {
    return operation.id() != null
        && operation.id().length() <= OperationWindow.ID_CHARS_MAX
        && operation.version() >= 1
        && operation.version() <= entry.version()
        && operation.found() >= 0
        && operation.found() < operation.version();
  }
}
