package org.ringoverlay.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.ringoverlay.json.Json;

class DrainVerbTest {
  private static Duration longest(String within) {
    return Json.parse(
            "{\"node\":\"aa\",\"draining\":true," + within + "\"left\":false,\"unfinished\":{}}")
        .as(DrainVerb.Progress.class)
        .longest();
  }

  @Test
  void aNodeIsWaitedForLongerThanItSaysThatItTakes() {
    assertThat(longest("\"withinMs\":1,")).isEqualTo(Duration.ofMillis(20_001));
    assertThat(longest("\"withinMs\":100000,")).isEqualTo(Duration.ofMinutes(2));
    assertThat(longest("\"withinMs\":3600000,")).isEqualTo(Duration.ofSeconds(3_620));
  }

  @Test
  void whatNoNodeCanBeToldIsNotWaitedFor() {
    assertThat(longest("\"withinMs\":9007199254740991,")).isEqualTo(Duration.ofSeconds(3_620));
  }

  @Test
  void aNodeThatDoesNotSayHowLongItTakesIsWaitedForTwoMinutes() {
    assertThat(longest("")).isEqualTo(Duration.ofMinutes(2));
  }
}
