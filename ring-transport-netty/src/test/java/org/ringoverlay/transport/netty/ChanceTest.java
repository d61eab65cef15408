package org.ringoverlay.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChanceTest {
  @Test
  void followsTheReferenceSequence() {
    var chance = new Chance(1, 2, 3, 4);
    assertThat(chance.nextLong()).isEqualTo(41943041L);
    assertThat(chance.nextLong()).isEqualTo(58720359L);
    assertThat(chance.nextLong()).isEqualTo(3588806011781223L);
    assertThat(chance.nextLong()).isEqualTo(3591011842654386L);
  }

  @Test
  void differsFromNodeToNode() {
    assertThat(Chance.seeded().nextLong()).isNotEqualTo(Chance.seeded().nextLong());
  }

  @Test
  void refusesASeedThatGivesNothing() {
    assertThatThrownBy(() -> new Chance(0, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
