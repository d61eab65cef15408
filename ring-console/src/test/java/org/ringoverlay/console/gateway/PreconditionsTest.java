package org.ringoverlay.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;

class PreconditionsTest {
  private static Condition match(String... tags) {
    return Preconditions.ofWrite(List.of(tags), List.of());
  }

  @Test
  void readsTheConditionsOfTheContract() {
    assertThat(match()).isEqualTo(new Condition.None());
    assertThat(match("*")).isEqualTo(new Condition.Exists());
    assertThat(match("\"17\"")).isEqualTo(new Condition.AtVersion(17));
    assertThat(match(" \"9007199254740991\" ")).isEqualTo(new Condition.AtVersion((1L << 53) - 1));
    assertThat(Preconditions.ofWrite(List.of(), List.of("*"))).isEqualTo(new Condition.Absent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "W/\"17\"",
        "17",
        "\"17\", \"18\"",
        "\"abc\"",
        "\"\"",
        "\"-1\"",
        "\"017\"",
        "\"1.0\"",
        "\"9007199254740992\"",
        "\"99999999999999999999\"",
        "",
        "\"17",
        "**"
      })
  void weakSeveralOrNonNumericTagsAreRefused(String tag) {
    assertThatThrownBy(() -> match(tag)).isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> Preconditions.ofRead(List.of(), List.of(tag), 17))
        .isInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void severalHeadersOrBothKindsAreRefused() {
    assertThatThrownBy(() -> match("\"1\"", "\"2\"")).hasMessageContaining("once");
    assertThatThrownBy(() -> Preconditions.ofWrite(List.of("\"1\""), List.of("*")))
        .hasMessageContaining("not both");
    assertThatThrownBy(() -> Preconditions.ofWrite(List.of(), List.of("\"1\"")))
        .hasMessageContaining("must be *");
  }

  @Test
  void aReadPassesIsNotModifiedOrFails() {
    assertThat(Preconditions.ofRead(List.of(), List.of(), 17)).isEqualTo(200);
    assertThat(Preconditions.ofRead(List.of("\"17\""), List.of(), 17)).isEqualTo(200);
    assertThat(Preconditions.ofRead(List.of("\"16\""), List.of(), 17)).isEqualTo(412);
    assertThat(Preconditions.ofRead(List.of(), List.of("\"17\""), 17)).isEqualTo(304);
    assertThat(Preconditions.ofRead(List.of(), List.of("\"16\""), 17)).isEqualTo(200);
    assertThat(Preconditions.ofRead(List.of(), List.of("*"), 17)).isEqualTo(304);
  }
}
