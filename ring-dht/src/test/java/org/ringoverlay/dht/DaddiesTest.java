package org.ringoverlay.dht;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringoverlay.id.Id;

/** What a node remembers of who leads arcs. */
class DaddiesTest {
  private static final Id ONE = Id.of("one");
  private static final Id OTHER = Id.of("other");

  private final Daddies daddies = new Daddies();

  @Test
  void whoAnsweredLastIsRemembered() {
    assertThat(daddies.of(0)).isNull();
    daddies.answered(0, ONE);
    daddies.answered(7, OTHER);
    daddies.answered(0, OTHER);
    assertThat(daddies.of(0)).isEqualTo(OTHER);
    assertThat(daddies.of(7)).isEqualTo(OTHER);
    assertThat(daddies.of(8)).isNull();
  }

  @Test
  void whoGaveNoAnswerIsForgottenOfItsArcAlone() {
    daddies.answered(3, ONE);
    daddies.answered(4, ONE);
    daddies.forget(3);
    assertThat(daddies.of(3)).isNull();
    assertThat(daddies.of(4)).isEqualTo(ONE);
  }

  /** In a ring of more arcs than are remembered an arc is never taken for another. */
  @Test
  void ofArcsWithOnePlaceTheLastIsRememberedAndNotMistaken() {
    daddies.answered(5, ONE);
    daddies.answered(5 + 4_096, OTHER);
    assertThat(daddies.of(5)).isNull();
    assertThat(daddies.of(5 + 4_096)).isEqualTo(OTHER);
    daddies.forget(5);
    assertThat(daddies.of(5 + 4_096)).isEqualTo(OTHER);
  }
}
