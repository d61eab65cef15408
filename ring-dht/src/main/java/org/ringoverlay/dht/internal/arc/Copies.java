package org.ringoverlay.dht.internal.arc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.ringoverlay.Context;
import org.ringoverlay.RingService;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;

/** What a node does for the daddies of arcs: promises, keeps, tells. On the loop. */
final class Copies implements RingService<CopyRequest> {
  private final Shelf shelf;
  private final Limits limits;
  private final int inFlightMax;
  private final Leaders leaders;
  private final Grants grants;
  private final Inspector inspector;
  private final Witness witness;
  private final long session;

  /**
   * Makes the service.
   *
   * @param session drawn at each start of the node
   */
  Copies(
      Shelf shelf,
      Limits limits,
      int inFlightMax,
      Leaders leaders,
      Grants grants,
      Inspector inspector,
      Witness witness,
      long session) {
    this.grants = grants;
    this.inspector = inspector;
    this.witness = witness;
    this.session = session;
    this.shelf = shelf;
    this.limits = limits;
    this.inFlightMax = inFlightMax;
    this.leaders = leaders;
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
      leaders.enter();
      witness.heard(context.origin(), request);
      if (request instanceof CopyRequest.Inspect inspect) {
        Soundness.check(leaders.arcs(), shelf, inspect, context.origin());
        return inspector.inspect(inspect, leaders.arcs().count());
      }
      Id origin = context.origin();
      CopyReply reply = witness.signed(origin, request, answer(request, origin));
      if (tellsOfLeave(request)) {
        // From then on this node gives the leaver no arcs any more.
        var placed = new CompletableFuture<CopyReply>();
        leaders.whenPlaced(() -> shelf.whenKept(() -> placed.complete(reply)));
        return placed;
      }
      if (shelf.isKept()) {
        return CompletableFuture.completedFuture(reply);
      }
      // What is told, and counted by whoever is told, has to outlive a power cut.
      var kept = new CompletableFuture<CopyReply>();
      shelf.whenKept(() -> kept.complete(reply));
      return kept;
    } catch (RingException refused) {
      return context.fail(refused);
    }
  }

  private static boolean tellsOfLeave(CopyRequest request) {
    return request instanceof CopyRequest.Batch batch
        ? batch.requests().stream()
            .anyMatch(each -> each instanceof CopyRequest.Locate one && one.leaving())
        : request instanceof CopyRequest.Locate locate && locate.leaving();
  }

  private CopyReply answer(CopyRequest request, Id origin) {
    if (request instanceof CopyRequest.Batch batch) {
      var replies = new ArrayList<CopyReply>();
      batch.requests().forEach(each -> replies.add(answerOrDecline(each, origin)));
      return CopyReply.Answers.of(replies);
    }
    Soundness.check(leaders.arcs(), shelf, request, origin);
    if (isVote(request)) {
      leaders.homecoming().checkOver();
    }
    if (request instanceof CopyRequest.Accept accept) {
      var reply = shelf.accept(accept);
      leaders.promised(accept.arc(), shelf.promised(accept.arc()));
      if (accept.configuration() != null && reply.granted()) {
        leaders.configured(accept.arc());
      }
      return reply;
    }
    if (request instanceof CopyRequest.Check check) {
      var reply = shelf.check(check.arc(), check.ballot());
      leaders.promised(check.arc(), shelf.promised(check.arc()));
      return reply;
    }
    if (request instanceof CopyRequest.Prepare prepare) {
      var reply = shelf.prepare(prepare, limits.headsMax(), limits.batchBytesMax());
      leaders.promised(prepare.arc(), shelf.promised(prepare.arc()));
      return reply;
    }
    if (request instanceof CopyRequest.Fetch fetch) {
      return shelf.fetch(fetch.arc(), fetch.keys(), limits.batchBytesMax());
    }
    if (request instanceof CopyRequest.Compare compare) {
      var here = new Reconciliation(shelf, leaders.arcs().count());
      return new CopyReply.Compared(
          shelf.self().store(), here.find(compare.ranges(), limits.batchBytesMax()));
    }
    if (request instanceof CopyRequest.Forget forget) {
      var reply = shelf.forget(forget);
      leaders.promised(forget.arc(), shelf.promised(forget.arc()));
      return reply;
    }
    if (request instanceof CopyRequest.Floor floor) {
      var reply = shelf.floors().answer(floor);
      leaders.promised(floor.arc(), shelf.promised(floor.arc()));
      return reply;
    }
    if (request instanceof CopyRequest.InspectKeys inspect) {
      return inspector.inspect(inspect, limits.batchBytesMax());
    }
    if (request instanceof CopyRequest.Lease lease) {
      if (lease.over()) {
        grants.end(origin, lease.session());
        return new CopyReply.Leased(session, 0);
      }
      return new CopyReply.Leased(session, grants.grant(origin, lease.session()));
    }
    if (request instanceof CopyRequest.Met met) {
      shelf.met(met.arc(), met.configuration());
      leaders.configured(met.arc());
      return located(new CopyRequest.Locate(List.of(met.arc())), origin);
    }
    return located((CopyRequest.Locate) request, origin);
  }

  /** Whether who asks counts on what this node promises, or keeps. */
  private static boolean isVote(CopyRequest request) {
    return request instanceof CopyRequest.Accept
        || request instanceof CopyRequest.Check
        || request instanceof CopyRequest.Prepare
        || request instanceof CopyRequest.Forget
        || request instanceof CopyRequest.Floor
        || request instanceof CopyRequest.Lease;
  }

  private CopyReply answerOrDecline(CopyRequest request, Id origin) {
    if (request == null
        || request instanceof CopyRequest.Batch
        || request instanceof CopyRequest.Inspect) {
      return new CopyReply.Declined("a batch holds single requests");
    }
    try {
      return answer(request, origin);
    } catch (RingException refused) {
      return new CopyReply.Declined(refused.getMessage());
    }
  }

  private CopyReply.Located located(CopyRequest.Locate locate, Id origin) {
    if (locate.leaving()) {
      leaders.leaves(origin);
    }
    if (locate.resting()) {
      leaders.rests(origin);
    }
    if (locate.sender() != null) {
      leaders.keeps(origin, locate.sender().store());
    }
    var placed = new ArrayList<CopyReply.Placed>();
    for (int arc : locate.arcs()) {
      Configuration decided = leaders.decided(arc);
      Configuration met = shelf.configuration(arc);
      if (decided != null && (met == null || decided.compareTo(met) >= 0)) {
        placed.add(new CopyReply.Placed(arc, decided, true));
      } else if (met != null) {
        placed.add(new CopyReply.Placed(arc, met, false));
      }
    }
    return new CopyReply.Located(shelf.self().store(), shelf.isDurable(), placed);
  }
}
