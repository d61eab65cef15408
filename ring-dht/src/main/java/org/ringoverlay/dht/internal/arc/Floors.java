package org.ringoverlay.dht.internal.arc;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.ringoverlay.dht.internal.wire.Configuration;
import org.ringoverlay.dht.internal.wire.CopyReply.Accepted;
import org.ringoverlay.dht.internal.wire.CopyReply.Floored;
import org.ringoverlay.dht.internal.wire.CopyRequest;
import org.ringoverlay.dht.internal.wire.Fingerprint;

/**
 * A member's part in collecting tombstones: compares what it holds with its daddy up to a version,
 * raises its floor, and takes over the floor of an arc of which it is to be a member.
 *
 * <p>On the loop. See decision 13.
 */
final class Floors {
  private final Shelf shelf;
  private long raised;
  private long dropped;

  Floors(Shelf shelf) {
    this.shelf = shelf;
  }

  /** How often a floor was raised here. */
  long raised() {
    return raised;
  }

  /** How many tombstones were dropped here. */
  long dropped() {
    return dropped;
  }

  /** What this node holds of an arc up to a version. */
  Fingerprint held(int arc, long version) {
    return Fingerprints.upTo(version, shelf.registers(arc));
  }

  /** Does what a daddy asks, if its ballot stands. */
  Floored answer(CopyRequest.Floor request) {
    Accepted checked = shelf.check(request.arc(), request.ballot());
    long store = shelf.self().store();
    if (!checked.granted()) {
      return new Floored(false, checked.standing(), store, false, 0);
    }
    boolean same =
        switch (request.step()) {
          case COMPARE -> holdsTheSame(request);
          case RAISE -> raise(request);
          case JOIN -> join(request);
        };
    return new Floored(true, null, store, same, 0);
  }

  private boolean holdsTheSame(CopyRequest.Floor request) {
    return held(request.arc(), request.version()).equals(request.held());
  }

  private boolean raise(CopyRequest.Floor request) {
    int arc = request.arc();
    Floor before = shelf.floor(arc);
    shelf.floor(
        arc,
        hasLeftSince(request)
            ? before.heard(request.version())
            : before.raised(request.version(), request.ballot().round()));
    raised += request.version() > before.version() ? 1 : 0;
    dropped += drop(request, Register::deleted);
    return true;
  }

  /**
   * Whether it comes late: this node left, and if it is to be a member again it is being filled.
   */
  private boolean hasLeftSince(CopyRequest.Floor request) {
    Configuration known = shelf.configuration(request.arc());
    return known != null && known.epoch() > request.epoch() && !known.has(shelf.self());
  }

  /**
   * Nobody counts on what this node holds, but for what it accepted under this ballot: the rest may
   * be from when it was a member before, and older than tombstones that are gone. If it holds
   * anything else than the daddy even then, it is to be filled from the beginning. Not if it has
   * taken over this floor before: then it may be a member by now, and be asked late.
   */
  private boolean join(CopyRequest.Floor request) {
    int arc = request.arc();
    long round = request.ballot().round();
    if (shelf.floor(arc).isBelow(request.version(), round)) {
      return holdsTheSame(request);
    }
    drop(request, register -> register.accepted() != round);
    if (!holdsTheSame(request)) {
      shelf.floor(arc, shelf.floor(arc).unfilled());
      drop(request, register -> true);
      return false;
    }
    shelf.floor(arc, shelf.floor(arc).raised(request.version(), round));
    return true;
  }

  private int drop(CopyRequest.Floor request, Predicate<Register> which) {
    List<String> keys =
        shelf.registers(request.arc()).entrySet().stream()
            .filter(each -> each.getValue().version() <= request.version())
            .filter(each -> which.test(each.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    keys.forEach(key -> shelf.drop(request.arc(), key));
    return keys.size();
  }
}
