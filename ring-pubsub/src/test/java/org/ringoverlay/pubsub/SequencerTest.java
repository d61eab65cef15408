package org.ringoverlay.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SequencerTest {
  private static final long TERM = 1L << 32;

  @Test
  void beginsAtOne() {
    var sequencer = new Sequencer(7, 0);

    assertThat(sequencer.head()).isZero();
    assertThat(sequencer.next()).isEqualTo(1);
    assertThat(sequencer.next()).isEqualTo(2);
    assertThat(sequencer.head()).isEqualTo(2);
  }

  @Test
  void beginsAboveItsFloor() {
    assertThat(new Sequencer(7, 41).next()).isEqualTo(42);
  }

  @Test
  void goesOnInTheTermAboveWhatAnotherReignGave() {
    var sequencer = new Sequencer(7, 0);

    assertThat(sequencer.learn(50, 6)).isTrue();

    assertThat(sequencer.head()).isEqualTo(50);
    assertThat(sequencer.next()).isEqualTo(TERM + 1);
  }

  @Test
  void goesAboveAnotherReignOfItsOwnTermToo() {
    var sequencer = new Sequencer(7, TERM);
    sequencer.next();

    sequencer.learn(TERM + 60, 6);

    assertThat(sequencer.next()).isEqualTo(2 * TERM + 1);
  }

  @Test
  void staysInItsTermWhenAnOlderOneIsTold() {
    var sequencer = new Sequencer(7, 0);
    sequencer.learn(50, 6);
    sequencer.next();

    assertThat(sequencer.learn(60, 6)).isTrue();
    assertThat(sequencer.learn(60, 6)).isFalse();
    assertThat(sequencer.learn(10, 6)).isFalse();

    assertThat(sequencer.next()).isEqualTo(TERM + 2);
  }

  @Test
  void learnsNothingFromItsOwnSequences() {
    var sequencer = new Sequencer(7, 0);
    sequencer.next();

    assertThat(sequencer.learn(1, 7)).isFalse();
    assertThat(sequencer.next()).isEqualTo(2);
  }

  @Test
  void staysBelowTwoToThe53() {
    assertThat(Sequencer.isValid(-1)).isFalse();
    assertThat(Sequencer.isValid(Sequencer.MAX)).isFalse();
    assertThat(Sequencer.isValid(Long.MAX_VALUE)).isFalse();

    long last = Sequencer.MAX - TERM;
    assertThat(Sequencer.isValid(last)).isTrue();
    var sequencer = new Sequencer(7, 0);
    sequencer.learn(last, 6);
    assertThat(sequencer.next()).isBetween(last + 1, Sequencer.MAX);

    var spent = new Sequencer(7, Sequencer.MAX);
    assertThat(spent.isSpent()).isTrue();
    assertThatThrownBy(spent::next).isInstanceOf(IllegalStateException.class);
  }
}
