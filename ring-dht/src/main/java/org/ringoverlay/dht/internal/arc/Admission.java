package org.ringoverlay.dht.internal.arc;

import org.ringoverlay.dht.internal.wire.Charter;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;

/**
 * What a caller's request may hold, whoever wrote it: checked where it enters the records, so that
 * nothing behind has to ask again.
 */
final class Admission {
  private final long valueBytesMax;

  /** Admits values of up to so many bytes. */
  Admission(long valueBytesMax) {
    this.valueBytesMax = valueBytesMax;
  }

  /**
   * Checks a request.
   *
   * @throws RingException.InvalidInput if it is none that can be answered
   */
  void check(Request request) {
    if (request instanceof Request.Where where && where.id() == null) {
      throw new RingException.InvalidInput("A question for an arc names an ID.");
    }
    if (request instanceof Request.Keyed keyed) {
      if (keyed.space() == null || keyed.key() == null) {
        throw new RingException.InvalidInput("A request names a namespace and a key.");
      }
      Keys.checkKey(keyed.key());
      if (keyed.space().equals(Keys.RING_SPACE)) {
        checkOwn(keyed);
      } else {
        Keys.checkSpace(keyed.space());
      }
    }
    if (request instanceof Request.Watch watch
        && (watch.after() < Request.Watch.FROM_NOW
            || watch.after() > Versions.MAX
            || watch.holdMillis() < 0
            || watch.holdMillis() > Request.Watch.HOLD_MILLIS_MAX)) {
      throw new RingException.InvalidInput("A watch names a version and how long it waits.");
    }
    if (request instanceof Request.Put put) {
      if (put.value() == null) {
        throw new RingException.InvalidInput("A put brings a value.");
      }
      checkValue(put.value().size());
      if (put.ttlMillis() < 0 || put.ttlMillis() > Request.Put.TTL_MILLIS_MAX) {
        throw new RingException.InvalidInput("A time to live is 1 ms to 100 years.");
      }
    }
    if (request instanceof Request.Change change
        && (change.operation() == null
            || !OperationWindow.isId(change.operation())
            || change.seen() < 0
            || change.condition() == null
            || change.condition().kind() == null
            || change.acknowledge() == null)) {
      throw new RingException.InvalidInput("A change names its operation and its condition.");
    }
  }

  /** Whoever changes the ring's settings, by whatever way, leaves settings there. */
  private static void checkOwn(Request.Keyed request) {
    if (!request.key().equals(Charters.KEY)) {
      throw new RingException.InvalidInput("The ring has no such record of its own.");
    }
    if (request instanceof Request.Put put && put.value() != null) {
      put.value().as(Charter.class).check();
    }
    if (request instanceof Request.Delete
        || (request instanceof Request.Put put && put.ttlMillis() != 0)) {
      throw new RingException.InvalidInput("The settings of the ring are changed, and stay.");
    }
  }

  /** Checks the size of a value. */
  void checkValue(int sizeBytes) {
    if (sizeBytes > valueBytesMax) {
      throw RingException.InvalidInput.tooLarge(
          "A value has at most "
              + valueBytesMax
              + " bytes (ring.dht.value.max), this one has "
              + sizeBytes
              + ".");
    }
  }
}
