package org.ringoverlay.internal.call;

import org.jspecify.annotations.Nullable;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.internal.wire.Envelope;

/** A request in work on this node. Ended once, on the loop; a second end is ignored. */
public final class Inbound {
  private final Services services;
  private final Services.Entry service;
  private final Envelope request;
  private final long arrivedAt;
  private final long deadline;
  private boolean ended;

  Inbound(
      Services services, Services.Entry service, Envelope request, long arrivedAt, long deadline) {
    this.services = services;
    this.service = service;
    this.request = request;
    this.arrivedAt = arrivedAt;
    this.deadline = deadline;
  }

  /** The array that holds the request's JSON from {@link #offset} for {@link #length} bytes. */
  public byte[] array() {
    return request.array();
  }

  /** Where the JSON begins. */
  public int offset() {
    return request.offset();
  }

  /** How long the JSON is. */
  public int length() {
    return request.length();
  }

  /** The ID that the request was sent to. */
  public Id target() {
    return request.target();
  }

  /** The node that asked. */
  public Id origin() {
    return request.origin();
  }

  /** How many nodes the request passed. */
  public int hops() {
    return request.hops();
  }

  /** When the asker stops waiting, by this node's clock. */
  public long deadlineNanos() {
    return deadline;
  }

  /** The request's name, the same for all its repeats. */
  public String requestId() {
    return request.origin() + "-" + request.incarnation() + "-" + request.sequence();
  }

  /** Whom this node would send a message for an ID to; null if there is nobody. */
  public @Nullable Id nextHop(Id to) {
    return services.nextHop(to);
  }

  /** Ends the request with a reply. */
  public void reply(byte[] json) {
    if (claimEnd()) {
      services.ended(service, this, request, json, null, arrivedAt);
    }
  }

  /** Ends the request with an error. */
  public void fail(RingException error) {
    if (claimEnd()) {
      services.ended(service, this, request, null, error, arrivedAt);
    }
  }

  /** Whether the caller is the first to end the request. */
  private boolean claimEnd() {
    boolean first = !ended;
    ended = true;
    return first;
  }
}
