package org.ringoverlay.error;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.ringoverlay.id.Id;

/**
 * The closed family of everything that can go wrong on a ring without being a bug.
 *
 * <p>Each error has a stable {@link #code()} for programs, a message for people that is bounded and
 * printable whatever it was made from, a {@link #hint()} that says what to do, and {@link
 * #retrySafe()}. Its page is at {@link #anchor()}. Instances do not change once made and can be
 * shared between threads.
 *
 * <p>Those that an ordinary day brings ({@link Timeout}, {@link NoRoute}, {@link Refused}, {@link
 * Conflict}, {@link OutcomeUnknown}, {@link NotOwner}, {@link Unavailable}) have no stack trace:
 * they are made on the node's loop, often by the thousand, and a trace would cost more than the
 * whole operation only to show frames of the loop, never those of the caller. The others tell of a
 * mistake or a broken part, where the trace is the point.
 */
@SuppressWarnings(
    "serial") // Errors travel as JSON; Java serialization of their details is not supported.
public abstract sealed class RingException extends RuntimeException {

  /** The most characters a message keeps. */
  public static final int MESSAGE_CHARS_MAX = 1_024;

  /** The most refusals that are kept. */
  public static final int REFUSALS_MAX = 64;

  private static final long RETRY_SOON_MILLIS = 1_000;

  private final String code;
  private final String hint;
  private final boolean retrySafe;
  private final OptionalLong retryAfterMillis;

  private RingException(
      String code,
      String message,
      String hint,
      boolean retrySafe,
      OptionalLong retryAfterMillis,
      @Nullable Throwable cause,
      boolean withTrace) {
    super(Printable.text(message, MESSAGE_CHARS_MAX), cause, true, withTrace);
    this.code = code;
    this.hint = hint;
    this.retrySafe = retrySafe;
    this.retryAfterMillis = retryAfterMillis;
  }

  /**
   * The stable name of what happened, lower-case with hyphens; usually that of the class, sometimes
   * a finer one.
   */
  public final String code() {
    return code;
  }

  /** One sentence that says what to do. */
  public final String hint() {
    return hint;
  }

  /**
   * Whether the same request may simply be sent again: it cannot be applied twice, and it may
   * succeed.
   */
  public final boolean retrySafe() {
    return retrySafe;
  }

  /** How long to wait before trying again, in milliseconds, where somebody can tell. */
  public final OptionalLong retryAfterMillis() {
    return retryAfterMillis;
  }

  /** Where this error is explained, as a path within the project. */
  public final String anchor() {
    return "docs/reference/errors.md#" + code;
  }

  /** The message; never null. */
  @Override
  public final String getMessage() {
    return Objects.requireNonNullElse(super.getMessage(), "");
  }

  /** Code and message on one line. */
  @Override
  public final String toString() {
    return getMessage().isEmpty() ? "ring: " + code : "ring: " + code + ": " + getMessage();
  }

  /** No answer came in time, and it is certain that nothing changed. */
  public static final class Timeout extends RingException {

    /** Makes one; no state changed. */
    public Timeout(String message) {
      super(
          "timeout",
          message,
          "Nothing changed. Send it again, with more time if the ring is under load.",
          true,
          OptionalLong.empty(),
          null,
          false);
    }
  }

  /** No live node could be reached on the way to the target; nothing changed. */
  public static final class NoRoute extends RingException {

    /** Makes one that suggests a second's wait. */
    public NoRoute(String message) {
      this(message, OptionalLong.of(RETRY_SOON_MILLIS));
    }

    /** Makes one with a wait of the caller's choice. */
    public NoRoute(String message, OptionalLong retryAfterMillis) {
      super(
          "no-route",
          message,
          "Nothing changed. Check that this node sees the ring, then send it again.",
          true,
          retryAfterMillis,
          null,
          false);
    }
  }

  /** A node, or every node that was asked, declined before anything changed. */
  public static final class Refused extends RingException {

    private final String reason;
    private final List<Refusal> refusals;

    /** One node declined, for this reason. */
    public Refused(String reason) {
      this(reason, List.of(), OptionalLong.empty());
    }

    /** All nodes that were asked declined; an empty list means that nobody could be asked. */
    public Refused(String reason, List<Refusal> refusals) {
      this(reason, refusals, OptionalLong.empty());
    }

    /**
     * As above, with the wait that the refusing side asks for. At most {@link #REFUSALS_MAX}
     * refusals are kept.
     */
    public Refused(String reason, List<Refusal> refusals, OptionalLong retryAfterMillis) {
      super(
          "refused",
          Printable.text(reason, Refusal.REASON_CHARS_MAX),
          "Nothing changed. Wait, then send it again, or ask another node.",
          true,
          retryAfterMillis,
          null,
          false);
      this.reason = Printable.text(reason, Refusal.REASON_CHARS_MAX);
      this.refusals = List.copyOf(refusals.subList(0, Math.min(refusals.size(), REFUSALS_MAX)));
    }

    /** Why, in the refusing side's words; bounded and printable. */
    public String reason() {
      return reason;
    }

    /** Who refused and why, when several were asked; otherwise empty. */
    public List<Refusal> refusals() {
      return refusals;
    }
  }

  /** A condition on a record's version did not hold; nothing changed. */
  public static final class Conflict extends RingException {

    private final String key;
    private final OptionalLong expected;
    private final boolean mustExist;
    private final OptionalLong currentVersion;
    private final @Nullable String attempted;
    private final @Nullable String current;

    /**
     * Makes one.
     *
     * @param key the record's key
     * @param expected the version that was asked for; empty if the record had to be absent
     * @param currentVersion the version that was found; empty if the record is absent
     * @param attempted the JSON text that was to be written; null for a delete or if it is not
     *     known
     * @param current the JSON text that was found; null if the record is absent or its value was
     *     not sent along
     */
    public Conflict(
        String key,
        OptionalLong expected,
        OptionalLong currentVersion,
        @Nullable String attempted,
        @Nullable String current) {
      this(key, expected, false, currentVersion, attempted, current, 1);
    }

    /**
     * A conflict with a record that is absent and had to exist, at whatever version.
     *
     * @param key the record's key
     * @param attempted the JSON text that was to be written; null for a delete or if it is not
     *     known
     */
    public static Conflict mustExist(String key, @Nullable String attempted) {
      return new Conflict(
          key, OptionalLong.empty(), true, OptionalLong.empty(), attempted, null, 1);
    }

    private Conflict(
        String key,
        OptionalLong expected,
        boolean mustExist,
        OptionalLong currentVersion,
        @Nullable String attempted,
        @Nullable String current,
        int attempts) {
      super(
          "conflict",
          "'"
              + Printable.text(key, 128)
              + "' was expected "
              + (mustExist ? "to exist" : state(expected))
              + " and is "
              + state(currentVersion)
              + (attempts == 1 ? "" : "; given up after " + attempts + " attempts"),
          "Nothing changed. Read the current value, decide again, and write with its version.",
          false,
          OptionalLong.empty(),
          null,
          false);
      this.key = key;
      this.expected = expected;
      this.mustExist = mustExist;
      this.currentVersion = currentVersion;
      this.attempted = attempted;
      this.current = current;
    }

    /** The same conflict as the last of several attempts, of which the message tells. */
    public Conflict after(int attempts) {
      return new Conflict(key, expected, mustExist, currentVersion, attempted, current, attempts);
    }

    /** The same conflict of an attempt to write this JSON text. */
    public Conflict attempting(String json) {
      return new Conflict(key, expected, mustExist, currentVersion, json, current, 1);
    }

    private static String state(OptionalLong version) {
      return version.isPresent() ? "at version " + version.getAsLong() : "absent";
    }

    /** The record's key as it was given, which is not made printable. */
    public String key() {
      return key;
    }

    /**
     * The version that was asked for; empty if the record had to be absent, or {@linkplain
     * #mustExist() to exist} at whatever version.
     */
    public OptionalLong expected() {
      return expected;
    }

    /** Whether the record had to exist, at whatever version, and is absent. */
    public boolean mustExist() {
      return mustExist;
    }

    /** The version that was found; empty if the record is absent. */
    public OptionalLong currentVersion() {
      return currentVersion;
    }

    /** The JSON text that was to be written; null for a delete or if it is not known. */
    public @Nullable String attempted() {
      return attempted;
    }

    /**
     * The JSON text that was found; null if the record is absent or its value was not sent along.
     */
    public @Nullable String current() {
      return current;
    }
  }

  /** The request was sent and no answer came: it may have been applied or not. */
  public static final class OutcomeUnknown extends RingException {

    /**
     * Makes one; {@code retrySafe} when a version or an idempotency key keeps a repetition from
     * applying twice.
     */
    public OutcomeUnknown(String message, boolean retrySafe) {
      super(
          "outcome-unknown",
          message,
          retrySafe
              ? "It may have been applied. Repeat it unchanged: it cannot be applied twice."
              : "It may have been applied. Read the state before you decide whether to repeat it.",
          retrySafe,
          OptionalLong.empty(),
          null,
          false);
    }
  }

  /** The node that was asked does not answer for this ID; nothing changed. */
  public static final class NotOwner extends RingException {

    private final @Nullable Id owner;

    /**
     * Makes one; {@code owner} is the node that this one believes to answer for it, null if it
     * cannot say.
     */
    public NotOwner(String message, @Nullable Id owner) {
      super(
          "not-owner",
          message,
          "Nothing changed. Send it again; it will be routed to the node that owns it now.",
          true,
          OptionalLong.empty(),
          null,
          false);
      this.owner = owner;
    }

    /** Who is believed to own it; null if that node cannot say. */
    public @Nullable Id owner() {
      return owner;
    }
  }

  /**
   * Not enough of the nodes that hold this are alive, or the holder is not ready yet; nothing
   * changed.
   */
  public static final class Unavailable extends RingException {

    /** Makes one that suggests a second's wait. */
    public Unavailable(String message) {
      this(message, OptionalLong.of(RETRY_SOON_MILLIS));
    }

    /** Makes one with a wait of the caller's choice. */
    public Unavailable(String message, OptionalLong retryAfterMillis) {
      super(
          "unavailable",
          message,
          "Nothing changed. Wait and send it again; see the ring's status if this lasts.",
          true,
          retryAfterMillis,
          null,
          false);
    }
  }

  /**
   * The other side does not know what was asked of it, or speaks another version; nothing changed.
   */
  public static final class Incompatible extends RingException {

    /** Two nodes do not understand each other. */
    public Incompatible(String message) {
      this(
          "incompatible",
          message,
          "Run versions that work together: a release and the one before it do.");
    }

    private Incompatible(String code, String message, String hint) {
      super(code, message, hint, false, OptionalLong.empty(), null, true);
    }

    /** No node offers a service of that name; code {@code unknown-service}. */
    public static Incompatible unknownService(String message) {
      return new Incompatible(
          "unknown-service", message, "Register the service on the nodes, or correct its name.");
    }

    /** This build lacks the feature; code {@code not-built}. */
    public static Incompatible notBuilt(String message) {
      return new Incompatible(
          "not-built", message, "Use a build that has this feature, or do without it.");
    }
  }

  /** The request itself is wrong; nothing changed, and the same request will fail again. */
  public static final class InvalidInput extends RingException {

    /** The input breaks a rule, which the message names. */
    public InvalidInput(String message) {
      this(message, null);
    }

    /**
     * As above, with a cause; the cause's text is not made printable, so it must not come from a
     * stranger.
     */
    public InvalidInput(String message, @Nullable Throwable cause) {
      this("invalid-input", message, "Correct the input; nothing changed.", cause);
    }

    private InvalidInput(String code, String message, String hint, @Nullable Throwable cause) {
      super(code, message, hint, false, OptionalLong.empty(), cause, true);
    }

    /** The input exceeds a size limit; code {@code too-large}. */
    public static InvalidInput tooLarge(String message) {
      return new InvalidInput(
          "too-large", message, "Send less at once, or raise the limit on every node.", null);
    }

    /** An idempotency key came back with another payload; code {@code key-reused}. */
    public static InvalidInput keyReused(String message) {
      return new InvalidInput(
          "key-reused", message, "Use a fresh idempotency key for each new request.", null);
    }
  }

  /** A service's handler threw; what it changed before, only the service knows. */
  public static final class HandlerFailed extends RingException {

    /** A handler on another node failed. */
    public HandlerFailed(String message) {
      this(message, null);
    }

    /** A handler on this node failed with this cause. */
    public HandlerFailed(String message, @Nullable Throwable cause) {
      super(
          "handler-failed",
          message,
          "Read the log of the node that ran the handler; repeat only what may run twice.",
          false,
          OptionalLong.empty(),
          cause,
          true);
    }
  }

  /** The caller may not do this; nothing changed. */
  public static final class Denied extends RingException {

    /** The caller is known and lacks the right. */
    public Denied(String message) {
      this("denied", message, "Use credentials that have this right.");
    }

    private Denied(String code, String message, String hint) {
      super(code, message, hint, false, OptionalLong.empty(), null, true);
    }

    /** The caller has not said who it is, or not believably; code {@code unauthenticated}. */
    public static Denied unauthenticated(String message) {
      return new Denied("unauthenticated", message, "Send valid credentials.");
    }
  }

  /** The node is stopping or has stopped; it did not take the request. */
  public static final class Closed extends RingException {

    /** Makes one. */
    public Closed(String message) {
      super(
          "closed",
          message,
          "Nothing changed. Send it to another node, or to this one once it is back.",
          true,
          OptionalLong.of(RETRY_SOON_MILLIS),
          null,
          true);
    }
  }
}
