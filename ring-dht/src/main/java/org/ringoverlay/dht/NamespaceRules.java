package org.ringoverlay.dht;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.ringoverlay.dht.internal.wire.Request;
import org.ringoverlay.error.RingException;

/**
 * What holds for all records of one namespace, in the whole ring. The daddy of a record applies
 * them, whoever writes it, to what is written from then on.
 *
 * @param ttl after which time a value vanishes whose write named no time, 1 ms to 100 years
 * @param valueBytesMax the most bytes of a value, 1 or more; {@code ring.dht.value.max} holds
 *     beside it
 */
public record NamespaceRules(Optional<Duration> ttl, OptionalLong valueBytesMax) {
  /** No rules. */
  public static final NamespaceRules NONE =
      new NamespaceRules(Optional.empty(), OptionalLong.empty());

  /**
   * Checks them.
   *
   * @throws RingException.InvalidInput if a rule is none that can be obeyed
   */
  public NamespaceRules {
    if (ttl.filter(time -> !isTtl(time)).isPresent()) {
      throw new RingException.InvalidInput("A namespace's time to live is 1 ms to 100 years.");
    }
    if (valueBytesMax.isPresent() && valueBytesMax.getAsLong() < 1) {
      throw new RingException.InvalidInput(
          "A namespace's values have 1 byte or more, not " + valueBytesMax.getAsLong() + ".");
    }
  }

  /** The same with a time after which values vanish. */
  public NamespaceRules expiringAfter(Duration time) {
    return new NamespaceRules(Optional.of(time), valueBytesMax);
  }

  /** The same with a bound for values. */
  public NamespaceRules upToValueBytes(long bytes) {
    return new NamespaceRules(ttl, OptionalLong.of(bytes));
  }

  static boolean isTtl(Duration ttl) {
    return ttl.compareTo(Duration.ofMillis(1)) >= 0
        && ttl.compareTo(Duration.ofMillis(Request.Put.TTL_MILLIS_MAX)) <= 0;
  }
}
