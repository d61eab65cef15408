package org.ringoverlay.testkit.history;

import org.jspecify.annotations.Nullable;

/**
 * A register with versions, as a record is: read, written if its version is a given one, deleted,
 * and emptied when a value's time is over. Versions only grow, through deletes too, and tell what
 * was there.
 */
public final class Register implements Spec<Register.State, Register.Ask, Register.Answer> {
  /** Makes it. */
  public Register() {}

  /**
   * What it holds.
   *
   * @param value null for nothing
   * @param version of the value; 0 for none, {@link #SOME} for one that nobody was told
   * @param newest the newest version that was told, of whatever
   */
  public record State(@Nullable String value, long version, long newest) {}

  /** A version that its writer was never told. */
  public static final long SOME = -1;

  /** What an operation asks. */
  public sealed interface Ask {
    /** Reads. */
    record Read() implements Ask {}

    /**
     * Writes a value, or deletes.
     *
     * @param value null to delete
     * @param expected the version that must be there; 0 for nothing there, null for whatever
     */
    record Write(@Nullable String value, @Nullable Long expected) implements Ask {}

    /** Looks whether anything is there, as a listing does. */
    record Look() implements Ask {}

    /**
     * A value vanishes, if it is still there. Nobody asks for that and nobody is answered: it is
     * begun when it may happen first, and never ended.
     *
     * @param value one that is written once
     */
    record Vanish(String value) implements Ask {}
  }

  /** What an operation answers. */
  public sealed interface Answer {
    /**
     * What was read.
     *
     * @param value null for nothing
     * @param version 0 for nothing
     */
    record Found(@Nullable String value, long version) implements Answer {}

    /**
     * It was written.
     *
     * @param version what the write was given, 0 for a delete that found nothing
     */
    record Written(long version) implements Answer {}

    /**
     * What a look showed.
     *
     * @param present whether anything was there
     */
    record Seen(boolean present) implements Answer {}

    /** The version was another one, and nothing was changed. */
    record Conflict() implements Answer {}
  }

  @Override
  public State initial() {
    return new State(null, 0, 0);
  }

  @Override
  public @Nullable State after(State state, Ask input, @Nullable Answer output) {
    if (input instanceof Ask.Write write) {
      return written(state, write, output);
    }
    if (input instanceof Ask.Vanish vanish) {
      return vanish.value().equals(state.value()) ? new State(null, 0, state.newest()) : state;
    }
    if (output == null) {
      return state;
    }
    if (output instanceof Answer.Seen seen) {
      return seen.present() == (state.value() != null) ? state : null;
    }
    return output instanceof Answer.Found found ? found(state, found) : null;
  }

  /** Whoever was told a version saw or made the newest one. */
  @Override
  public long rank(Ask input, Answer output) {
    long version =
        output instanceof Answer.Found found
            ? found.version()
            : output instanceof Answer.Written written ? written.version() : 0;
    return version == 0 ? UNRANKED : version;
  }

  private static @Nullable State found(State state, Answer.Found found) {
    if (found.value() == null) {
      return state.value() == null ? state : null;
    }
    if (!found.value().equals(state.value())) {
      return null;
    }
    if (state.version() == SOME) {
      return found.version() > state.newest()
          ? new State(state.value(), found.version(), found.version())
          : null;
    }
    return state.version() == found.version() ? state : null;
  }

  private static @Nullable State written(State state, Ask.Write write, @Nullable Answer output) {
    Long expected = write.expected();
    boolean holds =
        expected == null || (expected == 0 ? state.value() == null : mayBe(state, expected));
    if (output instanceof Answer.Conflict) {
      boolean surely = expected != null && (!holds || state.version() == SOME);
      return surely ? state : null;
    }
    if (!holds) {
      return output == null ? state : null;
    }
    if (output == null) {
      return write.value() == null
          ? new State(null, 0, state.newest())
          : new State(write.value(), SOME, state.newest());
    }
    if (!(output instanceof Answer.Written told)) {
      return null;
    }
    if (told.version() == 0) {
      return write.value() == null && state.value() == null ? state : null;
    }
    if (told.version() <= state.newest()) {
      return null;
    }
    return new State(write.value(), write.value() == null ? 0 : told.version(), told.version());
  }

  /** Whether a value's version may be that one: one that nobody was told may be any newer one. */
  private static boolean mayBe(State state, long version) {
    return state.value() != null
        && (state.version() == version || (state.version() == SOME && version > state.newest()));
  }
}
