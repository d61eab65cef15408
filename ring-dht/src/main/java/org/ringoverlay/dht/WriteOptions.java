package org.ringoverlay.dht;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.ringoverlay.error.RingException;

/**
 * How to write.
 *
 * <p>At most one of {@code ifVersion}, {@code ifAbsent} and {@code mustExist}.
 *
 * @param ifVersion the version that must be the current one
 * @param ifAbsent whether there must be no record
 * @param mustExist whether there must be a record
 * @param acknowledge how many copies must have the write before it is acknowledged
 * @param ttl after which time the record is to vanish, 1 ms to 100 years, counted by its daddy, and
 *     anew by the next one: late is possible, early is not but by a clock that is fast. A write
 *     without one lets it stay, or live as long as its {@linkplain NamespaceRules namespace} says
 * @param idempotencyKey names the write, so that its repeat under the same name gets the first
 *     outcome; 1 to 128 printable ASCII characters, remembered for the record's last 128 writes. A
 *     repeat through the same node that comes later changes nothing and fails with {@code
 *     OutcomeUnknown}
 * @param timeout how long to try altogether
 */
public record WriteOptions(
    OptionalLong ifVersion,
    boolean ifAbsent,
    boolean mustExist,
    Ack acknowledge,
    Optional<Duration> ttl,
    Optional<String> idempotencyKey,
    Duration timeout) {
  static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int IDEMPOTENCY_KEY_CHARS_MAX = 128;
  private static final WriteOptions DEFAULTS =
      new WriteOptions(
          OptionalLong.empty(),
          false,
          false,
          Ack.MAJORITY,
          Optional.empty(),
          Optional.empty(),
          TIMEOUT);

  /** When a write is acknowledged. */
  public enum Ack {
    /** A majority of the copies has it. */
    MAJORITY,
    /** All copies of the current members have it. */
    ALL,
    /** The daddy has it; it may be lost with that node. */
    DADDY
  }

  /**
   * Checks the options.
   *
   * @throws RingException.InvalidInput if a version is none, the conditions contradict each other
   *     or the idempotency key breaks its rule
   */
  public WriteOptions {
    checkTimeout(timeout);
    int conditions = (ifVersion.isPresent() ? 1 : 0) + (ifAbsent ? 1 : 0) + (mustExist ? 1 : 0);
    if (conditions > 1) {
      throw new RingException.InvalidInput(
          "A write has one condition: a version, or that the record is absent, or that it exists.");
    }
    if (ifVersion.isPresent()) {
      checkVersion(ifVersion.getAsLong());
    }
    idempotencyKey.ifPresent(WriteOptions::checkIdempotencyKey);
  }

  /** No condition, acknowledged by a majority, within five seconds. */
  public static WriteOptions defaults() {
    return DEFAULTS;
  }

  /** The same, if this is the current version. */
  public WriteOptions ifVersion(long version) {
    return new WriteOptions(
        OptionalLong.of(version), ifAbsent, mustExist, acknowledge, ttl, idempotencyKey, timeout);
  }

  /** The same, if there is no record. */
  public WriteOptions onlyIfAbsent() {
    return new WriteOptions(ifVersion, true, mustExist, acknowledge, ttl, idempotencyKey, timeout);
  }

  /** The same, if there is a record. */
  public WriteOptions onlyIfPresent() {
    return new WriteOptions(ifVersion, ifAbsent, true, acknowledge, ttl, idempotencyKey, timeout);
  }

  /** The same with another acknowledgement. */
  public WriteOptions acknowledgedBy(Ack ack) {
    return new WriteOptions(ifVersion, ifAbsent, mustExist, ack, ttl, idempotencyKey, timeout);
  }

  /** The same for a record that vanishes after a time. */
  public WriteOptions expiringAfter(Duration time) {
    return new WriteOptions(
        ifVersion, ifAbsent, mustExist, acknowledge, Optional.of(time), idempotencyKey, timeout);
  }

  /** The same under a name that makes repeats harmless. */
  public WriteOptions named(String key) {
    return new WriteOptions(
        ifVersion, ifAbsent, mustExist, acknowledge, ttl, Optional.of(key), timeout);
  }

  /** The same with another timeout. */
  public WriteOptions within(Duration newTimeout) {
    return new WriteOptions(
        ifVersion, ifAbsent, mustExist, acknowledge, ttl, idempotencyKey, newTimeout);
  }

  boolean isConditional() {
    return ifVersion.isPresent() || ifAbsent || mustExist;
  }

  static void checkTimeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("a timeout is positive and at most one hour: " + timeout);
    }
  }

  private static void checkVersion(long version) {
    if (version < 1 || version > Versioned.VERSION_MAX) {
      throw new RingException.InvalidInput(
          "A version is a number from 1 to " + Versioned.VERSION_MAX + ", not " + version + ".");
    }
  }

  private static void checkIdempotencyKey(String key) {
    if (key.isEmpty()
        || key.length() > IDEMPOTENCY_KEY_CHARS_MAX
        || key.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new RingException.InvalidInput(
          "An idempotency key has 1 to "
              + IDEMPOTENCY_KEY_CHARS_MAX
              + " printable ASCII characters.");
    }
  }
}
