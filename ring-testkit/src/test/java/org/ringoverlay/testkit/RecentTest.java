package org.ringoverlay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentTest {
  @Test
  void knowsTheLastAndForgetsTheFirst() {
    var recent = new Recent();
    for (long number = 0; number < 100_000; number++) {
      assertThat(recent.add(Trace.digest("request " + number))).isTrue();
      if (number >= 8_000) {
        assertThat(recent.add(Trace.digest("request " + (number - 8_000)))).isFalse();
      }
    }
    assertThat(recent.add(Trace.digest("request 7"))).isTrue();
  }

  @Test
  void zeroIsANumber() {
    var recent = new Recent();
    assertThat(recent.add(0)).isTrue();
    assertThat(recent.add(0)).isFalse();
  }
}
