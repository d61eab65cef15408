package org.ringoverlay.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringoverlay.error.RingException;
import org.ringoverlay.id.Id;
import org.ringoverlay.id.IdRange;

/** Names, levels, timeouts and the smaller pieces of state. */
class FaceTest {
  @ParameterizedTest
  @ValueSource(strings = {"n", "news", "a/b c", "änderung", "../x", "🙂"})
  void takesNamesOfText(String name) {
    assertThat(TopicName.check(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\r\nERROR", "\u001b[31m", "\u0000", "\u0085", "\ud800"})
  void refusesNamesThatAreEmptyOrHoldControls(String name) {
    assertThatThrownBy(() -> TopicName.check(name)).isInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void countsTheBytesOfANameAndNotItsCharacters() {
    assertThat(TopicName.check("a".repeat(128))).hasSize(128);
    assertThat(TopicName.check("ä".repeat(64))).hasSize(64);
    assertThatThrownBy(() -> TopicName.check("a".repeat(129)))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> TopicName.check("ä".repeat(65)))
        .isInstanceOf(RingException.InvalidInput.class);
    assertThatThrownBy(() -> TopicName.check("a".repeat(1 << 20)))
        .isInstanceOf(RingException.InvalidInput.class)
        .satisfies(error -> assertThat(error.getMessage().length()).isLessThan(300));
  }

  @Test
  void readsLevelsByTheirNames() {
    for (Level level : Level.values()) {
      assertThat(Level.parse(level.text())).isEqualTo(level);
    }
    assertThatThrownBy(() -> Level.parse("SENT")).isInstanceOf(RingException.InvalidInput.class);
  }

  @Test
  void refusesTimeoutsThatAreNone() {
    assertThatThrownBy(() -> PublishOptions.defaults().within(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SubscribeOptions.defaults().within(Duration.ofHours(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void remembersTheHighestSequenceTold() {
    var memory = new Memory();
    memory.keep("t", 5, 1);
    memory.keep("t", 3, 2);
    assertThat(memory.of("t")).isEqualTo(new Memory.Told(5, 1));
    for (int i = 0; i < 2_000; i++) {
      memory.keep("other " + i, 1, 1);
    }
    assertThat(memory.of("t")).isEqualTo(new Memory.Told(0, 0));
  }

  @Test
  void settlesOnlyInWhatItGainedAndOnlyForAWhile() {
    var settling = new Settling(100);
    Id inside = Id.of(0, 0, 5);
    settling.gained(IdRange.of(Id.ZERO, Id.of(0, 0, 10)), 1_000);

    assertThat(settling.leftNanos(inside, 1_040)).isEqualTo(60);
    assertThat(settling.leftNanos(Id.of(0, 0, 10), 1_040)).isZero();
    assertThat(settling.leftNanos(inside, 1_100)).isZero();
  }
}
