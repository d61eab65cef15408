package org.ringoverlay.dht.internal.arc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringoverlay.dht.internal.wire.Head;
import org.ringoverlay.id.Id;

class TakeoverTest {
  private static final Id SELF = Id.of("self");
  private static final Id B = Id.of("b");
  private static final Id C = Id.of("c");
  private static final long GRACE = 1_000;

  private final Takeover takeover = new Takeover(0);

  @Test
  void waitsForEveryMemberThatAnswersPings() {
    Place place = place(List.of(), 0);
    hear(SELF);
    hear(B);
    assertThat(takeover.isComplete(place, 0, GRACE)).isFalse();
    hear(C);
    assertThat(takeover.isComplete(place, 0, GRACE)).isTrue();
  }

  @Test
  void doesWithoutOneSuspectBecauseAChangeIsAtTwo() {
    hear(SELF);
    hear(B);
    assertThat(takeover.isComplete(place(List.of(C), 0), 0, GRACE)).isTrue();
  }

  @Test
  void waitsForASuspectIfAnotherMemberDiedLately() {
    Place place = place(List.of(C), 1);
    hear(SELF);
    hear(B);
    assertThat(takeover.isComplete(place, 10 * GRACE, GRACE)).isFalse();
    hear(C);
    assertThat(takeover.isComplete(place, 0, GRACE)).isTrue();
  }

  @Test
  void doesWithoutOneMemberThatAnswersPingsAloneOnlyAfterTheGrace() {
    Place place = place(List.of(), 0);
    hear(SELF);
    hear(B);
    assertThat(takeover.isComplete(place, GRACE - 1, GRACE)).isFalse();
    assertThat(takeover.isComplete(place, GRACE, GRACE)).isTrue();
  }

  @Test
  void neverDoesWithoutSoManyMembersThatTheyCouldHideAChange() {
    Id d = Id.of("d");
    List<Id> all = List.of(SELF, B, C, d);
    Place place = new Place(SELF, List.of(SELF, B, C), all, List.of(d), 2, 3, 0);
    hear(SELF);
    hear(B);
    assertThat(takeover.isComplete(place, 10 * GRACE, GRACE)).isFalse();
    hear(d);
    assertThat(takeover.isComplete(place, 10 * GRACE, GRACE)).isTrue();
  }

  @Test
  void neverGoesOnWithLessThanAMajority() {
    hear(SELF);
    assertThat(takeover.isComplete(place(List.of(B, C), 0), 10 * GRACE, GRACE)).isFalse();
  }

  @Test
  void waitsForAFarNodeThatSaysItHoldsSomething() {
    Id far = Id.of("far");
    hear(SELF);
    hear(B);
    hear(C);
    takeover.alsoAsk(far);
    assertThat(takeover.toAsk(place(List.of(), 0))).containsExactly(far);
    assertThat(takeover.isComplete(place(List.of(), 0), 10 * GRACE, GRACE)).isFalse();
    takeover.silent(far);
    assertThat(takeover.toAsk(place(List.of(), 0))).containsExactly(far);
    hear(far);
    assertThat(takeover.isComplete(place(List.of(), 0), 0, GRACE)).isTrue();
  }

  @Test
  void doesNotWaitForAFarNodeThatIsGone() {
    Id far = Id.of("far");
    hear(SELF);
    hear(B);
    hear(C);
    takeover.alsoAsk(far);
    takeover.gone(far);
    assertThat(takeover.toAsk(place(List.of(), 0))).isEmpty();
    assertThat(takeover.isComplete(place(List.of(), 0), 0, GRACE)).isTrue();
  }

  @Test
  void asksASilentNodeAgainFromTheBeginningAndATalkingOneOnlyOnce() {
    Place place = place(List.of(), 0);
    assertThat(takeover.toAsk(place)).containsExactly(SELF, B, C);
    assertThat(takeover.toAsk(place)).isEmpty();
    takeover.heard(B, List.of(new Head("k", 1)), true);
    assertThat(takeover.after(B)).isEqualTo("k");
    takeover.silent(B);
    assertThat(takeover.toAsk(place)).containsExactly(B);
    assertThat(takeover.after(B)).isEmpty();
  }

  @Test
  void knowsTheHighestVersionAndWhoHoldsIt() {
    takeover.heard(SELF, List.of(new Head("k", 1)), false);
    takeover.heard(B, List.of(new Head("k", 2)), false);
    takeover.heard(C, List.of(new Head("k", 2), new Head("l", 1)), false);

    assertThat(takeover.known().get("k")).isEqualTo(new Takeover.Known(2, List.of(B, C)));
    assertThat(takeover.known().get("l")).isEqualTo(new Takeover.Known(1, List.of(C)));
  }

  private void hear(Id node) {
    takeover.heard(node, List.of(), false);
  }

  private static Place place(List<Id> suspects, int goneLately) {
    List<Id> all = List.of(SELF, B, C);
    List<Id> copies = all.stream().filter(id -> !suspects.contains(id)).toList();
    return new Place(SELF, copies, all, suspects, 2, 3, goneLately);
  }
}
