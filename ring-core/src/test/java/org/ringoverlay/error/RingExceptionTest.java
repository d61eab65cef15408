package org.ringoverlay.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringoverlay.id.Id;

class RingExceptionTest {

  private static final String HOSTILE =
      "a\r\nERROR \u001b[31mred \u202e${jndi:x}\u0000".repeat(500);

  static Stream<RingException> oneOfEach() {
    return Stream.of(
        new RingException.Timeout(HOSTILE),
        new RingException.NoRoute(HOSTILE),
        new RingException.Refused(HOSTILE),
        new RingException.Conflict(HOSTILE, OptionalLong.of(1), OptionalLong.empty(), null, null),
        new RingException.OutcomeUnknown(HOSTILE, true),
        new RingException.NotOwner(HOSTILE, null),
        new RingException.Unavailable(HOSTILE),
        new RingException.Incompatible(HOSTILE),
        RingException.Incompatible.unknownService(HOSTILE),
        RingException.Incompatible.notBuilt(HOSTILE),
        new RingException.InvalidInput(HOSTILE),
        RingException.InvalidInput.tooLarge(HOSTILE),
        RingException.InvalidInput.keyReused(HOSTILE),
        new RingException.HandlerFailed(HOSTILE),
        new RingException.Denied(HOSTILE),
        RingException.Denied.unauthenticated(HOSTILE),
        new RingException.Closed(HOSTILE));
  }

  @ParameterizedTest
  @MethodSource("oneOfEach")
  void everyErrorSaysWhatHappenedAndWhatToDo(RingException error) {
    assertThat(error.code()).matches("[a-z]+(-[a-z]+)*");
    assertThat(error.hint()).endsWith(".").hasSizeLessThan(120);
    assertThat(error.anchor()).isEqualTo("docs/reference/errors.md#" + error.code());
    assertThat(error.toString()).startsWith("ring: " + error.code() + ": ");
  }

  @ParameterizedTest
  @MethodSource("oneOfEach")
  void hostile31NoMessageCarriesControlCharactersOrGrows(RingException error) {
    assertThat(error.getMessage().length()).isLessThanOrEqualTo(RingException.MESSAGE_CHARS_MAX);
    assertThat(error.getMessage().chars().noneMatch(c -> c < ' ' || c == 0x202e)).isTrue();
  }

  @Test
  void codesAreDistinct() {
    assertThat(oneOfEach().map(RingException::code)).doesNotHaveDuplicates();
  }

  @Test
  void ordinaryOutcomesCarryNoStackTraceAndMistakesDo() {
    assertThat(new RingException.Refused("busy").getStackTrace()).isEmpty();
    assertThat(new RingException.Timeout("late").getStackTrace()).isEmpty();
    assertThat(new RingException.InvalidInput("wrong").getStackTrace()).isNotEmpty();
    assertThat(new RingException.HandlerFailed("broken", new IllegalStateException()))
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void repeatingIsSafeExactlyWhenItCannotApplyTwiceAndMayHelp() {
    assertThat(oneOfEach().filter(RingException::retrySafe).map(RingException::code))
        .containsExactly(
            "timeout",
            "no-route",
            "refused",
            "outcome-unknown",
            "not-owner",
            "unavailable",
            "closed");
    assertThat(new RingException.OutcomeUnknown("lost", false).retrySafe()).isFalse();
  }

  @Test
  void aRefusalKeepsWhoRefusedWithinABound() {
    Refusal one = new Refusal(Id.MAX, "full\u001b[2J\n" + "x".repeat(1_000));
    assertThat(one.reason()).startsWith("full ").hasSize(Refusal.REASON_CHARS_MAX);
    var refused = new RingException.Refused("all full", Collections.nCopies(1_000, one));
    assertThat(refused.refusals()).hasSize(RingException.REFUSALS_MAX).containsOnly(one);
    assertThat(refused.reason()).isEqualTo("all full");
    assertThat(new RingException.Refused("x", List.of(), OptionalLong.of(7)).retryAfterMillis())
        .hasValue(7);
  }

  @Test
  void aConflictTellsBothVersionsAndBothValues() {
    var conflict =
        new RingException.Conflict("k", OptionalLong.empty(), OptionalLong.of(17), "1", "2");
    assertThat(conflict).hasMessage("'k' was expected absent and is at version 17");
    assertThat(conflict.key()).isEqualTo("k");
    assertThat(conflict.expected()).isEmpty();
    assertThat(conflict.currentVersion()).hasValue(17);
    assertThat(conflict.attempted()).isEqualTo("1");
    assertThat(conflict.current()).isEqualTo("2");
  }
}
